"""Problems in the OpenAPI document: one component, and per operation the codes it can answer with."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import OpenApiExample, OpenApiResponse
from rest_framework import serializers as s

from aif_share.wire.problems import CONTENT_TYPE, PROBLEMS, document

# Codes that come together.
OPEN_READING = (
    "unauthenticated", "key-expired", "key-revoked", "address-refused", "institution-suspended",
    "institution-not-live", "unknown-field", "not-acceptable", "method-not-allowed", "too-many-requests",
    "unavailable",
)  # fmt: skip
READING = (*OPEN_READING, "scope-missing")
FRAMING = (*READING, "malformed", "charset", "media-type", "too-large")
REPEATING = ("idempotency-key-missing", "idempotency-key-invalid", "idempotency-conflict", "idempotency-busy")
VERSIONED = ("precondition-required", "version-changed")
PAGING = ("cursor-invalid", "field-invalid")
TOKEN = ("type-unknown", "epoch-unknown", "epoch-retired", "raw-identifier", "unkeyed-hash", "token-malformed")


class Problem(s.Serializer[Any]):
    """RFC 9457. Decide by `code`; GET /problems lists them all. Some codes have further members."""

    type = s.CharField(help_text="urn:aif-share:problem: and the code.")
    title = s.CharField(help_text="In Chinese or English, by Accept-Language.")
    status = s.IntegerField()
    code = s.CharField()
    detail = s.CharField(required=False)
    index = s.IntegerField(required=False, help_text="Place in the list that was sent, from 0.")
    limit = s.IntegerField(required=False)
    scope = s.CharField(required=False, help_text="With scope-missing: the scope the call needs.")
    field = s.CharField(required=False)

    def get_fields(self) -> dict[str, Any]:
        """Return the fields; one is named `fields`, which a class body cannot say."""
        return {**super().get_fields(), "fields": s.ListField(child=s.CharField(), required=False)}


def answer(shape: Any, description: str) -> OpenApiResponse:
    """An answer with its description."""
    return OpenApiResponse(shape, description)


def problems(*codes: str) -> dict[tuple[int, str], OpenApiResponse]:
    """The problem answers of an operation, by status; KeyError for a code without a row."""
    by_status: dict[int, list[str]] = {}
    for code in dict.fromkeys(codes):
        by_status.setdefault(PROBLEMS[code].status, []).append(code)
    return {
        (status, CONTENT_TYPE): OpenApiResponse(
            Problem,
            " · ".join(f"`{code}` {PROBLEMS[code].title_en}" for code in found),
            [OpenApiExample(found[0], document(found[0]), media_type=CONTENT_TYPE)],
        )
        for status, found in sorted(by_status.items())
    }


def problems_of_writes() -> dict[str, Any]:
    """What any write may answer to its body, whether or not one belongs there: too many bytes, or packed ones."""
    found = {}
    for code in ("too-large", "media-type"):
        shape = {"schema": {"$ref": "#/components/schemas/Problem"}, "examples": {code: {"value": document(code)}}}
        found[str(PROBLEMS[code].status)] = {
            "content": {CONTENT_TYPE: shape},
            "description": f"`{code}` {PROBLEMS[code].title_en}",
        }
    return found
