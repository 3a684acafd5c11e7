"""Second factors of people: what there is, what is added, taken away and used.

The secrets lie sealed in allauth's own table, which allauth's forms read and write; what is decided about a factor,
and what the audit trail says of it, is here.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from allauth.account.internal.flows.login import get_authentication_records
from allauth.core.internal.cryptokit import compare_user_code
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal import auth as totp
from allauth.mfa.utils import decrypt
from django.db import transaction
from django.utils.translation import gettext_noop

from aif_share.errors import Refusal
from members import audit
from members.models import User, reference, sealing
from members.operations import lockouts, sessions
from members.operations.institutions import required_reason
from members.operations.users import lock_other
from members.permissions import Actor, Permission, check

CODES = {
    Authenticator.Type.TOTP.value: "totp",
    Authenticator.Type.WEBAUTHN.value: "passkey",
    Authenticator.Type.RECOVERY_CODES.value: "recovery-codes",
}
"""allauth's name of a kind -> our code, which the trail and the pages use."""
PRIMARY = (Authenticator.Type.TOTP.value, Authenticator.Type.WEBAUTHN.value)
"""Kinds that count as a second factor; recovery codes only stand in for one."""


PERIOD = 30
"""Seconds for which one TOTP code is shown."""


@dataclass(frozen=True, slots=True)
class Factor:
    """One second factor, as a page shows it."""

    ref: str
    kind: str
    name: str
    passwordless: bool
    created_at: datetime
    last_used_at: datetime | None


def seal_secret(text: str) -> str:
    """Return a factor's secret as it lies in the database."""
    return base64.b64encode(sealing.seal(text.encode(), purpose="factor", about="secret")).decode("ascii")


def open_secret(sealed: str) -> str:
    """Return the secret that `seal_secret` sealed."""
    return sealing.unseal(base64.b64decode(sealed), purpose="factor", about="secret").decode()


def get_proof(request: Any) -> dict[str, Any] | None:
    """Return the newest proof of a second factor in this session: `type`, `at`, `passwordless`."""
    proofs = [proof for proof in get_authentication_records(request, request.user) if proof["method"] == "mfa"]
    return proofs[-1] if proofs else None


def has_factor(user: User) -> bool:
    """Whether this person has a second factor."""
    return bool(Authenticator.objects.filter(user_id=user.pk, type__in=PRIMARY).exists())


def list_factors(user: User) -> list[Factor]:
    """Return a person's second factors, oldest first, without recovery codes."""
    return [
        Factor(
            ref=reference.encode("F", row.pk),
            kind=CODES[row.type],
            name=str(row.data.get("name", "")),
            passwordless=row.type == Authenticator.Type.WEBAUTHN and bool(row.wrap().is_passwordless),
            created_at=row.created_at,
            last_used_at=row.last_used_at,
        )
        for row in Authenticator.objects.filter(user_id=user.pk, type__in=PRIMARY).order_by("id")
    ]


def list_recovery_codes(user: User) -> list[str]:
    """Return the recovery codes that are left. A page shows them once, right after they were made."""
    row = Authenticator.objects.filter(user_id=user.pk, type=Authenticator.Type.RECOVERY_CODES).first()
    return [] if row is None else list(row.wrap().get_unused_codes())


@transaction.atomic
def note_added(*, user: User, kind: str, now: datetime) -> None:
    """Note in the transaction of the change that a factor of this kind was added; kinds are allauth's."""
    _record("user.factor.add", user, by=user, factor=CODES[kind])


@transaction.atomic
def note_recovery_codes(*, user: User, now: datetime) -> None:
    """Note in the transaction of the change that new recovery codes were made; the old ones open nothing."""
    _record("user.factor.recovery-codes", user, by=user)


@transaction.atomic
def note_confirmed(*, user: User, kind: str, now: datetime) -> None:
    """Note that a person proved again who it is, for something dangerous."""
    _record("user.confirm", user, by=user, factor=CODES[kind])


@transaction.atomic
def remove_factor(*, user: User, factor: str, now: datetime) -> None:
    """Take away one of the own second factors, `F-…`; never the last one."""
    # The person's row is the lock: two tabs must not take away the last two factors at once.
    User.objects.select_for_update(of=("self",)).get(pk=user.pk)
    rows = {row.pk: row for row in Authenticator.objects.filter(user_id=user.pk, type__in=PRIMARY)}
    row = rows.get(reference.decode("F", factor) or 0)
    if row is None:
        raise Refusal("not-found")
    if len(rows) == 1:
        raise Refusal(
            "transition-refused",
            gettext_noop("This is your only second factor. Add another one first, then remove it."),
        )
    row.delete()
    _record("user.factor.remove", user, by=user, factor=CODES[row.type])


@transaction.atomic
def reset_factors(*, user_id: int, reason: str, by: Actor, now: datetime) -> User:
    """Take away all second factors of another person and end the sessions; the next login asks for a new one."""
    check(by, Permission.TEAM_MANAGE)
    reason = required_reason(reason)
    user = lock_other(user_id, by=by)
    removed, _rows = Authenticator.objects.filter(user_id=user.pk).delete()
    if not removed:
        raise Refusal("transition-refused", gettext_noop("This person has no second factor yet."))
    sessions.end_all(user.pk)
    _record("user.factor.reset", user, by=by, reason=reason)
    return user


@transaction.atomic
def spend_code(*, factor_id: int, code: str, now: datetime) -> bool:
    """Use a TOTP code up. False if this code, or a later one, was used before: whoever looked on cannot follow.

    Recovery codes see to that themselves, and a passkey signs a challenge of its own.
    """
    row = Authenticator.objects.select_for_update().get(pk=factor_id)
    if row.type != Authenticator.Type.TOTP:
        return True
    secret = decrypt(row.data["secret"])
    step = next(
        (
            counter
            for counter in totp.yield_hotp_counters_from_time()
            if compare_user_code(actual=code, expected=totp.format_hotp_value(totp.hotp_value(secret, counter)))
        ),
        None,
    )
    if step is None or step <= row.data.get("last_step", 0):
        return False
    row.data["last_step"] = step
    row.save(update_fields=["data"])
    return True


def use_code(*, user: User, code: str, request: Any, now: datetime) -> Authenticator | None:
    """Return the factor that this code belongs to, the code used up; None for a wrong one, which counts, and when locked."""
    if lockouts.is_factor_locked(request, user.username):
        request.axes_locked_out = True
        return None
    for row in Authenticator.objects.filter(user_id=user.pk).exclude(type=Authenticator.Type.WEBAUTHN):
        if row.wrap().validate_code(code) and spend_code(factor_id=row.pk, code=code, now=now):
            lockouts.forget_wrong_factors(user.username)
            return row
    lockouts.count_wrong_factor(request, user.username)
    return None


@transaction.atomic
def add_totp(*, user: User, secret: str, code: str, now: datetime) -> Authenticator:
    """Give a person without one an app that has shown this code of the secret, and recovery codes."""
    # The person's row is the lock: two tabs must not both add the first one.
    User.objects.select_for_update(of=("self",)).get(pk=user.pk)
    if has_factor(user):
        raise Refusal("transition-refused", gettext_noop("A second factor was added meanwhile. Log in with it."))
    row: Authenticator = totp.TOTP.activate(user, secret).instance
    spend_code(factor_id=row.pk, code=code, now=now)
    RecoveryCodes.activate(user)
    note_added(user=user, kind=row.type, now=now)
    note_recovery_codes(user=user, now=now)
    return row


@transaction.atomic
def enroll_totp(*, user: User, by: Actor, now: datetime) -> str:
    """Give a person without one a TOTP secret and return it. For the console of the embedded stack and for tests."""
    if Authenticator.objects.filter(user_id=user.pk, type=Authenticator.Type.TOTP).exists():
        raise Refusal("transition-refused", gettext_noop("This person has one already."))
    secret: str = totp.generate_totp_secret()
    totp.TOTP.activate(user, secret)
    _record("user.factor.add", user, by=by, factor="totp")
    return secret


def show_code(*, user: User, now: datetime) -> tuple[str, int] | None:
    """Return a code that opens the account and in how many seconds it does; None without TOTP. For the console."""
    row = Authenticator.objects.filter(user_id=user.pk, type=Authenticator.Type.TOTP).first()
    if row is None:
        return None
    seconds = int(now.timestamp())
    # The code of this half minute may be used up; the next one counts already.
    step = max(seconds // PERIOD, row.data.get("last_step", 0) + 1)
    return (
        totp.format_hotp_value(totp.hotp_value(decrypt(row.data["secret"]), step)),
        max(0, (step - 1) * PERIOD - seconds),
    )


def _record(verb: str, user: User, *, by: Actor, **detail: object) -> None:
    audit.record(verb, actor=by, subject_ref=user.ref, institution_id=user.institution_id, detail=detail)
