"""`/cases/CASE-…/evidence` and `/evidence/EV-…`: announce it, list it, who had it in hand, open it with a reason."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext_noop
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from aif_share.errors import Refusal
from clues.cases import refusals
from clues.evidence import holding, opening, queries, upload_queries, uploads
from clues.submissions.rows import names_of
from members.api.attachments import attachment
from members.api.renderers import JSONRenderer
from members.api.repeat import once
from members.api.versions import expected_version, tagged

from . import evidence_shapes, shapes
from .base import ApiView, caller_of
from .body import read_json_object
from .downloads import FormNegotiation
from .query_shapes import IF_MATCH, IF_NONE_MATCH

REPEATED = ("idempotency-key-missing", "idempotency-key-invalid", "idempotency-conflict", "idempotency-busy")


class CaseEvidenceView(ApiView):
    """The evidence of a case."""

    @property
    def required_scope(self) -> str:
        """Adding is a right of its own."""
        return "submit" if self.request.method == "POST" else "read"

    @extend_schema(
        operation_id="case_evidence",
        summary="The evidence of a case that you may know of",
        responses={200: evidence_shapes.EvidenceList, **shapes.problems(*shapes.READING, "not-found")},
    )
    def get(self, request: Request, case: str) -> Response:
        """Return your own, what other parties approved, and your uploads under way."""
        caller = caller_of(request)
        rows = queries.list_evidence(case=case, viewer=caller)
        under_way = upload_queries.list_uploads(case=case, viewer=caller)
        return Response(
            {"results": [show_evidence(row) for row in rows], "uploads": [show_upload(row) for row in under_way]}
        )

    @extend_schema(
        operation_id="case_evidence_begin",
        summary="Announce a piece of evidence for your part",
        parameters=[shapes.IDEMPOTENCY_KEY],
        request=evidence_shapes.EvidenceRequest,
        responses={
            201: evidence_shapes.EvidenceUpload,
            **shapes.problems(*shapes.FRAMING, *REPEATED, "unknown-field", "field-missing", "field-invalid",
                              "raw-identifier", "media-refused", "file-name-refused", "not-found", "permission-missing",
                              "transition-refused", "conflict", "kek-missing"),
        },
        examples=[evidence_shapes.EVIDENCE_EXAMPLE],
    )  # fmt: skip
    def post(self, request: Request, case: str) -> Response:
        """Answer where to send the content: pieces to `/evidence-uploads/EU-…`, then `finish`."""
        body, caller = read_json_object(request._request), caller_of(request)

        def make() -> tuple[int, dict[str, Any]]:
            return 201, show_upload(uploads.begin(case=case, request=body, by=caller, now=timezone.now()))

        with refusals.recorded(case=case, action="evidence-begin", by=caller, also=uploads.BAD_INPUT):
            return once(request, route="evidence-begin", make=make)


class EvidenceView(ApiView):
    """One piece of evidence."""

    @property
    def required_scope(self) -> str:
        """Changing is a right of its own."""
        return "submit" if self.request.method == "PATCH" else "read"

    @extend_schema(
        operation_id="evidence",
        summary="One piece of evidence",
        parameters=[IF_NONE_MATCH],
        responses={200: evidence_shapes.Evidence, 304: None, **shapes.problems(*shapes.READING, "not-found")},
    )
    def get(self, request: Request, evidence: str) -> Response:
        """Return it with its ETag; not its content."""
        shown = show_evidence(queries.get_evidence(evidence=evidence, viewer=caller_of(request)))
        return tagged(request, shown, shown["version"])

    @extend_schema(
        operation_id="evidence_share",
        summary="Share a piece of evidence with the other parties, or no longer",
        parameters=[shapes.IDEMPOTENCY_KEY, IF_MATCH],
        request=evidence_shapes.EvidenceEdit,
        responses={
            200: evidence_shapes.Evidence,
            **shapes.problems(*shapes.FRAMING, *REPEATED, "unknown-field", "field-invalid", "not-found",
                              "permission-missing", "transition-refused", "evidence-destroyed", "precondition-required",
                              "version-changed"),
        },
    )  # fmt: skip
    def patch(self, request: Request, evidence: str) -> Response:
        """Your part is a draft then, and an approval is taken back."""
        body, caller, version = read_json_object(request._request), caller_of(request), expected_version(request)

        def make() -> tuple[int, dict[str, Any]]:
            holding.share(evidence=evidence, shared=_flag(body), version=version, by=caller, now=timezone.now())
            return 200, show_evidence(queries.get_evidence(evidence=evidence, viewer=caller))

        with refusals.recorded(case=evidence, action="evidence-share", by=caller):
            return once(request, route="evidence-share", make=make)


class EvidenceCustodyView(ApiView):
    """The chain of custody."""

    required_scope = "read"

    @extend_schema(
        operation_id="evidence_custody",
        summary="Who had a piece of evidence in hand",
        responses={200: evidence_shapes.Custody, **shapes.problems(*shapes.READING, "not-found")},
    )
    def get(self, request: Request, evidence: str) -> Response:
        """Return the chain of what is yours, or shared with you."""
        chain = queries.get_custody(evidence=evidence, viewer=caller_of(request))
        rows = [
            {"seq": row.seq, "action": row.action, "at": row.at, "party": row.party, "own": row.is_own, "by": row.by,
             "note": row.note, "digest": row.digest}
            for row in chain.entries
        ]  # fmt: skip
        return Response({"evidence": evidence, "holds": chain.holds, "results": rows})


class _BytesRenderer(JSONRenderer):
    """Stands for the content when the form of the answer is chosen; what it renders itself are problems."""

    media_type = "application/octet-stream"
    format = "bytes"


class EvidenceOpenView(ApiView):
    """The content."""

    required_scope = "read"
    content_negotiation_class = FormNegotiation
    renderer_classes = (_BytesRenderer, JSONRenderer)

    @extend_schema(
        operation_id="evidence_open",
        summary="Open a piece of evidence, for a reason",
        request=evidence_shapes.EvidenceReason,
        responses={
            (200, "application/octet-stream"): OpenApiResponse(OpenApiTypes.BINARY, "The content, never to be shown as a page."),
            **shapes.problems(*shapes.FRAMING, "unknown-field", "field-invalid", "raw-identifier", "not-found",
                              "permission-missing", "evidence-destroyed", "kek-missing", "integrity-failed"),
        },
    )  # fmt: skip
    def post(self, request: Request, evidence: str) -> HttpResponseBase:
        """Return the content once reason and person are on record. A key needs the scopes read and submit.

        Every opening is one of its own, repeated or not: there is no Idempotency-Key.
        """
        body, caller = read_json_object(request._request), caller_of(request)
        with refusals.recorded(case=evidence, action="evidence-open", by=caller):
            opened = opening.open_evidence(evidence=evidence, reason=_reason(body), by=caller, now=timezone.now())
        return attachment(opened.content, size=opened.size, file_name=opened.details.file_name)


def _reason(body: dict[str, Any]) -> str:
    reason = _only(body, "reason")
    if not isinstance(reason, str):
        raise Refusal("field-invalid", gettext_noop("Give a reason."), field="reason")
    return reason


def _flag(body: dict[str, Any]) -> bool:
    shared = _only(body, "shared_with_parties")
    if not isinstance(shared, bool):
        raise Refusal("field-invalid", gettext_noop("This is true or false."), field="shared_with_parties")
    return shared


def _only(body: dict[str, Any], name: str) -> Any:
    unknown = body.keys() - {name}
    if unknown:
        raise Refusal("unknown-field", gettext_noop("The body has fields that do not exist."), fields=names_of(unknown))
    return body.get(name)


def show_upload(row: upload_queries.UploadView) -> dict[str, Any]:
    """Return an upload as the API shows it."""
    return asdict(row)


def show_evidence(row: queries.EvidenceView) -> dict[str, Any]:
    """Return evidence as the API shows it."""
    shown = asdict(row)
    for name in ("name", "is_unreadable", "added_by", "may_open"):
        del shown[name]
    shown["own"] = shown.pop("is_own")
    return shown
