"""`/clues`: an institution's own clues, and what it does with them after reporting them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_noop
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from aif_share.errors import Refusal
from aif_share.vocabulary import categories
from clues import tasks
from clues.submissions import clues, edits
from members.api.pagination import get_page_size, get_position, newest_first, page
from members.api.repeat import once
from members.api.versions import expected_version, tagged

from . import clue_shapes, shapes
from .base import PAGED, ApiView, caller_of
from .body import read_json_object
from .query_shapes import IF_MATCH, IF_NONE_MATCH

_EDIT = [shapes.IDEMPOTENCY_KEY, IF_MATCH]


class CluesView(ApiView):
    """All clues of the caller's institution."""

    required_scope = "read"
    query_parameters = PAGED | {"state", "category", "client_ref"}

    @extend_schema(
        operation_id="clues",
        summary="List your clues, newest first",
        parameters=[*shapes.PAGE_PARAMETERS, *clue_shapes.FILTERS],
        responses={200: clue_shapes.CluePage, **shapes.problems(*shapes.READING, *shapes.PAGING)},
    )
    def get(self, request: Request) -> Response:
        """Return one page of clues that fit all filters."""
        caller = caller_of(request)
        filters = {name: request.query_params.get(name) for name in ("state", "category", "client_ref")}
        _check_filter("state", filters["state"], clues.STATES)
        _check_filter("category", filters["category"], categories.BY_CODE)
        return Response(
            newest_first(
                request,
                scope=f"clues:{caller.institution_id}:{filters}",
                fetch=lambda before, limit: clues.list_clues(viewer=caller, before=before, limit=limit, **filters),
                show=_show,
            )
        )


class ClueView(ApiView):
    """One of the caller's clues."""

    @property
    def required_scope(self) -> str:
        """Correcting takes the right that submitting takes."""
        return "submit" if self.request.method == "PATCH" else "read"

    @extend_schema(
        operation_id="clue",
        summary="One of your clues",
        parameters=[IF_NONE_MATCH],
        responses={
            200: clue_shapes.Clue,
            304: None,
            **shapes.problems(*shapes.READING, "not-found"),
        },
        examples=[clue_shapes.CLUE_EXAMPLE],
    )
    def get(self, request: Request, clue: str) -> Response:
        """Return the clue with its ETag."""
        found = clues.get_clue(clue=clue, viewer=caller_of(request))
        return tagged(request, _show(found), found.version)

    @extend_schema(
        operation_id="clue_correct",
        summary="Correct a clue",
        parameters=_EDIT,
        request=clue_shapes.Correction,
        responses={
            200: shapes.answer(clue_shapes.Clue, "Corrected. Parties of its matches are told where it concerns them."),
            **shapes.problems(*shapes.FRAMING, "unknown-field", "field-missing", *clue_shapes.EDITING, *shapes.TOKEN,
                              *clue_shapes.ROW_CODES, "quota-exhausted"),
        },
        examples=[clue_shapes.CORRECTION_EXAMPLE, clue_shapes.CLUE_EXAMPLE],
    )  # fmt: skip
    def patch(self, request: Request, clue: str) -> Response:
        """Change what is named and nothing else."""
        changes = read_json_object(request._request)
        return _edit(
            request,
            "clue-correct",
            lambda version: edits.correct(
                clue=clue, changes=changes, version=version, by=caller_of(request), now=timezone.now()
            ),
        )


class ClueHistoryView(ApiView):
    """What was done with a clue."""

    required_scope = "read"
    query_parameters = PAGED

    @extend_schema(
        operation_id="clue_history",
        summary="What became of a clue, oldest first",
        parameters=shapes.PAGE_PARAMETERS,
        responses={200: clue_shapes.ChangePage, **shapes.problems(*shapes.READING, *shapes.PAGING, "not-found")},
    )
    def get(self, request: Request, clue: str) -> Response:
        """Return one page of changes."""
        caller = caller_of(request)
        size, scope = get_page_size(request), f"history:{caller.institution_id}:{clue}"
        position = get_position(request, scope=scope)
        after = position[0] if position else None
        rows = clues.list_history(clue=clue, viewer=caller, after=after, limit=size + 1)
        return Response(page(request, rows, size=size, scope=scope, position_of=lambda row: [row.id], show=_step))


class ClueWithdrawView(ApiView):
    """Take a clue back."""

    required_scope = "submit"

    @extend_schema(
        operation_id="clue_withdraw",
        summary="Withdraw a clue",
        parameters=_EDIT,
        request=clue_shapes.Withdrawal,
        responses={
            200: shapes.answer(clue_shapes.Clue, "Withdrawn for good; it answers no screening any more."),
            **shapes.problems(*shapes.FRAMING, "unknown-field", "field-missing", *clue_shapes.EDITING),
        },
        examples=[clue_shapes.WITHDRAWAL_EXAMPLE],
    )
    def post(self, request: Request, clue: str) -> Response:
        """Withdraw an active clue."""
        reason = _reason(request)
        return _edit(
            request,
            "clue-withdraw",
            lambda version: edits.withdraw(
                clue=clue, reason=reason, version=version, by=caller_of(request), now=timezone.now()
            ),
        )


class ClueExtendView(ApiView):
    """Keep a clue longer."""

    required_scope = "submit"

    @extend_schema(
        operation_id="clue_extend",
        summary="Keep a clue for another period",
        parameters=_EDIT,
        request=clue_shapes.Extension,
        responses={
            200: shapes.answer(clue_shapes.Clue, "It expires a full period of its category and grade from now."),
            **shapes.problems(
                *shapes.FRAMING, "unknown-field", "field-missing", "evidence-stale", *clue_shapes.EDITING
            ),
        },
        examples=[clue_shapes.EXTENSION_EXAMPLE],
    )
    def post(self, request: Request, clue: str) -> Response:
        """Extend the life of an active clue."""
        reason = _reason(request)
        return _edit(
            request,
            "clue-extend",
            lambda version: edits.extend(
                clue=clue, reason=reason, version=version, by=caller_of(request), now=timezone.now()
            ),
        )


def _check_filter(name: str, value: str | None, known: Any) -> None:
    if value is not None and value not in known:
        raise Refusal("field-invalid", gettext_noop("The filter has a value that does not exist."), field=name)


def _reason(request: Request) -> Any:
    body = read_json_object(request._request)
    if body.keys() - {"reason"}:
        raise Refusal("unknown-field", gettext_noop("Send `reason` alone."))
    if "reason" not in body:
        raise Refusal("field-missing", gettext_noop("Send `reason`, a code of the vocabulary."))
    return body["reason"]


def _edit(request: Request, route: str, act: Callable[[int], clues.ClueView]) -> Response:
    version = expected_version(request)
    answer = once(request, route=route, make=lambda: (200, _show(act(version))))
    tasks.ring()
    return answer


def _show(row: clues.ClueView) -> dict[str, Any]:
    shown = asdict(row)
    for name in ("id", "batch_id", "at_desk", "answering"):
        del shown[name]
    return shown | {"answers_screenings": row.answers_screenings}


def _step(row: clues.ChangeView) -> dict[str, Any]:
    return {"version": row.version, "change": row.change, "reason": row.reason, "at": row.at}
