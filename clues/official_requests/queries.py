"""Reads of official requests by members: those that went to the institution, with what of it was disclosed.

Nothing shows before its tick. A member sees its own side and the desk's moves, never another member, nor who the officers are:
those names stand in the document, which is opened with a reason (documents.py).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q, QuerySet
from django.db.models.functions import Now

from clues.guidance.queries import find_authorities
from clues.guidance.rows import Authority
from clues.models import CaseParty, OfficialDisclosure, OfficialParty, OfficialRequest, OfficialStep
from members.models import reference
from members.permissions import Viewer

from . import workflow
from .documents import OfficialRequestNotFound

SHOWN_OF_THE_DESK = (workflow.APPROVE, workflow.WITHDRAW, workflow.ANSWER)
"""Steps of the desk that members are shown, without their words."""
MOST_COUNTED = 1_000


@dataclass(frozen=True, slots=True)
class StepView:
    """One step: of this institution, with its words, or of the desk."""

    at: datetime
    action: str
    is_own: bool
    code: str
    text: str


@dataclass(frozen=True, slots=True)
class DisclosureView:
    """What of the viewer's went to the authority: a code of `official-items`, how many, in which package."""

    item: str
    number: int
    package: str
    package_sha256: str
    disclosed_at: datetime


@dataclass(frozen=True, slots=True)
class OfficialView:
    """An official request as a member that was asked sees it; `case` is None to who is no party of it."""

    id: int
    request: str
    kind: str
    authority: str
    authority_name: Authority | None
    unit: str
    document_no: str
    document_date: date
    basis: str
    items: tuple[str, ...]
    question: str
    subjects: int
    from_date: date | None
    until_date: date | None
    case: str | None
    state: str
    own_state: str
    due_at: datetime | None
    is_late: bool
    released_at: datetime
    actions: tuple[str, ...] = ()
    steps: tuple[StepView, ...] = ()
    disclosures: tuple[DisclosureView, ...] = ()


def list_official_requests(
    *, viewer: Viewer, open_only: bool = False, before: int | None = None, limit: int = 50
) -> list[OfficialView]:
    """Return the viewer's, newest first, below row number `before`; with `open_only` those that wait for its answer."""
    rows = _seen(viewer)
    if open_only:
        rows = rows.filter(pk__in=_waiting(viewer).values("request_id"))
    if before is not None:
        rows = rows.filter(pk__lt=before)
    return _views(list(rows.order_by("-pk")[:limit]), viewer)


def get_official_request(*, request: str, viewer: Viewer) -> OfficialView:
    """Return one of them. Raise OfficialRequestNotFound, for strangers too."""
    found = _seen(viewer).filter(pk=reference.decode("OR", request) or 0).first()
    if found is None:
        raise OfficialRequestNotFound
    return _views([found], viewer)[0]


def count_to_answer(*, viewer: Viewer) -> int:
    """Return how many wait for the viewer's answer, counting to MOST_COUNTED."""
    return _waiting(viewer)[:MOST_COUNTED].count()


def _waiting(viewer: Viewer) -> QuerySet[OfficialParty]:
    return OfficialParty.objects.filter(
        institution_id=viewer.institution_id,
        state__in=sorted(workflow.OPEN_AT_MEMBERS),
        request__released_at__lte=Now(),
    )


def _seen(viewer: Viewer) -> QuerySet[OfficialRequest]:
    asked = OfficialParty.objects.filter(institution_id=viewer.institution_id).values("request_id")
    return OfficialRequest.objects.filter(pk__in=asked, released_at__lte=Now())


def _views(rows: Sequence[OfficialRequest], viewer: Viewer) -> list[OfficialView]:
    numbers = [row.pk for row in rows]
    own = {"institution_id": viewer.institution_id, "request_id__in": numbers}
    parties = {each.request_id: each for each in OfficialParty.objects.filter(**own)}
    steps: dict[int, list[OfficialStep]] = defaultdict(list)
    shown = Q(institution_id=viewer.institution_id) | Q(
        institution__isnull=True, action__in=SHOWN_OF_THE_DESK, released_at__lte=Now()
    )
    for step in OfficialStep.objects.filter(shown, request_id__in=numbers).order_by("pk"):
        steps[step.request_id].append(step)
    disclosures: dict[int, list[OfficialDisclosure]] = defaultdict(list)
    for each in OfficialDisclosure.objects.filter(**own, released_at__lte=Now()).order_by("pk"):
        disclosures[each.request_id].append(each)
    cases = {row.case_id for row in rows if row.case_id is not None}
    mine = CaseParty.objects.filter(case_id__in=cases, institution_id=viewer.institution_id, released_at__lte=Now())
    known = set(mine.values_list("case_id", flat=True))
    late = set(
        OfficialParty.objects.filter(**own, state__in=sorted(workflow.OPEN_AT_MEMBERS), due_at__lte=Now()).values_list(
            "request_id", flat=True
        )
    )
    names = find_authorities({row.authority for row in rows})
    return [
        _view(
            row, parties[row.pk], steps[row.pk], disclosures[row.pk], viewer, name=names.get(row.authority),
            knows_case=row.case_id in known, is_late=row.pk in late,
        )
        for row in rows
    ]  # fmt: skip


def _view(
    row: OfficialRequest,
    party: OfficialParty,
    steps: Sequence[OfficialStep],
    disclosures: Sequence[OfficialDisclosure],
    viewer: Viewer,
    *,
    name: Authority | None,
    knows_case: bool,
    is_late: bool,
) -> OfficialView:
    told = [step.to_state for step in steps if step.institution_id is None]
    state = told[-1] if told else OfficialRequest.ROUTED
    released = row.released_at if row.released_at is not None else row.registered_at
    own_state = party.state
    if own_state == OfficialParty.ENDED and state == OfficialRequest.ROUTED:
        own_state = OfficialParty.ASKED  # the end is told from its tick on
    replies = [each.action for each in workflow.REPLIES if own_state in each.sources]
    return OfficialView(
        id=row.pk,
        request=row.ref,
        kind=row.kind,
        authority=row.authority,
        authority_name=name,
        unit=row.unit,
        document_no=row.document_no,
        document_date=row.document_date,
        basis=row.basis,
        items=tuple(row.items),
        question=row.question,
        subjects=row.subjects,
        from_date=row.from_date,
        until_date=row.until_date,
        case=reference.encode("CASE", row.case_id) if row.case_id is not None and knows_case else None,
        state=state,
        own_state=own_state,
        due_at=party.due_at,
        is_late=is_late,
        released_at=released,
        actions=tuple(replies) if state == OfficialRequest.ROUTED else (),
        steps=tuple(
            StepView(
                at=step.at if step.institution_id == viewer.institution_id else step.released_at,
                action=step.action,
                is_own=step.institution_id == viewer.institution_id,
                code=step.code if step.institution_id == viewer.institution_id else "",
                text=step.text if step.institution_id == viewer.institution_id else "",
            )
            for step in steps
        ),
        disclosures=tuple(
            DisclosureView(each.item, each.number, each.package_ref, each.package_sha256, each.released_at)
            for each in disclosures
        ),
    )
