"""What these tests do through the real operations: record, act, answer, withdraw, and the worker's part."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from aif_share.errors import Refusal
from clues.dispositions import acting, lifting, recording
from clues.events import feed
from clues.matching import changes, release
from clues.models import Clue, Disposition, LiftNotice
from clues.submissions import edits
from members.models import Institution, reference
from members.queries import Caller
from tests.clues.alliance import caller
from tests.clues.scene import Scene, wait_for_tick
from tests.factories import acting_as


def record(scene: Scene, by: Institution | None = None, **fields: Any) -> Disposition:
    """Aster (or another) tags the scene's match, or what `fields` name."""
    request = {"kind": "internal-tag"} | (
        {} if {"client_ref", "case", "match"} & fields.keys() else {"match": scene.match}
    )
    return recording.record(request=request | fields, by=caller(by or scene.cast.aster), now=timezone.now())


def act(row: Disposition, action: str, *, by: Caller | None = None, version: int | None = None, **fields: Any) -> Any:
    """Act as the institution the row is of."""
    row.refresh_from_db()
    member = by or caller(Institution.objects.get(pk=row.institution_id))
    request = {"action": action} | fields
    return acting.act(
        disposition=row.ref, request=request, version=version or row.version, by=member, now=timezone.now()
    )


def answer(row: Disposition, choice: str, *, by: Caller | None = None, **fields: Any) -> Any:
    """Answer that the ground has fallen."""
    member = by or caller(Institution.objects.get(pk=row.institution_id))
    return acting.answer(disposition=row.ref, request={"answer": choice} | fields, by=member, now=timezone.now())


def withdraw(client_ref: str) -> None:
    """Its institution takes a clue back; the matcher applies it."""
    row = Clue.objects.get(client_ref=client_ref)
    edits.withdraw(
        clue=reference.encode("C", row.pk), reason="mistake", version=row.version,
        by=caller(Institution.objects.get(pk=row.institution_id)), now=timezone.now(),
    )  # fmt: skip
    apply()


def apply() -> None:
    """Do what the worker does with changes of clues."""
    with acting_as("aif_match"):
        while changes.apply_changes(limit=100, now=timezone.now()):
            pass
        release.release_pending()


def work() -> int:
    """Do what the worker does with dispositions; return how many notices were raised."""
    with acting_as("aif_match"):
        raised = lifting.raise_lifts(limit=100, now=timezone.now())
        lifting.call_off(limit=100, now=timezone.now())
        lifting.tell_reviews(limit=100, now=timezone.now())
        release.release_pending()
    wait_for_tick()
    return raised


def told(institution: Institution) -> list[str]:
    """Return the kinds of what an institution was told of dispositions, in order."""
    page = feed.read_feed(viewer=caller(institution), after=0, limit=100)
    return [row.kind for row in page.rows if row.kind.startswith("disposition.")]


def notices() -> list[LiftNotice]:
    """Return every lift notice, oldest first."""
    return list(LiftNotice.objects.order_by("id"))


def refused(call: Any, *arguments: Any, **named: Any) -> str:
    """Return the code of the refusal."""
    try:
        call(*arguments, **named)
    except Refusal as refusal:
        return refusal.code
    raise AssertionError("it was not refused")
