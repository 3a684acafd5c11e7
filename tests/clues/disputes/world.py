"""Five institutions, what the worker does, and what anybody can see of a clue, a dispute or an event."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db import connection
from django.utils import timezone

from clues.disputes import answers, apply, decisions, opening
from clues.matching import changes, release
from clues.matching.oracle import compare
from clues.matching.queries import list_matches
from clues.matching.run import match_pending
from clues.models import Clue, ClueChange, Dispute, DisputedClue, Event
from clues.screening.screen import screen
from members.models import reference
from members.queries import Caller
from tests.clues.alliance import allow, clue, join, open_epoch, submit
from tests.clues.reviewing import confirm
from tests.clues.scene import wait_for_tick
from tests.factories import acting_as, make_user


class World:
    """Aster asks and disputes; Birch and Cedar report; Sister is of Aster's group; Elm is there to be counted."""

    def __init__(self) -> None:
        with acting_as("aif_desk"):
            open_epoch()
            self.aster, self.sister = join("Aster", group="Own"), join("Sister", group="Own")
            self.birch, self.cedar, self.elm = join("Birch"), join("Cedar"), join("Elm")
        allow()
        self.pavel = make_user("alliance-approver")

    def report(self, by: Caller, *identifiers: Any, **fields: Any) -> str:
        """Report one clue, let the worker match it and a second person confirm it; return its client_ref."""
        row = clue(*identifiers, **fields)
        submit(by, [row])
        self.work()
        confirm(by)
        ref: str = row["client_ref"]
        return ref

    def work(self) -> None:
        """Do what the worker does until nothing waits."""
        with acting_as("aif_match"):
            match_pending(limit=100)
            while (
                apply.suspend_pending(limit=100)
                + apply.settle_pending(limit=100)
                + changes.apply_changes(limit=1000, now=timezone.now())
                + apply.close_pending(limit=100)
            ):
                pass
            release.release_pending()
        wait_for_tick()
        with acting_as("aif_match"):
            assert compare().clean

    def dispute(self, by: Caller, **fields: Any) -> Dispute:
        """Open a dispute as the API does."""
        return opening.open_dispute(request={"reason": "wrong-person"} | fields, by=by, now=timezone.now())

    def dispute_token(self, by: Caller, identifier: Any, **fields: Any) -> Dispute:
        """Open one by token."""
        return self.dispute(by, identifier=identifier, purpose="complaint-handling", **fields)

    def dispute_match(self, by: Caller) -> Dispute:
        """Open one by the institution's only match."""
        (found,) = list_matches(viewer=by)
        return self.dispute(by, match=found.match)

    def answer(self, by: Caller, dispute: Dispute, client_ref: str, choice: str, reason: str) -> DisputedClue:
        """Answer as the API does."""
        row = Clue.objects.get(institution_id=by.institution_id, client_ref=client_ref)
        request = {"clue": reference.encode("C", row.pk), "answer": choice, "reason": reason}
        return answers.answer(dispute=str(dispute), request=request, by=by, now=timezone.now())

    def maintain(self, by: Caller, dispute: Dispute, client_ref: str) -> None:
        """Stand by the clue."""
        self.answer(by, dispute, client_ref, "maintain", "evidence-held")

    def decide(self, dispute: Dispute, verdict: str, *, by: Any = None) -> None:
        """Let the alliance decide what is maintained under the dispute."""
        with acting_as("aif_desk"):
            for row in DisputedClue.objects.filter(dispute=dispute, state="maintained"):
                decisions.decide(
                    disputed_clue=row.pk,
                    verdict=verdict,
                    reason="looked at it",
                    by=by or self.pavel,
                    now=timezone.now(),
                )

    def pass_days(self, days: int) -> None:
        """Let what is open become this much older."""
        step = timedelta(days=days)
        with acting_as("aif_owner"), connection.cursor() as cursor:
            cursor.execute("UPDATE dispute SET opened_at = opened_at - %s, due_at = due_at - %s", [step, step])
            cursor.execute("UPDATE disputed_clue SET due_at = due_at - %s", [step])

    def state(self, client_ref: str) -> tuple[str, int]:
        """Return state and version of a clue, but for the versions of its reviews."""
        row = Clue.objects.get(client_ref=client_ref)
        return row.state, row.version - ClueChange.objects.filter(clue=row, kind="confirmed").count()

    def states(self, dispute: Dispute) -> list[str]:
        """Return the states of the clues of a dispute."""
        return list(DisputedClue.objects.filter(dispute=dispute).order_by("clue_id").values_list("state", flat=True))

    def events(self, of: Caller) -> list[str]:
        """Return the kinds of what the institution was told, in order, but for batches."""
        rows = Event.objects.filter(institution_id=of.institution_id, released_at__lte=timezone.now())
        return [kind for kind in rows.order_by("seq").values_list("kind", flat=True) if kind != "batch.done"]

    def is_hit(self, by: Caller, identifier: Any) -> bool:
        """Screen one token."""
        answer = screen(request={"purpose": "complaint-handling", "tokens": [identifier]}, by=by)
        return answer.results[0].hit
