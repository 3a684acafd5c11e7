"""The people of an institution, as its administrators see them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from allauth.mfa.models import Authenticator
from django.db.models import Exists, OuterRef, Q, QuerySet

from aif_share.errors import Refusal
from members.models import User, reference
from members.operations.factors import PRIMARY
from members.permissions import Permission, check


@dataclass(frozen=True, slots=True)
class Teammate:
    """One person of the team, as a page shows them."""

    user_id: int
    ref: str
    username: str
    full_name: str
    email: str
    role: str
    is_active: bool
    has_factor: bool
    created_at: datetime
    last_login: datetime | None


def list_team(*, viewer: User, search: str = "", role: str = "", state: str = "", limit: int = 500) -> list[Teammate]:
    """Return the people of the viewer's institution by name; `state` is `active`, `inactive` or `no-factor`."""
    check(viewer, Permission.TEAM_MANAGE)
    rows = _rows(viewer)
    if search:
        rows = rows.filter(Q(username__icontains=search) | Q(full_name__icontains=search) | Q(email__icontains=search))
    if role:
        rows = rows.filter(role=role)
    if state == "no-factor":
        rows = rows.filter(is_active=True, has_factor=False)
    elif state:
        rows = rows.filter(is_active=state == "active")
    return [_teammate(row) for row in rows.order_by("-is_active", "full_name", "username")[:limit]]


def get_teammate(*, person: str, viewer: User) -> Teammate:
    """Return one person of the viewer's institution by reference U-…; a stranger is `not-found`."""
    check(viewer, Permission.TEAM_MANAGE)
    row = _rows(viewer).filter(pk=reference.decode("U", person) or 0).first()
    if row is None:
        raise Refusal("not-found")
    return _teammate(row)


def _rows(viewer: User) -> QuerySet[Any]:
    factor = Authenticator.objects.filter(user_id=OuterRef("pk"), type__in=PRIMARY)
    return User.objects.filter(institution_id=viewer.institution_id or 0).annotate(has_factor=Exists(factor))


def _teammate(row: Any) -> Teammate:
    return Teammate(
        user_id=row.pk,
        ref=row.ref,
        username=row.username,
        full_name=row.full_name,
        email=row.email,
        role=row.role,
        is_active=row.is_active,
        has_factor=row.has_factor,
        created_at=row.created_at,
        last_login=row.last_login,
    )
