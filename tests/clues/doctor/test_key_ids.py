"""The list of keys: what stands under which, what may go and what is missing; by id, never by value."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings as project
from django.core.management import call_command
from django.utils import timezone

from clues.doctor.finding import Level
from clues.doctor.key_ids import list_keys
from clues.doctor.keys import look
from clues.models import KeyEpoch
from clues.packages.signing import load_signer, make_signer
from clues.vault import keys
from members.operations import seals
from members.permissions import Console
from tests.factories import acting_as, enroll, make_institution, make_user
from tests.members.log_keeper import SIGNER, catch_up

pytestmark = pytest.mark.django_db
NOW = timezone.now()


def listed(secret: str) -> list[tuple[str, int | None, str]]:
    with acting_as("aif_desk"):
        return [(row.id, row.under, row.says) for row in list_keys() if row.secret == secret]


def test_peppers_stay_while_an_epoch_names_them(settings: Any) -> None:
    settings.AIF_PEPPERS = {"p0": bytes(32), **project.AIF_PEPPERS, "p2": bytes(32)}
    with acting_as("aif_owner"):
        KeyEpoch.objects.all().delete()
        for epoch, pepper, state in ((1, "p0", "retired"), (2, "p1", "overlap"), (3, "p9", "active")):
            KeyEpoch.objects.create(
                type="domain", epoch=epoch, suite="x", pepper_id=pepper, state=state, not_before=NOW,
                not_after=NOW + timedelta(days=9),
            )  # fmt: skip
    assert listed("AIF_PEPPERS") == [("p0", 0, "may go"), ("p1", 1, "stays"), ("p2", 0, "newest"), ("p9", 1, "MISSING")]


def test_keks_stay_while_they_wrap_something(settings: Any) -> None:
    keys.make("evidence", NOW)
    settings.AIF_KEKS = {**project.AIF_KEKS, "k2": bytes(32)}
    assert listed("AIF_KEKS") == [("k1", 1, "stays"), ("k2", 0, "newest")]
    with acting_as("aif_desk"):
        keys.rotate(by=Console("rotate_keks"), now=NOW)
    assert listed("AIF_KEKS") == [("k1", 0, "may go"), ("k2", 1, "newest")]
    settings.AIF_KEKS = {}
    assert listed("AIF_KEKS") == [("k2", 1, "not given to this process")]


def test_seals(settings: Any) -> None:
    enroll(make_user("analyst", institution=make_institution("Aster")))
    assert listed("AIF_REFERENCE_KEY") == [("", 1, "is never changed")] and listed("AIF_SEALS") == []
    settings.AIF_SEALS = {"s1": bytes(32)}
    assert listed("AIF_REFERENCE_KEY") == [("", 1, "run rotate_seals")]
    assert doctor() is Level.UNSURE
    with acting_as("aif_owner"):
        seals.rotate(by=Console("rotate_seals"))
    assert doctor() is Level.GOOD
    assert (listed("AIF_REFERENCE_KEY"), listed("AIF_SEALS")) == ([("", 0, "is never changed")], [("s1", 1, "newest")])

    settings.AIF_SEALS = {"s2": bytes(32)}
    assert listed("AIF_SEALS") == [("s2", 0, "newest"), ("s1", 1, "MISSING")] and doctor() is Level.WRONG


def doctor() -> Level:
    with acting_as("aif_desk"):
        return next(each.level for each in look() if each.code == "keys.seals")


def test_what_signs(settings: Any) -> None:
    settings.AIF_CONTEXT_KEYS = {"c1": bytes(32), "c2": bytes(32)}
    settings.AIF_PACKAGE_SIGNER = make_signer(name="Test", now=NOW)
    assert [row[::2] for row in listed("AIF_CONTEXT_KEYS")] == [
        ("c1", "may go once web runs on the newest"),
        ("c2", "newest"),
    ]
    ((fingerprint, _none, says),) = listed("AIF_PACKAGE_SIGNER")
    assert fingerprint == load_signer(now=NOW).fingerprint and says.startswith("ends on 20")
    assert listed("AIF_LOG_KEY") == []
    make_institution("Aster")
    catch_up()
    assert listed("AIF_LOG_KEY") == [(SIGNER.verifier.split("+")[1], None, "newest")]


def test_the_command_shows_no_value(settings: Any, capsys: pytest.CaptureFixture[str]) -> None:
    settings.AIF_SEALS = {"s1": bytes(range(32))}
    settings.AIF_PACKAGE_SIGNER = make_signer(name="Test", now=NOW)
    with acting_as("aif_desk"):
        call_command("list_keys")
        call_command("list_keys", "--json")
    out = capsys.readouterr().out
    assert (
        out.index("AIF_PEPPERS") >= 0
        and {"secret", "id", "under", "says"} == json.loads(out[out.index("[\n") :])[0].keys()
    )
    given = [
        *project.AIF_PEPPERS.values(),
        *project.AIF_KEKS.values(),
        *project.AIF_CONTEXT_KEYS.values(),
        bytes(range(32)),
    ]
    assert not any(key.hex()[:12] in out for key in given)
    assert project.AIF_REFERENCE_KEY[:12] not in out and "BEGIN" not in out and project.SECRET_KEY[:12] not in out
