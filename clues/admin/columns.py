"""Columns of the desk's lists and pages: labels in both languages, references instead of row numbers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from members.admin.base import ReadOnlyAdmin
from members.models import reference
from members.templatetags.members import label as vocabulary_label

Column = Callable[[Any], Any]


class ColumnsAdmin(ReadOnlyAdmin):
    """A read-only list and page made of columns, which are no fields of the model."""

    columns: ClassVar[Any]

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Return the columns of the page."""
        return self.columns

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Return all of them."""
        return self.columns


class ReferenceAdmin(ColumnsAdmin):
    """Searched by reference, exactly: `kind` is the reference's prefix."""

    kind: ClassVar[str]
    search_fields = ("pk",)
    search_help_text = _("A reference, exactly as a member quotes it.")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Find the one row that the reference names."""
        term = search_term.strip()
        if not term:
            return queryset, False
        return queryset.filter(pk=reference.decode(self.kind, term) or 0), False


def shown(path: str, label: Any, *, vocabulary: str = "") -> Column:
    """Return a column of the attribute at `path` (dotted), as a vocabulary label if a list is named."""

    def column(row: Any) -> Any:
        value = row
        for name in path.split("."):
            value = getattr(value, name) if value is not None else None
        if value is None or value == "":
            return "—"
        if vocabulary and isinstance(value, list):
            return "、".join(vocabulary_label(code, vocabulary) for code in value)
        if vocabulary:
            return vocabulary_label(value, vocabulary)
        return local(value) if isinstance(value, datetime) else value

    column.__name__ = path.replace(".", "_")
    return admin.display(description=label, ordering=path.replace(".", "__"), empty_value="—")(column)


def ref(kind: str, path: str = "pk", label: Any = None) -> Column:
    """Return a column with the reference of the row, or of the row number at `path`."""

    def column(row: Any) -> str | None:
        number = getattr(row, path)
        return None if number is None else reference.encode(kind, number)

    column.__name__ = f"reference_{path}"
    return admin.display(description=label or _("reference"), empty_value="—")(column)


def table(heads: Iterable[Any], rows: Iterable[Sequence[Any]]) -> str:
    """Return an HTML table; every cell is escaped."""
    head = format_html_join("", '<th scope="col">{}</th>', ((each,) for each in heads))
    body = format_html_join(
        "", "<tr>{}</tr>", ((format_html_join("", "<td>{}</td>", ((cell,) for cell in row)),) for row in rows)
    )
    return format_html("<table><thead><tr>{}</tr></thead><tbody>{}</tbody></table>", head, body)


def local(at: datetime) -> str:
    """Return a moment in local time, to the second."""
    return localtime(at).strftime("%Y-%m-%d %H:%M:%S")


def link(row: Any) -> str:
    """Return a link to the row's own page at the desk."""
    address = reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_change", args=[row.pk])
    return format_html('<a href="{}">{}</a>', address, str(row))
