"""Seals are changed while people log in and webhooks are signed: what lay under the old key opens in every step."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from cryptography.exceptions import InvalidTag
from django.core.management import CommandError, call_command
from django.utils import timezone

from members.delivery import webhook_message
from members.models import AuditEvent, WebhookEndpoint, sealing
from members.operations import factors, seals
from members.permissions import Console
from tests.factories import acting_as, enroll, make_institution, make_user

pytestmark = pytest.mark.django_db
S1, S2 = {"s1": b"1" * 32}, {"s2": b"2" * 32}
SECRET = "whsec_" + base64.b64encode(b"s" * 32).decode()


@pytest.fixture
def sealed(settings: Any) -> Any:
    """Return what says whether everything opens: an app, recovery codes and a webhook with both its secrets."""
    settings.AIF_SEALS = {}
    aster = make_institution("Aster")
    person = make_user("analyst", institution=aster)
    secret = enroll(person)
    with acting_as("aif_web"):
        codes = RecoveryCodes.activate(person)
    printed = codes.get_unused_codes()
    with acting_as("aif_owner"):
        old, new = (webhook_message.seal_secret(each, institution_id=aster.pk) for each in (SECRET + "1", SECRET + "2"))
        hook = WebhookEndpoint.objects.create(
            institution=aster,
            url="https://aster.example",
            secret=new,
            old_secret=old,
            kinds=[],
            created_at=timezone.now(),
        )

    def opens() -> bool:
        with acting_as("aif_owner"):
            app = Authenticator.objects.get(user=person, type="totp")
            paper = Authenticator.objects.get(user=person, type="recovery_codes")
            row = WebhookEndpoint.objects.get(pk=hook.pk)
        return (
            factors.open_secret(app.data["secret"]) == secret
            and RecoveryCodes(paper).get_unused_codes() == printed
            and [webhook_message.unseal_secret(each, institution_id=aster.pk) for each in (row.old_secret, row.secret)]
            == [SECRET + "1", SECRET + "2"]
        )

    assert opens()
    return opens


def rotate() -> int:
    with acting_as("aif_owner"):
        return seals.rotate(by=Console("rotate_seals"))


def counts() -> dict[str, int]:
    with acting_as("aif_owner"):
        return seals.count_by_key()


def test_old_and_new_open_in_every_step(sealed: Any, settings: Any) -> None:
    assert counts() == {"": 4}
    settings.AIF_SEALS = S1  # from now on beside the key of before
    assert sealed() and counts() == {"": 4}
    assert rotate() == 3 and sealed() and counts() == {"s1": 4}
    settings.AIF_SEALS = {**S1, **S2}
    assert sealed() and rotate() == 3 and counts() == {"s2": 4}
    settings.AIF_SEALS = S2
    assert sealed() and rotate() == 0
    with acting_as("aif_owner"):
        events = AuditEvent.objects.filter(verb="seal.rotate").order_by("pk")
        said = [(event.detail["key"], event.detail["rows"]) for event in events]
    assert said == [("s1", 2), ("s1", 1), ("s2", 2), ("s2", 1)]


def test_it_goes_on_where_it_was_killed(sealed: Any, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.AIF_SEALS = S1
    monkeypatch.setattr(seals, "SLICE", 1)
    original, done = seals._seal_anew, []

    def killed(row: Any, fields: Any) -> bool:
        if done:
            raise KeyboardInterrupt
        done.append(row)
        return original(row, fields)

    monkeypatch.setattr(seals, "_seal_anew", killed)
    with pytest.raises(KeyboardInterrupt):
        rotate()
    assert sealed() and set(counts()) == {"", "s1"}
    monkeypatch.setattr(seals, "_seal_anew", original)
    assert rotate() == 2 and sealed() and counts() == {"s1": 4}


def test_without_the_old_key_it_says_so_and_changes_nothing(
    sealed: Any, settings: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    settings.AIF_SEALS = S1
    rotate()
    settings.AIF_SEALS = S2
    with acting_as("aif_owner"), pytest.raises(CommandError, match="AIF_SEALS lacks a key"):
        call_command("rotate_seals")
    settings.AIF_SEALS = {}
    with acting_as("aif_owner"), pytest.raises(CommandError, match="AIF_SEALS is not set"):
        call_command("rotate_seals")
    assert counts() == {"s1": 4}
    settings.AIF_SEALS = {**S1, **S2}
    with acting_as("aif_owner"):
        call_command("rotate_seals")
    assert capsys.readouterr().out == "3 rows sealed anew\n  s2: 4 values\n"
    assert sealed()


def test_a_seal_says_its_key_and_what_it_is_about(settings: Any) -> None:
    settings.AIF_SEALS = {**S1, **S2}
    made = sealing.seal(b"plain", purpose="factor", about="a")
    assert sealing.key_of(made) == "s2" and made != sealing.seal(b"plain", purpose="factor", about="a")
    assert sealing.unseal(made, purpose="factor", about="a") == b"plain"
    for purpose, about in (("webhook-secret", "a"), ("factor", "b")):
        with pytest.raises(InvalidTag):
            sealing.unseal(made, purpose=purpose, about=about)
    for bent in (made.replace(b"s2", b"s1"), made[:-1] + bytes([made[-1] ^ 1]), made[7:], b"aif2", b"aif2\x02s2"):
        with pytest.raises((InvalidTag, ValueError)):
            sealing.unseal(bent, purpose="factor", about="a")
