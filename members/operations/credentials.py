"""Register, rotate and revoke keys. A server gets verifiers only; the secret stays with the member."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_noop

from aif_share.errors import Refusal
from aif_share.identifiers.raw import looks_raw
from aif_share.wire import keys, limits
from members import audit
from members.models import Credential, Institution, InstitutionState, User
from members.operations.custodian_state import PLATFORM_CUSTODIAN, announce
from members.operations.institutions import required_reason
from members.permissions import Actor, Permission, check
from members.queries import Caller, Person

ROTATION_OVERLAP = timedelta(days=7)
MAX_CIDRS = 100
UNSPECIFIED = "unspecified"
_BASIS = re.compile(r"[a-z0-9-]{1,64}")
_KEY_ID = re.compile(r"[a-z0-9]{8}")


@transaction.atomic
def register(
    *,
    institution_id: int,
    key_id: str,
    verifier: str,
    by: Actor,
    now: datetime,
    custodian_verifier: str = "",
    scopes: Iterable[str] = keys.SCOPES,
    cidrs: Iterable[str] = (),
    expires_at: datetime | None = None,
    default_basis: str = UNSPECIFIED,
) -> Credential:
    """Register one key of an institution; two live ones of a kind at most, so that one can be rotated.

    Keys of scope `evaluate` alone, for browsers, are one kind; all others, for systems, the other.

    `verifier` is the hex SHA-256 of the platform's bearer, `custodian_verifier` that of the bearer for the
    platform's custodian (without it the key cannot evaluate there). A key lives a year at most. `default_basis` counts
    where a request names none; UNSPECIFIED leaves that to the institution.

    A key that registers another one gives nothing that it lacks: `scope-missing`, or `field-invalid` for a network
    outside of its own.
    """
    check(by, Permission.KEY_MANAGE)
    scopes, cidrs = _checked_scopes(scopes), _checked_cidrs(cidrs)
    _check_gives_no_more(by, scopes=scopes, cidrs=cidrs)
    institution = _locked_institution(institution_id, by=by)
    credential = _store(
        institution,
        key_id=key_id,
        verifier=verifier,
        custodian_verifier=custodian_verifier,
        scopes=scopes,
        cidrs=cidrs,
        expires_at=expires_at,
        default_basis=_checked_basis(default_basis),
        by=by,
        now=now,
    )
    _record("credential.register", credential, by=by, scopes=credential.scopes, cidrs=credential.cidrs)
    announce(institution, now=now)
    return credential


@transaction.atomic
def rotate(
    *, credential_id: int, key_id: str, verifier: str, by: Actor, now: datetime, custodian_verifier: str = ""
) -> Credential:
    """Register a successor with the same scopes, networks and basis; the old key ends within seven days.

    A key cannot rotate one that may do more than itself: who rotates knows the new secret.
    """
    check(by, Permission.KEY_MANAGE)
    old, institution = _locked_credential(credential_id, by=by)
    _check_gives_no_more(by, scopes=old.scopes, cidrs=old.cidrs)
    if old.revoked_at is not None or old.expires_at <= now:
        raise Refusal("transition-refused", gettext_noop("This key is not live any more; register a new one."))
    successor = _store(
        institution,
        key_id=key_id,
        verifier=verifier,
        custodian_verifier=custodian_verifier,
        scopes=old.scopes,
        cidrs=old.cidrs,
        expires_at=None,
        default_basis=old.default_basis,
        by=by,
        now=now,
    )
    old.expires_at = min(old.expires_at, max(now, old.not_before) + ROTATION_OVERLAP)
    old.save(update_fields=["expires_at"])
    _record("credential.rotate", successor, by=by, replaces=old.key_id)
    announce(institution, now=now)
    return successor


@transaction.atomic
def revoke(*, credential_id: int, reason: str, by: Actor, now: datetime, confirm_self: bool = False) -> Credential:
    """End a key at once, for good. A key that ends itself has to say that it means it."""
    check(by, Permission.KEY_MANAGE)
    reason = required_reason(reason)
    if (kind := looks_raw(reason)) is not None:
        raise Refusal(kind, gettext_noop("The reason looks like an identifier."), field="reason")
    credential, institution = _locked_credential(credential_id, by=by)
    if isinstance(by, Caller) and by.credential_id == credential.pk and not confirm_self:
        raise Refusal(
            "field-missing",
            gettext_noop("This is the key you call with. Send confirm_self: true to end it."),
            field="confirm_self",
        )
    if credential.revoked_at is not None:
        raise Refusal("transition-refused", gettext_noop("This key is already revoked."))
    credential.revoked_at = now
    credential.revoked_reason = reason
    credential.save(update_fields=["revoked_at", "revoked_reason"])
    _record("credential.revoke", credential, by=by, reason=reason)
    announce(institution, now=now)
    return credential


def issue_embedded(
    *, institution_id: int, by: Actor, now: datetime, scopes: Iterable[str] = keys.SCOPES
) -> keys.MemberKey:
    """Make a member's key on our side and register it: for the embedded stack, where we are all parties."""
    key = keys.MemberKey.new()
    register(
        institution_id=institution_id,
        key_id=key.id,
        verifier=keys.verifier(key.bearer_for(keys.PLATFORM)),
        custodian_verifier=keys.verifier(key.bearer_for(keys.custodian_server(PLATFORM_CUSTODIAN))),
        scopes=scopes,
        by=by,
        now=now,
    )
    return key


def _store(
    institution: Institution,
    *,
    key_id: str,
    verifier: str,
    custodian_verifier: str,
    scopes: list[str],
    cidrs: list[str],
    expires_at: datetime | None,
    default_basis: str,
    by: Actor,
    now: datetime,
) -> Credential:
    if institution.state != InstitutionState.LIVE or institution.departed_at is not None:
        raise Refusal("institution-not-live", gettext_noop("Only a live institution gets keys."))
    if not _KEY_ID.fullmatch(key_id):
        raise Refusal("key-malformed", gettext_noop("A key id has 8 characters, a to z and 0 to 9."), field="key_id")
    _check_verifier(verifier, field="verifier")
    if custodian_verifier:
        _check_verifier(custodian_verifier, field="custodian_verifier")
    live = Credential.objects.filter(institution=institution, revoked_at=None, expires_at__gt=now)
    browser = list(keys.BROWSER_SCOPES)
    of_kind = live.filter(scopes=browser) if scopes == browser else live.exclude(scopes=browser)
    if of_kind.count() >= limits.MAX_LIVE_KEYS:
        raise Refusal("key-limit", gettext_noop("Revoke one of the two live keys of this kind first."))
    try:
        with transaction.atomic():
            return Credential.objects.create(
                institution=institution,
                key_id=key_id,
                verifier=verifier,
                custodian_verifier=custodian_verifier,
                scopes=scopes,
                cidrs=cidrs,
                default_basis=default_basis,
                created_at=now,
                created_by_id=by.pk if isinstance(by, User) else by.user_id if isinstance(by, Person) else None,
                not_before=now,
                expires_at=_checked_expiry(expires_at, now=now),
            )
    except IntegrityError as error:
        if "credential_key_id" not in str(error):
            raise
        raise Refusal("key-id-taken", gettext_noop("Make a new key; its id is taken."), field="key_id") from None


def _check_gives_no_more(by: Actor, *, scopes: list[str], cidrs: list[str]) -> None:
    """A key may pass on what it has, and nothing else; people and the console have their own permissions."""
    if not isinstance(by, Caller):
        return
    for scope in scopes:
        if scope not in by.scopes:
            raise Refusal("scope-missing", gettext_noop("A key cannot give a scope that it lacks."), scope=scope)
    if by.cidrs and not (cidrs and all(_is_within(cidr, by.cidrs) for cidr in cidrs)):
        raise Refusal("field-invalid", gettext_noop("A key cannot give a network outside of its own."), field="cidrs")


def _is_within(cidr: str, networks: Iterable[str]) -> bool:
    network = ipaddress.ip_network(cidr)
    return any(
        network.version == outer.version and network.subnet_of(outer)  # type: ignore[arg-type]
        for outer in map(ipaddress.ip_network, networks)
    )


def _check_verifier(verifier: str, *, field: str) -> None:
    if not keys.is_verifier(verifier):
        raise Refusal(
            "verifier-malformed", gettext_noop("A verifier has 64 lower-case hexadecimal digits."), field=field
        )


def _checked_scopes(scopes: Iterable[str]) -> list[str]:
    wanted = set(scopes)
    if not wanted or not wanted <= set(keys.SCOPES):
        raise Refusal("field-invalid", gettext_noop("Choose one or more of the known scopes."), field="scopes")
    return [scope for scope in keys.SCOPES if scope in wanted]


def _checked_cidrs(cidrs: Iterable[str]) -> list[str]:
    try:
        found = sorted({str(ipaddress.ip_network(cidr.strip())) for cidr in cidrs})
        if len(found) <= MAX_CIDRS:
            return found
        raise ValueError
    except ValueError:
        raise Refusal(
            "field-invalid", gettext_noop("Write networks like 192.0.2.0/24, one a line."), field="cidrs"
        ) from None


def _checked_basis(basis: str) -> str:
    if not _BASIS.fullmatch(basis):
        raise Refusal("basis-invalid", gettext_noop("`basis` is a code of lower-case letters, digits and hyphens."))
    if (kind := looks_raw(basis)) is not None:
        raise Refusal(kind, gettext_noop("`basis` looks like an identifier; it is a code."))
    return basis


def _checked_expiry(expires_at: datetime | None, *, now: datetime) -> datetime:
    latest = now + timedelta(days=limits.MAX_KEY_DAYS)
    if expires_at is None:
        return latest
    if not now < expires_at <= latest:
        raise Refusal("field-invalid", gettext_noop("A key lives between now and a year."), field="expires_at")
    return expires_at


def _locked_institution(institution_id: int, *, by: Actor) -> Institution:
    if isinstance(by, User | Caller | Person) and by.institution_id not in (None, institution_id):
        raise Refusal("not-found")  # to a stranger there is nothing here
    try:
        return Institution.objects.select_for_update(of=("self",)).get(pk=institution_id)
    except Institution.DoesNotExist:
        raise Refusal("not-found") from None


def _locked_credential(credential_id: int, *, by: Actor) -> tuple[Credential, Institution]:
    try:
        institution_id = Credential.objects.values_list("institution_id", flat=True).get(pk=credential_id)
    except Credential.DoesNotExist:
        raise Refusal("not-found") from None
    # The institution's row is the lock for all its keys: their number is limited, their state is sent as one.
    institution = _locked_institution(institution_id, by=by)
    return Credential.objects.get(pk=credential_id), institution


def _record(verb: str, credential: Credential, *, by: Actor, **detail: object) -> None:
    audit.record(
        verb,
        actor=by,
        subject_ref=credential.ref,
        institution_id=credential.institution_id,
        detail={"key_id": credential.key_id, **detail},
    )
