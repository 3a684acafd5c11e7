"""Content at the desk: what waits for each platform, sheets to hand over, and what the platforms answered."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from aif_share.errors import Refusal
from aif_share.vocabulary import platforms, takedown_refusals
from clues.admin.columns import TYPES, ColumnsAdmin, local, ref, shown, table
from clues.admin.looked import LookedAtAdmin
from clues.content import answering, queries, sheets, workflow
from clues.feeds import entries
from clues.models import Content, ContentAnswers, ContentReport, ContentSheet, ContentStep, FeedEntry
from members.admin.base import Operation
from members.admin.site import site
from members.audit.reads import Look
from members.models import User
from members.permissions import Permission
from members.templatetags.members import label

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _act(action: str) -> Any:
    def run(row: Content, *, by: User, now: datetime, reason: str = "") -> Content:
        return answering.act(content=row.pk, action=action, by=by, now=now, reason=reason)

    return run


def _feed(row: Content, *, by: User, now: datetime) -> FeedEntry:
    return entries.propose_content(content=row.pk, by=by, now=now)


def _open_to(action: str) -> Any:
    return lambda row: action in {each.action for each in workflow.actions_for(row.state)}


class RefusalForm(forms.Form):
    """Why it is not taken down."""

    reason = forms.ChoiceField(
        label=_("Reason"),
        choices=lambda: [(row.code, label(row.code, "takedown-refusals")) for row in takedown_refusals.ROWS],
    )


def _waiting() -> list[tuple[str, str]]:
    return [
        (code, f"{label(code, 'platforms')} ({to_ask})")
        for code, (to_ask, _asked) in queries.count_waiting().items()
        if to_ask
    ]


class SheetForm(forms.Form):
    """Which platform the next sheet is for, with how many links wait."""

    platform = forms.ChoiceField(
        label=_("Platform"), choices=_waiting,
        help_text=_("The oldest links first, a thousand at most. They count as requested from now on."),
    )  # fmt: skip


class AnswersForm(forms.Form):
    """A platform's answers."""

    file = forms.FileField(
        label=_("CSV with the answers"),
        help_text=_("The sheet with the columns no, answer and reason filled in. Rows that are not right are listed."),
    )


def _make(_row: None, *, by: User, now: datetime, platform: str) -> ContentSheet:
    return sheets.make_sheet(platform=platform, by=by, now=now)


def _import(row: ContentSheet, *, by: User, now: datetime, file: Any) -> ContentAnswers:
    return answering.import_answers(sheet=row.pk, file=file.read(answering.MOST_BYTES + 1), by=by, now=now)


@admin.display(description=_("state"), ordering="state")
def state(row: Content) -> str:
    """Where it stands, in words."""
    return str(workflow.STATES[row.state])


@admin.display(description=_("reporters"))
def reporters(row: Content) -> str:
    """Who reported it: the desk alone sees names."""
    found = ContentReport.objects.filter(content=row).select_related("institution").order_by("id")
    return table(
        (_("institution"), _("category"), _("observed at"), _("SHA-256 of the capture"), _("note")),
        (
            (
                each.institution,
                label(each.category, "categories"),
                local(each.observed_at) if each.observed_at else "—",
                bytes(each.capture_sha256).hex() if each.capture_sha256 else "—",
                each.note,
            )
            for each in found
        ),
    )


@admin.display(description=_("history"))
def history(row: Content) -> str:
    """What happened with it."""
    steps = ContentStep.objects.filter(content=row).order_by("id")
    return table(
        (_("at"), _("state"), _("reason"), _("by")),
        (
            (local(each.at), workflow.STATES[each.to_state], label(each.reason, "takedown-refusals"), each.by_ref)
            for each in steps
        ),
    )


class StateFilter(admin.SimpleListFilter):
    """By state, in words."""

    title = _("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        """Return the states, and what waits for a request."""
        return [("to-request", _("to ask the platform about")), *workflow.STATES.items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Return the rows in the chosen state."""
        if self.value() == "to-request":
            return queryset.filter(state__in=workflow.TO_REQUEST)
        return queryset if self.value() is None else queryset.filter(state=self.value())


class PlatformFilter(admin.SimpleListFilter):
    """By platform, with its name."""

    title = _("platform")
    parameter_name = "platform"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        """Return the platforms."""
        return [(code, label(code, "platforms")) for code in platforms.BY_CODE]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Return the rows of the chosen platform."""
        return queryset if self.value() is None else queryset.filter(platform=self.value())


@admin.register(Content, site=site)
class ContentAdmin(LookedAtAdmin):
    """Newest first. No link can be clicked: what it shows may be harmful."""

    kind = "CT"
    list_display = (
        ref("CT"),
        shown("canonical", _("canonical link")),
        shown("platform", _("platform"), vocabulary="platforms"),
        shown("category", _("category"), vocabulary="categories"),
        state,
        shown("first_reported_at", _("first reported at")),
    )
    list_filter = (StateFilter, PlatformFilter)
    ordering = ("-id",)
    columns = (
        *list_display,
        shown("link", _("link as first reported")),
        shown("type", _("type"), vocabulary=TYPES),
        shown("reason", _("reason"), vocabulary="takedown-refusals"),
        shown("requested_at", _("requested at")),
        shown("removed_at", _("removed at")),
        shown("reappeared_at", _("re-appeared at")),
        shown("requests", _("requests, times")),
        shown("removals", _("removals, times")),
        shown("reappearances", _("re-appeared, times")),
        reporters,
        history,
    )
    operations = (
        Operation("remove", _("It is removed"), _act("remove"), Permission.CONTENT_WORK,
                  _("Recorded. Whoever reported it is told."), open_for=_open_to("remove")),
        Operation("reappear", _("It re-appeared"), _act("reappear"), Permission.CONTENT_WORK,
                  _("Recorded. It goes on the next sheet."), open_for=_open_to("reappear")),
        Operation("feed", _("Propose for the feeds"), _feed, Permission.CONTENT_WORK,
                  _("Proposed. It stands on the feeds once a second person approved it.")),
        Operation("request", _("Request the takedown"), _act("request"), Permission.CONTENT_WORK,
                  _("Recorded as requested, beside any sheet."), open_for=_open_to("request")),
        Operation("reject", _("Not taken down"), _act("reject"), Permission.CONTENT_WORK,
                  _("Recorded. Whoever reported it is told."), form=RefusalForm, open_for=_open_to("reject"), hurts=True),
    )  # fmt: skip

    def concerned(self, row: Content) -> Iterable[Look]:
        """Return who reported it."""
        found = ContentReport.objects.filter(content=row).values_list("institution_id", flat=True)
        return [(number, self.reference_of(row)) for number in found]


@admin.display(description=_("number"))
def number(row: ContentSheet) -> str:
    """Platform and number."""
    return str(row)


@admin.display(description=_("links"))
def size(row: ContentSheet) -> str:
    """How many links it holds."""
    return str(len(row.contents))


@admin.display(description=_("files"))
def files(row: ContentSheet) -> str:
    """The sheet as it was handed over."""
    address = reverse("admin:clues_contentsheet_file", args=[row.pk, "csv"])
    workbook = reverse("admin:clues_contentsheet_file", args=[row.pk, "xlsx"])
    return format_html('<a href="{}">CSV</a> · <a href="{}">XLSX</a>', address, workbook)


@admin.display(description=_("answers of the platform"))
def answers(row: ContentSheet) -> str:
    """The files with answers, and which of their rows were refused with which code."""
    found = ContentAnswers.objects.filter(sheet=row).select_related("by").order_by("-id")
    return table(
        (_("at"), _("by"), _("taken"), _("refused rows"), "SHA-256"),
        (
            (
                local(each.at),
                each.by,
                each.taken,
                ", ".join(f"{no}: {code}" for no, code in each.faults) or "—",
                each.sha256,
            )
            for each in found
        ),
    )


@admin.register(ContentSheet, site=site)
class ContentSheetAdmin(ColumnsAdmin):
    """Newest first: what was handed to a platform, when, by whom, and what it answered."""

    list_display = (
        number,
        shown("platform", _("platform"), vocabulary="platforms"),
        size,
        shown("made_at", _("made at")),
        shown("made_by", _("made by")),
    )
    list_filter = (PlatformFilter,)
    list_select_related = ("made_by",)
    ordering = ("-id",)
    columns = (
        *list_display,
        files,
        shown("csv_sha256", _("SHA-256 of the CSV")),
        shown("xlsx_sha256", _("SHA-256 of the workbook")),
        answers,
    )
    operations = (
        Operation("make", _("Make a sheet"), _make, Permission.CONTENT_WORK,
                  _("The sheet is made; its links count as requested."), form=SheetForm, on_list=True),
        Operation("answers", _("Import answers"), _import, Permission.CONTENT_WORK,
                  _("Imported. The list of answers says which rows were refused, and why."), form=AnswersForm),
    )  # fmt: skip

    def get_urls(self) -> list[Any]:
        """The stock addresses and the files."""
        view = self.admin_site.admin_view(self.file)
        return [path("<int:object_id>/file/<slug:form>/", view, name="clues_contentsheet_file"), *super().get_urls()]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Leave the files where they are until one is asked for."""
        return super().get_queryset(request).defer("csv", "xlsx")

    def file(self, request: HttpRequest, object_id: int, form: str) -> HttpResponse:
        """Send a file of a sheet."""
        try:
            name, body = sheets.take_file(sheet=object_id, form=form, by=request.user, now=timezone.now())  # type: ignore[arg-type]
        except Refusal as refusal:
            if refusal.code == "permission-missing":
                raise PermissionDenied from None
            raise Http404 from None
        answer = HttpResponse(body, content_type="text/csv; charset=utf-8" if form == "csv" else XLSX)
        answer["Content-Disposition"] = f'attachment; filename="{name}"'
        return answer
