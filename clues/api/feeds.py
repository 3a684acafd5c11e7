"""`/feeds`: what platforms and telecom operators pull and acknowledge; what members give in clear for it."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from clues.feeds import entries, files, pulling, queries
from members.api.pagination import get_page_size, get_position, newest_first, page
from members.api.renderers import JSONRenderer
from members.api.repeat import once

from . import feed_shapes, shapes
from .base import PAGED, ApiView, caller_of
from .body import read_json_object
from .downloads import CsvRenderer, FormNegotiation

_KEYED = ("idempotency-key-missing", "idempotency-key-invalid", "idempotency-conflict", "idempotency-busy")
_ENTRY = (
    "entry",
    "type",
    "value",
    "platform",
    "category",
    "state",
    "since",
    "until",
    "outcome",
    "reason",
    "acknowledged_at",
)
_VALUE = (
    "entry", "type", "value", "category", "note", "state", "reason", "proposed_at", "decided_at", "until", "applied",
)  # fmt: skip


class RpzRenderer(JSONRenderer):
    """Stands for a zone when the form of an answer is chosen (RFC 4027)."""

    media_type = "text/dns"
    format = "rpz"


class FeedEntriesView(ApiView):
    """The feed of the caller's institution."""

    required_scope = "read"
    query_parameters = PAGED
    content_negotiation_class = FormNegotiation
    renderer_classes = (JSONRenderer, CsvRenderer, RpzRenderer)

    @extend_schema(
        operation_id="feed_entries",
        summary="Pull your feed as it stands now",
        parameters=shapes.PAGE_PARAMETERS,
        responses={
            (200, "application/json"): feed_shapes.FeedPage,
            (200, "text/csv"): feed_shapes.CSV_FEED,
            (200, "text/dns"): feed_shapes.RPZ_FEED,
            **shapes.problems(*shapes.READING, *shapes.PAGING, "not-found", "too-large"),
        },
    )
    def get(self, request: Request) -> HttpResponseBase:
        """Return one page, or with `Accept: text/csv` or `text/dns` all of it. What is not there any more no longer applies."""
        caller, form = caller_of(request), request.accepted_renderer.format
        if form in files.FORMS:
            content_type, write, suffix = files.FORMS[form]
            body = write(pulling.pull(by=caller, form=form), now=timezone.now())
            response = HttpResponse(body, content_type=content_type)
            response["Content-Disposition"] = f'attachment; filename="aif-feed.{suffix}"'
            return response
        size, scope = get_page_size(request), f"feed:{caller.institution_id}"
        position = get_position(request, scope=scope)
        rows = pulling.list_entries(viewer=caller, after=position[0] if position else None, limit=size + 1)
        pulling.record_pull(by=caller, form="json", rows=min(len(rows), size))
        return Response(
            page(
                request,
                rows,
                size=size,
                scope=scope,
                position_of=lambda row: [row.id],
                show=lambda row: _show(row, _ENTRY),
            )
        )


class FeedAcknowledgmentsView(ApiView):
    """What the caller's institution did about entries of its feed."""

    required_scope = "submit"

    @extend_schema(
        operation_id="feed_acknowledge",
        summary="Say what you did about entries of your feed",
        parameters=[shapes.IDEMPOTENCY_KEY],
        request=feed_shapes.Acknowledgment,
        responses={
            200: shapes.answer(feed_shapes.AcknowledgmentTaken, "All were taken; of each the last word counts."),
            **shapes.problems(*shapes.FRAMING, "unknown-field", "empty", "field-invalid", "not-found", *_KEYED),
        },
        examples=[feed_shapes.ACKNOWLEDGE_EXAMPLE],
    )
    def post(self, request: Request) -> Response:
        """Take them all, or none: `index` names the first that is not right."""
        body, caller = read_json_object(request._request), caller_of(request)

        def make() -> tuple[int, dict[str, Any]]:
            return 200, {"acknowledged": pulling.acknowledge(request=body, by=caller, now=timezone.now())}

        return once(request, route="feed-acknowledge", make=make)


class FeedValuesView(ApiView):
    """Values that the caller's institution gives in clear."""

    query_parameters = PAGED

    @property
    def required_scope(self) -> str:
        """Giving is submitting."""
        return "submit" if self.request.method == "POST" else "read"

    @extend_schema(
        operation_id="feed_give",
        summary="Give a value in clear for the feeds",
        parameters=[shapes.IDEMPOTENCY_KEY],
        request=feed_shapes.GivenValue,
        responses={
            201: shapes.answer(feed_shapes.FeedValue, "It waits for the alliance's second person."),
            **shapes.problems(*shapes.FRAMING, "unknown-field", "type-unknown", "field-invalid", "link-refused",
                              "raw-identifier", "category-unknown", "already-listed", *_KEYED),
        },
        examples=[feed_shapes.GIVE_EXAMPLE],
    )  # fmt: skip
    def post(self, request: Request) -> Response:
        """Take a value of a type that concerns no person. Receivers see it once it is approved, and not who gave it."""
        body, caller = read_json_object(request._request), caller_of(request)

        def make() -> tuple[int, dict[str, Any]]:
            row = entries.give(request=body, by=caller, now=timezone.now())
            return 201, _show(queries.get_given(entry=row.ref, viewer=caller), _VALUE)

        return once(request, route="feed-give", make=make)

    @extend_schema(
        operation_id="feed_values",
        summary="List the values you gave, newest first",
        parameters=shapes.PAGE_PARAMETERS,
        responses={200: feed_shapes.FeedValuePage, **shapes.problems(*shapes.READING, *shapes.PAGING)},
    )
    def get(self, request: Request) -> Response:
        """Return one page."""
        caller = caller_of(request)
        return Response(
            newest_first(
                request,
                scope=f"feed-values:{caller.institution_id}",
                fetch=lambda before, limit: queries.list_given(viewer=caller, before=before, limit=limit),
                show=lambda row: _show(row, _VALUE),
            )
        )


class FeedValueView(ApiView):
    """One value that the caller's institution gave."""

    required_scope = "read"

    @extend_schema(
        operation_id="feed_value",
        summary="One value you gave",
        responses={200: feed_shapes.FeedValue, **shapes.problems(*shapes.READING, "not-found")},
    )
    def get(self, request: Request, entry: str) -> Response:
        """Return it as it stands."""
        return Response(_show(queries.get_given(entry=entry, viewer=caller_of(request)), _VALUE))


class FeedValueWithdrawView(ApiView):
    """Take a value back."""

    required_scope = "submit"

    @extend_schema(
        operation_id="feed_withdraw",
        summary="Take back a value you gave",
        parameters=[shapes.IDEMPOTENCY_KEY],
        request=None,
        responses={
            200: shapes.answer(feed_shapes.FeedValue, "Withdrawn. Whoever applied it is told to lift it."),
            **shapes.problems(*shapes.FRAMING, "not-found", "transition-refused", *_KEYED),
        },
    )
    def post(self, request: Request, entry: str) -> Response:
        """Withdraw what is proposed or listed."""
        caller = caller_of(request)

        def make() -> tuple[int, dict[str, Any]]:
            entries.withdraw(entry=entry, by=caller, now=timezone.now())
            return 200, _show(queries.get_given(entry=entry, viewer=caller), _VALUE)

        return once(request, route="feed-withdraw", make=make)


def _show(row: Any, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: getattr(row, name) for name in names}
