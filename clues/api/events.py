"""`/events`: the feed, which is the truth; webhooks are nudges to read it."""

from __future__ import annotations

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from clues import events
from clues.events import feed
from members.api.pagination import get_page_size, get_position, onward

from . import event_shapes, shapes
from .base import PAGED, ApiView, caller_of

KIND = OpenApiParameter(
    "kind",
    OpenApiTypes.STR,
    OpenApiParameter.QUERY,
    enum=sorted(events.TOLD_KINDS),
    description="Only events of this kind. A cursor goes on with the kind it was made for.",
)


class EventsView(ApiView):
    """What the caller's institution was told."""

    required_scope = "read"
    query_parameters = PAGED | {"kind"}

    @extend_schema(
        operation_id="events",
        summary="The feed of events, oldest first",
        parameters=[*shapes.PAGE_PARAMETERS, KIND],
        responses={
            200: shapes.answer(
                event_shapes.EventPage,
                "Events in the order in which they were told. Keep `cursor` and ask from there next time: nothing is "
                "missed, and nothing comes twice.",
            ),
            **shapes.problems(*shapes.READING, *shapes.PAGING),
        },
        examples=[event_shapes.EVENT_PAGE_EXAMPLE],
    )
    def get(self, request: Request) -> Response:
        """Return one page. `next` is null when there is nothing more now; `cursor` is always where to go on."""
        caller = caller_of(request)
        kind = request.query_params.get("kind")
        scope = f"events:{caller.institution_id}:{kind or ''}"
        position = get_position(request, scope=scope)
        page = feed.read_feed(
            viewer=caller, after=position[0] if position else 0, kind=kind, limit=get_page_size(request)
        )
        results = [feed.show(row) for row in page.rows]
        return Response(onward(request, results, position=[page.position], more=page.more, scope=scope))


class EventView(ApiView):
    """One event."""

    required_scope = "read"

    @extend_schema(
        operation_id="event",
        summary="One event",
        responses={200: event_shapes.Event, **shapes.problems(*shapes.READING, "not-found")},
    )
    def get(self, request: Request, event: str) -> Response:
        """Return the event: its kind, its moment and the reference of its subject."""
        return Response(feed.show(feed.get_event(event=event, viewer=caller_of(request))))
