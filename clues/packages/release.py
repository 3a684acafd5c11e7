"""The release of a package by a second person: proposed by one of the alliance, done when another one approves.

Who asked for the package does not release it either. What it was made of is looked at again: had a clue been withdrawn or a
part been written on meanwhile, it stays.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from aif_share.errors import Refusal
from clues import events
from clues.cases import joint
from clues.matching.release import next_tick
from clues.models import CaseParty, Package
from clues.packages import standing
from clues.packages.asking import hold, record
from clues.packages.queries import find
from members.models import Approval, User, reference
from members.operations import approvals
from members.permissions import Permission, check

KIND: Final = "package-release"


def propose(*, package: str, reason: str, by: User, now: datetime) -> Approval:
    """Propose to hand a package over to its receiver. Raise PackageNotFound, PermissionMissing, and as `standing.check`."""
    check(by, Permission.DESK_VIEW)
    check(by, Permission.CASE_PROPOSE)
    with transaction.atomic():
        row = find(package)
        _check(row)
        payload = {
            "package": row.ref, "case": reference.encode("CASE", row.case_id), "version": row.version,
            "receiver": row.receiver, "sha256": row.sha256,
        }  # fmt: skip
        return approvals.propose(kind=KIND, subject_ref=row.ref, payload=payload, reason=reason, by=by, now=now)


def _release(approval: Approval, *, by: User, now: datetime) -> None:
    row = Package.objects.select_for_update(of=("self",)).get(pk=find(approval.subject_ref).pk)
    _check(row)
    if by.pk in (row.asked_by_id, approval.proposed_by_id):
        raise Refusal("four-eyes", gettext_noop("You asked for this package; a second person has to release it."))
    row.state, row.released_by, row.release_asked_by = Package.RELEASED, by, approval.proposed_by
    row.released_at = next_tick()
    row.save(update_fields=["state", "released_by", "release_asked_by", "released_at"])
    record("package.release", row, by=by, detail={"receiver": row.receiver, "sha256": row.sha256})
    told = CaseParty.objects.filter(case_id=row.case_id, released_at__lte=now).order_by("institution_id")
    numbers = told.values_list("institution_id", flat=True)
    joint.tell(row.case_id, [(number, events.PACKAGE_RELEASED) for number in numbers], now=now)


def _check(row: Package) -> None:
    hold(row.case_id)
    if row.state != Package.BUILT:
        raise Refusal("transition-refused", gettext_noop("This package does not wait for its release."))
    standing.check(row.case_id, row.sources)


def _describe(approval: Approval) -> list[tuple[Any, Any]]:
    row = find(approval.subject_ref)
    return [
        (_("Report package"), row.ref),
        (_("case"), reference.encode("CASE", row.case_id)),
        (_("version"), row.version),
        (_("receiver"), f"{row.receiver} · {row.unit}"),
        (_("SHA-256"), row.sha256),
    ]


approvals.register(
    approvals.Kind(
        code=KIND,
        zh="移交报案材料包",
        en="Release of a report package",
        propose=Permission.CASE_PROPOSE,
        decide=Permission.CASE_DECIDE,
        describe=_describe,
        execute=_release,
    )
)
