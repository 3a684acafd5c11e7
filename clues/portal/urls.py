"""Addresses of the portal that belong to `clues`."""

from django.urls import path

from clues.portal import batches, cases, dashboard, matches

app_name = "clues"

urlpatterns = [
    path("", dashboard.dashboard, name="dashboard"),
    path("portal/events/read", dashboard.mark_read, name="events-read"),
    path("portal/batches", batches.batches, name="batches"),
    path("portal/batches/<str:batch>", batches.batch, name="batch"),
    path("portal/matches", matches.matches, name="matches"),
    path("portal/matches/<str:match>", matches.match, name="match"),
    path("portal/cases", cases.cases, name="cases"),
    path("portal/cases/<str:case>", cases.case, name="case"),
]
