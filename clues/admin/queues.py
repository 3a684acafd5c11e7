"""What waits at the desk of batches, clues, disputes, rules and cases; and the pages that their references lead to."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clues.admin.batches import with_rows_aside
from clues.cases.workflow import RESTING, STATES
from clues.feeds import receivers
from clues.models import (
    Batch,
    Case,
    ClueReview,
    Content,
    DisputedClue,
    EvidenceDemand,
    FeedEntry,
    FeedReceiver,
    GuidanceVersion,
    LawfulUseMatrix,
    LiftNotice,
    NoiseEntry,
    OfficialRequest,
    Package,
    RequestParty,
    Ring,
    RingReview,
    ScreeningSuspension,
)
from clues.procedures import waiting
from clues.procedures.deadlines import today
from clues.requests.workflow import OPEN
from clues.rings import review
from members.admin import queues, references
from members.admin.queues import Queue


def _are_due(rows: QuerySet[Any], now: datetime) -> QuerySet[Any]:
    return rows.filter(due_at__lte=now)


def _official(state: str) -> Callable[[], QuerySet[Any]]:
    return lambda: OfficialRequest.objects.filter(state=state)


def _official_late(rows: QuerySet[Any], now: datetime) -> QuerySet[Any]:
    return rows.filter(due_on__lt=today(now))


def _cases(state: str) -> Queue:
    return Queue(
        f"case-{state}",
        STATES[state],
        lambda: Case.objects.filter(state=state),
        since="changed_at",
        page="clues_case",
        query=f"state={state}",
        late=_are_due,
        group=_("Cases"),
    )


_DECISIONS = tuple(
    Queue(f"case-{code}-asked", label, rows, since=since, page="clues_case", query=f"decision={code}", group=_("Cases"))
    for code, label, since, rows in (
        ("approval", _("Approvals of cases to decide"), "proposed_at",
         lambda: Case.objects.filter(state=Case.EVIDENCE_READY, proposed_at__isnull=False)),
        ("report", _("Report-outs to decide"), "report_asked_at",
         lambda: Case.objects.filter(state=Case.APPROVED, report_asked_at__isnull=False)),
        ("reopening", _("Reopenings to decide"), "reopen_asked_at",
         lambda: Case.objects.filter(state=Case.CLOSED, reopen_asked_at__isnull=False)),
    )
)  # fmt: skip
ROWS = (
    Queue(
        "batches-held", _("Batches held for review"), lambda: Batch.objects.filter(state=Batch.HELD),
        since="received_at", page="clues_batch", query=f"state={Batch.HELD}", group=_("Clues"),
    ),
    Queue(
        "rows-aside", _("Batches with rows set aside"), lambda: with_rows_aside(Batch.objects.all()),
        since="received_at", page="clues_batch", query="aside=yes", group=_("Clues"),
    ),
    Queue(
        "grade-a", _("Clues of grade A to confirm"),
        lambda: ClueReview.objects.filter(
            grade="A", decision=ClueReview.CONFIRMED, desk_by__isnull=True, voided_at__isnull=True
        ),
        since="decided_at", page="clues_cluereview", query="desk=waiting", group=_("Clues"),
    ),
    Queue(
        "disputes-maintained", _("Disputes to decide"),
        lambda: DisputedClue.objects.filter(state=DisputedClue.MAINTAINED),
        since="answered_at", page="clues_disputedclue", query=f"state={DisputedClue.MAINTAINED}", late=_are_due,
        group=_("Clues"),
    ),
    Queue(
        "disputes-open", _("Disputes that wait for the filer's answer"),
        lambda: DisputedClue.objects.filter(state=DisputedClue.OPEN),
        since="due_at", page="clues_disputedclue", query=f"state={DisputedClue.OPEN}", late=_are_due, is_ours=False,
        group=_("Clues"),
    ),
    Queue(
        "demands-opened", _("Evidence that was opened, to decide"),
        lambda: EvidenceDemand.objects.filter(state=EvidenceDemand.OPENED),
        since="opened_at", page="clues_evidencedemand", query=f"state={EvidenceDemand.OPENED}", group=_("Clues"),
    ),
    Queue(
        "lifts", _("Measures that have lost their ground and are not lifted"),
        lambda: LiftNotice.objects.filter(answered_at__isnull=True, ended_at__isnull=True),
        since="raised_at", page="clues_liftnotice", query="answer=waiting", late=_are_due, is_ours=False,
        group=_("Clues"),
    ),
    Queue(
        "content", _("Links to ask platforms about"),
        lambda: Content.objects.filter(state__in=(Content.REPORTED, Content.REAPPEARED)),
        since="changed_at", page="clues_content", query="state=to-request", group=_("Clues"),
    ),
    Queue(
        "feed-entries", _("Values and links for the feeds to decide"),
        lambda: FeedEntry.objects.filter(state=FeedEntry.PROPOSED),
        since="proposed_at", page="clues_feedentry", query=f"state={FeedEntry.PROPOSED}", group=_("Clues"),
    ),
    Queue(
        "feed-receivers", _("Feeds to open"), lambda: FeedReceiver.objects.filter(receivers.WAITING),
        since="proposed_at", page="clues_feedreceiver", query="waiting=yes", group=_("Rules"),
    ),
    Queue(
        "screening-suspensions", _("Suspensions of screening to look at"),
        lambda: ScreeningSuspension.objects.filter(state=ScreeningSuspension.PENDING),
        since="begun_at", page="clues_screeningsuspension", query=f"state={ScreeningSuspension.PENDING}", group=_("Rules"),
    ),
    Queue(
        "noise", _("Noise entries to decide"), lambda: NoiseEntry.objects.filter(state=NoiseEntry.PROPOSED),
        since="proposed_at", page="clues_noiseentry", query=f"state={NoiseEntry.PROPOSED}", group=_("Rules"),
    ),
    Queue(
        "lawful-use", _("Lawful-use matrices to sign"),
        lambda: LawfulUseMatrix.objects.filter(state=LawfulUseMatrix.PROPOSED),
        since="proposed_at", page="clues_lawfulusematrix", query=f"state={LawfulUseMatrix.PROPOSED}",
        group=_("Rules"),
    ),
    Queue(
        "guidance", _("Guidance to sign"),
        lambda: GuidanceVersion.objects.filter(state=GuidanceVersion.PROPOSED),
        since="proposed_at", page="clues_guidanceversion", query=f"state={GuidanceVersion.PROPOSED}",
        group=_("Rules"),
    ),
    Queue(
        "requests-escalated", _("Requests whose clock ran out"),
        lambda: RequestParty.objects.filter(escalated_at__isnull=False, state__in=sorted(OPEN)),
        since="escalated_at", page="clues_requestparty", query="queue=escalated", group=_("Cases"),
    ),
    *(
        Queue(f"official-{state}", label, _official(state), since=since, page="clues_officialrequest",
              query=f"state={state}", late=_official_late, group=_("Cases"))
        for state, since, label in (
            (OfficialRequest.REGISTERED, "registered_at", _("Official requests to check")),
            (OfficialRequest.PROPOSED, "proposed_at", _("Official requests to decide")),
            (OfficialRequest.ROUTED, "decided_at", _("Official requests to answer")),
        )
    ),
    Queue(
        "rings-new", _("Rings that nobody has looked at"),
        lambda: Ring.objects.filter(state=Ring.OPEN, reviews__isnull=True),
        since="updated_at", page="clues_ring", query=f"review={review.NEW}", group=_("Rings"),
    ),
    Queue(
        "rings-proposed", _("Rings that wait for a second person"),
        lambda: Ring.objects.filter(reviews__state=RingReview.PROPOSED),
        since="reviews__proposed_at", page="clues_ring", query=f"review={RingReview.PROPOSED}", group=_("Rings"),
    ),
    *_DECISIONS,
    Queue(
        "packages", _("Report packages made, and not released"), lambda: Package.objects.filter(state=Package.BUILT),
        since="built_at", page="clues_package", query=f"state={Package.BUILT}", group=_("Cases"),
    ),
    *(_cases(state) for state in STATES if state not in RESTING),
    Queue(
        "procedure-entries", _("Procedure entries to confirm"), waiting.to_confirm,
        since="recorded_at", page="clues_procedureentry", query="status=waiting", group=_("Cases"),
    ),
    Queue(
        "procedure-deadlines", _("Statutory deadlines over"), lambda: waiting.overdue(today(timezone.now())),
        since="recorded_at", page="clues_procedureentry", query="status=overdue", late=lambda rows, _now: rows,
        group=_("Cases"),
    ),
)  # fmt: skip
for row in ROWS:
    queues.add(row)

for kind, page in {"B": "clues_batch", "C": "clues_clue", "M": "clues_match", "R": "clues_ring", "CASE": "clues_case",
                   "Q": "clues_noiseentry", "DI": "clues_disposition", "P": "clues_proceeding",
                   "PE": "clues_procedureentry"}.items():  # fmt: skip
    references.add(kind, page)
references.add("RQ", "clues_requestparty", query="request__id__exact={}")
references.add("D", "clues_disputedclue", query="dispute__id__exact={}")
references.add("ED", "clues_evidencedemand")
references.add("CT", "clues_content")
references.add("FE", "clues_feedentry")
references.add("ST", "clues_statement")
references.add("EV", "clues_evidenceitem")
references.add("CP", "clues_campaign")
references.add("OR", "clues_officialrequest")
references.add("PK", "clues_package")
references.add("SS", "clues_screeningsuspension")
references.add("HT", "clues_honeytoken")
