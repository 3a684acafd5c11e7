"""Addresses below /api/v1/ that belong to `clues`."""

from django.urls import path

from .batches import BatchesView, BatchResultsView, BatchView
from .disputes import DisputeAnswerView, DisputesView, DisputeView, ReceivedDisputesView
from .events import EventsView, EventView
from .matches import MatchesView, MatchView
from .oprf import DirectoryView
from .schema import SchemaView
from .screenings import ScreeningsView
from .vocabulary import VocabularyView

app_name = "clues-api"

urlpatterns = [
    path("screenings", ScreeningsView.as_view(), name="screenings"),
    path("batches", BatchesView.as_view(), name="batches"),
    path("batches/<str:batch>", BatchView.as_view(), name="batch"),
    path("batches/<str:batch>/results", BatchResultsView.as_view(), name="batch-results"),
    path("matches", MatchesView.as_view(), name="matches"),
    path("matches/<str:match>", MatchView.as_view(), name="match"),
    path("events", EventsView.as_view(), name="events"),
    path("events/<str:event>", EventView.as_view(), name="event"),
    path("disputes", DisputesView.as_view(), name="disputes"),
    path("disputes/received", ReceivedDisputesView.as_view(), name="disputes-received"),
    path("disputes/<str:dispute>", DisputeView.as_view(), name="dispute"),
    path("disputes/<str:dispute>/answer", DisputeAnswerView.as_view(), name="dispute-answer"),
    path("oprf/directory", DirectoryView.as_view(), name="oprf-directory"),
    path("vocabulary", VocabularyView.as_view(), name="vocabulary"),
    path("schema", SchemaView.as_view(), name="schema"),
]
