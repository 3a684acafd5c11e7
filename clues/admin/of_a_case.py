"""Pages of cases and of what belongs to one: what is refused there stands in the case's trail, as in portal and API."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar, cast

from django.db.models.functions import Now
from django.http import HttpRequest

from clues.admin.looked import LookedAtAdmin
from clues.cases import refusals
from clues.models import Case
from members.audit.reads import Look
from members.models import User


class OfACase(LookedAtAdmin):
    """Rows that are a case, or have one."""

    attempts: ClassVar[Mapping[str, str]]
    """Name of an operation -> what the trail calls it (clues/cases/refusals.py)."""

    def case_of(self, row: Any) -> Case:
        """Return the case that the row belongs to: the one it names, where a page says nothing else."""
        return cast("Case", row.case)

    def concerned(self, row: Any) -> Iterable[Look]:
        """Return the parties that know of the case."""
        case = self.case_of(row)
        told = case.parties.filter(released_at__lte=Now()).values_list("institution_id", flat=True)
        return [(number, case.ref) for number in told]

    def refuse(self, request: HttpRequest, name: str, row: Any, code: str) -> None:
        """Add it to the trail of the case; a form that no page has is no step of one."""
        if row is None or name not in self.attempts:
            super().refuse(request, name, row, code)
            return
        action, person = self.attempts[name], cast("User", request.user)
        refusals.record(case=self.case_of(row).ref, action=action, by=person, code=code)
