"""Pages of the desk that show what a member said: whoever opens one stands in that member's audit trail (ADR 0059)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, cast

from django.http import HttpRequest, HttpResponse

from clues.admin.columns import ColumnsAdmin, ReferenceAdmin
from members.audit.reads import Look, record_look

if TYPE_CHECKING:
    from members.models import User


class LookedAt(ColumnsAdmin):
    """The page of one row; the list, which shows no more than that there is something, is not told."""

    def concerned(self, row: Any) -> Iterable[Look]:
        """Return the institutions whose words the page shows, each with the reference by which it knows them itself.

        A reference that only others know, or that the institution is not told of yet, would tell it more than the look.
        """
        return [(row.institution_id, self.reference_of(row))]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Record, then show: what cannot be recorded is not shown."""
        row = self.get_object(request, object_id)
        if row is not None and self.has_view_permission(request, row):
            record_look(self.concerned(row), by=cast("User", request.user))
        return super().change_view(request, object_id, form_url, extra_context)


class LookedAtAdmin(LookedAt, ReferenceAdmin):
    """The same for rows with a reference of their own."""
