"""Addresses below /portal/api/ that belong to `clues`: what the pages' scripts ask, and where they post tokens."""

from django.urls import path

from .batches import BatchesView, BatchResultsView, BatchView
from .clues import ClueView
from .disputes import DisputesView
from .evidence import CaseEvidenceView
from .evidence_uploads import EvidenceUploadFinishView, EvidenceUploadView
from .matches import MatchesView
from .noise import NoiseView
from .oprf import DirectoryView
from .screenings import ScreeningsView
from .vocabulary import VocabularyView
from .watches import WatchesView

app_name = "clues-session"

urlpatterns = [
    path("batches", BatchesView.as_view(), name="batches"),
    path("batches/<str:batch>", BatchView.as_view(), name="batch"),
    path("batches/<str:batch>/results", BatchResultsView.as_view(), name="batch-results"),
    path("clues/<str:clue>", ClueView.as_view(), name="clue"),
    path("matches", MatchesView.as_view(), name="matches"),
    path("screenings", ScreeningsView.as_view(), name="screenings"),
    path("watches", WatchesView.as_view(), name="watches"),
    path("disputes", DisputesView.as_view(), name="disputes"),
    path("noise", NoiseView.as_view(), name="noise"),
    path("cases/<str:case>/evidence", CaseEvidenceView.as_view(), name="case-evidence"),
    path("evidence-uploads/<str:upload>", EvidenceUploadView.as_view(), name="evidence-upload"),
    path("evidence-uploads/<str:upload>/finish", EvidenceUploadFinishView.as_view(), name="evidence-upload-finish"),
    path("oprf/directory", DirectoryView.as_view(), name="oprf-directory"),
    path("vocabulary", VocabularyView.as_view(), name="vocabulary"),
]
