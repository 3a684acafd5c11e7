"""What a clue does at present, in sentences: whether it answers screenings, and if not, what it lacks."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from django.utils.translation import gettext_lazy as _

from clues.submissions.clues import ClueView

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise


class Effect(NamedTuple):
    """Whether it answers screenings, and why or why not."""

    answers: bool
    why: StrPromise


def describe_effect(clue: ClueView, *, matched: bool) -> Effect:
    """Say what a clue does, by the rule of docs/adr/0030."""
    if clue.answers_screenings:
        if clue.review == "confirmed":
            return Effect(True, _("It answers screenings: a second person confirmed it."))
        return Effect(True, _("It answers screenings as grade B2: another institution reported the same."))
    return Effect(False, _lack(clue, matched))


def _lack(clue: ClueView, matched: bool) -> StrPromise:
    if clue.state == "withdrawn":
        return _("It was withdrawn. It answers nobody and counts for nothing.")
    if clue.state == "expired":
        return _("Its time is over. It answers nobody and counts for nothing.")
    if clue.state == "disputed":
        return _("It is under dispute and suspended until that is decided.")
    if clue.grade == "C":
        return _("Grade C never answers screenings; it forms matches and rings.")
    if clue.review == "returned":
        return _("A second person returned it. Correct it; then it waits for a review again.")
    if not any(each.counted for each in clue.identifiers):
        return _("None of its identifiers counts: their roles never do, or they stand on a noise list.")
    if clue.at_desk:
        return _("It waits for the alliance, which confirms grade A.")
    if matched:
        return _("Another institution reported the same; it answers within seconds.")
    return _("It waits for a second person of yours, or for another institution that reports the same.")
