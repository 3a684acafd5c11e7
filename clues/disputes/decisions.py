"""The alliance's decision on a disputed clue. The matcher carries it out (disputes/apply.py)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_noop

from aif_share.errors import Refusal
from clues.models import DisputedClue
from members import audit
from members.models import User, reference
from members.permissions import Permission, check

MAX_REASON = 500
# A clue is not found wrong before its filer was heard; a dispute without ground need not wait for the answer.
OPEN_TO = {
    DisputedClue.UPHELD: (DisputedClue.MAINTAINED,),
    DisputedClue.REJECTED: (DisputedClue.OPEN, DisputedClue.MAINTAINED),
}
VERBS = {DisputedClue.UPHELD: "dispute.uphold", DisputedClue.REJECTED: "dispute.reject"}


def is_open_to(row: DisputedClue, verdict: str) -> bool:
    """Whether the disputed clue can be decided in this way as it stands."""
    return row.state in OPEN_TO[verdict]


@transaction.atomic
def decide(*, disputed_clue: int, verdict: str, reason: str, by: User, now: datetime) -> DisputedClue:
    """Uphold (the clue is withdrawn and counts as refuted) or reject (it is active again) the dispute about one clue.

    `verdict` is DisputedClue.UPHELD or REJECTED. Raise Refusal: `permission-missing`, `not-found`,
    `transition-refused` when it is decided or not yet answered, `field-invalid` without a reason.
    """
    check(by, Permission.DISPUTE_DECIDE)
    reason = reason.strip()
    if not 0 < len(reason) <= MAX_REASON:
        raise Refusal("field-invalid", gettext_noop("Give a reason of at most 500 characters."), field="reason")
    row = DisputedClue.objects.select_for_update(no_key=True).filter(pk=disputed_clue).first()
    if row is None:
        raise Refusal("not-found", gettext_noop("No such dispute."))
    if not is_open_to(row, verdict):
        raise Refusal("transition-refused", gettext_noop("This is decided already, or not answered yet."))
    row.state, row.decided_at, row.decided_by, row.decision_reason, row.applied_at = verdict, now, by, reason, None
    row.save(update_fields=["state", "decided_at", "decided_by", "decision_reason", "applied_at"])
    audit.record(
        VERBS[verdict],
        actor=by,
        subject_ref=reference.encode("C", row.clue_id),
        institution_id=row.institution_id,
        detail={"dispute": reference.encode("D", row.dispute_id), "reason": reason},
    )
    return row
