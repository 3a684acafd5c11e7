"""Work on matches: assigned, acknowledged, taken up again, read. Two tabs, strangers, other institutions' people."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from aif_share.errors import Refusal
from clues.matching import changes, work
from clues.matching.inbox import Filters, Work, get_undone_at, get_work, list_inbox, list_undone
from clues.matching.queries import MatchNotFound, get_match
from clues.models import MatchParty, MatchRead, MatchWork
from clues.submissions import edits
from clues.submissions.clues import list_clues
from members.models import AuditEvent, User
from members.operations import users
from members.permissions import PermissionMissing
from members.queries import Person, person_of
from tests.clues.alliance import caller, clue, submit, token
from tests.clues.scene import Scene, make_scene
from tests.clues.scene import work as run_worker
from tests.factories import CONSOLE, acting_as, make_user


@pytest.fixture
def scene(db: None, settings: Any) -> Scene:
    settings.AIF_DISCLOSURE_TICK = 0.01
    return make_scene()


def person(user: User) -> Person:
    return person_of(User.objects.select_related("institution").get(pk=user.pk))


def state(scene: Scene, user: User) -> Work:
    viewer = person(user)
    number = get_match(match=scene.match, viewer=viewer).id
    return get_work(matches=[number], viewer=viewer)[number]


def events(verb: str) -> list[AuditEvent]:
    with acting_as("aif_audit"):
        return list(AuditEvent.objects.filter(verb=verb))


def test_assign_acknowledge_and_reopen(scene: Scene) -> None:
    alice, now = person(scene.cast.alice), timezone.now()
    assert state(scene, scene.cast.alice).version == 0
    amir = person(scene.cast.amir).audit_ref
    assert work.assign(matches={scene.match: 0}, assignee=amir, by=alice, now=now) == 1
    there = state(scene, scene.cast.alice)
    assert there.assignee is not None and there.assignee.ref == amir and there.assignee.name == "amir"
    assert work.acknowledge(matches={scene.match: 1}, by=alice, now=now) == 1
    assert state(scene, scene.cast.amir).acknowledged_by == "alice"
    assert work.reopen(matches={scene.match: 2}, by=person(scene.cast.amir)) == 1
    assert work.assign(matches={scene.match: 3}, assignee=None, by=alice, now=now) == 1
    there = state(scene, scene.cast.alice)
    assert (there.assignee, there.acknowledged_at, there.version) == (None, None, 4)
    assert [event.detail["assignee"] for event in events("match.assign")] == [amir, ""]
    acknowledged = events("match.acknowledge")[0]
    assert (acknowledged.subject_ref, acknowledged.actor_ref) == (scene.match, alice.audit_ref)
    assert len(events("match.reopen")) == 1


def test_what_is_so_already_changes_nothing(scene: Scene) -> None:
    alice, now = person(scene.cast.alice), timezone.now()
    assert work.reopen(matches={scene.match: 0}, by=alice) == 0
    assert work.acknowledge(matches={scene.match: 0}, by=alice, now=now) == 1
    assert work.acknowledge(matches={scene.match: 1}, by=alice, now=now) == 0
    assert state(scene, scene.cast.alice).version == 1 and len(events("match.acknowledge")) == 1


def test_two_tabs(scene: Scene) -> None:
    alice, now = person(scene.cast.alice), timezone.now()
    work.acknowledge(matches={scene.match: 0}, by=alice, now=now)
    for old in (0, 2, -1):
        with pytest.raises(Refusal, match="meanwhile") as refused:
            work.assign(matches={scene.match: old}, assignee=alice.audit_ref, by=alice, now=now)
        assert refused.value.code == "version-changed"
    assert state(scene, scene.cast.alice).assignee is None and not events("match.assign")


def test_strangers_and_the_unreleased(scene: Scene) -> None:
    cy, alice, now = person(scene.cast.cy), person(scene.cast.alice), timezone.now()
    with pytest.raises(MatchNotFound):
        work.acknowledge(matches={scene.match: 0}, by=cy, now=now)
    with acting_as("aif_match"):
        MatchParty.objects.update(released_at=now + timezone.timedelta(minutes=1))
    with pytest.raises(MatchNotFound):
        work.acknowledge(matches={scene.match: 0}, by=alice, now=now)
    work.mark_read(matches=[scene.match, "M-nonsense"], viewer=alice, now=now)
    work.mark_read(matches=[scene.match], viewer=cy, now=now)
    assert not MatchWork.objects.exists() and not MatchRead.objects.exists()


def test_each_institution_works_for_itself(scene: Scene) -> None:
    alice, bea, now = person(scene.cast.alice), person(scene.cast.bea), timezone.now()
    work.acknowledge(matches={scene.match: 0}, by=alice, now=now)
    assert state(scene, scene.cast.bea).acknowledged_at is None
    for ref in (bea.audit_ref, "U-nonsense", person(make_user("auditor", institution=scene.cast.aster)).audit_ref):
        with pytest.raises(Refusal) as refused:
            work.assign(matches={scene.match: 1}, assignee=ref, by=alice, now=now)
        assert refused.value.code == "field-invalid"
    assert {each.name for each in work.list_colleagues(viewer=alice)} == {"alice", "amir"}


def test_who_has_left_is_given_nothing(scene: Scene) -> None:
    with acting_as("aif_desk"):
        users.deactivate(user_id=scene.cast.amir.pk, reason="left", by=CONSOLE, now=timezone.now())
    alice = person(scene.cast.alice)
    assert [each.name for each in work.list_colleagues(viewer=alice)] == ["alice"]
    with pytest.raises(Refusal):
        work.assign(matches={scene.match: 0}, assignee=scene.cast.amir.ref, by=alice, now=timezone.now())


@pytest.mark.parametrize("role", ["auditor", "submitter"])
def test_who_may_only_look(scene: Scene, role: str) -> None:
    by = person(make_user(role, institution=scene.cast.aster))
    with pytest.raises(PermissionMissing):
        work.acknowledge(matches={scene.match: 0}, by=by, now=timezone.now())
    with pytest.raises(PermissionMissing):
        work.reopen(matches={scene.match: 0}, by=by)
    with pytest.raises(PermissionMissing):
        work.assign(matches={scene.match: 0}, assignee=None, by=by, now=timezone.now())
    assert not MatchWork.objects.exists()


@pytest.mark.parametrize("count", [0, 101])
def test_none_and_too_many(scene: Scene, count: int) -> None:
    with pytest.raises(Refusal) as refused:
        work.acknowledge(
            matches={f"M-{number}": 0 for number in range(count)}, by=person(scene.cast.alice), now=timezone.now()
        )
    assert refused.value.code == "field-invalid"


def test_reading_is_each_persons_own(scene: Scene) -> None:
    alice, amir = person(scene.cast.alice), person(scene.cast.amir)
    assert state(scene, scene.cast.alice).unread
    work.mark_read(matches=[scene.match], viewer=alice, now=timezone.now())
    work.mark_read(matches=[scene.match], viewer=alice, now=timezone.now())
    assert not state(scene, scene.cast.alice).unread and state(scene, scene.cast.amir).unread
    work.mark_all_read(until=timezone.now(), viewer=amir)
    assert not state(scene, scene.cast.amir).unread
    work.mark_all_read(until=timezone.now() - timezone.timedelta(days=1), viewer=amir)  # never backwards
    assert not state(scene, scene.cast.amir).unread
    assert state(scene, scene.cast.bea).unread


def test_all_read_does_not_reach_into_the_future(scene: Scene) -> None:
    amir = person(scene.cast.amir)
    work.mark_all_read(until=timezone.now() + timezone.timedelta(days=9), viewer=amir)
    with acting_as("aif_match"):
        MatchParty.objects.update(released_at=timezone.now() + timezone.timedelta(milliseconds=20))
    run_worker()
    assert state(scene, scene.cast.amir).unread


def withdraw(owner: User, *, now: Any) -> None:
    by = person(owner)
    (own,) = list_clues(viewer=by)
    edits.withdraw(clue=own.clue, version=own.version, reason="mistake", by=by, now=now)
    with acting_as("aif_match"):
        while changes.apply_changes(limit=100, now=now):
            pass
    run_worker()


def test_an_undone_match_goes_and_those_who_had_it_are_told(scene: Scene) -> None:
    alice, now = person(scene.cast.alice), timezone.now()
    work.acknowledge(matches={scene.match: 0}, by=alice, now=now)
    assert not list_undone(viewer=alice) and get_undone_at(match=scene.match, viewer=alice) is None
    withdraw(scene.cast.bea, now=now)
    assert not list_inbox(viewer=alice, filters=Filters(state="all")).rows
    with pytest.raises(MatchNotFound):
        work.reopen(matches={scene.match: 1}, by=alice)
    assert [ref for ref, _at in list_undone(viewer=alice)] == [scene.match]
    assert get_undone_at(match=scene.match, viewer=alice) is not None
    cy = person(scene.cast.cy)
    assert get_undone_at(match=scene.match, viewer=cy) is None and not list_undone(viewer=cy)


def test_a_match_born_again_is_unread_and_open(scene: Scene) -> None:
    alice, now = person(scene.cast.alice), timezone.now()
    work.acknowledge(matches={scene.match: 0}, by=alice, now=now)
    work.mark_read(matches=[scene.match], viewer=alice, now=now)
    withdraw(scene.cast.bea, now=timezone.now())
    submit(caller(scene.cast.birch), [clue(token("one person", kind="resident-id"))])
    run_worker()
    there = state(scene, scene.cast.alice)
    assert there.unread and there.acknowledged_at is None
    assert not list_undone(viewer=alice) and get_undone_at(match=scene.match, viewer=alice) is None
    assert work.acknowledge(matches={scene.match: there.version}, by=alice, now=now) == 1  # a clock that is behind
    assert state(scene, scene.cast.alice).acknowledged_at is not None
