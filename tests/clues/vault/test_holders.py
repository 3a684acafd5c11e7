"""KEKs that never leave who holds them: a command stands for a key management service, and may be careless or silent."""

from __future__ import annotations

import logging
import sys
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from aif_share import secret_source
from aif_share.errors import Refusal
from clues.models import DataKey
from clues.vault import holders, keys, objects
from members.models import AuditEvent
from tests.clues.vault.test_attacks import again, as_thief, refused
from tests.clues.vault.test_keys import rotate
from tests.clues.vault.test_objects import NOW, store
from tests.factories import acting_as

pytestmark = pytest.mark.django_db

# Keeps what it is given and hands out a number for it: such a service's answers hold nothing of the key.
SERVICE = """
import base64, pathlib, sys
folder, mode, what, kid, about = sys.argv[1:6]
given, kept = sys.stdin.read().strip(), pathlib.Path(folder)
if mode == "silent":
    sys.exit(f"canary {given}")
if mode == "babbling":
    print("canary canary", given); sys.exit()
if mode == "short":
    print(base64.b64encode(b"short").decode()); sys.exit()
if what == "wrap":
    number = len(list(kept.iterdir()))
    (kept / str(number)).write_text(f"{kid} {about} {given}")
    print(f"vault:v1:{number}")
else:
    try:
        its_kid, its_about, secret = (kept / given.removeprefix("vault:v1:")).read_text().split()
    except (OSError, ValueError):
        sys.exit(65)
    if mode == "careful" and (its_kid, its_about) != (kid, about):
        sys.exit(65)
    print(secret)
"""


@pytest.fixture
def service(tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Return what makes the service careful, careless, silent, babbling or short; it begins careful, and k2 is its."""
    (tmp_path / "service.py").write_text(SERVICE)
    (tmp_path / "kept").mkdir()

    def behave(mode: str) -> None:
        settings.AIF_KEK_HOLDER = f"{sys.executable} '{tmp_path / 'service.py'}' '{tmp_path / 'kept'}' {mode}"

    monkeypatch.setattr(keys, "PAUSE_S", 0.0)
    behave("careful")
    settings.AIF_KEKS = {**settings.AIF_KEKS, "k2": "command"}
    return behave


def refusal(stored: Any) -> str:
    with pytest.raises(Refusal) as caught:
        objects.verify(again(stored))
    return caught.value.code


def test_old_evidence_opens_after_the_way_into_a_service_and_out_of_it(service: Any, settings: Any) -> None:
    local = {"k1": settings.AIF_KEKS["k1"]}
    settings.AIF_KEKS = local
    stored = [store(b"old evidence") for _ in range(12)]  # more than one slice
    settings.AIF_KEKS = {**local, "k2": "command"}
    assert rotate() == 12 and keys.count_by_kek() == {"k2": 12}
    settings.AIF_KEKS = {"k2": "command"}
    fresh = store(b"new evidence")
    assert fresh.key.kid == "k2"
    for each in (*stored, fresh):
        objects.verify(again(each))
    settings.AIF_KEKS = {"k2": "command", "k3": bytes(range(32))}
    assert rotate() == 13
    settings.AIF_KEKS = {"k3": bytes(range(32))}
    for each in (*stored, fresh):
        objects.verify(again(each))
    with acting_as("aif_desk"):
        slices = [event.detail for event in AuditEvent.objects.filter(verb="vault.rotate").order_by("pk")]
    assert slices == [{"keys": n, "kek": kid} for n, kid in ((10, "k2"), (2, "k2"), (10, "k3"), (3, "k3"))]


@pytest.mark.parametrize("mode", ["careful", "careless"])
def test_a_wrap_copied_to_another_key_does_not_open(service: Any, mode: str) -> None:
    """Even at a service that passes over what a wrap is bound to."""
    service(mode)
    one, two = store(b"one"), store(b"two")
    as_thief("UPDATE data_key SET wrapped = %s WHERE id = %s", bytes(one.key.wrapped), two.key_id)
    refused(two, "key")
    objects.verify(again(one))
    as_thief("UPDATE data_key SET wrapped = 'vault:v1:canary' WHERE id = %s", two.key_id)
    refused(two, "key")


@pytest.mark.parametrize("mode", ["silent", "babbling"])
def test_a_service_that_cannot_be_asked_is_no_alarm(
    service: Any, mode: str, caplog: pytest.LogCaptureFixture, settings: Any
) -> None:
    stored = store(b"evidence")
    service(mode)
    with caplog.at_level(logging.ERROR):
        assert refusal(stored) == "unavailable"
        with pytest.raises(Refusal) as caught:
            store(b"more")
    assert caught.value.code == "unavailable" and caught.value.extra == {"retry_after": 60}
    assert "KEK k2: AIF_KEK_HOLDER" in caplog.text and "canary" not in caplog.text
    settings.AIF_KEKS = {"k2": "command", "k3": bytes(32)}
    with acting_as("aif_desk"), pytest.raises(CommandError, match=r"^unavailable"):
        call_command("rotate_keks")
    assert keys.count_by_kek() == {"k2": 1}
    service("careful")
    objects.verify(again(stored))
    with acting_as("aif_owner"):
        assert not AuditEvent.objects.filter(verb="vault.integrity").exists()


def test_a_service_that_takes_its_time_is_not_waited_for(
    service: Any, settings: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """And it is asked once, not for every row of a list."""
    stored = store(b"evidence")
    monkeypatch.setattr(secret_source, "LIMIT_S", 0.5)
    monkeypatch.setattr(keys, "PAUSE_S", 60.0)
    monkeypatch.setattr(keys, "_silent", {})
    settings.AIF_KEK_HOLDER = "sh -c 'echo >> \"$0\"; sleep 60' " + str(tmp_path / "asked")
    for _ in range(3):
        assert refusal(stored) == "unavailable"
    assert (tmp_path / "asked").read_text() == "\n"


def test_another_key_than_was_wrapped_opens_nothing(service: Any) -> None:
    stored = store(b"evidence")
    service("short")
    assert refusal(stored) == "integrity-failed"


def test_the_database_holds_nothing_of_the_key(service: Any) -> None:
    key, secret = keys.draw("evidence", NOW)
    key.save(force_insert=True)
    row = DataKey.objects.get(pk=key.pk)
    assert bytes(row.wrapped).startswith(b"vault:v1:") and secret not in bytes(row.wrapped)
    assert keys.unwrap(row) == secret


@pytest.mark.parametrize("kid", ["k1", "k2"])
def test_every_holder_keeps_what_is_asked_of_it(service: Any, kid: str) -> None:
    assert keys.probe(kid)


def test_a_holder_that_mixes_keys_up_is_found_by_the_probe(service: Any) -> None:
    service("short")
    assert not keys.probe("k2")
    service("silent")
    with pytest.raises(Refusal, match=r"cannot be reached"):
        keys.probe("k2")


def test_a_holder_is_a_file() -> None:
    assert holders.names() == ("command",)
    assert [holders.find(name).binds for name in ("local", *holders.names())] == [True, False]
