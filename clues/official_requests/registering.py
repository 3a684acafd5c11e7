"""Register a document of an authority, and verify the officers that it names. All or nothing; the document is sealed first."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_noop

from aif_share.errors import Refusal
from aif_share.vocabulary import officer_checks
from clues.matching.release import next_tick
from clues.models import OfficialOfficer, OfficialRequest, OfficialStep
from members import audit
from members.models import User, reference
from members.permissions import Permission, check

from . import documents, workflow
from .documents import OfficialRequestNotFound
from .reading import read_draft


class RegisteredBefore(Refusal):
    """A document of this authority with this number is registered already."""

    def __init__(self) -> None:
        super().__init__(
            "field-invalid",
            gettext_noop("This document is registered already; turn the other one down or withdraw it first."),
            field="document_no",
        )


class StepNotOpen(Refusal):
    """The table has no such row from where the request stands, or one of its preconditions does not hold."""

    def __init__(self, why: str, **extra: object) -> None:
        super().__init__("transition-refused", why, **extra)


def register(
    *, request: Mapping[str, Any], document: bytes, file_name: str, by: User, now: datetime
) -> OfficialRequest:
    """Register a document; return the request. `request` as in reading.py, the file in `document`. Raise Refusal.

    A refusal leaves neither a row nor a file in the vault.
    """
    check(by, Permission.OFFICIAL_WORK)
    draft = read_draft(request, now=now)
    media_type = documents.media_type_of(document)
    try:
        with documents.begin(draft, now=now) as writer, transaction.atomic():
            writer.write(document)
            stored = writer.finish()
            made = OfficialRequest.objects.create(
                kind=draft.kind, authority=draft.authority, authority_kind=draft.authority_kind, unit=draft.unit,
                document_no=draft.document_no, document_date=draft.document_date, received_on=draft.received_on,
                basis=draft.basis, items=draft.items, question=draft.question, subjects=draft.subjects,
                from_date=draft.from_date, until_date=draft.until_date, case_id=draft.case_id, due_on=draft.due_on,
                document=stored, media_type=media_type, sealed_details=documents.seal_details(stored, file_name),
                registered_by=by, registered_at=now,
            )  # fmt: skip
            OfficialOfficer.objects.bulk_create(
                OfficialOfficer(
                    request=made, position=position, sealed=documents.seal_officer(stored, position, officer)
                )
                for position, officer in enumerate(draft.officers, start=1)
            )
            write_step(made, workflow.REGISTER, by=by, now=now)
            record(
                "official.register", made, by=by, kind=draft.kind, authority=draft.authority, items=draft.items,
                sha256=stored.sha256,
            )  # fmt: skip
    except IntegrityError as error:
        if "official_request_document_once" in str(error):
            raise RegisteredBefore from None
        raise
    return made


@transaction.atomic
def verify_officer(*, request: str, position: int, way: str, by: User, now: datetime) -> OfficialRequest:
    """Say how an officer was verified: `way` is a code of `officer-checks`. Raise Refusal."""
    check(by, Permission.OFFICIAL_WORK)
    found = locked(request)
    if found.state != OfficialRequest.REGISTERED:
        raise StepNotOpen(workflow.NOT_OPEN)
    if way not in officer_checks.BY_CODE:
        raise Refusal("field-invalid", gettext_noop("Take a code of the list in the vocabulary."), field="way")
    waiting = OfficialOfficer.objects.filter(request=found, position=position, verified_at__isnull=True)
    if not waiting.update(way=way, verified_by=by, verified_at=now):
        raise StepNotOpen(gettext_noop("This officer is verified already, or not named in the document."))
    write_step(found, workflow.VERIFY, by=by, now=now, code=way)
    record("official.verify", found, by=by, officer=position, way=way)
    return found


def locked(request: str) -> OfficialRequest:
    """Return the request `OR-…` with its row locked. Raise OfficialRequestNotFound."""
    rows = OfficialRequest.objects.select_for_update(no_key=True, of=("self",)).select_related("document")
    found = rows.filter(pk=reference.decode("OR", request) or 0).first()
    if found is None:
        raise OfficialRequestNotFound
    return found


def write_step(
    request: OfficialRequest, action: str, *, by: User, now: datetime, code: str = "", text: str = ""
) -> None:
    """Add a step of the desk."""
    OfficialStep.objects.create(
        request=request, action=action, to_state=request.state, actor_ref=by.audit_ref, at=now, released_at=next_tick(),
        code=code, text=text,
    )  # fmt: skip


def record(verb: str, request: OfficialRequest, *, by: User, **detail: object) -> None:
    """Add the audit event of a step of the desk: codes and digests, no words."""
    audit.record(verb, actor=by, subject_ref=request.ref, detail=detail)
