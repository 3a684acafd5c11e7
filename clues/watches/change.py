"""Give a watch another end, or cancel it. A watch that is over stays over."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_noop

from aif_share.errors import Refusal
from clues.models import Watch
from clues.screening.lawful_use import gate
from clues.submissions.rows import names_of
from members import audit
from members.models import reference
from members.permissions import Permission, check
from members.queries import Member

from .create import read_expiry
from .queries import WatchNotFound


def extend(*, watch: str, request: Mapping[str, Any], version: int, by: Member, now: datetime) -> Watch:
    """Set another end, `{"expires_at"}`, later or sooner. Raise Refusal.

    The purpose passes the lawful-use gate anew: a matrix that no longer allows it must not be outlived.
    """
    check(by, Permission.SCREEN)
    unknown = request.keys() - {"expires_at"}
    if unknown:
        raise Refusal("unknown-field", gettext_noop("The body has fields that do not exist."), fields=names_of(unknown))
    if request.get("expires_at") is None:
        raise Refusal("field-missing", gettext_noop("`expires_at` is missing."))
    expires_at = read_expiry(request["expires_at"], now=now)
    with transaction.atomic():
        row = _lock(watch, by)
        if row.version != version:
            raise Refusal("version-changed", gettext_noop("Read it again, and change what is there now."))
        _check_open(row, now)
        gate.check(purpose=row.purpose, types=[row.type])
        row.expires_at, row.version = expires_at, row.version + 1
        row.save(update_fields=["expires_at", "version"])
        _record("watch.extend", row, by)
    return row


def cancel(*, watch: str, by: Member, now: datetime) -> Watch:
    """End a watch now; its hits stay readable. Raise Refusal."""
    check(by, Permission.SCREEN)
    with transaction.atomic():
        row = _lock(watch, by)
        _check_open(row, now)
        row.canceled_at, row.version = now, row.version + 1
        row.save(update_fields=["canceled_at", "version"])
        _record("watch.cancel", row, by)
    return row


def _lock(watch: str, by: Member) -> Watch:
    own = Watch.objects.select_for_update(no_key=True).filter(institution_id=by.institution_id)
    row = own.filter(pk=reference.decode("W", watch) or 0).first()
    if row is None:
        raise WatchNotFound
    return row


def _check_open(row: Watch, now: datetime) -> None:
    if row.canceled_at is not None or row.expires_at <= now:
        raise Refusal("transition-refused", gettext_noop("The watch is over. Create another one."))


def _record(verb: str, row: Watch, by: Member) -> None:
    audit.record(
        verb, actor=by, subject_ref=reference.encode("W", row.pk), institution_id=by.institution_id,
        detail={"purpose": row.purpose},
    )  # fmt: skip
