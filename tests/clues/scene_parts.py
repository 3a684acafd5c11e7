"""The parts of a case, as each of its parties has to have them before the evidence is ready."""

from __future__ import annotations

import hashlib

from django.utils import timezone

from clues.cases import parts
from clues.models import Case, CasePart, CaseParty, DataKey, Package, StoredObject
from members.models import User
from members.queries import person_of
from tests.factories import acting_as, make_user


def approve_parts(case: Case) -> None:
    """Let every party that has no approved part write one, and a second person of it approve it."""
    done = CasePart.objects.filter(case_id=case.pk, state=CasePart.APPROVED).values_list("institution_id", flat=True)
    waiting = CaseParty.objects.filter(case_id=case.pk, institution__state="live").exclude(
        institution_id__in=list(done)
    )
    for party in waiting.select_related("institution").order_by("id"):
        writer, approver = (
            person_of(make_user(role, institution=party.institution)) for role in ("analyst", "approver")
        )
        with acting_as("aif_web"):
            said = {"facts": "What we know of it."}
            row = parts.edit(case=case.ref, request=said, version=1, by=writer, now=timezone.now())
            row = parts.mark_ready(case=case.ref, version=row.version, by=writer)
            parts.approve(case=case.ref, version=row.version, by=approver, now=timezone.now())


def release_package(case: Case, by: User) -> Package:
    """Store a released package for the receiver that a report-out was asked for; there is no file behind it."""
    now, digest = timezone.now(), hashlib.sha256(case.ref.encode()).hexdigest()
    with acting_as("aif_owner"):
        version = Package.objects.filter(case_id=case.pk).count() + 1
        key = DataKey.objects.create(purpose="package", kid="k1", wrapped=b"x", created_at=now)
        stored = StoredObject.objects.create(
            key=key, kind="package", bound_to=f"package|{case.pk}", version=version, size=1, frames=1, sha256=digest,
            sm3=digest, state=StoredObject.COMPLETE, created_at=now,
        )  # fmt: skip
        return Package.objects.create(
            case_id=case.pk, version=version, state=Package.RELEASED, receiver=case.receiver, unit="The unit", asked_by=by,
            asked_at=now, object=stored, size=1, sha256=digest, manifest_sha256=digest, signer_sha256=digest, built_at=now,
            release_asked_by=by, released_by=make_user("alliance-approver"), released_at=now,
        )  # fmt: skip
