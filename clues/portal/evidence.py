"""The evidence of a case: what each party holds, adding to the own part, and one piece with its chain of custody."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from aif_share.vocabulary import evidence_kinds, evidence_media, evidence_time_sources
from clues.cases import joint, naming, part_queries
from clues.cases.queries import get_case
from clues.cases.workflow import RESTING
from clues.checklists.queries import get_checklist
from clues.evidence import queries, upload_queries
from clues.portal.viewer import viewer_of
from clues.working_days import ZONE
from members.permissions import Permission, can, check
from members.portal.access import member_required

SECTION = {"section": "cases"}


@require_safe
@member_required(Permission.CASE_VIEW)
def evidence_of(request: HttpRequest, case: str) -> HttpResponse:
    """Show the evidence of a case that the institution may know of, and its own uploads under way."""
    viewer = viewer_of(request)
    found = get_case(case=case, viewer=viewer)
    rows = queries.list_evidence(case=case, viewer=viewer)
    parties = {party.party: party for party in naming.list_parties(case=case, viewer=viewer)}
    may_add = found.state in joint.WRITTEN and can(request.user, Permission.CASE_WORK)
    context = SECTION | {
        "case": found,
        "own": [row for row in rows if row.is_own],
        "others": [(row, parties.get(row.party)) for row in rows if not row.is_own],
        "uploads": upload_queries.list_uploads(case=case, viewer=viewer),
        "may_add": may_add,
        "is_open": found.state in joint.WRITTEN,
    }
    return render(request, "clues/evidence/list.html", context)


@require_safe
@member_required(Permission.CASE_VIEW)
def new(request: HttpRequest, case: str) -> HttpResponse:
    """Show the form whose script sends a file in pieces; with `?upload=`, one that goes on with an upload under way."""
    viewer = viewer_of(request)
    check(viewer, Permission.CASE_WORK)
    found = get_case(case=case, viewer=viewer)
    if found.state not in joint.WRITTEN:
        raise Http404
    upload = None
    if ref := request.GET.get("upload"):
        upload = upload_queries.get_upload(upload=ref, viewer=viewer)
        if upload.case != found.case or upload.state != "open":
            raise Http404
    part = part_queries.get_own_part(case=case, viewer=viewer)
    context = SECTION | {
        "case": found,
        "part": part,
        "upload": upload,
        "kinds": evidence_kinds.ROWS,
        "time_sources": evidence_time_sources.ROWS,
        "accepted": ",".join(f".{extension}" for extension in evidence_media.BY_EXTENSION),
        "media": evidence_media.ROWS,
        "most": evidence_media.MAX_EVIDENCE,
        "latest": timezone.now().astimezone(ZONE).strftime("%Y-%m-%dT%H:%M"),
    }
    return render(request, "clues/evidence/new.html", context)


@require_safe
@member_required(Permission.CASE_VIEW)
def evidence(request: HttpRequest, evidence: str) -> HttpResponse:
    """Show one piece of evidence: what it is, its digests, who had it in hand, and what can be done with it."""
    return show_item(request, evidence)


def show_item(
    request: HttpRequest, evidence: str, *, refused: str = "", action: str = "", status: int = 200
) -> HttpResponse:
    """Render the page of one piece; after a refusal with what was refused. Raise EvidenceNotFound."""
    viewer = viewer_of(request)
    item = queries.get_evidence(evidence=evidence, viewer=viewer)
    case = get_case(case=item.case, viewer=viewer)
    parties = {party.party: party for party in naming.list_parties(case=item.case, viewer=viewer)}
    is_stored = item.state == "stored"
    decides = item.is_own and is_stored and can(request.user, Permission.CASE_DECIDE)
    is_written = case.state in joint.WRITTEN
    context: dict[str, Any] = SECTION | {
        "case": case,
        "item": item,
        "party": parties.get(item.party),
        "active": evidence_media.BY_TYPE[item.media_type].active,
        "shows": [
            (charge, element)
            for charge, element, support in get_checklist(case=item.case, viewer=viewer).own
            if any(each.evidence == item.evidence for each in support.evidence)
        ],
        "may_share": item.is_own and is_stored and is_written and can(request.user, Permission.CASE_WORK),
        "may_hold": decides,
        "may_destroy": decides and not item.legal_hold and (is_written or case.state in RESTING),
        "is_adder": item.added_by == viewer.audit_ref,
        "refused": refused,
        "refused_action": action,
        "given": request.POST,
    }
    if item.is_own or item.shared_with_parties:
        chain = queries.get_custody(evidence=evidence, viewer=viewer)
        people = part_queries.name_people([item.added_by, *(entry.by for entry in chain.entries)], viewer=viewer)
        context |= {
            "chain": chain,
            "people": people,
            "entries": [(row, parties.get(row.party)) for row in chain.entries],
        }
    return render(request, "clues/evidence/item.html", context, status=status)
