"""`/cases/CASE-…/tasks`: what the lead of a case, or the alliance, asks of its parties."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_noop
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from aif_share.errors import Refusal
from clues import tasks as jobs
from clues.cases import refusals, task_queries, tasks
from clues.submissions.rows import names_of
from members.api.pagination import newest_first
from members.api.repeat import once
from members.api.versions import expected_version, tagged
from members.queries import Member

from . import joint_shapes, shapes
from .base import PAGED, ApiView, caller_of
from .body import read_json_object
from .query_shapes import IF_MATCH, IF_NONE_MATCH

_REPEATED = ("idempotency-key-missing", "idempotency-key-invalid", "idempotency-conflict", "idempotency-busy")
_WRITING = ("unknown-field", "field-invalid", "raw-identifier", "not-found", "permission-missing", "transition-refused")
_VERSIONED = ("precondition-required", "version-changed")


class CaseTasksView(ApiView):
    """The tasks of a case."""

    query_parameters = PAGED

    @property
    def required_scope(self) -> str:
        """Giving a task is work on the case."""
        return "submit" if self.request.method == "POST" else "read"

    @extend_schema(
        operation_id="case_tasks",
        summary="List the tasks of a case, newest first",
        parameters=shapes.PAGE_PARAMETERS,
        responses={200: joint_shapes.CaseTaskPage, **shapes.problems(*shapes.READING, *shapes.PAGING, "not-found")},
    )
    def get(self, request: Request, case: str) -> Response:
        """Return one page: the tasks asked of you, and all if you lead the case."""
        caller = caller_of(request)
        return Response(
            newest_first(
                request,
                scope=f"case-tasks:{caller.institution_id}:{case}",
                fetch=lambda before, limit: task_queries.list_tasks(
                    case=case, viewer=caller, before=before, limit=limit
                ),
                show=_show,
            )
        )

    @extend_schema(
        operation_id="case_task_give",
        summary="Give a party a task",
        parameters=[shapes.IDEMPOTENCY_KEY],
        request=joint_shapes.CaseTaskRequest,
        responses={
            201: joint_shapes.CaseTask,
            **shapes.problems(*shapes.FRAMING, *_REPEATED, *_WRITING, "not-the-lead"),
        },
        examples=[joint_shapes.TASK_EXAMPLE],
    )
    def post(self, request: Request, case: str) -> Response:
        """Give it, as the lead of the case; the party is told at the next tick."""
        body, caller = read_json_object(request._request), caller_of(request)

        def make() -> tuple[int, dict[str, Any]]:
            row = tasks.give(case=case, request=body, by=caller, now=timezone.now())
            return 201, _one(case, str(row), caller)

        with refusals.recorded(case=case, action="task-give", by=caller):
            response = once(request, route="case-task-give", make=make)
        jobs.ring()
        return response


class CaseTaskView(ApiView):
    """One task of a case."""

    required_scope = "read"

    @extend_schema(
        operation_id="case_task",
        summary="One task of a case",
        parameters=[IF_NONE_MATCH],
        responses={200: joint_shapes.CaseTask, 304: None, **shapes.problems(*shapes.READING, "not-found")},
    )
    def get(self, request: Request, case: str, task: str) -> Response:
        """Return the task with its ETag."""
        shown = _one(case, task, caller_of(request))
        return tagged(request, shown, shown["version"])


class CaseTaskAnswerView(ApiView):
    """Answer a task."""

    required_scope = "submit"

    @extend_schema(
        operation_id="case_task_answer",
        summary="Answer a task that is asked of you",
        parameters=[shapes.IDEMPOTENCY_KEY, IF_MATCH],
        request=joint_shapes.CaseTaskAnswer,
        responses={
            200: joint_shapes.CaseTask,
            **shapes.problems(*shapes.FRAMING, *_REPEATED, *_WRITING, *_VERSIONED),
        },
        examples=[joint_shapes.TASK_ANSWER_EXAMPLE],
    )
    def post(self, request: Request, case: str, task: str) -> Response:
        """Say that it is done, or decline it with a reason; once."""
        body, caller, version = read_json_object(request._request), caller_of(request), expected_version(request)

        def make() -> tuple[int, dict[str, Any]]:
            tasks.answer(case=case, task=task, request=body, version=version, by=caller, now=timezone.now())
            return 200, _one(case, task, caller)

        with refusals.recorded(case=case, action="task-answer", by=caller):
            response = once(request, route="case-task-answer", make=make)
        jobs.ring()
        return response


class CaseTaskCancelView(ApiView):
    """Take a task back."""

    required_scope = "submit"

    @extend_schema(
        operation_id="case_task_cancel",
        summary="Take back a task that you gave",
        parameters=[shapes.IDEMPOTENCY_KEY, IF_MATCH],
        request=joint_shapes.CaseTaskCancel,
        responses={
            200: joint_shapes.CaseTask,
            **shapes.problems(*shapes.FRAMING, *_REPEATED, *_WRITING, *_VERSIONED),
        },
    )
    def post(self, request: Request, case: str, task: str) -> Response:
        """Cancel it with a reason; its party is told."""
        body, caller, version = read_json_object(request._request), caller_of(request), expected_version(request)
        if unknown := body.keys() - {"reason"}:
            raise Refusal(
                "unknown-field", gettext_noop("The body has fields that do not exist."), fields=names_of(unknown)
            )
        if not isinstance(body.get("reason"), str):
            raise Refusal("field-invalid", gettext_noop("Give a reason."), field="reason")

        def make() -> tuple[int, dict[str, Any]]:
            tasks.cancel(case=case, task=task, reason=body["reason"], version=version, by=caller, now=timezone.now())
            return 200, _one(case, task, caller)

        with refusals.recorded(case=case, action="task-cancel", by=caller):
            response = once(request, route="case-task-cancel", make=make)
        jobs.ring()
        return response


def _one(case: str, task: str, caller: Member) -> dict[str, Any]:
    return _show(task_queries.get_task(case=case, task=task, viewer=caller))


def _show(row: task_queries.TaskView) -> dict[str, Any]:
    return {
        "task": row.task,
        "case": row.case,
        "to": row.to.party if row.to else None,
        "giver": row.giver.party if row.giver else None,
        "kind": row.kind,
        "note": row.note,
        "state": row.state,
        "version": row.version,
        "given_at": row.given_at,
        "due_at": row.due_at,
        "ended_at": row.ended_at,
        "answer": row.answer,
    }
