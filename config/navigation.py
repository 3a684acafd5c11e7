"""The portal's navigation: one table, filtered by what the role may do. A page names its `section` in the context."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.http import HttpRequest  # noqa: TID251 - a context processor is HTTP
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _

from members.operations.factors import get_proof
from members.permissions import Permission, can

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise


@dataclass(frozen=True, slots=True)
class Entry:
    """One page in the side bar; without a permission everybody of a member sees it."""

    section: str
    route: str
    label: StrPromise
    icon: str
    shortcut: str
    permission: Permission | None = None


_SUBMIT, _CLUES, _MATCHES = Permission.CLUE_SUBMIT, Permission.CLUE_VIEW, Permission.MATCH_VIEW
GROUPS: tuple[tuple[StrPromise, tuple[Entry, ...]], ...] = (
    (
        _("Work"),
        (
            Entry("dashboard", "clues:dashboard", _("Overview"), "home", "g o"),
            Entry("matches", "clues:matches", _("Match inbox"), "inbox", "g m", _MATCHES),
            Entry("rings", "clues:rings", _("Rings"), "affiliate", "g r", _MATCHES),
            Entry("requests", "clues:requests", _("Requests"), "messages", "g q", Permission.REQUEST_VIEW),
            Entry(
                "official",
                "clues:official-requests",
                _("Official requests"),
                "building-bank",
                "g 0",
                Permission.REQUEST_VIEW,
            ),
            Entry("cases", "clues:cases", _("Cases"), "briefcase", "g c", Permission.CASE_VIEW),
            Entry("case-work", "clues:case-work", _("Joint work"), "checklist", "g j", Permission.CASE_VIEW),
            Entry("outcomes", "clues:outcomes", _("Outcomes"), "circle-check", "g y", Permission.CASE_VIEW),
            Entry("campaigns", "clues:campaigns", _("Campaigns"), "flag", "g f", Permission.CASE_VIEW),
            Entry("statements", "clues:statements", _("Statements"), "printer", "g 1", Permission.CASE_VIEW),
            Entry("dispositions", "clues:dispositions", _("Dispositions"), "shield-check", "g p", _CLUES),
        ),
    ),
    (
        _("Report"),
        (
            Entry("new-clue", "clues:clue-new", _("New clue"), "file-plus", "g n", _SUBMIT),
            Entry("imports", "clues:imports", _("Import"), "file-import", "g i", _SUBMIT),
            Entry("clues", "clues:clues", _("Our clues"), "files", "g l", _CLUES),
            Entry("reviews", "clues:reviews", _("Reviews"), "list-check", "g v", Permission.CLUE_REVIEW),
            Entry("content", "clues:content", _("Content"), "world", "g 2", _CLUES),
            Entry("feeds", "clues:feeds", _("Feeds"), "external-link", "g 3", _CLUES),
            Entry("exports", "clues:exports", _("Exports"), "download", "g g", _CLUES),
            Entry("batches", "clues:batches", _("Batches"), "stack-2", "g b", _CLUES),
        ),
    ),
    (
        _("Ask"),
        (
            Entry("screenings", "clues:screenings", _("Screening"), "search", "g s", Permission.SCREEN),
            Entry("watches", "clues:watches", _("Watches"), "eye", "g w", Permission.SCREEN),
            Entry("disputes", "clues:disputes", _("Disputes"), "scale", "g d", Permission.SCREEN),
            Entry(
                "disputes-received", "clues:disputes-received", _("Disputes received"), "alert-triangle", "g e", _CLUES
            ),
            Entry("evidence-demands", "clues:evidence-demands", _("Evidence to show"), "checklist", "g 5", _CLUES),
            Entry("noise", "clues:noise", _("Own numbers"), "volume-off", "g x", _CLUES),
        ),
    ),
    (
        _("Institution"),
        (
            Entry("team", "members:team", _("Team"), "users", "g t", Permission.TEAM_MANAGE),
            Entry("keys", "members:credentials", _("Keys"), "key", "g k", Permission.KEY_MANAGE),
            Entry("audit", "members:audit", _("Audit trail"), "history", "g 4", Permission.AUDIT_VIEW),
            Entry("webhooks", "members:webhooks", _("Webhooks"), "webhook", "g h", Permission.KEY_MANAGE),
        ),
    ),
    (
        _("Personal"),
        (
            Entry("notifications", "clues:notifications", _("Notifications"), "bell", "g u"),
            Entry("account", "members:account", _("Account"), "user", "g a"),
            Entry("guidance", "clues:guidance", _("Guidance"), "bookmark", "g z", Permission.CASE_VIEW),
            Entry("help", "members:help", _("Help"), "help", "g ?"),
        ),
    ),
)


def navigation(request: HttpRequest) -> dict[str, Any]:
    """Return `navigation`: [(title, [entry with its url])] for the person of the request; empty for nobody."""
    user: Any = getattr(request, "user", None)
    if user is None or not user.is_authenticated or user.is_alliance or get_proof(request) is None:
        return {"navigation": []}  # without a second factor none of it is open
    groups = []
    for title, entries in GROUPS:
        shown = [
            {"section": entry.section, "url": url, "label": entry.label, "icon": entry.icon, "shortcut": entry.shortcut}
            for entry in entries
            if (entry.permission is None or can(user, entry.permission)) and (url := _url(entry.route))
        ]
        if shown:
            groups.append((title, shown))
    return {"navigation": groups}


def _url(route: str) -> str | None:
    """The desk shows the same error pages and has no portal."""
    try:
        return reverse(route)
    except NoReverseMatch:
        return None
