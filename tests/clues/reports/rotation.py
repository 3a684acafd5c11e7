"""A fact in two key epochs, and the end of the older one, for the tests of what is counted."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils import timezone

from clues import tasks
from clues.blinding import epochs
from clues.matching import changes, release
from clues.matching.run import match_pending
from clues.statements import quarterly
from clues.statements.periods import quarter_of
from members.models import Institution
from members.permissions import Console
from members.queries import Caller
from tests.clues.alliance import clue, join, open_epoch, submit, token
from tests.clues.scene import wait_for_tick
from tests.factories import acting_as


def turn() -> None:
    with acting_as("aif_match"):
        match_pending(limit=100)
        while tasks.CHANGES.do():
            pass
        release.release_pending()
    wait_for_tick()


def make_members(settings: Any) -> list[Caller]:
    """Aster and Birch share "both" in both epochs and "first" in the first; Cedar knows "late" in the second alone.

    Aster alone has "own" in both; "late" was Aster's alone in the first epoch, and is shared in the second.
    """
    settings.AIF_DISCLOSURE_TICK = 0.05
    with acting_as("aif_desk"):
        open_epoch(1)
        aster, birch, cedar = (join(name) for name in ("Aster", "Birch", "Cedar"))
    sent = {
        (member.institution_id, name): clue(token(name))
        for member, names in ((aster, ("both", "first", "own", "late")), (birch, ("both", "first")))
        for name in names
    }
    submit(aster, [each for (who, _name), each in sent.items() if who == aster.institution_id])
    submit(birch, [each for (who, _name), each in sent.items() if who == birch.institution_id])
    turn()
    with acting_as("aif_desk"):
        open_epoch(2)
    epochs._cache.value = None
    submit(cedar, [clue(token("late", epoch=2))])
    for member in (aster, birch):
        again = [
            one | {"identifiers": [token(name, epoch=2)]}
            for (who, name), one in sent.items()
            if who == member.institution_id and name != "first"
        ]
        submit(member, again)
    turn()
    return [aster, birch, cedar]


def statement(member: Caller, day: date | None = None) -> dict[str, dict[str, str | None]]:
    row = Institution.objects.get(pk=member.institution_id)
    with acting_as("aif_match"):
        made = quarterly.sections(quarter_of(day or timezone.localdate()), row, as_of=timezone.now())
    return {each.code: {code: values[0] for code, values in each.rows} for each in made}


def retire() -> None:
    """Retire the older epoch; nothing of it is taken out yet."""
    with acting_as("aif_desk"):
        epochs.retire_epoch(epoch=1, by=Console("tests"), now=timezone.now())
    epochs._cache.value = None


def sweep() -> None:
    with acting_as("aif_match"):
        while changes.end_retired(limit=100, now=timezone.now()):
            pass
