"""`/watches`: be told when somebody later reports a token."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from clues import tasks
from clues.watches import change, create, queries
from members.api.pagination import newest_first
from members.api.repeat import once
from members.api.versions import expected_version

from . import shapes, watch_shapes
from .base import PAGED, ApiView, caller_of
from .body import read_json_object
from .query_shapes import IF_MATCH

_REPEATED = ("idempotency-key-missing", "idempotency-key-invalid", "idempotency-conflict", "idempotency-busy")


class WatchesView(ApiView):
    """Create watches; list the caller's own."""

    query_parameters = PAGED

    @property
    def required_scope(self) -> str:
        """Watching is screening, again and again."""
        return "screen" if self.request.method == "POST" else "read"

    @extend_schema(
        operation_id="watch_create",
        summary="Watch tokens",
        parameters=[shapes.IDEMPOTENCY_KEY],
        request=watch_shapes.WatchRequest,
        responses={
            201: watch_shapes.CreatedWatches,
            **shapes.problems(*shapes.FRAMING, *_REPEATED, *shapes.TOKEN, "field-missing", "field-invalid",
                              "purpose-unknown", "case-ref-invalid", "basis-invalid", "lawful-use-unresolved",
                              "quota-exhausted"),
        },
        examples=[watch_shapes.WATCH_REQUEST_EXAMPLE, watch_shapes.WATCH_EXAMPLE],
    )  # fmt: skip
    def post(self, request: Request) -> Response:
        """Answer 201 with a watch for each token. What was reported before is not told; ask with a screening."""
        body, caller = read_json_object(request._request), caller_of(request)

        def make() -> tuple[int, dict[str, Any]]:
            made = create.create(request=body, by=caller, now=timezone.now())
            watches = [{"index": index, "watch": watch} for index, watch in enumerate(made.watches)]
            return 201, {
                "watches": watches, "expires_at": made.expires_at, "lawful_use": made.lawful_use.as_json(),
            }  # fmt: skip

        response = once(request, route="watch-create", make=make)
        tasks.ring()
        return response

    @extend_schema(
        operation_id="watches",
        summary="List your watches, newest first",
        parameters=shapes.PAGE_PARAMETERS,
        responses={200: watch_shapes.WatchPage, **shapes.problems(*shapes.READING, *shapes.PAGING)},
    )
    def get(self, request: Request) -> Response:
        """Return one page of watches with their hits."""
        caller = caller_of(request)
        return Response(
            newest_first(
                request,
                scope=f"watches:{caller.institution_id}",
                fetch=lambda before, limit: queries.list_watches(
                    viewer=caller, now=timezone.now(), before=before, limit=limit
                ),
                show=_show,
            )
        )


class WatchView(ApiView):
    """One watch of the caller's institution."""

    @property
    def required_scope(self) -> str:
        """Changing it is a right of its own."""
        return "screen" if self.request.method == "PATCH" else "read"

    @extend_schema(
        operation_id="watch",
        summary="One watch, with its hits",
        responses={200: watch_shapes.Watch, **shapes.problems(*shapes.READING, "not-found")},
    )
    def get(self, request: Request, watch: str) -> Response:
        """Return the watch. Its ETag is for changing it; hits come without a new version, so it is never a 304."""
        row = queries.get_watch(watch=watch, viewer=caller_of(request), now=timezone.now())
        return Response(_show(row), headers={"ETag": f'"{row.version}"'})

    @extend_schema(
        operation_id="watch_extend",
        summary="Give a watch another end",
        parameters=[shapes.IDEMPOTENCY_KEY, IF_MATCH],
        request=watch_shapes.WatchEnd,
        responses={
            200: watch_shapes.Watch,
            **shapes.problems(*shapes.FRAMING, *_REPEATED, "field-missing", "field-invalid", "not-found",
                              "precondition-required", "version-changed", "transition-refused",
                              "lawful-use-unresolved"),
        },
    )  # fmt: skip
    def patch(self, request: Request, watch: str) -> Response:
        """Set its end, later or sooner, within 180 days from now."""
        body, caller, version = read_json_object(request._request), caller_of(request), expected_version(request)

        def make() -> tuple[int, dict[str, Any]]:
            now = timezone.now()
            change.extend(watch=watch, request=body, version=version, by=caller, now=now)
            return 200, _show(queries.get_watch(watch=watch, viewer=caller, now=now))

        return once(request, route="watch-extend", make=make)


class WatchCancelView(ApiView):
    """End a watch."""

    required_scope = "screen"

    @extend_schema(
        operation_id="watch_cancel",
        summary="Cancel a watch",
        parameters=[shapes.IDEMPOTENCY_KEY],
        request=None,
        responses={
            200: watch_shapes.Watch,
            **shapes.problems(*shapes.READING, *_REPEATED, "not-found", "transition-refused"),
        },
    )
    def post(self, request: Request, watch: str) -> Response:
        """End it now; what it told stays readable."""
        caller = caller_of(request)

        def make() -> tuple[int, dict[str, Any]]:
            now = timezone.now()
            change.cancel(watch=watch, by=caller, now=now)
            return 200, _show(queries.get_watch(watch=watch, viewer=caller, now=now))

        return once(request, route="watch-cancel", make=make)


def _show(row: queries.WatchView) -> dict[str, Any]:
    shown = asdict(row)
    del shown["id"]
    return shown | {"case_ref": row.case_ref or None}
