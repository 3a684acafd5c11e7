"""Whose eyes a page is for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

from django.http import HttpRequest


@dataclass(frozen=True, slots=True)
class Person:
    """A member's person as the queries need to know them (members.permissions.Viewer)."""

    institution_id: int
    group_id: int


def viewer_of(request: HttpRequest) -> Person:
    """Return whose page this is; `member_required` has seen to it that there is an institution."""
    institution = cast(Any, request.user).institution
    return Person(institution_id=institution.pk, group_id=institution.group_id)
