"""Whose eyes a page is for, and who acts on it."""

from __future__ import annotations

from django.http import HttpRequest

from members.queries import Person, person_of


def viewer_of(request: HttpRequest) -> Person:
    """Return whose page this is; `member_required` has seen to it that there is a live institution."""
    return person_of(request.user)
