"""Naming all parties of a case by two people of the alliance: proposed by one, done when another one approves."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from clues.cases import naming
from members.models import Approval, User
from members.operations import approvals
from members.permissions import Actor, Permission, check

KIND = "unmask"


def propose(*, case: str, reason: str, by: Actor, now: datetime) -> Approval:
    """Propose to name the parties of `CASE-…` to each other. Raise as `naming.find_led` and `approvals.propose` do."""
    check(by, Permission.CASE_PROPOSE)
    with transaction.atomic():
        naming.find_led(case)
        return approvals.propose(kind=KIND, subject_ref=case, payload={"case": case}, reason=reason, by=by, now=now)


def _unmask(approval: Approval, *, by: User, now: datetime) -> None:
    naming.unmask(case=approval.subject_ref, by=by, proposed_by=approval.proposed_by, reason=approval.reason, now=now)


def _describe(approval: Approval) -> list[tuple[Any, Any]]:
    return [(_("Name all parties of the case to each other"), approval.subject_ref)]


approvals.register(
    approvals.Kind(
        code=KIND,
        zh="公开专案参与方名称",
        en="Naming the parties of a case",
        propose=Permission.CASE_PROPOSE,
        decide=Permission.CASE_DECIDE,
        describe=_describe,
        execute=_unmask,
    )
)
