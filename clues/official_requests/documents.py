"""The document of an official request: kept in the vault, opened by whoever works on the request, with a reason that stays.

Its bytes leave only after the audit event of the opening is committed. Who else asks finds nothing.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from io import RawIOBase
from typing import Final

from django.db import transaction
from django.db.models.functions import Now
from django.utils.translation import gettext_noop

from aif_share.errors import Refusal
from clues.models import OfficialOfficer, OfficialParty, OfficialRequest, StoredObject
from clues.notes import checked_note
from clues.vault import objects, records
from clues.vault.failures import alarm
from members import audit
from members.models import User, reference
from members.permissions import Permission, can, check
from members.queries import Member

from .reading import Draft, Officer

MOST_BYTES: Final = 20 * 1024 * 1024
TYPES: Final = (
    (b"%PDF-", "application/pdf", ".pdf"),
    (b"\x89PNG\r\n\x1a\n", "image/png", ".png"),
    (b"\xff\xd8\xff", "image/jpeg", ".jpg"),
)
"""How a file begins, what it is, what it is called when it is taken away. Nothing of it is ever shown in a page."""


class OfficialRequestNotFound(Refusal):
    """No such official request, or none that this viewer may know of."""

    def __init__(self) -> None:
        super().__init__("not-found", gettext_noop("No such official request."))


@dataclass(frozen=True, slots=True)
class Opened:
    """A document on its way: its reader, its size, and the name under which it is saved, which says nothing."""

    reader: RawIOBase
    size: int
    name: str


def media_type_of(document: bytes) -> str:
    """Return the media type. Raise Refusal `too-large` or `field-invalid`."""
    if len(document) > MOST_BYTES:
        raise Refusal("too-large", gettext_noop("The document has at most 20 MiB."), limit=MOST_BYTES, field="document")
    found = next((media for start, media, _end in TYPES if document.startswith(start)), None)
    if found is None:
        raise Refusal("field-invalid", gettext_noop("The document is a PDF, PNG or JPEG file."), field="document")
    return found


def bound_to(*, authority: str, document_no: str, registered_at: datetime) -> str:
    """Return what every frame of a document is authenticated with: that of another request does not open in its place."""
    return f"official|{authority}|{document_no}|{registered_at.isoformat()}"


def begin(draft: Draft, *, now: datetime) -> objects.Writer:
    """Return the writer of a document; it stands around the transaction, so that a refusal leaves no file. Raise KekMissing."""
    about = bound_to(authority=draft.authority, document_no=draft.document_no, registered_at=now)
    return objects.create(kind="document", bound_to=about, now=now)


def seal_details(stored: StoredObject, file_name: str) -> bytes:
    """Return the file's name, sealed under the document's key."""
    plain = json.dumps({"file_name": file_name[-200:]}, ensure_ascii=False).encode()
    return records.seal(plain, key=stored.key, about=f"official|{stored.id}")


def seal_officer(stored: StoredObject, position: int, officer: Officer) -> bytes:
    """Return an officer's name and card, sealed under the document's key."""
    plain = json.dumps(asdict(officer), ensure_ascii=False).encode()
    return records.seal(plain, key=stored.key, about=f"officer|{stored.id}|{position}")


def read_officers(request: OfficialRequest, officers: Sequence[OfficialOfficer]) -> list[Officer | None]:
    """Return who the officers are, None where the document was destroyed. For the desk; raise IntegrityFailed, KekMissing."""
    stored = request.document
    if stored.state == StoredObject.DESTROYED:
        return [None] * len(officers)
    plain = (
        records.unseal(bytes(each.sealed), key=stored.key, about=f"officer|{stored.id}|{each.position}")
        for each in officers
    )
    return [Officer(**json.loads(each)) for each in plain]


def open_at_desk(*, request: str, reason: str, by: User, now: datetime) -> Opened:
    """Open the document for a person of the desk who works on or decides about requests. Raise Refusal."""
    if not can(by, Permission.OFFICIAL_DECIDE):
        check(by, Permission.OFFICIAL_WORK)
    found = OfficialRequest.objects.filter(pk=reference.decode("OR", request) or 0).first()
    if found is None:
        raise OfficialRequestNotFound
    return _open(found, reason, by=by, institution_id=None)


def open_as_member(*, request: str, reason: str, by: Member, now: datetime) -> Opened:
    """Open the document for a person of a member that the request went to. Raise Refusal, `not-found` to strangers."""
    mine = OfficialParty.objects.filter(institution_id=by.institution_id).exclude(state=OfficialParty.CHOSEN)
    found = OfficialRequest.objects.filter(
        pk=reference.decode("OR", request) or 0, pk__in=mine.values("request_id"), released_at__lte=Now()
    ).first()
    if found is None:
        raise OfficialRequestNotFound
    check(by, Permission.REQUEST_ANSWER)
    return _open(found, reason, by=by, institution_id=by.institution_id)


def _open(found: OfficialRequest, reason: str, *, by: User | Member, institution_id: int | None) -> Opened:
    """Not to be called within a transaction: what cannot be written down for good is not opened."""
    reason = checked_note(reason, required=True)
    stored = found.document
    expected = bound_to(authority=found.authority, document_no=found.document_no, registered_at=found.registered_at)
    if stored.bound_to != expected:
        raise alarm(what="document", about=str(stored.id))
    objects.verify(stored)  # all of it: no half of something altered goes out
    reader = objects.open_object(stored)
    try:
        with transaction.atomic(durable=True):
            audit.record(
                "official.document.open",
                actor=by,
                subject_ref=found.ref,
                institution_id=institution_id,
                detail={"sha256": stored.sha256, "reason": reason},
            )
    except BaseException:
        reader.close()
        raise
    ending = next(end for _start, media, end in TYPES if media == found.media_type)
    return Opened(reader, stored.size, f"{found.ref}{ending}")
