"""`/noise`: an institution's own numbers and domains, proposed as noise, listed and taken off."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from clues import tasks
from clues.noise import decide, propose, queries
from members.api.pagination import newest_first
from members.api.repeat import once

from . import noise_shapes, shapes
from .base import PAGED, ApiView, caller_of
from .body import read_json_object

_REPEATED = ("idempotency-key-missing", "idempotency-key-invalid", "idempotency-conflict", "idempotency-busy")
_LIST = OpenApiParameter("list", str, description="Only entries of this list: a code of `noise-lists` of /vocabulary.")


class NoiseView(ApiView):
    """Propose entries; list the caller's own."""

    query_parameters = PAGED | {"list"}

    @property
    def required_scope(self) -> str:
        """Proposing is submitting."""
        return "submit" if self.request.method == "POST" else "read"

    @extend_schema(
        operation_id="noise_propose",
        summary="Propose your own numbers or domains as noise",
        parameters=[shapes.IDEMPOTENCY_KEY],
        request=noise_shapes.NoiseProposal,
        responses={
            202: shapes.answer(noise_shapes.ProposedEntries, "Stored. The alliance decides before anything acts."),
            **shapes.problems(*shapes.FRAMING, *shapes.TOKEN, *_REPEATED, "field-missing", "field-invalid",
                              "quota-exhausted"),
        },
        examples=[noise_shapes.NOISE_REQUEST_EXAMPLE, noise_shapes.NOISE_EXAMPLE],
    )  # fmt: skip
    def post(self, request: Request) -> Response:
        """Answer 202 with a reference for each entry; one that is not right refuses the whole, uncharged."""
        body, caller = read_json_object(request._request), caller_of(request)

        def make() -> tuple[int, dict[str, Any]]:
            found = propose.propose_own(request=body, by=caller, now=timezone.now())
            return 202, {"entries": [asdict(each) for each in found]}

        return once(request, route="noise-propose", make=make)

    @extend_schema(
        operation_id="noise",
        summary="List your noise entries, newest first",
        parameters=[_LIST, *shapes.PAGE_PARAMETERS],
        responses={200: noise_shapes.NoisePage, **shapes.problems(*shapes.READING, *shapes.PAGING)},
    )
    def get(self, request: Request) -> Response:
        """Return one page of entries, decided and removed ones among them."""
        caller, code = caller_of(request), request.query_params.get("list")
        return Response(
            newest_first(
                request,
                scope=f"noise:{caller.institution_id}:{code or ''}",
                fetch=lambda before, limit: queries.list_entries(
                    viewer=caller, list_code=code, before=before, limit=limit
                ),
                show=_show,
            )
        )


class NoiseRemoveView(ApiView):
    """Take an entry off its list."""

    required_scope = "submit"

    @extend_schema(
        operation_id="noise_remove",
        summary="Take an entry off its list",
        parameters=[shapes.IDEMPOTENCY_KEY],
        request=None,
        responses={
            200: noise_shapes.NoiseEntry,
            **shapes.problems(*shapes.READING, *_REPEATED, "not-found", "transition-refused"),
        },
    )
    def post(self, request: Request, entry: str) -> Response:
        """Take it off at once; what was reported of it counts again within seconds."""
        caller = caller_of(request)

        def make() -> tuple[int, dict[str, Any]]:
            return 200, _show(queries.view(decide.remove_own(entry=entry, by=caller, now=timezone.now())))

        response = once(request, route="noise-remove", make=make)
        tasks.ring()
        return response


def _show(row: queries.EntryView) -> dict[str, Any]:
    shown = asdict(row)
    del shown["id"]
    return shown
