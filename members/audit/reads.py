"""Reads of a member's data by others are events as well, in the institution's own trail: written before anything is shown."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction

from members.audit.log import record_each
from members.permissions import Actor

Look = tuple[int | None, str]
"""The institution whose words are looked at, by row number (None: the alliance's own), and the reference it knows them by."""


@transaction.atomic
def record_look(looks: Iterable[Look], *, by: Actor) -> None:
    """Note for each institution concerned that a person of the alliance looks at something of its own."""
    record_each("desk.look", actor=by, concerned=sorted({(number, ref) for number, ref in looks if number is not None}))
