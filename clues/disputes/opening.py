"""Open a dispute: about a match the institution is party of, or about a token, as in a screening.

Only the dispute is written here. The matcher finds what it concerns, so that a dispute about something that nobody
reported answers in the same way, and in the same time, as one that suspends a clue.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_noop

from aif_share.errors import Refusal
from aif_share.identifiers import looks_raw
from aif_share.vocabulary import dispute_reasons, purposes
from clues import quotas
from clues.matching.queries import get_match
from clues.models import Dispute, Match
from clues.screening.lawful_use import gate
from clues.submissions.rows import names_of
from clues.submissions.tokens import read_tokens
from clues.working_days import end_of_working_day
from members import audit
from members.permissions import Permission, check
from members.queries import Member

FIELDS = frozenset({"match", "identifier", "purpose", "reason", "case_ref"})
ANSWER_DAYS = 5
CASE_REF = re.compile(r"[A-Za-z0-9._:/#-]{1,64}")


@dataclass(frozen=True)
class _About:
    """What is disputed: an identifier in stored form, and the match if it was named by one."""

    type: str
    epoch: int
    token: str
    match: int | None = None
    purpose: str = ""


def open_dispute(*, request: Mapping[str, Any], by: Member, now: datetime) -> Dispute:
    """Open a dispute and return it. Raise Refusal; then nothing is stored and nothing charged.

    `request` has `match`, or `identifier` and `purpose`; and `reason`, and maybe `case_ref`. By token it costs one unit
    of the screening quota and passes the lawful-use gate.
    """
    check(by, Permission.SCREEN)
    unknown = request.keys() - FIELDS
    if unknown:
        raise Refusal("unknown-field", gettext_noop("The body has fields that do not exist."), fields=names_of(unknown))
    reason = _one_of(request.get("reason"), dispute_reasons.BY_CODE, "reason")
    case_ref = _case_ref(request.get("case_ref"))
    with transaction.atomic():
        about = _about(request, by)
        dispute = Dispute.objects.create(
            institution_id=by.institution_id,
            match_id=about.match,
            type=about.type,
            epoch=about.epoch,
            token=about.token,
            purpose=about.purpose,
            reason=reason,
            case_ref=case_ref,
            key_id=by.audit_ref,
            opened_at=now,
            due_at=end_of_working_day(now, days=ANSWER_DAYS),
        )
        audit.record(
            "dispute.open",
            actor=by,
            subject_ref=str(dispute),
            institution_id=by.institution_id,
            detail={"reason": reason, "type": about.type, "purpose": about.purpose},
        )
        if about.match is None:
            quotas.charge(institution_id=by.institution_id, kind=quotas.SCREEN, amount=1, limit=by.screen_quota)
    return dispute


def _about(request: Mapping[str, Any], by: Member) -> _About:
    if ("match" in request) == ("identifier" in request):
        raise Refusal("field-missing", gettext_noop("Give either `match` or `identifier`."))
    if "match" in request:
        if "purpose" in request:
            raise Refusal("field-invalid", gettext_noop("`purpose` goes with `identifier`."), field="purpose")
        if not isinstance(request["match"], str):
            raise Refusal("field-invalid", gettext_noop("`match` is a reference."), field="match")
        match = Match.objects.get(pk=get_match(match=request["match"], viewer=by).id)
        return _About(match.type, match.epoch, str(match.token), match=match.pk)
    purpose = _one_of(request.get("purpose"), purposes.BY_CODE, "purpose", code="purpose-unknown")
    kinds, numbers, stored = read_tokens([request["identifier"]], most=1, name="identifier")
    gate.check(purpose=purpose, types=kinds)
    return _About(kinds[0], numbers[0], stored[0], purpose=purpose)


def _one_of(value: Any, known: Mapping[str, Any], field: str, *, code: str = "field-invalid") -> str:
    if not isinstance(value, str) or value not in known:
        raise Refusal(code, gettext_noop("Take a code of the list in the vocabulary."), field=field)
    return value


def _case_ref(value: Any) -> str:
    if value is None or value == "":
        return ""
    if not isinstance(value, str) or CASE_REF.fullmatch(value) is None:
        raise Refusal("case-ref-invalid", gettext_noop("`case_ref` takes 1 to 64 letters, digits and ._:/#-"))
    if looks_raw(value):
        raise Refusal("raw-identifier", gettext_noop("`case_ref` looks like an identifier; use your case number."))
    return value
