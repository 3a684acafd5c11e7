"""Reads: who is calling, and who is there to see."""

from __future__ import annotations

import hmac
import ipaddress
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from django.db import connection
from django.utils.translation import gettext_noop

from aif_share.errors import Refusal
from aif_share.wire.keys import bearer_id, verifier
from members.models import Credential, Institution, InstitutionState, User, reference
from members.permissions import ROLE_SCOPES, Permission, Viewer, check
from members.row_security import act_for, looking_up

LAST_USED_STEP = timedelta(hours=1)
_NO_VERIFIER = "0" * 64

# One statement a request: everything a request needs to know about its caller.
_CALLER_SQL = """
SELECT c.id, c.key_id, c.verifier, c.scopes, c.cidrs, c.not_before, c.expires_at, c.last_used_at, c.revoked_at,
       i.id, i.name, i.group_id, i.sector, i.state,
       CASE c.default_basis WHEN 'unspecified' THEN i.default_basis ELSE c.default_basis END,
       i.evaluate_quota, i.submit_quota, i.screen_quota, i.default_basis
FROM credential c JOIN institution i ON i.id = c.institution_id
WHERE c.key_id = $1
"""


class _Prepared(threading.local):
    """The connection of this thread on which the statement is prepared: planning it costs more than running it."""

    on: object = None


_prepared = _Prepared()


@dataclass(frozen=True, slots=True)
class Caller:
    """Whoever calls the API with a key, as the request needs to know them."""

    credential_id: int
    key_id: str
    scopes: tuple[str, ...]
    expires_at: datetime
    institution_id: int
    institution_name: str
    group_id: int
    sector: str
    state: str
    default_basis: str  # the key's own, else the institution's: what counts where a request names none
    evaluate_quota: int
    submit_quota: int
    screen_quota: int
    institution_basis: str = "unspecified"
    cidrs: tuple[str, ...] = ()
    not_before: datetime | None = None

    is_authenticated = True
    is_active = True
    audit_kind = "key"

    @property
    def audit_ref(self) -> str:
        """How the audit trail names the caller: by the key's id."""
        return self.key_id

    @property
    def institution_ref(self) -> str:
        """The opaque public reference `I-…`."""
        return reference.encode("I", self.institution_id)


@dataclass(frozen=True, slots=True)
class Person:
    """A person of a member institution, as operations need to know who acts: like a `Caller`, with a role for scopes."""

    user_id: int
    role: str
    institution_id: int
    institution_name: str
    group_id: int
    sector: str
    state: str
    default_basis: str
    evaluate_quota: int
    submit_quota: int
    screen_quota: int
    is_active: bool = True
    cidrs: tuple[str, ...] = ()  # people are not bound to networks

    is_authenticated = True
    audit_kind = "user"

    @property
    def scopes(self) -> tuple[str, ...]:
        """What a script of the portal may ask for in this person's name."""
        return ROLE_SCOPES.get(self.role, ())

    @property
    def audit_ref(self) -> str:
        """How the audit trail names the person: by reference, not by name."""
        return reference.encode("U", self.user_id)

    @property
    def institution_ref(self) -> str:
        """The opaque public reference `I-…`."""
        return reference.encode("I", self.institution_id)


Member = Caller | Person
"""Whoever acts for a member institution: one of its systems, or one of its people."""


def person_of(user: Any) -> Person:
    """Return the person behind an account of a member institution; raise NotLive unless the institution is live."""
    institution = user.institution
    if institution.state != InstitutionState.LIVE:
        raise NotLive(institution.state)
    return Person(
        user_id=user.pk,
        role=user.role,
        institution_id=institution.pk,
        institution_name=institution.name,
        group_id=institution.group_id,
        sector=institution.sector,
        state=institution.state,
        default_basis=institution.default_basis,
        evaluate_quota=institution.evaluate_quota,
        submit_quota=institution.submit_quota,
        screen_quota=institution.screen_quota,
        is_active=user.is_active,
    )


class NotAuthenticated(Refusal):
    """The bearer opens nothing. All ways of being wrong read the same."""

    def __init__(self) -> None:
        super().__init__(
            "unauthenticated",
            gettext_noop("Send Authorization: Bearer with the bearer derived for this server, not the secret itself."),
        )


class KeyRefused(Refusal):
    """The bearer is that of a key, which may not be used now or from here; `caller` says whose it is."""

    def __init__(self, code: str, detail: str, caller: Caller) -> None:
        super().__init__(code, detail)
        self.caller = caller


class NotLive(Refusal):
    """The institution is not live: suspended, or not admitted yet."""

    def __init__(self, state: str) -> None:
        if state == InstitutionState.SUSPENDED:
            super().__init__("institution-suspended", gettext_noop("Your institution is suspended. Ask the alliance."))
        else:
            super().__init__("institution-not-live", gettext_noop("Your institution is not admitted yet."))


@lru_cache(maxsize=1024)
def _network(cidr: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network:
    return ipaddress.ip_network(cidr)


def _is_allowed_from(ip: str, cidrs: list[str]) -> bool:
    if not cidrs:
        return True
    try:
        address = ipaddress.ip_address(ip)
    except ValueError:
        return False  # a unix socket has no address, and a list of networks does not mean it
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None:
        address = address.ipv4_mapped
    return any(address in _network(cidr) for cidr in cidrs)


def authenticate(bearer: str, *, ip: str, now: datetime) -> Caller:
    """Return the caller whom this bearer names.

    Raise NotAuthenticated for anything that is no registered bearer; KeyRefused `key-revoked`, `key-expired`
    or `address-refused` for one that is, but not now or not from here; NotLive for an institution that is
    suspended or not admitted. One SQL query, and once an hour a second one that notes the use of the key.
    """
    key_id = bearer_id(bearer)
    if key_id is None:
        raise NotAuthenticated
    with looking_up("credential", key_id):
        row = _fetch_caller(key_id)
    # An unknown id costs the same hash and comparison as a wrong secret.
    stored = row[2] if row else _NO_VERIFIER
    if not hmac.compare_digest(verifier(bearer), stored) or row is None:
        raise NotAuthenticated
    credential_id, _key_id, _stored, scopes, cidrs, not_before, expires_at, last_used_at, revoked_at = row[:9]
    values: list[Any] = [credential_id, key_id, tuple(scopes), expires_at, *row[9:], tuple(cidrs), not_before]
    caller = Caller(*values)
    if revoked_at is not None:
        raise KeyRefused("key-revoked", gettext_noop("This key is revoked. Register a new one."), caller)
    if not not_before <= now < expires_at:
        raise KeyRefused(
            "key-expired", gettext_noop("This key is expired or not yet valid. Register a new one."), caller
        )
    if not _is_allowed_from(ip, cidrs):
        raise KeyRefused("address-refused", gettext_noop("This key may not be used from this address."), caller)
    if caller.state != InstitutionState.LIVE:
        raise NotLive(caller.state)
    act_for(institution=caller.institution_id)
    if last_used_at is None or now - last_used_at >= LAST_USED_STEP:
        _note_use(credential_id, now)
    return caller


def _fetch_caller(key_id: str) -> tuple[Any, ...] | None:
    with connection.cursor() as cursor:
        if _prepared.on is not connection.connection:
            cursor.execute(f"PREPARE aif_caller (text) AS {_CALLER_SQL}")
            _prepared.on = connection.connection
        cursor.execute("EXECUTE aif_caller (%s)", [key_id])
        row: tuple[Any, ...] | None = cursor.fetchone()
    return row


def _note_use(credential_id: int, now: datetime) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE credential SET last_used_at = %s WHERE id = %s AND (last_used_at IS NULL OR last_used_at <= %s)",
            [now, credential_id, now - LAST_USED_STEP],
        )


def list_credentials(*, viewer: Viewer, before: int | None, limit: int) -> list[Credential]:
    """Return keys of the viewer's institution, newest first, ended ones too; those older than `before`."""
    rows = Credential.objects.select_related("created_by").filter(institution_id=viewer.institution_id)
    if before is not None:
        rows = rows.filter(pk__lt=before)
    return list(rows.order_by("-pk")[:limit])


def get_credential(*, credential: str, viewer: Viewer) -> Credential:
    """Return one key of the viewer's institution by its reference K-…; to a stranger there is nothing: `not-found`."""
    number = reference.decode("K", credential)
    try:
        rows = Credential.objects.select_related("created_by")
        return rows.get(pk=number or 0, institution_id=viewer.institution_id)
    except Credential.DoesNotExist:
        raise Refusal("not-found") from None


def get_institution(*, institution_id: int) -> Institution:
    """Return one institution, or raise Institution.DoesNotExist."""
    return Institution.objects.select_related("group").get(pk=institution_id)


def list_institutions(*, viewer: User) -> list[Institution]:
    """Return all institutions by name, for the alliance's own staff."""
    check(viewer, Permission.DESK_VIEW)
    return list(Institution.objects.select_related("group").order_by("name"))


def count_live_institutions() -> int:
    """Return how many institutions are live: the rules of disclosure depend on it."""
    return Institution.objects.filter(state=InstitutionState.LIVE.value).count()


def count_live_by_sector() -> Mapping[str, int]:
    """Return how many live institutions each sector has."""
    counts: dict[str, int] = {}
    for sector in Institution.objects.filter(state=InstitutionState.LIVE.value).values_list("sector", flat=True):
        counts[sector] = counts.get(sector, 0) + 1
    return counts
