"""The drill of docs/rotation.md at the platform: without one custodian no new token is made, and nothing else is lost."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from aif_share.errors import AifShareError
from aif_share.wire.keys import MemberKey
from tests.aif_share.client import alliance
from tests.clues.alliance import allow, clue
from tests.clues.api.member import Member, count_rows, match
from tests.clues.blinding.chain import publish, tokenize

KEY = MemberKey.new()
BAD, OTHER, NEW = "bad.example", "other.example", "new.example"


@pytest.fixture(scope="module")
def chain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[alliance.CustodianProcess]]:
    with alliance.custodians(tmp_path_factory.mktemp("lost"), "platform", "partner") as running:
        for one in running:
            one.admit(KEY)
        yield running


@pytest.mark.usefixtures("fresh_database")
def test_what_stands_goes_on_matching(
    chain: list[alliance.CustodianProcess], tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from clues import tasks

    monkeypatch.setattr(tasks, "ring", lambda: None)
    settings.AIF_DISCLOSURE_TICK = 0.05
    publish(chain, KEY, tmp_path)
    allow()
    aster, birch = Member.join("Aster Bank"), Member.join("Birch Bank")
    mapped = dict(zip((BAD, OTHER), tokenize(KEY, BAD, OTHER), strict=True))  # what members' maps hold
    for member, value in ((aster, BAD), (birch, OTHER)):
        assert member.submit([clue(mapped[value])]).status_code == 202
    match()
    before = count_rows()
    chain[1].stop()
    shutil.rmtree(chain[1].home)

    with pytest.raises(AifShareError) as failed:
        tokenize(KEY, NEW)
    assert NEW not in str(failed.value), "the error names the custodian, and not the value"
    assert count_rows() == before, "nothing that stands was touched"
    for member in (aster, birch):
        (own,) = member.get("/clues").json()["results"]
        assert own["state"] == "active" and own["identifiers"][0]["epochs"] == [1]

    assert birch.submit([clue(mapped[BAD])]).status_code == 202, "known tokens need no custodian"
    match()
    for member in (aster, birch):
        (met,) = member.get("/matches").json()["results"]
        assert met["type"] == "domain"
    assert birch.screen(mapped[BAD]).json()["results"][0]["hit"] is True
