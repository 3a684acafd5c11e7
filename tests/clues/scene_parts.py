"""The parts of a case, as each of its parties has to have them before the evidence is ready."""

from __future__ import annotations

from django.utils import timezone

from clues.cases import parts
from clues.models import Case, CasePart, CaseParty
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
