"""What the isolation matrix asks for: one object of every kind, Aster's or Aster's with Birch; Cedar has part in none.

Everything is made by the real operations, or by the API itself.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

from django.utils import timezone

from clues.cases import part_identifiers, parts, tasks
from clues.checklists import charges
from clues.dispositions import lifting
from clues.disputes import apply
from clues.matching import changes
from clues.matching.release import release_pending
from clues.models import BatchHold, Clue, EvidenceDemand, Match, Statement
from clues.statements import making
from clues.statements.periods import begin_of, quarter_of
from members.models import Institution, User, reference
from members.operations import invitations, users
from tests.clues.alliance import allow, caller, clue, submit, token
from tests.clues.api.member import Member
from tests.clues.campaigns.planning_one import make_campaign
from tests.clues.exhibits import TEXT, add, announce, begin
from tests.clues.feeds.world import give
from tests.clues.joint import Joint, make_joint, version_of, who
from tests.clues.official_requests.world import make_request
from tests.clues.procedures.recording import fields as procedure_fields
from tests.clues.reviewing import confirm
from tests.clues.scene import Scene, make_case, make_scene, wait_for_tick, work
from tests.factories import acting_as, bearer, enroll, make_key, make_user

ROLES = ("analyst", "approver", "member-admin", "auditor", "submitter")
VIDEO = "https://www.douyin.com/video/7123456789012345678"
SHARED = frozenset(
    {
        "led_case",
        "reported_case",
        "waiting_case",
        "case",
        "match",
        "ring",
        "request_ref",
        "task",
        "disputed",
        "official",
        "campaign",
        "party",
    }
)
"""What Birch has part in as well: only Cedar is outside. A campaign is everybody's."""


@dataclass
class World:
    """References by the name that addresses give them, people by institution and role, and keys of all scopes."""

    joint: Joint
    refs: dict[str, str] = field(default_factory=dict)
    pks: dict[str, int] = field(default_factory=dict)
    people: dict[tuple[str, str], User] = field(default_factory=dict)
    keys: dict[str, Member] = field(default_factory=dict)
    more: dict[str, Any] = field(default_factory=dict)  # what bodies name


def make_world() -> World:
    """Make everything. The caller has set a short tick and a vault of its own."""
    scene = make_scene()
    allow()
    confirm()
    cast = scene.cast
    others = [_meet(scene, name) for name in ("disputed", "led", "reported", "waiting", "fallen")]
    joint = make_joint(scene)
    world = World(joint)
    world.more |= dict(
        zip(("disputed_match", "led_match", "reported_match", "waiting_match", "fallen_match"), others, strict=True)
    )
    for name in ("aster", "birch", "cedar"):
        institution: Institution = getattr(cast, name)
        world.keys[name] = Member(institution, bearer(make_key(institution)))
        for role in ROLES:
            world.people[name, role] = make_user(role, institution=institution, name=f"{name}-{role}")
    _of_the_case(world)
    for at, name in (("lead-claimed", "led"), ("reported", "reported"), ("lead-claimed", "waiting")):
        other = replace(scene, match=world.more[f"{name}_match"])
        world.refs[f"{name}_case"] = make_case(other, at=at).ref
    _hand_over(world)
    _by_the_api(world)
    _of_people(world)
    _by_the_desk(world)
    with acting_as("aif_match"):
        changes.apply_changes(limit=100, now=timezone.now())
        lifting.raise_lifts(limit=100, now=timezone.now())
        release_pending()
    wait_for_tick()
    return world


def _meet(scene: Scene, name: str) -> str:
    """Let Aster and Birch report one more identifier; return the match."""
    before = set(Match.objects.values_list("pk", flat=True))
    for who_, institution in (("aster", scene.cast.aster), ("birch", scene.cast.birch)):
        submit(caller(institution), [clue(token(f"met {name}"), client_ref=f"{who_}-{name}")])
    work()
    return str(Match.objects.exclude(pk__in=before).get())


def missing(kind: str) -> str:
    """A reference of this kind that no row has, as long as any other."""
    return reference.encode(kind, 2**40 + 7)


def _of_the_case(world: World) -> None:
    joint, refs, now = world.joint, world.refs, timezone.now()
    scene = joint.scene
    refs |= {"case": joint.case, "match": scene.match, "ring": scene.ring, "batch": scene.batch, "charge": "extortion"}
    charges.add(case=joint.case, charge="extortion", by=who(joint.alice), now=now)
    wait_for_tick()
    item = add(joint.case, joint.alice)
    refs["evidence"] = item.ref
    refs["upload"] = begin(joint.case, joint.alice)
    part_identifiers.add(
        case=joint.case, type="cn-mobile", role="organizer", value="138 0013 8000", confirmed=True,
        version=version_of(joint.alice), by=who(joint.alice), now=now,
    )  # fmt: skip
    given = {"party": joint.code(joint.birch), "kind": "confirm-amounts"}
    refs["task"] = str(tasks.give(case=joint.case, request=given, by=who(joint.alice), now=now))
    refs |= {"party": joint.code(joint.birch), "own_party": joint.code(joint.aster)}
    world.more |= {"text": TEXT, "announced": announce(title="Another")}
    refs["clue"] = reference.encode("C", Clue.objects.get(client_ref="aster-1").pk)


def _hand_over(world: World) -> None:
    """Let Alice write her part of one case and hand it over: it waits for a second person."""
    case, alice, now = world.refs["waiting_case"], who(world.joint.alice), timezone.now()
    row = parts.edit(case=case, request={"facts": "Three callers."}, version=1, by=alice, now=now)
    row = parts.mark_ready(case=case, version=row.version, by=alice)
    world.more["waiting_version"] = str(row.version)


def post(member: Member, path: str, body: Any, **extra: Any) -> Any:
    """Post once; raise unless it is taken."""
    answer = member.post(path, body, HTTP_IDEMPOTENCY_KEY=uuid4().hex, **extra)
    if answer.status_code >= 300:
        raise AssertionError(f"{path}: {answer.status_code} {answer.content!r}")
    return answer.json()


def _by_the_api(world: World) -> None:
    aster, birch, refs, cast = world.keys["aster"], world.keys["birch"], world.refs, world.joint.scene.cast
    refs["identifier"] = aster.get(f"/cases/{refs['case']}/part/identifiers").json()["results"][0]["identifier"]
    watched = {"purpose": "investigation", "tokens": [token("watched")]}
    refs["watch"] = post(aster, "/watches", watched)["watches"][0]["watch"]
    hook = {"url": "https://hooks.aster.example/aif", "kinds": []}
    refs["webhook"] = post(aster, "/webhooks", hook)["webhook"]
    other = hook | {"url": "https://hooks.aster.example/other"}
    refs["other_webhook"] = post(aster, "/webhooks", other)["webhook"]
    world.more["cedar_webhook"] = post(
        world.keys["cedar"], "/webhooks", hook | {"url": "https://hooks.cedar.example/aif"}
    )["webhook"]
    refs["delivery"] = post(aster, f"/webhooks/{refs['webhook']}/test", {})["delivery"]
    noise = {"list": "own-number", "entries": [token("own line", kind="service-number")]}
    refs["noise"] = post(aster, "/noise", noise)["entries"][0]["entry"]
    link = {"links": [{"link": VIDEO, "category": "gray-advertising"}]}
    refs["content"] = post(aster, "/content", link)["results"][0]["content"]
    done = {"kind": "internal-tag", "match": refs["match"]}
    refs["disposition"] = post(aster, "/dispositions", done)["disposition"]
    fallen = {"kind": "internal-tag", "match": world.more["fallen_match"]}
    refs["fallen"] = post(aster, "/dispositions", fallen)["disposition"]
    theirs = reference.encode("C", Clue.objects.get(client_ref="birch-fallen").pk)
    post(birch, f"/clues/{theirs}/withdraw", {"reason": "mistake"}, HTTP_IF_MATCH='"1"')
    world.more["today"] = timezone.localdate().isoformat()
    world.more["entry"] = procedure_fields("police-criminal", "submitted", amount_lost_cny="12.5", province="CN-31")
    refs["bearing"] = aster.get("/credentials").json()["results"][0]["credential"]
    key = {"key_id": "abcd2345", "verifier": secrets.token_hex(32), "scopes": ["read"], "cidrs": []}
    refs["credential"] = post(aster, "/credentials", key | {"custodian_verifier": secrets.token_hex(32)})["credential"]
    question = {"kind": "request", "match": refs["match"], "purpose": "investigation", "text": "Please look."}
    refs["request_ref"] = post(aster, "/requests", question)["request"]
    refs["feed"] = give(cast.aster).ref
    dispute = {"match": world.more["disputed_match"], "reason": "wrong-person"}
    refs["dispute"] = post(aster, "/disputes", dispute)["dispute"]
    with acting_as("aif_match"):
        apply.suspend_pending(limit=10)
        release_pending()
    wait_for_tick()
    received = birch.get("/disputes/received").json()["results"]
    refs["disputed"] = refs["dispute"]
    refs["disputed_clue"] = world.more["disputed_clue"] = received[0]["clue"]
    refs["event"] = aster.get("/events?limit=1").json()["results"][0]["event"]


def _of_people(world: World) -> None:
    admin, now = world.people["aster", "member-admin"], timezone.now()
    refs = world.refs
    person = make_user("auditor", institution=world.joint.scene.cast.aster, name="aster-colleague")
    enroll(person)
    refs["person"] = person.ref
    made, link = invitations.invite(
        institution_id=world.joint.scene.cast.aster.pk, full_name="Dora Doe", email="dora@example.org", role="auditor",
        by=admin, now=now,
    )  # fmt: skip
    refs |= {"invitation": made.ref, "token": link}
    shut = make_user("auditor", institution=world.joint.scene.cast.aster, name="aster-gone")
    users.deactivate(user_id=shut.pk, reason="left", by=admin, now=now)
    refs["shut"] = shut.ref
    world.more["soon"] = (timezone.localdate() + timedelta(days=20)).isoformat()
    sent = [clue(token("unreviewed"), client_ref="aster-unreviewed")]
    refs["unreviewed_batch"] = submit(caller(world.joint.scene.cast.aster), sent).batch
    work()
    with acting_as("aif_owner"):  # no worker survived a chunk of it: that takes a crash
        held = {"institution": world.joint.scene.cast.aster, "cause": BatchHold.FAILED, "rows": 1, "held_at": now}
        BatchHold.objects.create(batch_id=reference.decode("B", refs["unreviewed_batch"]), **held)
    unreviewed = Clue.objects.get(client_ref="aster-unreviewed")
    refs["unreviewed"] = reference.encode("C", unreviewed.pk)
    with acting_as("aif_match"):
        asked = EvidenceDemand.objects.create(
            clue=unreviewed, institution=unreviewed.institution, category=unreviewed.category, asked_at=now,
            cause=EvidenceDemand.AUDIT, draw_size=1, draw_root="0" * 64, due_at=now + timedelta(days=5),
        )  # fmt: skip
    refs["demand"] = asked.ref


def _by_the_desk(world: World) -> None:
    scene = world.joint.scene
    world.refs["campaign"] = make_campaign(scene.cast.olga).ref
    made = make_request(scene)
    world.refs["official"] = made.ref
    with acting_as("aif_match"):
        making.make_due(limit=100, now=begin_of(quarter_of(timezone.localdate()).due) + timedelta(hours=1))
    world.refs["statement"] = Statement.objects.get(institution=scene.cast.aster).ref
