"""A party's verdict on a match. A new one takes the place of the old; the last word counts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_noop

from aif_share.errors import Refusal
from aif_share.vocabulary import feedback_reasons, feedback_verdicts
from clues.matching.queries import get_match
from clues.models import Feedback
from clues.submissions.rows import names_of
from members import audit
from members.permissions import Permission, check
from members.queries import Member

FIELDS = frozenset({"verdict", "reason"})


def give(*, match: str, request: Mapping[str, Any], by: Member, now: datetime) -> Feedback:
    """Store the verdict of the caller's institution on `match` (`M-…`), and return it. Raise Refusal.

    `request` has a `verdict`, and maybe a `reason`. What it says of the others who reported is reckoned by a job
    (feedback/quality.py); nobody else is told of it.
    """
    check(by, Permission.CLUE_SUBMIT)
    unknown = request.keys() - FIELDS
    if unknown:
        raise Refusal("unknown-field", gettext_noop("The body has fields that do not exist."), fields=names_of(unknown))
    verdict, reason = request.get("verdict"), request.get("reason")
    if not isinstance(verdict, str) or verdict not in feedback_verdicts.BY_CODE:
        raise Refusal("field-invalid", gettext_noop("Take a code of the list in the vocabulary."), field="verdict")
    if reason is not None and (not isinstance(reason, str) or reason not in feedback_reasons.BY_CODE):
        raise Refusal("field-invalid", gettext_noop("Take a code of the list in the vocabulary."), field="reason")
    row = Feedback(
        match_id=get_match(match=match, viewer=by).id,
        institution_id=by.institution_id,
        verdict=verdict,
        reason=reason or "",
        given_at=now,
        applied_at=None,
    )
    with transaction.atomic():
        Feedback.objects.bulk_create(
            [row],
            update_conflicts=True,
            unique_fields=["match", "institution"],
            update_fields=["verdict", "reason", "given_at", "applied_at"],
        )
        audit.record(
            "feedback.give",
            actor=by,
            subject_ref=match,
            institution_id=by.institution_id,
            detail={"verdict": verdict, "reason": row.reason},
        )
    return row
