"""What stops a package: an incomplete case, a withdrawn clue, altered evidence, a missing key; nothing half-written stays."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from clues.models import Package
from clues.packages import archive, build
from tests.clues.joint import Joint, own
from tests.clues.packaged import (
    approve_both,
    ask,
    decide,
    events,
    failed,
    files,
    fill,
    make,
    make_approved,
    propose,
    refused,
)
from tests.factories import acting_as


@pytest.mark.parametrize("state", ["joint", "evidence-ready"])
def test_a_case_that_is_not_approved_has_none(joint: Joint, state: str) -> None:
    fill(joint)
    approve_both(joint)
    own("UPDATE case_file SET state = %s", state)
    refused("case-incomplete", ask, joint)
    with acting_as("aif_owner"):
        assert not Package.objects.exists()


def test_a_party_without_its_part(joint: Joint) -> None:
    make_approved(joint)
    own(
        "UPDATE case_part SET state = 'draft', approved_by_id = NULL, approved_at = NULL, released_at = NULL "
        "WHERE institution_id = %s", joint.birch.pk,
    )  # fmt: skip
    refused("case-incomplete", ask, joint)


def test_a_withdrawn_clue_stops_it_before_while_and_after(joint: Joint, monkeypatch: Any, settings: Any) -> None:
    make_approved(joint)
    withdraw = "UPDATE clue SET state = 'withdrawn', ended_at = clock_timestamp() WHERE client_ref = 'aster-1'"
    back = "UPDATE clue SET state = 'active', ended_at = NULL WHERE client_ref = 'aster-1'"
    before = files(settings)
    package, real = ask(joint), archive.write

    def slow(*given: Any, **named: Any) -> bytes:
        made = real(*given, **named)
        own(withdraw)
        return made

    monkeypatch.setattr(archive, "write", slow)
    failed(make(package), "clue-withdrawn")
    assert files(settings) == before, "nothing half-written stays"
    monkeypatch.undo()
    settings.AIF_DISCLOSURE_TICK = 0.01
    refused("clue-withdrawn", ask, joint)
    own(back)
    package = make(ask(joint))
    approval = propose(package, joint.olga)
    own(withdraw)
    refused("clue-withdrawn", decide, approval, by=joint.pavel)
    with acting_as("aif_owner"):
        assert Package.objects.get(pk=package.pk).state == "built"


def test_a_part_written_on_since_stops_the_release(joint: Joint) -> None:
    make_approved(joint)
    package = make(ask(joint))
    own("UPDATE case_part SET version = version + 1 WHERE institution_id = %s", joint.aster.pk)
    refused("package-outdated", propose, package, joint.olga)


def test_evidence_that_is_altered_or_gone(joint: Joint, settings: Any) -> None:
    items = make_approved(joint)
    (path,) = [each for each in Path(settings.AIF_EVIDENCE).rglob("*") if str(items[1].object_id) in each.name]
    text = path.read_bytes()
    path.write_bytes(text[:-9] + bytes([text[-9] ^ 1]) + text[-8:])
    before = files(settings)
    failed(make(ask(joint)), "integrity-failed", items[1].ref)
    assert events("vault.integrity") and files(settings) == before
    path.write_bytes(text)
    package = make(ask(joint))
    assert package.state == "built"
    own("UPDATE evidence_item SET state = 'destroyed', destroyed_at = clock_timestamp() WHERE id = %s", items[0].pk)
    refusal = refused("evidence-destroyed", propose, package, joint.olga)
    assert refusal.extra["about"] == items[0].ref


@pytest.mark.parametrize(("setting", "value", "code"), [("AIF_KEKS", {}, "kek-missing"),
                                                        ("AIF_PACKAGE_SIGNER", "", "signer-missing")])  # fmt: skip
def test_a_missing_key_stops_it(joint: Joint, settings: Any, setting: str, value: Any, code: str) -> None:
    make_approved(joint)
    package, before = ask(joint), files(settings)
    setattr(settings, setting, value)
    failed(make(package), code)
    assert files(settings) == before


def test_a_worker_that_dies_is_followed_by_another(joint: Joint, monkeypatch: Any, settings: Any) -> None:
    make_approved(joint)
    package, before = ask(joint), files(settings)

    def die(*_given: Any, **_named: Any) -> bytes:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(archive, "write", die)
        with acting_as("aif_match"), pytest.raises(KeyboardInterrupt):
            build.make_pending()
    assert files(settings) == before
    assert make(package).state == "built"
    package = ask(joint)
    with monkeypatch.context() as patched:
        patched.setattr(archive, "write", lambda *_given, **_named: 1 / 0)
        for _attempt in range(build.MOST_ATTEMPTS):
            with acting_as("aif_match"), pytest.raises(ZeroDivisionError):
                build.make_pending()
    assert make(package).failure == "internal"
