"""`manage.py plant_honey` through two real custodians: a member that asks for the same value, by itself, is suspended."""

from __future__ import annotations

import functools
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from aif_share.client.session import Session
from aif_share.wire.keys import MemberKey
from clues.management import values
from clues.models import HoneyToken
from members.models import AuditEvent
from tests.aif_share.client import alliance
from tests.clues.alliance import allow
from tests.clues.api.member import Member, find_text, problem
from tests.clues.blinding.chain import publish, tokenize
from tests.factories import acting_as, make_user

pytestmark = pytest.mark.django_db
KEY = MemberKey.new()
SWEET, PLAIN = "honey-of-the-alliance.example", "nobody-knows.example"


@pytest.fixture(scope="module")
def chain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[alliance.CustodianProcess]]:
    with alliance.custodians(tmp_path_factory.mktemp("honey"), "platform", "partner") as running:
        for one in running:
            one.admit(KEY)
        yield running


def plant(file: Path, key_file: Path, by: str) -> str:
    out = io.StringIO()
    with acting_as("aif_desk"):
        call_command("plant_honey", str(file), by=by, key_file=key_file, json=True, stdout=out)
    return out.getvalue()


def planted() -> int:
    with acting_as("aif_desk"):
        assert AuditEvent.objects.filter(verb="honey.plant").count() == HoneyToken.objects.exists()
        return HoneyToken.objects.count()


def test_who_asks_for_what_was_planted_is_suspended(chain: list[alliance.CustodianProcess], tmp_path: Path) -> None:
    key_file = publish(chain, KEY, tmp_path)
    allow()
    make_user("alliance-operator", name="olga")
    file = tmp_path / "honey.txt"
    file.write_text(f"# made up\ndomain {SWEET}\ndomain second.example\n", encoding="utf-8")
    said = plant(file, key_file, "olga")
    assert json.loads(said) == {"values": 2, "planted": 2} and planted() == 2
    assert find_text(SWEET, "second.example") == [] and SWEET not in said, "the value itself stands nowhere"
    aster = Member.join("Aster Bank")
    sweet, plain = tokenize(KEY, SWEET, PLAIN)
    assert sweet["token"] == alliance.token_by_hand("domain", SWEET, chain)
    found = [aster.screen(each) for each in (plain, sweet)]
    assert [each.status_code for each in found] == [200, 200]
    assert found[0].json()["results"][0].keys() == found[1].json()["results"][0].keys()
    problem(aster.screen(plain), 403, "screening-suspended")


def test_what_goes_wrong_plants_nothing_and_repeats_no_value(
    chain: list[alliance.CustodianProcess], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key_file = publish(chain, KEY, tmp_path)
    make_user("alliance-operator", name="olga")
    member = make_user("analyst", institution=Member.join("Aster Bank").institution, name="alice")
    file = tmp_path / "honey.txt"
    stranger = tmp_path / "stranger.key"
    stranger.write_text(MemberKey.new().text, encoding="ascii")
    monkeypatch.setattr(values, "Session", functools.partial(Session, timeout=2, patience=1))
    for text, key, by in (
        (f"domain {SWEET}\nno-such-type {SWEET}", key_file, "olga"),
        (f"domain {SWEET}\ndomain not a domain {SWEET}", key_file, "olga"),
        (f"domain {SWEET}", key_file, "nobody"),
        (f"domain {SWEET}", stranger, "olga"),
        (f"domain {SWEET}", key_file, member.username),
    ):
        file.write_text(text, encoding="utf-8")
        said = _refused(file, key, by)
        assert SWEET not in said and key.read_text(encoding="ascii") not in said
    file.write_text(f"domain {SWEET}", encoding="utf-8")
    chain[1].stop()
    try:
        assert SWEET not in _refused(file, key_file, "olga")
    finally:
        chain[1].start()
    assert planted() == 0


def _refused(*arguments: Any) -> str:
    with pytest.raises(CommandError) as refused:
        plant(*arguments)
    return str(refused.value)
