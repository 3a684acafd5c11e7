"""Accounts of people: make, change the role, shut, open. Members' administrators see to their own staff only."""

from __future__ import annotations

import re
from datetime import datetime

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_noop

from aif_share.errors import Refusal
from members import audit
from members.models import ALLIANCE_ROLES, MEMBER_ROLES, Institution, User
from members.operations import sessions
from members.operations.institutions import required_reason
from members.permissions import Actor, Permission, check

_USERNAME = re.compile(r"[a-z0-9][a-z0-9._-]{1,62}[a-z0-9]")


@transaction.atomic
def create_user(
    *,
    username: str,
    role: str,
    by: Actor,
    now: datetime,
    institution_id: int | None = None,
    full_name: str = "",
    email: str = "",
    password: str | None = None,
) -> User:
    """Store an account with one role; without a password nobody can log in to it yet."""
    check(by, Permission.TEAM_MANAGE)
    _check_reach(by, institution_id)
    _check_role(role, institution_id)
    if institution_id is not None and not Institution.objects.filter(pk=institution_id).exists():
        raise Refusal("not-found")
    user = _store(
        username, password, role=role, institution_id=institution_id, full_name=full_name, email=email, now=now
    )
    _record("user.create", user, by=by, role=role)
    return user


@transaction.atomic
def create_invited(
    *, username: str, password: str, role: str, institution_id: int, full_name: str, email: str, now: datetime
) -> User:
    """Store the account of a person who accepts an invitation: who may invite decided on role and institution."""
    _check_role(role, institution_id)
    user = _store(
        username, password, role=role, institution_id=institution_id, full_name=full_name, email=email, now=now
    )
    _record("user.create", user, by=user, role=role)
    return user


def _store(
    username: str,
    password: str | None,
    *,
    role: str,
    institution_id: int | None,
    full_name: str,
    email: str,
    now: datetime,
) -> User:
    if not _USERNAME.fullmatch(username):
        raise Refusal(
            "field-invalid",
            gettext_noop("A user name has 3 to 64 characters: a to z, digits, dot, hyphen, underscore."),
            field="username",
        )
    if password is not None:
        _check_password(password, User(username=username, full_name=full_name, email=email))
    try:
        with transaction.atomic():
            return User.objects.create_user(
                username,
                password,
                role=role,
                institution_id=institution_id,
                full_name=full_name.strip()[:100],
                email=email.strip(),
                created_at=now,
            )
    except IntegrityError as error:
        if "username" not in str(error):
            raise
        raise Refusal("name-taken", gettext_noop("This user name is taken."), field="username") from None


@transaction.atomic
def set_role(*, user_id: int, role: str, reason: str, by: Actor, now: datetime) -> User:
    """Give a person another role of the same side; nobody changes their own."""
    check(by, Permission.TEAM_MANAGE)
    reason = required_reason(reason)
    user = lock_other(user_id, by=by)
    _check_role(role, user.institution_id)
    before, user.role = user.role, role
    user.save(update_fields=["role"])
    _record("user.role.set", user, by=by, before=before, after=role, reason=reason)
    return user


@transaction.atomic
def deactivate(*, user_id: int, reason: str, by: Actor, now: datetime) -> User:
    """Shut an account: its sessions end with the next request."""
    return _set_active(user_id, False, "user.deactivate", reason=reason, by=by)


@transaction.atomic
def reactivate(*, user_id: int, reason: str, by: Actor, now: datetime) -> User:
    """Open an account again."""
    return _set_active(user_id, True, "user.reactivate", reason=reason, by=by)


@transaction.atomic
def set_password(*, user: User, password: str, by: Actor, now: datetime) -> None:
    """Set a password that passes the validators; other sessions of this person end."""
    _check_password(password, user)
    user.set_password(password)
    user.save(update_fields=["password"])
    _record("user.password.set", user, by=by)


@transaction.atomic
def record_login(*, user: User, now: datetime, factor: str = "") -> None:
    """Note that a person logged in, and with which second factor; empty at the desk and before there is one."""
    _record("user.login", user, by=user, **({"factor": factor} if factor else {}))


@transaction.atomic
def record_logout(*, user: User, now: datetime) -> None:
    """Note that a person logged out."""
    _record("user.logout", user, by=user)


def _set_active(user_id: int, active: bool, verb: str, *, reason: str, by: Actor) -> User:
    check(by, Permission.TEAM_MANAGE)
    reason = required_reason(reason)
    user = lock_other(user_id, by=by)
    if user.is_active == active:
        raise Refusal("transition-refused", gettext_noop("The account is already in this state."))
    user.is_active = active
    user.save(update_fields=["is_active"])
    if not active:
        sessions.end_all(user.pk)  # or opening the account again would open them too
    _record(verb, user, by=by, reason=reason)
    return user


def lock_other(user_id: int, *, by: Actor) -> User:
    """Return another person's account with its row locked; refuse a stranger's, and the actor's own."""
    try:
        user = User.objects.select_for_update(of=("self",)).get(pk=user_id)
    except User.DoesNotExist:
        raise Refusal("not-found") from None
    _check_reach(by, user.institution_id)
    if isinstance(by, User) and by.pk == user.pk:
        raise Refusal("four-eyes", gettext_noop("Ask somebody else to change your own account."))
    return user


def _check_reach(by: Actor, institution_id: int | None) -> None:
    if isinstance(by, User) and not by.is_alliance and by.institution_id != institution_id:
        raise Refusal("not-found")


def _check_role(role: str, institution_id: int | None) -> None:
    if role not in (ALLIANCE_ROLES if institution_id is None else MEMBER_ROLES):
        raise Refusal("field-invalid", gettext_noop("This role does not fit the side it is for."), field="role")


def _check_password(password: str, user: User | None = None) -> None:
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise Refusal("field-invalid", " ".join(error.messages), field="password") from None


def _record(verb: str, user: User, *, by: Actor, **detail: object) -> None:
    audit.record(verb, actor=by, subject_ref=user.ref, institution_id=user.institution_id, detail=detail)
