"""Invitations: ask a person to join, by a link that opens once; accept, send again, take back.

The link's token is random and only its hash is kept. On its way through the outbox it is sealed.
"""

from __future__ import annotations

import base64
import hashlib
import secrets
from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_noop

from aif_share.errors import Refusal
from members import audit
from members.delivery import outbox
from members.models import MEMBER_ROLES, Institution, InstitutionState, Invitation, User, reference, sealing
from members.operations import sessions
from members.operations.institutions import required_reason
from members.operations.users import create_invited, lock_other, set_password
from members.permissions import Actor, Permission, check
from members.row_security import act_for, looking_up

LIFE = timedelta(days=7)
LONGEST_EMAIL = 200  # the outbox holds no longer destination
SEALED_FOR = "invitation"


@transaction.atomic
def invite(
    *, institution_id: int, role: str, full_name: str, email: str, by: Actor, now: datetime
) -> tuple[Invitation, str]:
    """Ask a person to join an institution in a role; return the invitation and the link's token, shown once."""
    check(by, Permission.TEAM_MANAGE)
    _check_reach(by, institution_id)
    full_name, email = full_name.strip(), email.strip()
    if role not in MEMBER_ROLES:
        raise Refusal("field-invalid", gettext_noop("This role does not fit the side it is for."), field="role")
    if not 1 <= len(full_name) <= 100:
        raise Refusal("field-invalid", gettext_noop("Give the person's full name."), field="full_name")
    _check_email(email)
    # The institution's row is the lock: two clicks must not make two invitations.
    institution = Institution.objects.select_for_update(of=("self",), no_key=True).filter(pk=institution_id).first()
    if institution is None:
        raise Refusal("not-found")
    if institution.state != InstitutionState.LIVE or institution.departed_at is not None:
        raise Refusal("institution-not-live", gettext_noop("The institution is not live."))
    rows = Invitation.objects.filter(institution_id=institution_id, email__iexact=email, renews=None)
    if rows.filter(accepted_at=None, revoked_at=None, expires_at__gt=now).exists():
        raise Refusal(
            "name-taken", gettext_noop("This address has an open invitation. Send that one again."), field="email"
        )
    token = secrets.token_urlsafe(32)
    made = Invitation.objects.create(
        institution=institution,
        role=role,
        full_name=full_name,
        email=email,
        token_hash=hash_token(token),
        created_at=now,
        created_by=by if isinstance(by, User) else None,
        expires_at=now + LIFE,
    )
    _send(made, token, now=now)
    _record("invitation.create", made, by=by, role=role)
    return made, token


@transaction.atomic
def resend(*, invitation: str, by: Actor, now: datetime) -> tuple[Invitation, str]:
    """Send a new link, valid for another week; the one before opens nothing any more."""
    check(by, Permission.TEAM_MANAGE)
    row = _locked(invitation, by=by)
    _check_unanswered(row)
    token = secrets.token_urlsafe(32)
    row.token_hash = hash_token(token)
    row.expires_at = now + LIFE
    row.save(update_fields=["token_hash", "expires_at"])
    _send(row, token, now=now)
    _record("invitation.resend", row, by=by)
    return row, token


@transaction.atomic
def revoke(*, invitation: str, by: Actor, now: datetime) -> Invitation:
    """Take an invitation back; its link opens nothing any more."""
    check(by, Permission.TEAM_MANAGE)
    row = _locked(invitation, by=by)
    _check_unanswered(row)
    row.revoked_at = now
    row.save(update_fields=["revoked_at"])
    _record("invitation.revoke", row, by=by)
    return row


@transaction.atomic
def offer_password(*, user_id: int, reason: str, by: Actor, now: datetime) -> tuple[Invitation, str]:
    """Make a link by which another person sets a new password; the second factor stays what it was."""
    check(by, Permission.TEAM_MANAGE)
    reason = required_reason(reason)
    user = lock_other(user_id, by=by)
    if user.institution_id is None or not user.is_active:
        raise Refusal("transition-refused", gettext_noop("Only an open account of a member gets a new password."))
    Invitation.objects.filter(renews=user, accepted_at=None, revoked_at=None).update(revoked_at=now)
    token = secrets.token_urlsafe(32)
    made = Invitation.objects.create(
        institution_id=user.institution_id,
        role=user.role,
        full_name=user.full_name,
        email=user.email,
        renews=user,
        token_hash=hash_token(token),
        created_at=now,
        created_by=by if isinstance(by, User) else None,
        expires_at=now + LIFE,
    )
    if user.email:
        _send(made, token, now=now)
    audit.record(
        "user.password.offer",
        actor=by,
        subject_ref=user.ref,
        institution_id=user.institution_id,
        detail={"reason": reason},
    )
    return made, token


@transaction.atomic
def accept(*, token: str, username: str = "", password: str, now: datetime) -> User:
    """Make the account that was asked for, with a name and a password of the person's choice; or set a new password."""
    row = _open_row(token, now=now, lock=True)
    if row.renews is not None:
        row.accepted_at, row.accepted_by = now, row.renews
        row.save(update_fields=["accepted_at", "accepted_by"])
        set_password(user=row.renews, password=password, by=row.renews, now=now)
        sessions.end_all(row.renews.pk)
        return row.renews
    user = create_invited(
        username=username,
        password=password,
        role=row.role,
        institution_id=row.institution_id,
        full_name=row.full_name,
        email=row.email,
        now=now,
    )
    row.accepted_at, row.accepted_by = now, user
    row.save(update_fields=["accepted_at", "accepted_by"])
    _record("invitation.accept", row, by=user, user=user.ref)
    return user


def get_open(*, token: str, now: datetime) -> Invitation:
    """Return the invitation that a link opens, with its institution; all ways of not opening read the same."""
    return _open_row(token, now=now)


def list_invitations(*, viewer: User, now: datetime, limit: int = 200) -> list[Invitation]:
    """Return the invitations of the viewer's institution that nobody has accepted, newest first."""
    check(viewer, Permission.TEAM_MANAGE)
    rows = Invitation.objects.filter(institution_id=viewer.institution_id or 0, accepted_at=None, renews=None)
    return list(rows.select_related("created_by").order_by("-id")[:limit])


def hash_token(token: str) -> str:
    """Return what the database keeps of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def _open_row(token: str, *, now: datetime, lock: bool = False) -> Invitation:
    _act_for_invited(token)
    rows = Invitation.objects.select_related("institution", "renews").filter(
        Q(renews=None) | Q(renews__is_active=True),
        token_hash=hash_token(token),
        accepted_at=None,
        revoked_at=None,
        expires_at__gt=now,
        institution__state=InstitutionState.LIVE.value,
    )
    row = (rows.select_for_update(of=("self",)) if lock else rows).first()
    if row is None:
        raise Refusal("not-found")
    return row


def _act_for_invited(token: str) -> None:
    """Whoever holds the token acts for the institution that it leads into, and for the person whose password it renews."""
    with looking_up("invitation", hash_token(token)):
        named = (
            Invitation.objects.filter(token_hash=hash_token(token)).values_list("institution_id", "renews_id").first()
        )
    if named is not None:
        act_for(institution=named[0], person=named[1])


def _locked(invitation: str, *, by: Actor) -> Invitation:
    rows = Invitation.objects.select_for_update(of=("self",)).select_related("institution")
    row = rows.filter(pk=reference.decode("V", invitation) or 0, renews=None).first()
    if row is None:
        raise Refusal("not-found")
    _check_reach(by, row.institution_id)
    return row


def _check_unanswered(row: Invitation) -> None:
    if row.accepted_at is not None or row.revoked_at is not None:
        raise Refusal("transition-refused", gettext_noop("This invitation is accepted or revoked already."))


def _check_reach(by: Actor, institution_id: int) -> None:
    if isinstance(by, User) and not by.is_alliance and by.institution_id != institution_id:
        raise Refusal("not-found")


def _check_email(email: str) -> None:
    try:
        validate_email(email)
    except ValidationError:
        email = ""
    if not 0 < len(email) <= LONGEST_EMAIL:
        raise Refusal("field-invalid", gettext_noop("Give an e-mail address."), field="email")


def _send(row: Invitation, token: str, *, now: datetime) -> None:
    sealed = sealing.seal(token.encode(), purpose=SEALED_FOR, about=row.ref)
    outbox.enqueue(
        channel="invitation",
        destination=row.email,
        payload={
            "invitation": row.ref,
            "full_name": row.full_name,
            "institution": row.institution.name,
            "sealed": base64.b64encode(sealed).decode("ascii"),
            "days": LIFE.days,
            "renews": row.renews_id is not None,
        },
        institution_id=row.institution_id,
        now=now,
    )


def _record(verb: str, row: Invitation, *, by: Actor, **detail: object) -> None:
    audit.record(verb, actor=by, subject_ref=row.ref, institution_id=row.institution_id, detail=detail)
