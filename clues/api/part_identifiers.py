"""`/cases/CASE-…/part/identifiers`: raw values in the own part. They are taken and removed here, never given back."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_noop
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from aif_share.errors import Refusal
from clues.cases import part_identifiers, refusals
from clues.submissions.rows import names_of
from members.api.repeat import once
from members.api.versions import expected_version

from . import joint_shapes, shapes
from .base import ApiView, caller_of
from .body import read_json_object
from .query_shapes import IF_MATCH

_CHANGING = (
    "idempotency-key-missing", "idempotency-key-invalid", "idempotency-conflict", "idempotency-busy", "not-found",
    "permission-missing", "transition-refused", "precondition-required", "version-changed",
)  # fmt: skip


class PartIdentifiersView(ApiView):
    """Raw values of the own part."""

    @property
    def required_scope(self) -> str:
        """Adding one is writing the part."""
        return "submit" if self.request.method == "POST" else "read"

    @extend_schema(
        operation_id="part_identifiers",
        summary="The raw values in your part of a case, without the values",
        responses={200: joint_shapes.PartIdentifiers, **shapes.problems(*shapes.READING, "not-found")},
    )
    def get(self, request: Request, case: str) -> Response:
        """Return them oldest first. What was given is shown to people of your institution alone, in the portal."""
        rows = part_identifiers.list_own(case=case, viewer=caller_of(request))
        return Response({"results": [_show(row) for row in rows]})

    @extend_schema(
        operation_id="part_identifier_add",
        summary="Add a raw value to your part of a case",
        parameters=[shapes.IDEMPOTENCY_KEY, IF_MATCH],
        request=joint_shapes.PartIdentifierRequest,
        responses={
            201: joint_shapes.PartIdentifierChange,
            **shapes.problems(*shapes.FRAMING, "unknown-field", "field-invalid", "type-unknown", "identifier-invalid",
                              "confirmation-missing", "conflict", "kek-missing", *_CHANGING),
        },
        examples=[joint_shapes.IDENTIFIER_EXAMPLE],
    )  # fmt: skip
    def post(self, request: Request, case: str) -> Response:
        """Seal it into the part, which is a draft then; an approval is taken back. `If-Match` is the part's version."""
        body, caller, version = read_json_object(request._request), caller_of(request), expected_version(request)
        unknown = body.keys() - {"type", "role", "value", "confirm"}
        if unknown:
            raise Refusal(
                "unknown-field", gettext_noop("The body has fields that do not exist."), fields=names_of(unknown)
            )

        def make() -> tuple[int, dict[str, Any]]:
            done = part_identifiers.add(
                case=case, type=body.get("type", ""), role=body.get("role", ""), value=body.get("value"),
                confirmed=body.get("confirm") is True, version=version, by=caller, now=timezone.now(),
            )  # fmt: skip
            return 201, {**_show(done.identifier), "version": done.version}

        with refusals.recorded(case=case, action="identifier-add", by=caller):
            return once(request, route="part-identifier-add", make=make)


class PartIdentifierView(ApiView):
    """One of them."""

    required_scope = "submit"

    @extend_schema(
        operation_id="part_identifier_remove",
        summary="Remove a raw value from your part of a case",
        parameters=[shapes.IDEMPOTENCY_KEY, IF_MATCH],
        request=None,
        responses={200: joint_shapes.PartIdentifierChange, **shapes.problems(*shapes.READING, *_CHANGING)},
    )
    def delete(self, request: Request, case: str, identifier: str) -> Response:
        """Destroy it for good. The part is a draft then. `If-Match` is the part's version."""
        caller, version = caller_of(request), expected_version(request)

        def make() -> tuple[int, dict[str, Any]]:
            done = part_identifiers.remove(
                case=case, identifier=identifier, version=version, by=caller, now=timezone.now()
            )
            return 200, {**_show(done.identifier), "version": done.version}

        with refusals.recorded(case=case, action="identifier-remove", by=caller):
            return once(request, route="part-identifier-remove", make=make)


def _show(row: part_identifiers.OwnIdentifier) -> dict[str, Any]:
    return {"identifier": row.identifier, "type": row.type, "role": row.role, "added_at": row.added_at}
