"""The filer's answer to a dispute about one of its clues: stand by it, or take it back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Now
from django.utils.translation import gettext_noop

from aif_share.errors import Refusal
from aif_share.vocabulary import maintain_reasons, withdrawal_reasons
from clues.models import Clue, ClueChange, DisputedClue
from clues.submissions.rows import names_of
from members import audit
from members.models import reference
from members.permissions import Permission, check
from members.queries import Member

MAINTAIN, WITHDRAW = "maintain", "withdraw"
FIELDS = frozenset({"clue", "answer", "reason"})
REASONS: Final[Mapping[str, Mapping[str, Any]]] = MappingProxyType(
    {MAINTAIN: maintain_reasons.BY_CODE, WITHDRAW: withdrawal_reasons.BY_CODE}
)


class DisputedClueNotFound(Refusal):
    """No such dispute about a clue of this institution."""

    def __init__(self) -> None:
        super().__init__("not-found", gettext_noop("No such dispute about a clue of yours."))


class NotAnswerable(Refusal):
    """It is answered, decided, or too late."""

    def __init__(self) -> None:
        super().__init__("transition-refused", gettext_noop("This is answered already, or its time is over."))


def answer(*, dispute: str, request: Mapping[str, Any], by: Member, now: datetime) -> DisputedClue:
    """Answer `dispute` (`D-…`) for one clue of the caller's; return its row. Raise Refusal.

    `request` has `clue` (`C-…`), `answer` (maintain or withdraw) and a `reason` of the list that goes with it. A clue
    that is withdrawn stops at once whatever else it is disputed for; one that is maintained stays suspended.
    """
    check(by, Permission.CLUE_SUBMIT)
    unknown = request.keys() - FIELDS
    if unknown:
        raise Refusal("unknown-field", gettext_noop("The body has fields that do not exist."), fields=names_of(unknown))
    clue, choice, reason = (request.get(name) for name in ("clue", "answer", "reason"))
    if not isinstance(choice, str) or choice not in REASONS:
        raise Refusal("field-invalid", gettext_noop("`answer` is maintain or withdraw."), field="answer")
    if not isinstance(reason, str) or reason not in REASONS[choice]:
        raise Refusal("field-invalid", gettext_noop("Take a code of the list in the vocabulary."), field="reason")
    if not isinstance(clue, str):
        raise Refusal("field-invalid", gettext_noop("`clue` is a reference."), field="clue")
    with transaction.atomic():
        found = DisputedClue.objects.filter(
            dispute_id=reference.decode("D", dispute) or 0,
            clue_id=reference.decode("C", clue) or 0,
            institution_id=by.institution_id,
        ).first()
        if found is None:
            raise DisputedClueNotFound
        # The clue before its dispute, as the matcher locks them (disputes/sql.py).
        row = Clue.objects.select_for_update(no_key=True).get(pk=found.clue_id, institution_id=by.institution_id)
        state = DisputedClue.MAINTAINED if choice == MAINTAIN else DisputedClue.WITHDRAWN
        answered = DisputedClue.objects.filter(pk=found.pk, state=DisputedClue.OPEN, due_at__gt=Now())
        if not answered.update(state=state, answered_at=now, answer_reason=reason, applied_at=now):
            raise NotAnswerable
        if choice == WITHDRAW and row.state in (Clue.ACTIVE, Clue.DISPUTED):
            _withdraw(row, reason, by, now)
        audit.record(
            f"dispute.{choice}",
            actor=by,
            subject_ref=reference.encode("C", row.pk),
            institution_id=by.institution_id,
            detail={"dispute": dispute, "reason": reason},
        )
    found.refresh_from_db()
    return found


def _withdraw(row: Clue, reason: str, by: Member, now: datetime) -> None:
    Clue.objects.filter(pk=row.pk).update(state=Clue.WITHDRAWN, version=F("version") + 1, ended_at=now)
    ClueChange.objects.create(
        clue_id=row.pk,
        institution_id=row.institution_id,
        kind=ClueChange.WITHDRAWN,
        reason=reason,
        version=row.version + 1,
        actor_ref=by.audit_ref,
        created_at=now,
    )
