"""A case in joint work: Aster leads, Birch takes part, each with an analyst and an approver; Cedar is the stranger."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone

from aif_share.errors import Refusal
from clues.cases import parts
from clues.cases.pseudonyms import code_of
from clues.matching.release import release_pending
from clues.models import CaseNaming, CasePart, CaseParty, CaseTask, CaseUnmasking, Event
from members.models import AuditEvent, Institution, User
from members.queries import Person, person_of
from tests.clues.scene import Scene, make_case, step, wait_for_tick
from tests.factories import acting_as, make_user

FACTS = "Three callers in the name of one agency; nobody gave them authority."


@dataclass(frozen=True)
class Joint:
    """The scene, its case, and Bert, the approver at Birch."""

    scene: Scene
    case: str
    bert: User

    def __getattr__(self, name: str) -> Any:
        return getattr(self.scene.cast, name)

    def code(self, institution: Institution) -> str:
        """Return what the others call an institution."""
        number = CaseParty.objects.filter(institution=institution).values_list("pseudonym", flat=True).get()
        return code_of(number)


def make_joint(scene: Scene, *, at: str = "joint") -> Joint:
    """Return the case at a state, told to its parties; in joint work nobody has written anything yet."""
    case = make_case(scene, at="lead-claimed" if at == "joint" else at)
    if at == "joint":
        case = step(case, "join-up", scene.cast.alice)
    return Joint(scene, case.ref, make_user("approver", institution=scene.cast.birch, name="bert"))


def who(person: User) -> Person:
    """Return whom operations know a person as, with the role that the account has now."""
    return person_of(User.objects.select_related("institution").get(pk=person.pk))


def write(case: str, by: User, **fields: Any) -> CasePart:
    """Write on the own part, whatever its version is."""
    return parts.edit(case=case, request={"facts": FACTS, **fields}, version=version_of(by), by=who(by), now=now())


def approve(joint: Joint, writer: User, approver: User) -> CasePart:
    """Write a part, hand it over and approve it; it shows to the others when this returns."""
    row = write(joint.case, writer, amount_lost="1200.50", victims=3)
    row = parts.mark_ready(case=joint.case, version=row.version, by=who(writer))
    row = parts.approve(case=joint.case, version=row.version, by=who(approver), now=now())
    wait_for_tick()
    return row


def version_of(by: User) -> int:
    """Return the version of the part of somebody's institution."""
    row = CasePart.objects.filter(institution_id=by.institution_id).first()
    return row.version if row else 1


def now() -> Any:
    """Return the moment."""
    return timezone.now()


def told(kind: str) -> list[str]:
    """Return the names of the institutions that hear of it, in order, once it is released."""
    with acting_as("aif_match"):
        release_pending()
    wait_for_tick()
    events = Event.objects.filter(kind=kind, released_at__isnull=False).select_related("institution")
    return sorted(event.institution.name for event in events)


def stands() -> dict[str, Any]:
    """Return all that joint work stores: what a refusal leaves as it was, but for its own line in the trail."""
    with acting_as("aif_owner"):
        tables = (CaseTask, CasePart, CaseNaming, CaseUnmasking, Event)
        rows = {table.__name__: list(table.objects.order_by("pk").values()) for table in tables}
        return {**rows, "audit": AuditEvent.objects.exclude(verb__in=["case.refuse", "api.refuse"]).count()}


def last_refusal() -> tuple[str, str, str, str]:
    """Return who tried what on which case and was refused why, of the latest such event."""
    with acting_as("aif_owner"):
        event = AuditEvent.objects.filter(verb="case.refuse").latest("id")
    return event.actor_ref, event.subject_ref, event.detail["action"], event.detail["code"]


def count_refusals() -> int:
    """Return how many refusals the trail has."""
    with acting_as("aif_owner"):
        return AuditEvent.objects.filter(verb="case.refuse").count()


def refused(code: str, call: Any, **arguments: Any) -> Refusal:
    """Call it; it must refuse with the code, and write nothing. Return what was raised."""
    before = stands()
    with pytest.raises(Refusal) as caught, transaction.atomic():
        call(**arguments)
    assert caught.value.code == code
    assert stands() == before
    return caught.value


def own(sql: str, *values: Any) -> None:
    """Run a statement as the owner of the tables."""
    with acting_as("aif_owner"), connection.cursor() as cursor:
        cursor.execute(sql, values)


def postpone(table: str, column: str = "released_at") -> None:
    """Move a tick into the future."""
    own(f"UPDATE {table} SET {column} = %s WHERE {column} IS NOT NULL", now() + timedelta(minutes=5))
