"""Reads of uploads of evidence: an institution sees its own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext_noop

from aif_share.errors import Refusal
from clues.cases.queries import get_case
from clues.models import EvidenceUpload
from clues.vault import receiving
from members.models import reference
from members.permissions import Viewer


class UploadNotFound(Refusal):
    """There is no such upload, or it is another institution's."""

    def __init__(self) -> None:
        super().__init__("not-found", gettext_noop("No such upload."))


@dataclass(frozen=True, slots=True)
class UploadView:
    """Where an upload stands: `offset` bytes of `size` are safely stored; `evidence` is what it has become."""

    upload: str
    case: str
    state: str
    kind: str
    media_type: str
    size: int
    offset: int
    begun_at: datetime
    evidence: str | None


def get_upload(*, upload: str, viewer: Viewer) -> UploadView:
    """Return where an own upload stands. Raise UploadNotFound."""
    return view(find(upload, viewer))


def list_uploads(*, case: str, viewer: Viewer) -> list[UploadView]:
    """Return the own uploads of a case that are under way, oldest first. Raise CaseNotFound."""
    found = get_case(case=case, viewer=viewer)
    rows = EvidenceUpload.objects.filter(
        case_id=found.id, institution_id=viewer.institution_id, state=EvidenceUpload.OPEN
    )
    return [view(row) for row in rows.select_related("object", "item").order_by("id")]


def view(row: EvidenceUpload) -> UploadView:
    """Return what an upload shows its institution."""
    stored = row.object
    return UploadView(
        upload=row.ref,
        case=reference.encode("CASE", row.case_id),
        state=row.state,
        kind=row.kind,
        media_type=row.media_type,
        size=stored.size,
        offset=receiving.received(stored),
        begun_at=row.begun_at,
        evidence=None if row.item_id is None else reference.encode("EV", row.item_id),
    )


def find(upload: str, viewer: Viewer, *, lock: bool = False) -> EvidenceUpload:
    """Return an own upload with its object and key. Raise UploadNotFound."""
    rows = EvidenceUpload.objects.select_related("object__key", "item")
    if lock:
        rows = rows.select_for_update(no_key=True, of=("self",))
    row = rows.filter(pk=reference.decode("EU", upload) or 0, institution_id=viewer.institution_id).first()
    if row is None:
        raise UploadNotFound
    return row


def find_open(upload: str, viewer: Viewer) -> EvidenceUpload:
    """Return an own upload that is under way. Raise UploadNotFound, Refusal `transition-refused`."""
    row = find(upload, viewer)
    check_open(row)
    return row


def check_open(row: EvidenceUpload) -> None:
    """Raise Refusal `transition-refused` for an upload that is over."""
    if row.state != EvidenceUpload.OPEN:
        raise Refusal("transition-refused", gettext_noop("This upload is over."))
