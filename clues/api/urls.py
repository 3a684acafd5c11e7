"""Addresses below /api/v1/ that belong to `clues`."""

from django.urls import path

from .batches import BatchesView, BatchHoldView, BatchResultsView, BatchView
from .campaigns import CampaignsView, CampaignView
from .case_parts import CaseNamesView, CasePartReadyView, CasePartsView, CasePartView
from .case_tasks import CaseTaskAnswerView, CaseTaskCancelView, CaseTasksView, CaseTaskView
from .cases import CaseActionsView, CasesView, CaseView
from .checklists import CaseChargesView, CaseChargeView, CaseElementsView, ChecklistView
from .clues import ClueExtendView, ClueHistoryView, CluesView, ClueView, ClueWithdrawView
from .content import ContentsView, ContentView
from .dispositions import DispositionActView, DispositionsView, DispositionView, LiftAnswerView
from .disputes import DisputeAnswerView, DisputesView, DisputeView, ReceivedDisputesView
from .events import EventsView, EventView
from .evidence import CaseEvidenceView, EvidenceCustodyView, EvidenceOpenView, EvidenceView
from .evidence_demands import EvidenceDemandFileView, EvidenceDemandsView, EvidenceDemandView, ReputationView
from .evidence_uploads import EvidenceUploadFinishView, EvidenceUploadView
from .exports import ExportView
from .feeds import (
    FeedAcknowledgmentsView,
    FeedEntriesView,
    FeedValuesView,
    FeedValueView,
    FeedValueWithdrawView,
)
from .matches import FeedbackView, MatchesView, MatchView
from .noise import NoiseRemoveView, NoiseView
from .official_requests import OfficialReplyView, OfficialRequestsView, OfficialRequestView
from .oprf import DirectoryView
from .outcomes import GuidanceView, OutcomesView
from .packages import CasePackagesView
from .part_identifiers import PartIdentifiersView, PartIdentifierView
from .procedure_entries import ProcedureEntriesView
from .requests import (
    AddresseesView,
    ReceivedRequestsView,
    RequestAnswerView,
    RequestCloseView,
    RequestDeclineView,
    RequestsView,
    RequestTakeUpView,
    RequestView,
    RequestWithdrawView,
)
from .rings import RingsView, RingView
from .schema import SchemaView
from .screening_ledger import ScreeningLedgerView
from .screenings import ScreeningsView
from .statements import StatementsView, StatementView
from .vocabulary import VocabularyView
from .watches import WatchCancelView, WatchesView, WatchView

app_name = "clues-api"

urlpatterns = [
    path("screenings", ScreeningsView.as_view(), name="screenings"),
    path("log/screenings", ScreeningLedgerView.as_view(), name="screening-ledger"),
    path("batches", BatchesView.as_view(), name="batches"),
    path("batches/<str:batch>", BatchView.as_view(), name="batch"),
    path("batches/<str:batch>/hold", BatchHoldView.as_view(), name="batch-hold"),
    path("batches/<str:batch>/results", BatchResultsView.as_view(), name="batch-results"),
    path("evidence-demands", EvidenceDemandsView.as_view(), name="evidence-demands"),
    path("evidence-demands/<str:demand>", EvidenceDemandView.as_view(), name="evidence-demand"),
    path("evidence-demands/<str:demand>/file", EvidenceDemandFileView.as_view(), name="evidence-demand-file"),
    path("reputation", ReputationView.as_view(), name="reputation"),
    path("clues", CluesView.as_view(), name="clues"),
    path("clues/<str:clue>", ClueView.as_view(), name="clue"),
    path("clues/<str:clue>/history", ClueHistoryView.as_view(), name="clue-history"),
    path("clues/<str:clue>/withdraw", ClueWithdrawView.as_view(), name="clue-withdraw"),
    path("clues/<str:clue>/extend", ClueExtendView.as_view(), name="clue-extend"),
    path("matches", MatchesView.as_view(), name="matches"),
    path("matches/<str:match>", MatchView.as_view(), name="match"),
    path("matches/<str:match>/feedback", FeedbackView.as_view(), name="match-feedback"),
    path("events", EventsView.as_view(), name="events"),
    path("events/<str:event>", EventView.as_view(), name="event"),
    path("rings", RingsView.as_view(), name="rings"),
    path("rings/<str:ring>", RingView.as_view(), name="ring"),
    path("cases", CasesView.as_view(), name="cases"),
    path("cases/<str:case>", CaseView.as_view(), name="case"),
    path("cases/<str:case>/actions", CaseActionsView.as_view(), name="case-actions"),
    path("campaigns", CampaignsView.as_view(), name="campaigns"),
    path("campaigns/<str:campaign>", CampaignView.as_view(), name="campaign"),
    path("official-requests", OfficialRequestsView.as_view(), name="official-requests"),
    path("official-requests/<str:official>", OfficialRequestView.as_view(), name="official-request"),
    path("official-requests/<str:official>/reply", OfficialReplyView.as_view(), name="official-reply"),
    path("content", ContentsView.as_view(), name="contents"),
    path("content/<str:content>", ContentView.as_view(), name="content"),
    path("dispositions", DispositionsView.as_view(), name="dispositions"),
    path("dispositions/<str:disposition>", DispositionView.as_view(), name="disposition"),
    path("dispositions/<str:disposition>/act", DispositionActView.as_view(), name="disposition-act"),
    path("dispositions/<str:disposition>/lift", LiftAnswerView.as_view(), name="disposition-lift"),
    path("cases/<str:case>/tasks", CaseTasksView.as_view(), name="case-tasks"),
    path("cases/<str:case>/tasks/<str:task>", CaseTaskView.as_view(), name="case-task"),
    path("cases/<str:case>/tasks/<str:task>/answer", CaseTaskAnswerView.as_view(), name="case-task-answer"),
    path("cases/<str:case>/tasks/<str:task>/cancel", CaseTaskCancelView.as_view(), name="case-task-cancel"),
    path("cases/<str:case>/evidence", CaseEvidenceView.as_view(), name="case-evidence"),
    path("evidence/<str:evidence>", EvidenceView.as_view(), name="evidence"),
    path("evidence/<str:evidence>/custody", EvidenceCustodyView.as_view(), name="evidence-custody"),
    path("evidence/<str:evidence>/open", EvidenceOpenView.as_view(), name="evidence-open"),
    path("evidence-uploads/<str:upload>", EvidenceUploadView.as_view(), name="evidence-upload"),
    path("evidence-uploads/<str:upload>/finish", EvidenceUploadFinishView.as_view(), name="evidence-upload-finish"),
    path("cases/<str:case>/checklist", ChecklistView.as_view(), name="case-checklist"),
    path("cases/<str:case>/charges", CaseChargesView.as_view(), name="case-charges"),
    path("cases/<str:case>/charges/<str:charge>", CaseChargeView.as_view(), name="case-charge"),
    path("cases/<str:case>/charges/<str:charge>/elements", CaseElementsView.as_view(), name="case-elements"),
    path("cases/<str:case>/part", CasePartView.as_view(), name="case-part"),
    path("cases/<str:case>/packages", CasePackagesView.as_view(), name="case-packages"),
    path("cases/<str:case>/part/identifiers", PartIdentifiersView.as_view(), name="case-part-identifiers"),
    path(
        "cases/<str:case>/part/identifiers/<str:identifier>",
        PartIdentifierView.as_view(),
        name="case-part-identifier",
    ),
    path("cases/<str:case>/part/ready", CasePartReadyView.as_view(), name="case-part-ready"),
    path("cases/<str:case>/parts", CasePartsView.as_view(), name="case-parts"),
    path("cases/<str:case>/names", CaseNamesView.as_view(), name="case-names"),
    path("disputes", DisputesView.as_view(), name="disputes"),
    path("disputes/received", ReceivedDisputesView.as_view(), name="disputes-received"),
    path("disputes/<str:dispute>", DisputeView.as_view(), name="dispute"),
    path("disputes/<str:dispute>/answer", DisputeAnswerView.as_view(), name="dispute-answer"),
    path("requests", RequestsView.as_view(), name="requests"),
    path("requests/received", ReceivedRequestsView.as_view(), name="requests-received"),
    path("requests/addressees", AddresseesView.as_view(), name="request-addressees"),
    path("requests/<str:request_ref>", RequestView.as_view(), name="request"),
    path("requests/<str:request_ref>/take-up", RequestTakeUpView.as_view(), name="request-take-up"),
    path("requests/<str:request_ref>/answer", RequestAnswerView.as_view(), name="request-answer"),
    path("requests/<str:request_ref>/decline", RequestDeclineView.as_view(), name="request-decline"),
    path("requests/<str:request_ref>/withdraw", RequestWithdrawView.as_view(), name="request-withdraw"),
    path("requests/<str:request_ref>/close", RequestCloseView.as_view(), name="request-close"),
    path("watches", WatchesView.as_view(), name="watches"),
    path("watches/<str:watch>", WatchView.as_view(), name="watch"),
    path("watches/<str:watch>/cancel", WatchCancelView.as_view(), name="watch-cancel"),
    path("noise", NoiseView.as_view(), name="noise"),
    path("noise/<str:entry>/remove", NoiseRemoveView.as_view(), name="noise-remove"),
    path("cases/<str:case>/entries", ProcedureEntriesView.as_view(), name="case-entries"),
    path("feeds/entries", FeedEntriesView.as_view(), name="feed-entries"),
    path("feeds/acknowledgments", FeedAcknowledgmentsView.as_view(), name="feed-acknowledgments"),
    path("feeds/values", FeedValuesView.as_view(), name="feed-values"),
    path("feeds/values/<str:entry>", FeedValueView.as_view(), name="feed-value"),
    path("feeds/values/<str:entry>/withdraw", FeedValueWithdrawView.as_view(), name="feed-value-withdraw"),
    path("statements", StatementsView.as_view(), name="statements"),
    path("statements/<str:statement>", StatementView.as_view(), name="statement"),
    path("exports/<slug:what>", ExportView.as_view(), name="export"),
    path("outcomes", OutcomesView.as_view(), name="outcomes"),
    path("guidance", GuidanceView.as_view(), name="guidance"),
    path("oprf/directory", DirectoryView.as_view(), name="oprf-directory"),
    path("vocabulary", VocabularyView.as_view(), name="vocabulary"),
    path("schema", SchemaView.as_view(), name="schema"),
]
