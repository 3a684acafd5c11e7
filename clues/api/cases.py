"""`/cases`: the cases that concern the caller's institution, and the steps that members take."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_noop
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from aif_share.errors import Refusal
from clues import events, tasks
from clues.cases import queries, refusals, transition
from clues.cases.workflow import ACTION_LABELS
from members.api.pagination import newest_first
from members.api.repeat import once
from members.api.versions import expected_version, tagged
from members.queries import Member

from . import case_shapes, shapes
from .base import PAGED, ApiView, caller_of
from .body import read_json_object
from .problem_shapes import REPEATING, VERSIONED
from .query_shapes import IF_MATCH, IF_NONE_MATCH

FIELDS = frozenset({"action", "note"})


class CasesView(ApiView):
    """All cases of the caller's institution."""

    required_scope = "read"
    query_parameters = PAGED | {"state", "show"}

    @extend_schema(
        operation_id="cases",
        summary="List cases, newest first",
        parameters=[*shapes.PAGE_PARAMETERS, *case_shapes.FILTERS],
        responses={200: case_shapes.CasePage, **shapes.problems(*shapes.READING, *shapes.PAGING)},
    )
    def get(self, request: Request) -> Response:
        """Return one page of cases that fit all filters."""
        caller = caller_of(request)
        state, show = (request.query_params.get(name) for name in ("state", "show"))
        if state is not None and state not in queries.STATE_CODES:
            raise Refusal("field-invalid", gettext_noop("The filter has a value that does not exist."), field="state")
        if show is not None and show not in case_shapes.SHOW:
            raise Refusal("field-invalid", gettext_noop("The filter has a value that does not exist."), field="show")
        filters = queries.CaseFilters(state=state, ours=show == "ours", led=show == "led", overdue=show == "overdue")
        return Response(
            newest_first(
                request,
                scope=f"cases:{caller.institution_id}:{state}:{show}",
                fetch=lambda before, limit: queries.list_cases(
                    viewer=caller, filters=filters, before=before, limit=limit
                ),
                show=_show,
            )
        )


class CaseView(ApiView):
    """One case."""

    required_scope = "read"

    @extend_schema(
        operation_id="case",
        summary="One case: where it stands, what can be done, what happened",
        parameters=[IF_NONE_MATCH],
        responses={200: case_shapes.CaseDetail, 304: None, **shapes.problems(*shapes.READING, "not-found")},
        examples=[case_shapes.CASE_EXAMPLE],
    )
    def get(self, request: Request, case: str) -> Response:
        """Return the case with its ETag."""
        body = _show_whole(case, caller_of(request))
        return tagged(request, body, body["version"])


class CaseActionsView(ApiView):
    """Steps that members take."""

    required_scope = "submit"

    @extend_schema(
        operation_id="case_act",
        summary="Take a step of a case",
        parameters=[shapes.IDEMPOTENCY_KEY, IF_MATCH],
        request=case_shapes.CaseAction,
        responses={
            200: shapes.answer(case_shapes.CaseDetail, "The case has moved on; the other parties hear of it."),
            **shapes.problems(*shapes.FRAMING, *REPEATING, *VERSIONED, "unknown-field", "field-missing", "field-invalid",
                              "raw-identifier", "not-found", "permission-missing", "not-the-lead", "transition-refused"),
        },
        examples=[case_shapes.ACTION_EXAMPLE],
    )  # fmt: skip
    def post(self, request: Request, case: str) -> Response:
        """Take it on the version that was read. A step that is refused changes nothing and is on the audit trail."""
        action, note = _read(read_json_object(request._request))
        caller, version = caller_of(request), expected_version(request)

        def make() -> tuple[int, dict[str, Any]]:
            transition.perform(case=case, action=action, by=caller, now=timezone.now(), note=note, version=version)
            return 200, _show_whole(case, caller)

        with refusals.recorded(case=case, action=action, by=caller):
            response = once(request, route="case-act", make=make)
        tasks.ring()
        return response


def _read(body: dict[str, Any]) -> tuple[str, str]:
    if body.keys() - FIELDS:
        raise Refusal("unknown-field", gettext_noop("Send `action`, and maybe `note`."))
    action, note = body.get("action"), body.get("note")
    if action is None:
        raise Refusal("field-missing", gettext_noop("Send `action`."), field="action")
    if not isinstance(action, str) or action not in ACTION_LABELS:
        raise Refusal("field-invalid", gettext_noop("There is no such action."), field="action")
    if note is not None and not isinstance(note, str):
        raise Refusal("field-invalid", gettext_noop("`note` is a text."), field="note")
    return action, note or ""


def _show_whole(case: str, caller: Member) -> dict[str, Any]:
    found = queries.get_case(case=case, viewer=caller)
    return {
        **_show(found),
        "merged_into": queries.get_merged_into(case=case, viewer=caller),
        "actions": [
            {"action": offer.row.action, "by": "member" if offer.row.member else "desk", "open": offer.why is None}
            for offer in queries.list_actions(case=case, by=caller)
        ],
        "steps": [
            {"action": step.action, "state": step.state, "by": step.by, "at": step.at, "told": step.told or None}
            for step in queries.list_milestones(case=case, viewer=caller)
        ],
    }


def _show(row: queries.CaseView) -> dict[str, Any]:
    return {
        "case": row.case,
        "state": row.state,
        "version": row.version,
        "lead": row.lead,
        "match": row.match,
        "opened_at": row.opened_at,
        "changed_at": row.changed_at,
        "released_at": events.shown_tick(row.released_at),
        "due_at": row.due_at,
        "overdue": row.is_overdue(timezone.now()),
        "ours_to_act": row.is_ours_to_act,
        "receiver": row.receiver,
        "reported_on": row.reported_on and row.reported_on.isoformat(),
        "closed_code": row.closed_code,
    }
