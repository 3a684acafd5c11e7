"""Statements at the desk: every bulletin in both editions, every institution's own; a bulletin can be made anew."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path, reverse
from django.utils.html import format_html, format_html_join
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from aif_share.errors import Refusal
from aif_share.vocabulary import Term
from clues.admin.columns import ref, shown, table
from clues.admin.looked import LookedAtAdmin
from clues.models import Statement
from clues.statements import making, queries
from clues.statements.paper import plain, show
from members.admin.base import Operation
from members.admin.site import site
from members.models import User
from members.permissions import Permission

KINDS = {"bulletin": _("Monthly bulletin"), "quarterly": _("Quarterly statement")}
EDITIONS = {
    "exact": _("the alliance's, exact"),
    "members": _("the members', rounded"),
    "own": _("the institution's own"),
}


class MonthForm(forms.Form):
    """Which month."""

    month = forms.DateField(
        label=_("A day of the month"),
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=_("A month under way is counted up to now. What was made before stays, under its own version."),
    )


def _make(_row: None, *, by: User, now: datetime, month: date) -> tuple[Statement, ...]:
    return making.make_bulletin(month=month, by=by, now=now)


def _label(term: Term) -> str:
    return term.zh if (get_language() or "").startswith("zh") else term.en


@admin.display(description=_("kind"), ordering="kind")
def what(row: Statement) -> str:
    """What it is, in words."""
    return str(KINDS[row.kind])


@admin.display(description=_("edition"))
def edition(row: Statement) -> str:
    """Whose it is, in words."""
    return str(EDITIONS[row.edition])


@admin.display(description=_("files"))
def files(row: Statement) -> str:
    """The statement as it was made."""
    addresses = [reverse("admin:clues_statement_file", args=[row.pk, form]) for form in ("pdf", "csv")]
    return format_html('<a href="{}">PDF</a> · <a href="{}">CSV</a>', *addresses)


@admin.display(description=_("figures"))
def figures(row: Statement) -> str:
    """What stands in it: a table for each section, a column for each span."""
    return format_html_join(
        "",
        "<h3>{}</h3>{}",
        (
            (
                _label(section.term),
                table(
                    (_("figure"), *(_label(column) for column in section.columns)),
                    ((_label(line.term), *(plain(each, line.unit) for each in line.values)) for line in section.lines),
                ),
            )
            for section in show(row.figures)
        ),
    )


@admin.register(Statement, site=site)
class StatementAdmin(LookedAtAdmin):
    """Newest first."""

    kind = "ST"
    list_display = (
        ref("ST"),
        what,
        edition,
        shown("institution", _("institution")),
        shown("since", _("first day")),
        shown("version", _("version")),
        shown("as_of", _("figures of")),
    )
    list_filter = ("kind", "edition")
    list_select_related = ("institution",)
    ordering = ("-id",)
    columns = (
        *list_display,
        shown("made_by_ref", _("made by")),
        files,
        shown("pdf_sha256", _("SHA-256 of the PDF")),
        shown("csv_sha256", _("SHA-256 of the CSV")),
        figures,
    )
    operations = (
        Operation("make", _("Make a bulletin"), _make, Permission.PROCEDURE_RECORD,
                  _("The bulletin is made, in both editions; members can read theirs."), form=MonthForm, on_list=True),
    )  # fmt: skip

    def get_urls(self) -> list[Any]:
        """The stock addresses and the files."""
        view = self.admin_site.admin_view(self.file)
        return [path("<int:object_id>/file/<slug:form>/", view, name="clues_statement_file"), *super().get_urls()]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Leave the files where they are until one is asked for."""
        return super().get_queryset(request).defer("csv", "pdf")

    def file(self, request: HttpRequest, object_id: int, form: str) -> HttpResponse:
        """Send a file of a statement."""
        try:
            name, body = queries.take_file_at_desk(statement=object_id, form=form, by=request.user)  # type: ignore[arg-type]
        except Refusal:
            raise Http404 from None
        answer = HttpResponse(body, content_type=queries.FORMS[form])
        answer["Content-Disposition"] = f'attachment; filename="{name}"'
        return answer
