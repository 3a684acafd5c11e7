"""Columns of the desk's lists and pages: labels in both languages, references instead of row numbers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from functools import wraps
from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.timezone import localtime
from django.utils.translation import get_language
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from aif_share import vocabulary as lists
from aif_share.identifiers import types
from members.admin.base import ReadOnlyAdmin
from members.models import reference

Column = Any
"""A callable that the admin shows as a column."""
Labels = Mapping[Any, Any]
"""Code -> what it is called, translated when it is shown."""
TYPES = "identifier-types"
"""Named like a list of the vocabulary, for the types of identifiers."""


class ColumnsAdmin(ReadOnlyAdmin):
    """A read-only list and page made of columns, which are no fields of the model."""

    columns: ClassVar[Any]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.page_columns = tuple(_dashed(column) for column in self.columns)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Return the columns of the page."""
        return self.page_columns

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Return all of them."""
        return self.page_columns


def _dashed(column: Any) -> Any:
    """Return the column with a dash where there is nothing: pages, other than lists, would say None."""
    if not callable(column):
        return column

    @wraps(column)
    def dashed(row: Any) -> Any:
        value = column(row)
        return "—" if value is None else value

    return dashed


class ReferenceAdmin(ColumnsAdmin):
    """Searched by reference, exactly: `kind` is the reference's prefix."""

    kind: ClassVar[str]
    search_fields = ("pk",)
    search_help_text = _("A reference, exactly as a member quotes it.")

    def reference_of(self, row: Any) -> str:
        """Return the row's reference."""
        return "" if row is None else reference.encode(self.kind, row.pk)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Find the one row that the reference names."""
        term = search_term.strip()
        if not term:
            return queryset, False
        return queryset.filter(pk=reference.decode(self.kind, term) or 0), False


def shown(path: str, label: Any, *, vocabulary: str = "", labels: Labels | None = None) -> Column:
    """Return a column of the attribute at `path` (dotted); codes by their labels, of a vocabulary list or of a table."""

    def column(row: Any) -> Any:
        value = row
        for name in path.split("."):
            value = getattr(value, name) if value is not None else None
        if value is None or value == "" or value == []:
            return "—"
        if labels is not None:
            return str(labels.get(value, value))
        if vocabulary:
            codes = value if isinstance(value, list) else [value]
            return listed(word(code, vocabulary) for code in codes)
        if isinstance(value, bool):
            return _now("yes") if value else _now("no")
        return local(value) if isinstance(value, datetime) else value

    column.__name__ = path.replace(".", "_")
    return admin.display(description=label, ordering=path.replace(".", "__"), empty_value="—")(column)


def listed(texts: Iterable[object]) -> str:
    """Say several things one after the other, as the language does."""
    return ("、" if (get_language() or "").startswith("zh") else ", ").join(str(text) for text in texts)


def word(code: str, vocabulary: str) -> str:
    """Return what a code of a vocabulary list, or an identifier type, is called; an unknown code as it is."""
    rows: Iterable[Any] = types().values() if vocabulary == TYPES else lists.lists()[vocabulary]
    chinese = (get_language() or "").startswith("zh")
    return next((row.zh if chinese else row.en for row in rows if row.code == code), code)


def words(vocabulary: str) -> list[tuple[str, str]]:
    """Return all codes of a list with what they are called, in the list's order."""
    codes = list(types()) if vocabulary == TYPES else [term.code for term in lists.lists()[vocabulary]]
    return [(code, word(code, vocabulary)) for code in codes]


def code_filter(path: str, label: Any, *, vocabulary: str = "", labels: Labels | None = None) -> Any:
    """Return a filter by the codes of a list or table: it needs no look through the whole table for what there is."""

    class Filter(admin.SimpleListFilter):
        title = label
        parameter_name = path

        def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
            return list(labels.items()) if labels is not None else words(vocabulary)

        def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
            return queryset if self.value() is None else queryset.filter(**{path: self.value()})

    return Filter


def ref(kind: str, path: str = "pk", label: Any = None) -> Column:
    """Return a column with the reference of the row, or of the row number at `path`."""

    def column(row: Any) -> str | None:
        number = getattr(row, path)
        return None if number is None else reference.encode(kind, number)

    column.__name__ = f"reference_{path}"
    return admin.display(description=label or _("reference"), empty_value="—")(column)


def table(heads: Iterable[Any], rows: Iterable[Sequence[Any]]) -> str:
    """Return an HTML table, a dash for one without rows; every cell is escaped."""
    head = format_html_join("", '<th scope="col">{}</th>', ((each,) for each in heads))
    body = format_html_join(
        "", "<tr>{}</tr>", ((format_html_join("", "{}", ((_cell(each),) for each in row)),) for row in rows)
    )
    if not body:
        return "—"
    return format_html(
        '<div class="wide" tabindex="0"><table><thead><tr>{}</tr></thead><tbody>{}</tbody></table></div>', head, body
    )


def _cell(value: Any) -> str:
    """A day does not break at its hyphens."""
    return format_html('<td class="day">{}</td>' if isinstance(value, date) else "<td>{}</td>", value)


def local(at: datetime) -> str:
    """Return a moment in local time, to the second."""
    return localtime(at).strftime("%Y-%m-%d %H:%M:%S")


def link(row: Any) -> str:
    """Return a link to the row's own page at the desk."""
    address = reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_change", args=[row.pk])
    return format_html('<a href="{}">{}</a>', address, str(row))
