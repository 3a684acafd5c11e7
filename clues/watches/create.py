"""Watch tokens: the questions of a screening, asked for as long as the watch lasts. Costs what a screening costs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_noop

from aif_share.errors import Refusal
from aif_share.wire.limits import DEFAULT_WATCH_DAYS, MAX_WATCH_DAYS, MAX_WATCHES
from clues import quotas
from clues.fishing import standing
from clues.models import Watch
from clues.screening.lawful_use import gate
from clues.screening.lawful_use.gate import LawfulUse
from clues.screening.question import read_header
from clues.submissions.tokens import read_tokens
from members import audit
from members.models import reference
from members.permissions import Permission, check
from members.queries import Member

FIELDS = frozenset({"purpose", "case_ref", "basis", "tokens", "expires_at"})


@dataclass(frozen=True, slots=True)
class Created:
    """The references in the order of the tokens, until when they hold, and the matrix that allowed them."""

    watches: list[str]
    expires_at: datetime
    lawful_use: LawfulUse


def create(*, request: Mapping[str, Any], by: Member, now: datetime) -> Created:
    """Create one watch for each token. Raise Refusal; then nothing is stored and nothing charged.

    `request` has `purpose` and `tokens` (1 to 1,000), and maybe `case_ref`, `basis`, `expires_at` (180 days at most).
    Whether anything was reported before is not looked at, and not told.
    """
    check(by, Permission.SCREEN)
    purpose, case_ref, basis = read_header(request, by=by, fields=FIELDS)
    expires_at = read_expiry(request.get("expires_at"), now=now)
    tokens = read_tokens(request.get("tokens"), most=MAX_WATCHES)
    matrix, lawful_use = gate.check(purpose=purpose, types=tokens.types)
    standing.check_open(by.institution_id)
    with transaction.atomic():
        rows = Watch.objects.bulk_create(
            Watch(
                institution_id=by.institution_id, type=kind, epoch=epoch, token=stored, purpose=purpose,
                case_ref=case_ref, basis=basis, key_id=by.audit_ref, created_at=now, expires_at=expires_at,
            )
            for kind, epoch, stored in zip(*tokens, strict=True)
        )  # fmt: skip
        audit.record(
            "watch.create",
            actor=by,
            institution_id=by.institution_id,
            detail={"purpose": purpose, "basis": basis, "watches": len(rows), "matrix": matrix},
        )
        quotas.charge(institution_id=by.institution_id, kind=quotas.SCREEN, amount=len(rows), limit=by.screen_quota)
    return Created([reference.encode("W", row.pk) for row in rows], expires_at, lawful_use)


def read_expiry(value: Any, *, now: datetime) -> datetime:
    """Return when a watch ends: the moment named, or 90 days from now. Raise Refusal `field-invalid`."""
    if value is None:
        return now + timedelta(days=DEFAULT_WATCH_DAYS)
    try:
        named = datetime.fromisoformat(value)
        at = named.astimezone(UTC)
    except (TypeError, ValueError, OverflowError):
        raise _invalid() from None
    if named.tzinfo is None or not now < at <= now + timedelta(days=MAX_WATCH_DAYS):
        raise _invalid()
    return at


def _invalid() -> Refusal:
    return Refusal(
        "field-invalid",
        gettext_noop("`expires_at` is a moment with its time zone, within the next 180 days."),
        field="expires_at",
    )
