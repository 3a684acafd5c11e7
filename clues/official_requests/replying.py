"""What a member says to an official request: that it holds something, that it supplied it, or that it declines, with a reason."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final

from django.db import transaction
from django.db.models.functions import Now
from django.utils.translation import gettext_noop

from aif_share.errors import Refusal
from aif_share.vocabulary import request_declines
from clues.matching.release import next_tick
from clues.models import OfficialParty, OfficialRequest, OfficialStep
from clues.notes import checked_text
from members import audit
from members.models import reference
from members.permissions import Permission, check
from members.queries import Member

from . import workflow
from .documents import OfficialRequestNotFound
from .registering import StepNotOpen

MAX_TEXT: Final = 2_000
FIELDS: Final[Mapping[str, frozenset[str]]] = MappingProxyType(
    {
        workflow.CONFIRM: frozenset({"text"}),
        workflow.SUPPLY: frozenset({"text"}),
        workflow.DECLINE: frozenset({"reason", "text"}),
    }
)


@transaction.atomic
def reply(*, request: str, action: str, body: Mapping[str, Any], by: Member, now: datetime) -> OfficialRequest:
    """Do `action` (a key of FIELDS) about `OR-…` as one of its institutions; return it. Raise Refusal, `not-found` to strangers.

    To `supply` says in words what was done: what goes out is what stands approved in the parts of the case, and evidence
    there. To `decline` has a code of `request-declines`, and words where its row asks for them.
    """
    number = reference.decode("OR", request) or 0
    mine = OfficialParty.objects.select_for_update(no_key=True, of=("self",)).select_related("request")
    party = mine.filter(request_id=number, institution_id=by.institution_id, request__released_at__lte=Now()).first()
    if party is None:
        raise OfficialRequestNotFound
    check(by, Permission.REQUEST_ANSWER)
    if action not in FIELDS:
        raise StepNotOpen(workflow.NOT_OPEN)
    unknown = body.keys() - FIELDS[action]
    if unknown:
        raise Refusal("unknown-field", gettext_noop("The body has fields that do not exist."), fields=sorted(unknown))
    row = workflow.find_reply(action, state=party.state)
    if row is None or party.request.state != OfficialRequest.ROUTED:
        raise StepNotOpen(workflow.NOT_OPEN)
    code, text = _words(action, body)
    over = {"over_at": now} if row.target not in workflow.OPEN_AT_MEMBERS else {}
    OfficialParty.objects.filter(pk=party.pk).update(state=row.target, **over)
    OfficialStep.objects.create(
        request=party.request, action=action, to_state=row.target, institution_id=by.institution_id,
        actor_ref=by.audit_ref, at=now, released_at=next_tick(), code=code, text=text,
    )  # fmt: skip
    audit.record(
        row.verb,
        actor=by,
        subject_ref=party.request.ref,
        institution_id=by.institution_id,
        detail={"from": party.state, "to": row.target} | ({"code": code} if code else {}),
    )
    return party.request


def _words(action: str, body: Mapping[str, Any]) -> tuple[str, str]:
    if action != workflow.DECLINE:
        required = action == workflow.SUPPLY
        return "", checked_text(body.get("text"), required=required, most=MAX_TEXT)
    code = body.get("reason")
    row = request_declines.BY_CODE.get(code) if isinstance(code, str) else None
    if row is None:
        raise Refusal("field-invalid", gettext_noop("Take a code of the list in the vocabulary."), field="reason")
    return row.code, checked_text(body.get("text"), required=row.needs_text, most=MAX_TEXT)
