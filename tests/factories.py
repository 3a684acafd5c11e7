"""Institutions, people and keys for tests, made by the real operations in the role of the desk.

A state that no operation leads to cannot be made here, so no test can lean on one.
"""

from __future__ import annotations

import contextlib
import itertools
import time
from collections.abc import Iterator, Sequence
from typing import Any

from allauth.mfa.totp.internal import auth as totp
from django.db import InternalError, connection
from django.utils import timezone

from aif_share.wire import keys
from members.models import Institution, User
from members.operations import credentials, factors, institutions, users
from members.permissions import Console
from tests.embedded import UNHELD

PASSWORD = "harbor-lantern-42-mosaic"
CONSOLE = Console("tests")
PDF = b"%PDF-1.4\n1 0 obj\nendobj\ntrailer\n%%EOF\n"
VETTED = {
    "uscc": "91110000600037341L",
    "license_no": "B-0001",
    "license_checked": True,
    "contact_verified": True,
    "sector_confirmed": True,
}
"""What a person of the desk says who vetted an application."""
_numbers = itertools.count(1)


@contextlib.contextmanager
def acting_as(role: str, *, held: bool = False) -> Iterator[None]:
    """Work as another process's role for a block; a refusal inside leaves the role as it was before."""
    role = role if held else UNHELD.get(role, role)
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        before = cursor.fetchone()[0]
        cursor.execute(f'SET ROLE "{role}"')
    try:
        yield
    finally:
        if not connection.needs_rollback:
            # In a transaction that failed nothing can be set; rolling it back takes the role back as well.
            with contextlib.suppress(InternalError), connection.cursor() as cursor:
                cursor.execute(f'SET ROLE "{before}"')


def make_user(
    role: str, *, institution: Institution | None = None, name: str | None = None, password: str | None = None
) -> User:
    """Return a person with one role; without a password (hashing one is slow on purpose) use `force_login`."""
    with acting_as("aif_desk"):
        return users.create_user(
            username=name or f"person-{next(_numbers)}",
            role=role,
            institution_id=None if institution is None else institution.pk,
            password=password,
            by=CONSOLE,
            now=timezone.now(),
        )


def enroll(user: User) -> str:
    """Give a person an authenticator app; return its secret."""
    with acting_as("aif_desk"):
        return factors.enroll_totp(user=user, by=CONSOLE, now=timezone.now())


def make_code(secret: str, *, step: int = 0) -> str:
    """Return the code an app shows now, or `step` half minutes later."""
    return totp.format_hotp_value(totp.hotp_value(secret, int(time.time()) // 30 + step))


def make_institution(
    name: str | None = None, *, at: str = "live", sector: str = "bank", group: str | None = None, **quotas: int
) -> Institution:
    """Return an institution at a state: `applied`, `live` or `suspended`."""
    name = name or f"Institution {next(_numbers)}"
    with acting_as("aif_desk"):
        now = timezone.now()
        if at == "applied":
            return institutions.apply(name=name, sector=sector, group=group, by=CONSOLE, now=now, **quotas)
        made = institutions.create_institution(name=name, sector=sector, group=group, by=CONSOLE, now=now, **quotas)
        if at == "suspended":
            by = make_user("alliance-operator")
            made = institutions.suspend(institution_id=made.pk, reason="test", by=by, now=now)
        return made


def make_key(
    institution: Institution, *, scopes: Sequence[str] = keys.SCOPES, cidrs: Sequence[str] = (), **fields: Any
) -> keys.MemberKey:
    """Return a registered key of a live institution, secret and all."""
    key = keys.MemberKey.new()
    with acting_as("aif_desk"):
        credentials.register(
            institution_id=institution.pk,
            key_id=key.id,
            verifier=keys.verifier(key.bearer_for(keys.PLATFORM)),
            custodian_verifier=keys.verifier(key.bearer_for("custodian:platform")),
            scopes=scopes,
            cidrs=cidrs,
            by=CONSOLE,
            now=timezone.now(),
            **fields,
        )
    return key


def bearer(key: keys.MemberKey) -> dict[str, str]:
    """Return the header with which a key calls the platform."""
    return {"HTTP_AUTHORIZATION": f"Bearer {key.bearer_for(keys.PLATFORM)}"}
