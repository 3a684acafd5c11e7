"""A bank, a lender and a stranger who meet at one match, and a telecom operator; requests between them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from clues.matching.release import release_pending
from clues.models import Event, MemberRequest, RequestParty
from clues.requests import escalation, sending, steps
from members.models import AuditEvent, Institution, User, reference
from members.queries import Person, person_of
from tests.clues.alliance import allow
from tests.clues.scene import Scene, make_scene, wait_for_tick
from tests.factories import acting_as, make_institution, make_user

TEXT = "Seen in three complaints of this month; please look."
COMPLAINT = {
    "category": "illegal-agency-complaint",
    "reference": "TC-2026-118",
    "received_on": "2026-11-20",
    "consumer_contacted": "did-not-know",
    "handling": "verify-agent",
}


@dataclass(frozen=True)
class World:
    """The scene, and Delta Telecom with Dana."""

    scene: Scene
    delta: Institution
    dana_user: User

    @property
    def alice(self) -> Person:
        return person_of(self.scene.cast.alice)

    @property
    def bea(self) -> Person:
        return person_of(self.scene.cast.bea)

    @property
    def cy(self) -> Person:
        return person_of(self.scene.cast.cy)

    @property
    def dana(self) -> Person:
        return person_of(self.dana_user)


def make_world() -> World:
    """Make everybody."""
    scene = make_scene()
    allow()
    delta = make_institution("Delta Telecom", sector="telecom")
    return World(scene, delta, make_user("analyst", institution=delta, name="dana"))


def over_match(world: World, **fields: Any) -> dict[str, Any]:
    """Return the body of a request to the others of the match."""
    return {"kind": "request", "match": world.scene.match, "purpose": "investigation", "text": TEXT} | fields


def referral(to: Institution, **fields: Any) -> dict[str, Any]:
    """Return the body of a complaint referral."""
    given = {"kind": "complaint-referral", "to": reference.encode("I", to.pk), "text": TEXT, "complaint": COMPLAINT}
    return given | fields


def send(body: dict[str, Any], *, by: Person, now: datetime | None = None) -> MemberRequest:
    """Send it, and wait until its receivers see it."""
    made = sending.send(request=body, by=by, now=now or timezone.now())
    wait_for_tick()
    return made


def act(request: MemberRequest, action: str, *, by: Person, **body: Any) -> MemberRequest:
    """Do it, and wait until the other side sees it."""
    done = steps.act(request=request.ref, action=action, body=body, by=by, now=timezone.now())
    wait_for_tick()
    return done


def run_out(request: MemberRequest) -> None:
    """Let the clock of a request run out, as time would."""
    with acting_as("aif_owner"):
        RequestParty.objects.filter(request=request).update(due_at=timezone.now() - timedelta(seconds=1))


def escalate() -> int:
    """Do what the worker does about clocks."""
    with acting_as("aif_match"):
        done = escalation.escalate_due(limit=100, now=timezone.now())
        release_pending()
    wait_for_tick()
    return done


def told(request: MemberRequest) -> list[tuple[str, str]]:
    """Return (institution, kind) of every event about a request, in order."""
    rows = Event.objects.filter(subject_kind="RQ", subject_id=request.pk).select_related("institution").order_by("pk")
    return [(row.institution.name, row.kind) for row in rows]


def audited(request: MemberRequest) -> list[tuple[str, str]]:
    """Return (verb, who) of every audit event about a request, in order."""
    with acting_as("aif_desk"):
        rows = AuditEvent.objects.filter(subject_ref=request.ref).order_by("pk")
        return list(rows.values_list("verb", "actor_ref"))


def state_of(request: MemberRequest) -> str:
    """Return the state at the one receiver."""
    return RequestParty.objects.get(request=request).state
