"""What a key tried and may not is an event of its institution: the first, the tenth, the hundredth in a minute; never a slip of the pen."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import DatabaseError, InterfaceError
from django.test import Client
from django.utils import timezone

from members.api import authentication
from members.audit import refused_calls
from members.audit.tally import Tally
from members.models import AuditEvent, Credential, Institution, WebhookEndpoint, reference
from members.operations import credentials
from tests.factories import CONSOLE, acting_as, bearer, make_institution, make_key

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def tally(monkeypatch: pytest.MonkeyPatch) -> Iterator[Tally]:
    """Counts of this test alone, all in one minute."""
    monkeypatch.setattr(refused_calls, "tally", Tally())
    monkeypatch.setattr(refused_calls.time, "time", lambda: 60.0)
    yield refused_calls.tally


@pytest.fixture
def aster() -> Institution:
    return make_institution()


def told() -> list[Any]:
    with acting_as("aif_owner"):
        found = AuditEvent.objects.filter(verb="api.refuse").order_by("pk")
        return list(found.values_list("institution_id", "actor_kind", "actor_ref", "subject_ref", "detail"))


def ask(path: str, key: Any, **extra: Any) -> int:
    with acting_as("aif_web"):
        return Client(raise_request_exception=False).get(f"/api/v1/{path}", **bearer(key), **extra).status_code


def test_a_foreign_thing_and_one_that_never_was_are_told_alike(aster: Institution) -> None:
    with acting_as("aif_owner"):
        theirs = WebhookEndpoint.objects.create(
            institution=make_institution(), url="https://hooks.example/aif", kinds=[], created_at=timezone.now(),
            secret=b"",
        )  # fmt: skip
    for number in (theirs.pk, theirs.pk + 10_000):
        key, ref = make_key(aster), reference.encode("H", number)
        assert ask(f"webhooks/{ref}", key) == 404
        assert told()[-1] == (aster.pk, "key", key.id, ref, {"code": "not-found", "count": 1})
    assert len(told()) == 2


def test_a_slip_of_the_pen_is_not_told(aster: Institution) -> None:
    key = make_key(aster)
    assert ask("webhooks/H-NONE", key) == 404 and ask("no-such-address", key) == 404
    assert ask("webhooks?no-such=1", key) == 400
    assert told() == []


def test_a_scope_it_lacks_is_told(aster: Institution) -> None:
    key = make_key(aster, scopes=["read"])
    assert ask("webhooks", key) == 403
    assert told() == [(aster.pk, "key", key.id, "", {"code": "scope-missing", "count": 1})]


@pytest.mark.parametrize("code", ["address-refused", "key-revoked", "key-expired"])
def test_a_key_that_may_not_be_used_is_told(aster: Institution, code: str, monkeypatch: pytest.MonkeyPatch) -> None:
    key, now, ip = make_key(aster, cidrs=["10.0.0.0/8"]), timezone.now(), "10.0.0.1"
    if code == "key-revoked":
        row = Credential.objects.get(key_id=key.id)
        with acting_as("aif_desk"):
            credentials.revoke(credential_id=row.pk, reason="lost", by=CONSOLE, now=now)
    elif code == "key-expired":
        monkeypatch.setattr(authentication, "clock", SimpleNamespace(now=lambda: now + timedelta(days=4_000)))
    else:
        ip = "192.0.2.1"
    assert ask("me", key, REMOTE_ADDR=ip) == 401
    assert told() == [(aster.pk, "key", key.id, "", {"code": code, "count": 1})], "and not from which address"


def test_a_wrong_secret_is_nobodys_key(aster: Institution) -> None:
    key, other = make_key(aster), make_key(aster)
    header = bearer(key)["HTTP_AUTHORIZATION"]
    mixed = header[:-10] + bearer(other)["HTTP_AUTHORIZATION"][-10:]
    with acting_as("aif_web"):
        assert Client().get("/api/v1/me", HTTP_AUTHORIZATION=mixed).status_code == 401
    assert told() == []


def test_a_flood_leaves_a_handful(aster: Institution, monkeypatch: pytest.MonkeyPatch) -> None:
    key = make_key(aster, scopes=["read"])
    for _turn in range(11):
        ask("webhooks", key)
    assert [event[4]["count"] for event in told()] == [1, 10]
    monkeypatch.setattr(refused_calls.time, "time", lambda: 120.0)
    ask("webhooks", key)
    assert [event[4]["count"] for event in told()] == [1, 10, 1], "a minute later it is news again"


def test_each_key_and_code_is_counted_apart() -> None:
    tally = Tally()
    first = [tally.count("a", "not-found", at=0.0) for _turn in range(1_000)]
    assert [number for number in first if number] == [1, 10, 100, 1_000]
    assert tally.count("b", "not-found", at=0.0) == tally.count("a", "scope-missing", at=0.0) == 1


@pytest.mark.parametrize("error", [DatabaseError, InterfaceError])
def test_what_cannot_be_recorded_is_refused_all_the_same(
    aster: Institution, error: type[Exception], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise error

    monkeypatch.setattr(refused_calls, "record_refused", fail)
    assert ask("webhooks", make_key(aster, scopes=["read"])) == 403
