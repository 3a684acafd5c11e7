"""Keys: rotation goes over all of them, in slices that may be killed; without its KEK a key opens nothing."""

from __future__ import annotations

import io
import os
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from aif_share.errors import Refusal
from clues.models import DataKey
from clues.vault import files, keys, objects, records
from members.models import AuditEvent
from members.permissions import Console
from tests.clues.vault.test_attacks import again
from tests.clues.vault.test_objects import store
from tests.factories import acting_as

pytestmark = pytest.mark.django_db
NOW = timezone.now()
BY = Console("rotate_keks")


def rotate() -> int:
    with acting_as("aif_desk"):
        return keys.rotate(by=BY, now=NOW)


def test_rotation_wraps_everything_anew_and_old_objects_open_without_the_old_kek(settings: Any) -> None:
    stored, gone = store(b"old evidence"), store(b"gone")
    objects.destroy(gone, NOW)
    record = records.seal(b"name", key=stored.key, about="name")
    old = dict(settings.AIF_KEKS)
    settings.AIF_KEKS = {**old, "k2": os.urandom(32)}
    with acting_as("aif_desk"):
        assert keys.count_by_kek() == {"k1": 1}
    assert rotate() == 1
    assert keys.count_by_kek() == {"k2": 1}
    settings.AIF_KEKS = {"k2": settings.AIF_KEKS["k2"]}
    objects.verify(again(stored))
    assert records.unseal(record, key=again(stored).key, about="name") == b"name"
    assert rotate() == 0
    assert store(b"new").key.kid == "k2"
    with acting_as("aif_owner"):
        assert bytes(DataKey.objects.get(pk=gone.key_id).wrapped) == b""


def test_rotation_goes_on_where_it_was_killed(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keys, "SLICE", 2)
    for _ in range(5):
        keys.make("evidence", NOW)
    settings.AIF_KEKS = {**settings.AIF_KEKS, "k2": os.urandom(32)}
    with acting_as("aif_desk"):
        assert keys._rotate_slice("k2", BY, NOW) == 2
    assert keys.count_by_kek() == {"k1": 3, "k2": 2}
    assert rotate() == 3
    assert keys.count_by_kek() == {"k2": 5}


def test_without_its_kek_it_says_so_and_changes_nothing(settings: Any) -> None:
    stored = store(b"evidence")
    for installed in ({"k2": os.urandom(32)}, {}):
        settings.AIF_KEKS = installed
        with pytest.raises(Refusal) as caught:
            objects.open_object(again(stored))
        assert caught.value.code == "kek-missing"
        with pytest.raises(Refusal) as caught:
            rotate()
        assert caught.value.code == "kek-missing"
    assert keys.count_by_kek() == {"k1": 1}
    with pytest.raises(Refusal) as caught:
        objects.create(kind="package", bound_to="CASE-1", now=NOW)
    assert caught.value.code == "kek-missing"


def test_another_kek_under_the_same_id_opens_nothing(settings: Any) -> None:
    stored = store(b"evidence")
    settings.AIF_KEKS = {"k1": os.urandom(32)}
    with pytest.raises(Refusal) as caught:
        objects.open_object(again(stored))
    assert caught.value.code == "integrity-failed"


def test_the_command_says_what_it_did(settings: Any, capsys: pytest.CaptureFixture[str]) -> None:
    store(b"evidence")
    old, settings.AIF_KEKS = settings.AIF_KEKS, {"k2": os.urandom(32)}
    with acting_as("aif_desk"):
        with pytest.raises(CommandError, match=r"^kek-missing"):
            call_command("rotate_keks")
        settings.AIF_KEKS = {**old, **settings.AIF_KEKS}
        call_command("rotate_keks")
    assert capsys.readouterr().out == "1 keys wrapped by k2\n  k2: 1 keys\n"
    with acting_as("aif_desk"):
        (event,) = AuditEvent.objects.filter(verb="vault.rotate")
    assert (event.actor_kind, event.actor_ref, event.detail) == ("command", "rotate_keks", {"keys": 1, "kek": "k2"})


def test_every_object_is_read_and_what_does_not_hold_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    good, bad, gone = store(b"good"), store(b"bad"), store(b"gone")
    objects.destroy(gone, NOW)
    with acting_as("aif_desk"):
        call_command("verify_vault", stderr=io.StringIO())
        assert capsys.readouterr().out == "2 objects hold, 0 do not\n"
        path = files.path_of(bad)
        path.write_bytes(path.read_bytes()[:-1] + b"?")
        named = io.StringIO()
        with pytest.raises(CommandError) as caught:
            call_command("verify_vault", stderr=named)
    assert caught.value.returncode == 1
    assert named.getvalue() == f"{bad.pk}: integrity-failed\n"
    assert capsys.readouterr().out == "1 objects hold, 1 do not\n"
    assert str(good.pk) not in named.getvalue()
