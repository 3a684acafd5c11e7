"""Shapes of evidence, its uploads and its chain of custody, for the OpenAPI document."""

from __future__ import annotations

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiParameter
from rest_framework import serializers as s

from aif_share.vocabulary.evidence_media import MAX_EVIDENCE

from .shapes import Shape, code_of

_SEALED = "Sealed under the object's own key; whoever may open the content may read it."

OFFSET = OpenApiParameter(
    "Upload-Offset",
    OpenApiTypes.INT,
    OpenApiParameter.HEADER,
    required=True,
    description="Where this piece begins: the `offset` of the upload. A piece is safe to repeat: it is taken once.",
)


class EvidenceRequest(Shape):
    """What is said of a file before it is sent."""

    kind = code_of("evidence-kinds")
    file_name = s.CharField(
        max_length=200, help_text="A plain name; its extension is one of `evidence-media`. " + _SEALED
    )
    media_type = s.CharField(required=False, help_text="Has to fit the extension; absent: taken from it.")
    size = s.IntegerField(min_value=1, max_value=MAX_EVIDENCE, help_text="Bytes.")
    sha256 = s.RegexField(
        r"^[0-9a-f]{64}$", required=False, help_text="If given, another content is refused: `digest-differs`."
    )
    collected_at = s.DateTimeField()
    time_source = code_of("evidence-time-sources")
    title = s.CharField(max_length=200, help_text="No identifiers. " + _SEALED)
    collected_by = s.CharField(max_length=200, help_text="Who collected it. " + _SEALED)
    device = s.CharField(required=False, max_length=200, help_text=_SEALED)
    witness = s.CharField(required=False, max_length=200, help_text="The second person there. " + _SEALED)
    note = s.CharField(required=False, max_length=2000, help_text=_SEALED)
    shared_with_parties = s.BooleanField(
        required=False, default=False, help_text="Other parties of the case may open it once your part is approved."
    )
    keep_until = s.DateField(required=False, help_text="Destroyed after this day, once the case rests.")


class EvidenceUpload(Shape):
    """Where an upload stands."""

    upload = s.CharField(help_text="Opaque reference EU-…")
    case = s.CharField()
    state = s.ChoiceField(["open", "finished", "canceled", "refused", "expired"])
    kind = code_of("evidence-kinds")
    media_type = s.CharField()
    size = s.IntegerField()
    offset = s.IntegerField(help_text="Bytes that are safely stored; go on from here.")
    begun_at = s.DateTimeField()
    evidence = s.CharField(allow_null=True, help_text="What it has become: EV-…")


class EvidenceDetails(Shape):
    """What is sealed with the content."""

    title = s.CharField()
    file_name = s.CharField()
    collected_by = s.CharField()
    device = s.CharField(allow_blank=True)
    witness = s.CharField(allow_blank=True)
    note = s.CharField(allow_blank=True)


class Evidence(Shape):
    """A piece of evidence: your own, or of another party what its approved part shows."""

    evidence = s.CharField(help_text="Opaque reference EV-…")
    case = s.CharField()
    party = s.CharField(help_text="Who holds it: `member-a` …")
    own = s.BooleanField()
    kind = code_of("evidence-kinds")
    media_type = s.CharField()
    size = s.IntegerField()
    sha256 = s.RegexField(r"^[0-9a-f]{64}$")
    sm3 = s.RegexField(r"^[0-9a-f]{64}$", help_text="GB/T 32905-2016")
    collected_at = s.DateTimeField()
    time_source = code_of("evidence-time-sources")
    details = EvidenceDetails(allow_null=True, help_text="Null where it is not shared with you, or was destroyed.")
    shared_with_parties = s.BooleanField()
    legal_hold = s.BooleanField()
    keep_until = s.DateField(allow_null=True)
    state = s.ChoiceField(["stored", "destroyed"])
    version = s.IntegerField()
    added_at = s.DateTimeField()
    destroyed_at = s.DateTimeField(allow_null=True)


class EvidenceList(Shape):
    """The evidence of a case, oldest first, and your uploads under way."""

    results = Evidence(many=True)
    uploads = EvidenceUpload(many=True)


class EvidenceEdit(Shape):
    """What can be changed."""

    shared_with_parties = s.BooleanField()


class EvidenceReason(Shape):
    """Why it is opened. It stands in the audit trail and in the chain of custody."""

    reason = s.CharField(max_length=500, help_text="No identifiers.")


class CustodyEntry(Shape):
    """One hand that a piece of evidence passed through."""

    seq = s.IntegerField()
    action = code_of("custody-actions")
    at = s.DateTimeField()
    party = s.CharField(
        allow_blank=True, help_text="`member-a` …, `desk` for the alliance; empty: not known to you yet."
    )
    own = s.BooleanField()
    by = s.CharField(allow_null=True, help_text="Person U-… or key id; null for others.")
    note = s.CharField(allow_blank=True, help_text="The holder reads every note, others read their own.")
    digest = s.RegexField(r"^[0-9a-f]{64}$")


class Custody(Shape):
    """The chain of custody, oldest first."""

    evidence = s.CharField()
    holds = s.BooleanField(help_text="Every digest is the one it has to be.")
    results = CustodyEntry(many=True)


EVIDENCE_EXAMPLE = OpenApiExample(
    "evidence",
    value={
        "kind": "electronic-data",
        "file_name": "chat.txt",
        "size": 5120,
        "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        "collected_at": "2026-11-02T08:00:00Z",
        "time_source": "system-log",
        "title": "Chat with the caller",
        "collected_by": "Complaints desk",
    },
    request_only=True,
)
