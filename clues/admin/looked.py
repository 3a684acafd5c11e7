"""Pages of the desk that show what a member said: whoever opens one stands in that member's audit trail."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, cast

from django.http import HttpRequest, HttpResponse

from clues.admin.columns import ReferenceAdmin
from members.audit.reads import record_look

if TYPE_CHECKING:
    from members.models import User


class LookedAtAdmin(ReferenceAdmin):
    """The page of one row; the list, which shows no more than that there is something, is not told."""

    def concerned(self, row: Any) -> Iterable[int]:
        """Return the numbers of the institutions whose words the page shows."""
        return [row.institution_id]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Record, then show: what cannot be recorded is not shown."""
        row = self.get_object(request, object_id)
        if row is not None and self.has_view_permission(request, row):
            record_look(self.reference_of(row), institutions=self.concerned(row), by=cast("User", request.user))
        return super().change_view(request, object_id, form_url, extra_context)
