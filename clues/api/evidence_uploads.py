"""`/evidence-uploads/EU-…`: where an upload stands, its pieces, its end."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_noop
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from aif_share.errors import Refusal
from clues.cases import refusals
from clues.evidence import queries, upload_queries, uploads
from members.api.repeat import once
from members.queries import Member

from . import evidence_shapes, shapes
from .base import ApiView, caller_of
from .evidence import REPEATED, show_evidence, show_upload
from .upload import a_place, blocks_of

BYTES = "application/octet-stream"
_STORING = ("not-found", "permission-missing", "transition-refused", "upload-busy", "kek-missing", "integrity-failed")
_CONTENT = ("media-refused", "archive-refused", "digest-differs")


class EvidenceUploadView(ApiView):
    """One upload."""

    @property
    def required_scope(self) -> str:
        """Sending is a right of its own."""
        return "read" if self.request.method in ("GET", "HEAD") else "submit"

    @extend_schema(
        operation_id="evidence_upload",
        summary="Where an upload of evidence stands",
        responses={200: evidence_shapes.EvidenceUpload, **shapes.problems(*shapes.READING, "not-found")},
    )
    def get(self, request: Request, upload: str) -> Response:
        """Return how much is safely stored; go on from `offset`."""
        return Response(show_upload(upload_queries.get_upload(upload=upload, viewer=caller_of(request))))

    @extend_schema(
        operation_id="evidence_upload_piece",
        summary="Send a piece of the content",
        parameters=[evidence_shapes.OFFSET],
        request={BYTES: OpenApiTypes.BINARY},
        responses={
            200: evidence_shapes.EvidenceUpload,
            **shapes.problems(
                *shapes.FRAMING, "field-missing", "upload-offset", "unavailable", "media-refused", *_STORING
            ),
        },
    )
    def patch(self, request: Request, upload: str) -> Response:
        """Take bytes from `Upload-Offset` on, up to the end or less; of a piece that breaks off, whole mebibytes are kept.

        No Idempotency-Key is needed: a piece is only taken where the upload goes on.
        """
        caller = caller_of(request)
        if request._request.content_type != BYTES:
            raise Refusal("media-type", gettext_noop("Send application/octet-stream."))
        offset = _offset(request)
        with refusals.recorded(case=upload, action="evidence-append", by=caller), a_place(caller.institution_id):
            shown = uploads.append(
                upload=upload, offset=offset, blocks=blocks_of(request._request), by=caller, now=timezone.now()
            )
        return Response(show_upload(shown))

    @extend_schema(
        operation_id="evidence_upload_cancel",
        summary="Give an upload up",
        parameters=[shapes.IDEMPOTENCY_KEY],
        request=None,
        responses={
            200: evidence_shapes.EvidenceUpload,
            **shapes.problems(*shapes.READING, *REPEATED, "not-found", "permission-missing", "transition-refused"),
        },
    )
    def delete(self, request: Request, upload: str) -> Response:
        """Destroy what was received of it."""
        caller = caller_of(request)

        def make() -> tuple[int, dict[str, Any]]:
            return 200, show_upload(uploads.cancel(upload=upload, by=caller, now=timezone.now()))

        with refusals.recorded(case=upload, action="evidence-cancel", by=caller):
            return once(request, route="evidence-cancel", make=make)


class EvidenceUploadFinishView(ApiView):
    """The end of an upload."""

    required_scope = "submit"

    @extend_schema(
        operation_id="evidence_upload_finish",
        summary="Make a whole upload evidence of your part",
        parameters=[shapes.IDEMPOTENCY_KEY],
        request=None,
        responses={
            201: evidence_shapes.Evidence,
            **shapes.problems(*shapes.READING, *REPEATED, "upload-incomplete", *_CONTENT, *_STORING),
        },
    )
    def post(self, request: Request, upload: str) -> Response:
        """Check digest and content, and add it. Your part is a draft then, and an approval is taken back."""
        caller = caller_of(request)
        with refusals.recorded(case=upload, action="evidence-finish", by=caller):
            # Reading up to 2 GiB takes seconds: before the transaction, not in it.
            examined = uploads.examine(upload=upload, by=caller, now=timezone.now())
            return once(request, route="evidence-finish", make=lambda: (201, _finish(upload, examined, caller)))


def _finish(upload: str, examined: uploads.Examined, caller: Member) -> dict[str, Any]:
    item = uploads.finish(upload=upload, examined=examined, by=caller, now=timezone.now())
    return show_evidence(queries.get_evidence(evidence=item.ref, viewer=caller))


def _offset(request: Request) -> int:
    text = request.META.get("HTTP_UPLOAD_OFFSET", "")
    if not (text.isascii() and text.isdigit() and len(text) <= 12):
        raise Refusal(
            "field-missing", gettext_noop("Say in Upload-Offset where this piece begins."), field="Upload-Offset"
        )
    return int(text)
