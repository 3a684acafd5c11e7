"""A person of the desk asks for a package: the next version of its case's, made by a worker from what stands approved."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext_noop

from aif_share.errors import Refusal
from aif_share.vocabulary import authority_kinds
from clues.cases import joint
from clues.cases.transition import CaseNotFound
from clues.models import Case, Package
from clues.notes import checked_text
from clues.packages import standing
from members import audit
from members.models import User, reference
from members.permissions import Permission, check

MAX_UNIT: Final = 200
IN_THE_MAKING: Final = (Package.ASKED, Package.BUILDING)


def ask(*, case: str, receiver: str, unit: str, by: User, now: datetime) -> Package:
    """Ask for the next version of a case's package, for `unit` of the kind of authority `receiver`.

    Raise CaseNotFound, PermissionMissing, NoteRefused, `standing.CaseIncomplete`, `standing.ClueWithdrawn`, Refusal
    `field-invalid` (receiver), `conflict` while another one is being made.
    """
    check(by, Permission.DESK_VIEW)
    check(by, Permission.CASE_PROPOSE)
    unit = checked_text(unit, required=True, most=MAX_UNIT, field="unit")
    if "\n" in unit or "\t" in unit:
        raise Refusal("field-invalid", gettext_noop("Name the unit in one line."), field="unit")
    if receiver not in authority_kinds.BY_CODE:
        raise Refusal("field-invalid", gettext_noop("Choose who receives it."), field="receiver")
    number = reference.decode("CASE", case) or 0
    if not Case.objects.filter(pk=number).exists():
        raise CaseNotFound
    with transaction.atomic():
        hold(number)
        standing.read_sources(number)
        if Package.objects.filter(case_id=number, state__in=IN_THE_MAKING).exists():
            raise Refusal("conflict", gettext_noop("A package of this case is being made already."))
        last = Package.objects.filter(case_id=number).aggregate(last=Max("version"))["last"] or 0
        row = Package.objects.create(
            case_id=number, version=last + 1, receiver=receiver, unit=unit, asked_by=by, asked_at=now
        )
        record("package.ask", row, by=by, detail={"receiver": receiver})
    return row


def hold(case: int) -> None:
    """Keep a case where packages are made of it until the end of the transaction. Raise CaseIncomplete."""
    try:
        joint.hold(case, standing.READY)
    except Refusal as refusal:
        if refusal.code != "transition-refused":
            raise
        raise standing.CaseIncomplete from None


def record(verb: str, row: Package, *, by: object, detail: dict[str, object] | None = None) -> None:
    """Record one event about a package, under its case."""
    said = {"case": reference.encode("CASE", row.case_id), "version": row.version, **(detail or {})}
    audit.record(verb, actor=by, subject_ref=row.ref, detail=said)  # type: ignore[arg-type]
