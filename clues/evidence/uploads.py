"""Evidence on its way into the vault: announced, sent in pieces, finished. Only what is finished is evidence.

A piece begins where the last one was acknowledged. Whole frames of 1 MiB are acknowledged as they become durable, also of a
piece that breaks off; whoever goes on asks where.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext_noop

from aif_share.errors import Refusal
from clues.cases import joint, parts
from clues.cases.queries import get_case
from clues.evidence import announcing, custody, media
from clues.evidence.upload_queries import UploadView, check_open, find, find_open, view
from clues.models import EvidenceItem, EvidenceUpload, StoredObject
from clues.vault import frames, objects, receiving
from members import audit
from members.models import reference
from members.queries import Member, Person

MOST_OPEN: Final = 50
"""Uploads that one institution has under way."""
MOST_ITEMS: Final = 500
"""Pieces of evidence in the part of one institution."""
BAD_INPUT: Final = frozenset({"too-large"})
"""Codes that are a slip of the pen elsewhere, and here something that somebody tried (`clues.cases.refusals.recorded`)."""
SYNC: Final = 16 * frames.FRAME
"""How much is acknowledged at a time within one piece."""


@dataclass(frozen=True, slots=True)
class Examined:
    """What was found in a whole upload: the digests of what lies on the disk, and whether its archive is taken."""

    upload: str
    sha256: str
    sm3: str


def begin(*, case: str, request: Mapping[str, Any], by: Member, now: datetime) -> UploadView:
    """Announce a piece of evidence for the own part of a case; nothing of it is there yet.

    `request` has `announcing.FIELDS`. Raise CaseNotFound, PermissionMissing, KekMissing, Refusal `transition-refused`,
    `conflict` for too many at a time, and whatever `announcing.read` does.
    """
    joint.check_work(by)
    found = get_case(case=case, viewer=by)
    said = announcing.read(request, now=now)
    with transaction.atomic():
        joint.hold(found.id, joint.WRITTEN)
        open_ones = EvidenceUpload.objects.filter(institution_id=by.institution_id, state=EvidenceUpload.OPEN)
        if open_ones.count() >= MOST_OPEN:
            raise Refusal("conflict", gettext_noop("Too many uploads are under way; finish or cancel one first."))
        items = EvidenceItem.objects.filter(case_id=found.id, institution_id=by.institution_id)
        if items.count() + open_ones.filter(case_id=found.id).count() >= MOST_ITEMS:
            raise Refusal("conflict", gettext_noop("The part holds as much evidence as it may; pack files together."))
        stored = receiving.begin(
            kind="evidence", bound_to=custody.binding(found.id, by.institution_id), size=said.size, now=now
        )
        row = EvidenceUpload.objects.create(
            case_id=found.id,
            institution_id=by.institution_id,
            kind=said.kind,
            object=stored,
            media_type=said.media_type,
            sha256=said.sha256,
            collected_at=said.collected_at,
            time_source=said.time_source,
            sealed_details=announcing.seal(said.details, stored),
            shared_with_parties=said.shared_with_parties,
            keep_until=said.keep_until,
            person_id=by.user_id if isinstance(by, Person) else None,
            actor_ref=by.audit_ref,
            begun_at=now,
            changed_at=now,
        )
        _record("evidence.begin", row, by, kind=row.kind, size=stored.size)
    return view(row)


def append(*, upload: str, offset: int, blocks: Iterable[bytes], by: Member, now: datetime) -> UploadView:
    """Take a piece of the content from `offset` on. Not to be called within a transaction: what arrives is committed.

    Raise UploadNotFound, UploadBusy, KekMissing, IntegrityFailed, Refusal `upload-offset` (with the `offset` to go on from),
    `too-large`, `transition-refused`; MediaRefused ends the upload.
    """
    joint.check_work(by)
    row = find_open(upload, by)
    try:
        with receiving.Receiver(row.object, check=lambda start: media.check_start(row.media_type, start)) as receiver:
            if receiver.received != offset:
                raise Refusal(
                    "upload-offset", gettext_noop("This is not where the upload goes on."), offset=receiver.received
                )
            try:
                _take(receiver, blocks)
            finally:
                receiver.acknowledge()
                EvidenceUpload.objects.filter(pk=row.pk).update(changed_at=now)
            row.object = receiver.stored
    except media.MediaRefused:
        _end(row, EvidenceUpload.REFUSED, by, now, code="media-refused")
        raise
    return view(row)


def _take(receiver: receiving.Receiver, blocks: Iterable[bytes]) -> None:
    waiting = 0
    for block in blocks:
        receiver.write(block)
        waiting += len(block)
        if waiting >= SYNC:
            receiver.acknowledge()
            waiting = 0


def examine(*, upload: str, by: Member, now: datetime) -> Examined:
    """Read a whole upload once more: its digests, and what its archive holds. Takes seconds, and holds no transaction.

    Raise UploadNotFound, UploadBusy, KekMissing, IntegrityFailed, Refusal `upload-incomplete` (with `offset`); `digest-differs`
    and `archive-refused` end the upload.
    """
    joint.check_work(by)
    row = find(upload, by)
    if row.item_id is not None:
        return Examined(upload, row.object.sha256, row.object.sm3)
    check_open(row)
    if not receiving.is_whole(row.object):
        raise Refusal(
            "upload-incomplete", gettext_noop("The end is missing."), offset=receiving.received(row.object)
        )  # fmt: skip
    try:
        with receiving.Receiver(row.object) as receiver:
            sha256, sm3 = receiver.digests()
            if row.sha256 not in ("", sha256):
                raise Refusal("digest-differs", gettext_noop("What arrived has another SHA-256 than was announced."))
            with objects.Reader(receiver.stored) as reader, io.BufferedReader(reader, 64 * 1024) as content:
                media.check_whole(row.media_type, content)
    except Refusal as refusal:
        if refusal.code in ("digest-differs", "archive-refused", "media-refused"):
            _end(row, EvidenceUpload.REFUSED, by, now, code=refusal.code)
        raise
    return Examined(upload, sha256, sm3)


def finish(*, upload: str, examined: Examined, by: Member, now: datetime) -> EvidenceItem:
    """Make a whole upload evidence of the own part, which becomes a draft again. One that is evidence already stays so.

    Raise UploadNotFound, CaseNotFound, Refusal `transition-refused` where parts are not written now.
    """
    joint.check_work(by)
    with transaction.atomic():
        row = find(upload, by)
        if row.item_id is not None:
            return EvidenceItem.objects.get(pk=row.item_id)
        part = parts.reopen(case=reference.encode("CASE", row.case_id), by=by, now=now)
        row = find(upload, by, lock=True)
        if row.item_id is not None:
            return EvidenceItem.objects.get(pk=row.item_id)
        check_open(row)
        with receiving.Receiver(row.object) as receiver:
            stored = receiver.complete(examined.sha256, examined.sm3)
        item = _make_item(row, stored, now)
        row.state, row.item, row.changed_at = EvidenceUpload.FINISHED, item, now
        row.save(update_fields=["state", "item", "changed_at"])
        custody.add(item, "collected", by=by, now=now, institution_id=item.institution_id, note=item.time_source)
        custody.add(item, "added", by=by, now=now, institution_id=item.institution_id, note=f"sha256:{item.sha256}")
        audit.record(
            "evidence.add",
            actor=by,
            subject_ref=item.ref,
            institution_id=item.institution_id,
            detail={"case": reference.encode("CASE", row.case_id), "kind": item.kind, "size": item.size,
                    "sha256": item.sha256, "part_version": part.version},
        )  # fmt: skip
    return item


def cancel(*, upload: str, by: Member, now: datetime) -> UploadView:
    """Give up an upload; what was received is destroyed. Raise UploadNotFound, Refusal `transition-refused`."""
    joint.check_work(by)
    row = find_open(upload, by)
    _end(row, EvidenceUpload.CANCELED, by, now)
    return view(find(upload, by))


def _make_item(row: EvidenceUpload, stored: StoredObject, now: datetime) -> EvidenceItem:
    return EvidenceItem.objects.create(
        case_id=row.case_id,
        institution_id=row.institution_id,
        kind=row.kind,
        object=stored,
        media_type=row.media_type,
        size=stored.size,
        sha256=stored.sha256,
        sm3=stored.sm3,
        collected_at=row.collected_at,
        time_source=row.time_source,
        sealed_details=bytes(row.sealed_details),
        shared_with_parties=row.shared_with_parties,
        keep_until=row.keep_until,
        added_by_id=row.person_id,
        actor_ref=row.actor_ref,
        added_at=now,
    )


def _end(row: EvidenceUpload, state: str, by: Member, now: datetime, **detail: str) -> None:
    with transaction.atomic():
        rows = EvidenceUpload.objects.filter(pk=row.pk, state=EvidenceUpload.OPEN)
        if not rows.update(state=state, changed_at=now):
            raise Refusal("transition-refused", gettext_noop("This upload is over."))
        objects.destroy(row.object, now)
        _record("evidence.cancel", row, by, state=state, **detail)


def _record(verb: str, row: EvidenceUpload, by: Member, **detail: Any) -> None:
    case = reference.encode("CASE", row.case_id)
    audit.record(
        verb,
        actor=by,
        subject_ref=row.ref,
        institution_id=row.institution_id,
        detail={"case": case, **detail},
    )
