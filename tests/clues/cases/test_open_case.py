"""Opening a case: from a match or a ring, one at a time, by the desk."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from aif_share.errors import Refusal
from clues.cases.opening import AlreadyOpen, OriginNotFound, open_case
from clues.models import Case, CaseParty, CaseStep, Event, Match
from members.models import AuditEvent, Institution
from members.permissions import PermissionMissing
from tests.clues.scene import Scene, make_case, promote
from tests.factories import acting_as


@pytest.mark.parametrize("origin", ["match", "ring"])
def test_opens_with_parties_notices_and_a_trail(scene: Scene, origin: str) -> None:
    if origin == "ring":
        promote(scene)
    now = timezone.now()
    with acting_as("aif_desk"):
        case = open_case(by=scene.cast.olga, now=now, **{origin: getattr(scene, origin)})
        case.refresh_from_db()
        assert (case.state, case.version, case.opened_by, case.opened_at) == ("candidate", 1, scene.cast.olga, now)
        assert str(getattr(case, origin)) == getattr(scene, origin)
        concerned = {scene.cast.aster.pk, scene.cast.birch.pk}
        parties = CaseParty.objects.filter(case=case)
        notices = Event.objects.filter(subject_kind="CASE", subject_id=case.pk)
        assert {party.institution_id for party in parties} == concerned
        assert {notice.institution_id for notice in notices} == concerned
        assert {notice.kind for notice in notices} == {"case.opened"}
        # One moment for all of them, in the future of the opening; the events wait for the release after it.
        moments = {party.released_at for party in parties}
        assert len(moments) == 1 and moments.pop() > now
        assert {(notice.released_at, notice.seq) for notice in notices} == {(None, None)}
        assert CaseStep.objects.get(case=case).action == "open"
        event = AuditEvent.objects.latest("id")
        assert (event.verb, event.subject_ref, event.actor_ref) == ("case.open", case.ref, scene.cast.olga.ref)


def test_one_case_at_a_time(scene: Scene) -> None:
    make_case(scene)
    with acting_as("aif_desk"), pytest.raises(AlreadyOpen):
        open_case(match=scene.match, by=scene.cast.pavel, now=timezone.now())


def test_a_dismissed_one_makes_room(scene: Scene) -> None:
    make_case(scene, at="dismissed")
    with acting_as("aif_desk"):
        open_case(match=scene.match, by=scene.cast.pavel, now=timezone.now())
        assert Case.objects.count() == 2


@pytest.mark.parametrize("who", ["alice", "amir", "cy"])
def test_members_cannot(scene: Scene, who: str) -> None:
    with acting_as("aif_desk"), pytest.raises(PermissionMissing):
        open_case(match=scene.match, by=getattr(scene.cast, who), now=timezone.now())
    with acting_as("aif_desk"):
        assert not Case.objects.exists() and not CaseParty.objects.exists()


def test_origins_that_do_not_exist(scene: Scene) -> None:
    with acting_as("aif_desk"):
        for origin in ({"match": scene.ring}, {"ring": scene.match}, {"match": ""}, {"ring": "R-1"}):
            with pytest.raises(OriginNotFound):
                open_case(by=scene.cast.olga, now=timezone.now(), **origin)
        for nonsense in ({}, {"match": scene.match, "ring": scene.ring}):
            with pytest.raises(TypeError):
                open_case(by=scene.cast.olga, now=timezone.now(), **nonsense)


def test_a_match_before_its_tick_is_not_there(scene: Scene) -> None:
    with acting_as("aif_match"):
        Match.objects.update(released_at=timezone.now() + timezone.timedelta(minutes=1))
    with acting_as("aif_desk"), pytest.raises(OriginNotFound):
        open_case(match=scene.match, by=scene.cast.olga, now=timezone.now())


def test_a_suspended_party_is_not_told(scene: Scene) -> None:
    with acting_as("aif_desk"):
        from members.operations.institutions import suspend

        suspend(institution_id=scene.cast.birch.pk, reason="test", by=scene.cast.olga, now=timezone.now())
        assert Institution.objects.get(pk=scene.cast.birch.pk).state == "suspended"
        case = open_case(match=scene.match, by=scene.cast.olga, now=timezone.now())
        assert [party.institution_id for party in case.parties.all()] == [scene.cast.aster.pk]


def test_command_opens_and_prints_json(scene: Scene, capsys: Any) -> None:
    promote(scene)
    with acting_as("aif_desk"):
        call_command("open_case", "--ring", scene.ring, "--by", "olga", "--json")
        assert json.loads(capsys.readouterr().out) == {"case": Case.objects.get().ref, "state": "candidate"}
        for wrong in (["--by", "nobody"], ["--by", "alice"], ["--by", "olga"]):
            with pytest.raises(CommandError):
                call_command("open_case", "--ring", scene.ring, *wrong)
        assert Case.objects.count() == 1


def test_refusals_have_codes_of_the_catalog() -> None:
    from aif_share.wire.problems import PROBLEMS

    for kind in (AlreadyOpen, OriginNotFound):
        assert issubclass(kind, Refusal) and kind().code in PROBLEMS


def test_a_command_moves_it_on(scene: Scene, capsys: Any) -> None:
    case = make_case(scene)
    with acting_as("aif_desk"):
        call_command("move_case", "--case", case.ref, "--action", "triage", "--by", "olga", "--json")
        assert json.loads(capsys.readouterr().out) == {"case": case.ref, "state": "triage"}
        lead = ("--lead", scene.cast.birch.ref)
        call_command("move_case", "--case", case.ref, "--action", "assign-lead", "--by", "olga", *lead)
        for wrong in (["ready", "--by", "olga"], ["join-up", "--by", "pavel"], ["join-up", "--by", "nobody"]):
            with pytest.raises(CommandError):
                call_command("move_case", "--case", case.ref, "--action", *wrong)
        case.refresh_from_db()
        assert (case.state, case.lead) == ("lead-claimed", scene.cast.birch)
        assert AuditEvent.objects.filter(verb="case.refuse").count() == 2
