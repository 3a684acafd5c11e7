"""Admission: an application is vetted, its agreement uploaded, and a person who did none of that admits it."""

from __future__ import annotations

import hashlib
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_noop

from aif_share.errors import InvalidIdentifier, Refusal
from aif_share.identifiers import get_type
from members import audit
from members.models import Institution, InstitutionAgreement, User
from members.operations.custodian_state import announce
from members.operations.institutions import required_reason
from members.operations.membership import begin, record
from members.permissions import Permission, check

MOST_BYTES = 10 * 1024 * 1024
LONGEST_LICENSE = 64


@transaction.atomic
def vet(
    *,
    institution_id: int,
    uscc: str,
    license_no: str,
    license_checked: bool,
    contact_verified: bool,
    sector_confirmed: bool,
    by: User,
    now: datetime,
) -> Institution:
    """Note that an application was looked into: every point of the list has to be so.

    `uscc` is the unified social credit code (GB 32100), stored in its canonical form.
    """
    institution = begin(institution_id=institution_id, action="vet", by=by)
    if not (license_checked and contact_verified and sector_confirmed):
        raise Refusal("field-invalid", gettext_noop("Vetted is what was checked in every point."))
    try:
        institution.uscc = get_type("uscc").normalize(uscc)
    except InvalidIdentifier:
        raise Refusal("field-invalid", gettext_noop("This is no unified social credit code."), field="uscc") from None
    license_no = " ".join(license_no.split())
    if not 1 <= len(license_no) <= LONGEST_LICENSE or not license_no.isprintable():
        raise Refusal("field-invalid", gettext_noop("Give the number of the license."), field="license_no")
    institution.license_no = license_no
    institution.vetted_at, institution.vetted_by = now, by
    institution.save(update_fields=["state", "uscc", "license_no", "vetted_at", "vetted_by"])
    record("institution.vet", institution, by=by)
    return institution


@transaction.atomic
def upload_agreement(
    *, institution_id: int, file_name: str, content: bytes, by: User, now: datetime
) -> InstitutionAgreement:
    """Keep the signed agreement: a PDF of at most MOST_BYTES. Raise Refusal."""
    institution = begin(institution_id=institution_id, action="agree", by=by)
    if len(content) > MOST_BYTES:
        raise Refusal("too-large", gettext_noop("The agreement has at most 10 MiB."), limit=MOST_BYTES, field="file")
    if not content.startswith(b"%PDF-") or b"%%EOF" not in content[-2048:]:
        raise Refusal("field-invalid", gettext_noop("The agreement is a PDF file."), field="file")
    made = InstitutionAgreement.objects.create(
        institution=institution,
        file_name="".join(each for each in file_name if each.isprintable())[-100:] or "agreement.pdf",
        content=content,
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        uploaded_by=by,
        uploaded_at=now,
    )
    institution.agreed_at, institution.agreed_by = now, by
    institution.save(update_fields=["state", "agreed_at", "agreed_by"])
    record("institution.agree", institution, by=by, agreement=made.ref, sha256=made.sha256)
    return made


@transaction.atomic
def admit(*, institution_id: int, by: User, now: datetime) -> Institution:
    """Make an application live. Whoever applied for it, vetted it or uploaded its agreement cannot admit it."""
    institution = begin(institution_id=institution_id, action="admit", by=by)
    institution.admitted_at, institution.admitted_by = now, by
    institution.save(update_fields=["state", "admitted_at", "admitted_by"])
    record("institution.admit", institution, by=by)
    announce(institution, now=now)
    return institution


@transaction.atomic
def send_back(*, institution_id: int, reason: str, by: User, now: datetime) -> Institution:
    """Have an application looked into again; agreements that were uploaded stay on record."""
    institution = begin(institution_id=institution_id, action="send-back", by=by)
    reason = required_reason(reason)
    fields = ("vetted_at", "vetted_by", "agreed_at", "agreed_by")
    for name in fields:
        setattr(institution, name, None)
    institution.save(update_fields=["state", *fields])
    record("institution.send-back", institution, by=by, reason=reason)
    return institution


@transaction.atomic
def decline(*, institution_id: int, reason: str, by: User, now: datetime) -> Institution:
    """Decline an application for good."""
    institution = begin(institution_id=institution_id, action="decline", by=by)
    institution.save(update_fields=["state"])
    record("institution.decline", institution, by=by, reason=required_reason(reason))
    return institution


def read_agreement(*, agreement_id: int, by: User, now: datetime) -> InstitutionAgreement:
    """Return an agreement with its content; that it was read stays in the audit trail.

    Raise Refusal `not-found`, PermissionMissing, or `conflict` for a file that is no longer the one that was uploaded:
    that stays in the trail, too.
    """
    check(by, Permission.DESK_VIEW)
    found = InstitutionAgreement.objects.select_related("institution").filter(pk=agreement_id).first()
    if found is None:
        raise Refusal("not-found")
    is_whole = hashlib.sha256(found.content).hexdigest() == found.sha256
    with transaction.atomic():
        audit.record(
            "institution.agreement.read" if is_whole else "institution.agreement.differ",
            actor=by,
            subject_ref=found.institution.ref,
            institution_id=found.institution_id,
            detail={"agreement": found.ref},
        )
    if not is_whole:
        raise Refusal(
            "conflict",
            gettext_noop(
                "The stored file differs from its SHA-256 and is not given out. Have the database looked into."
            ),
        )
    return found
