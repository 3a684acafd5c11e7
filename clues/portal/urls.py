"""Addresses of the portal that belong to `clues`."""

from django.urls import path

from clues.portal import (
    batches,
    cases,
    dashboard,
    disputes,
    match,
    matches,
    new_clue,
    noise,
    notifications,
    rings,
    screenings,
    watches,
)

app_name = "clues"

urlpatterns = [
    path("", dashboard.dashboard, name="dashboard"),
    path("portal/notifications", notifications.notifications, name="notifications"),
    path("portal/notifications/count", notifications.count, name="notification-count"),
    path("portal/notifications/read", notifications.mark_all_read, name="notifications-read"),
    path("portal/notifications/preferences", notifications.preferences, name="notification-preferences"),
    path("portal/notifications/<str:event>/read", notifications.mark_read, name="notification-read"),
    path("portal/clues/new", new_clue.new_clue, name="clue-new"),
    path("portal/batches", batches.batches, name="batches"),
    path("portal/batches/<str:batch>", batches.batch, name="batch"),
    path("portal/matches", matches.matches, name="matches"),
    path("portal/matches/work", matches.matches_work, name="matches-work"),
    path("portal/matches/read", matches.matches_read, name="matches-read"),
    path("portal/matches/<str:match>", match.match, name="match"),
    path("portal/matches/<str:match>/work", match.match_work, name="match-work"),
    path("portal/matches/<str:match>/read", match.match_read, name="match-read"),
    path("portal/matches/<str:match>/feedback", match.match_feedback, name="match-feedback"),
    path("portal/rings", rings.rings, name="rings"),
    path("portal/rings/<str:ring>", rings.ring, name="ring"),
    path("portal/cases", cases.cases, name="cases"),
    path("portal/cases/<str:case>", cases.case, name="case"),
    path("portal/screenings", screenings.screenings, name="screenings"),
    path("portal/screenings/history", screenings.history, name="screening-history"),
    path("portal/watches", watches.watches, name="watches"),
    path("portal/watches/new", watches.new, name="watch-new"),
    path("portal/watches/<str:watch>", watches.watch, name="watch"),
    path("portal/watches/<str:watch>/extend", watches.extend, name="watch-extend"),
    path("portal/watches/<str:watch>/cancel", watches.cancel, name="watch-cancel"),
    path("portal/disputes", disputes.disputes, name="disputes"),
    path("portal/disputes/new", disputes.new, name="dispute-new"),
    path("portal/disputes/received", disputes.received, name="disputes-received"),
    path("portal/disputes/<str:dispute>", disputes.dispute, name="dispute"),
    path("portal/disputes/<str:dispute>/answer/<str:clue>", disputes.answer, name="dispute-answer"),
    path("portal/noise", noise.noise, name="noise"),
    path("portal/noise/<str:entry>/remove", noise.remove, name="noise-remove"),
]
