"""Whom a case concerns, and telling them: the case shows from the next tick on, its events with the release after it."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import datetime
from typing import Final

from django.db.models import Max
from django.db.models.functions import Now

from clues import events
from clues.events import telling
from clues.matching.release import next_tick
from clues.models import Case, CaseParty, MatchParty
from members.models import Institution

JOIN: Final = frozenset({Case.CANDIDATE, Case.TRIAGE, Case.LEAD_CLAIMED, Case.JOINT})
"""Where a case takes parties in: later, what was approved would not be what goes out, and they would hold it up."""


def concerned(case: Case) -> list[int]:
    """Return the live institutions that brought something to the case's match or ring, by number.

    A party of the match that does not know of the match yet joins with a later step, while the case is in JOIN.
    """
    if case.match_id is not None:
        ids = list(
            MatchParty.objects.filter(match_id=case.match_id, released_at__lte=Now()).values_list(
                "institution_id", flat=True
            )
        )
    else:
        ids = list(case.ring.institutions) if case.ring else []
    live = Institution.objects.at_work().filter(pk__in=ids)
    return list(live.order_by("pk").values_list("pk", flat=True))


def missing(case: Case) -> list[int]:
    """Return those of the institutions concerned that are no parties yet."""
    known = set(case.parties.values_list("institution_id", flat=True))
    return [number for number in concerned(case) if number not in known]


def tell(case: Case, *, moved: bool, now: datetime, newcomers: bool = True) -> None:
    """Make `newcomers` parties with an event of the case, where it takes them in; tell the others if it has `moved`.

    With newcomers the caller holds the case, as for `add`.
    """
    known = set(case.parties.values_list("institution_id", flat=True))
    fresh = missing(case) if newcomers and case.state in JOIN else []
    informed = [(number, events.CASE_OPENED) for number in fresh]
    if moved:
        informed += [(number, events.CASE_MOVED) for number in sorted(known)]
    if not informed:
        return
    if fresh:
        add(case, fresh, at=next_tick())
    telling.tell("CASE", case.pk, informed, now=now)


def add(case: Case, institutions: Iterable[int], *, at: datetime) -> None:
    """Make institutions parties from `at` on, each under the next free pseudonym, in an order that tells nothing.

    The caller holds the case: its row is locked, or not committed yet.
    """
    drawn = list(institutions)
    secrets.SystemRandom().shuffle(drawn)
    last = case.parties.aggregate(last=Max("pseudonym"))["last"]
    CaseParty.objects.bulk_create(
        CaseParty(case=case, institution_id=number, pseudonym=pseudonym, released_at=at)
        for pseudonym, number in enumerate(drawn, start=0 if last is None else last + 1)
    )
