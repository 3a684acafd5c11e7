"""A clock that ran out: once, to both sides and the alliance; two workers do it once; who acts in time is left alone."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from django.db import ProgrammingError, connection, transaction
from django.utils import timezone

from aif_share.errors import Refusal
from clues.models import RequestParty, RequestStep
from clues.requests import mediation, queries
from tests.clues.requests.world import (
    World,
    act,
    audited,
    escalate,
    make_world,
    over_match,
    referral,
    run_out,
    send,
    told,
)
from tests.factories import acting_as


def test_once_and_both_sides_are_told(world: World) -> None:
    made = send(referral(world.scene.cast.aster), by=world.dana)
    assert escalate() == 0
    run_out(made)
    assert [escalate(), escalate()] == [1, 0]
    assert told(made)[1:] == [("Aster Bank", "request.escalated"), ("Delta Telecom", "request.escalated")]
    assert audited(made)[1:] == [("request.escalate", "requests")]
    for person in (world.alice, world.dana):
        view = queries.get_request(request=made.ref, viewer=person)
        assert view.state == "escalated" and view.escalated_at is not None and not view.is_running
        assert (view.steps[-1].side, view.steps[-1].partner) == ("clock", None)


def test_taken_up_but_not_answered_escalates_too_and_can_still_be_answered(world: World) -> None:
    made = send(referral(world.scene.cast.aster), by=world.dana)
    act(made, "take-up", by=world.alice)
    run_out(made)
    assert escalate() == 1
    act(made, "answer", by=world.alice, answer="refunded")
    run_out(made)
    assert escalate() == 0
    assert queries.get_request(request=made.ref, viewer=world.dana).state == "answered"


def test_what_is_over_never_escalates(world: World) -> None:
    for action, body in {"answer": {"answer": "no-record"}, "decline": {"reason": "not-ours"}, "withdraw": {}}.items():
        made = send(referral(world.scene.cast.aster), by=world.dana)
        act(made, action, by=world.dana if action == "withdraw" else world.alice, **body)
        run_out(made)
        assert escalate() == 0


def test_an_alert_that_nobody_takes_up(world: World) -> None:
    made = send({"kind": "alert", "match": world.scene.match, "text": "Payments are leaving now."}, by=world.alice)
    run_out(made)
    assert escalate() == 1
    act(made, "take-up", by=world.bea)
    assert RequestParty.objects.get(request=made).state == "taken-up" and escalate() == 0


@pytest.mark.parametrize("how", ["withdraw", "end"])
def test_the_sender_of_a_match_is_told_once_however_many_are_late(world: World, how: str) -> None:
    """Two receivers are late; one event for the sender, and one step in its thread: it does not learn how many."""
    from tests.clues.alliance import caller, clue, submit, token
    from tests.clues.scene import wait_for_tick, work

    cedar = world.scene.cast.cedar
    submit(caller(cedar), [clue(token("one person", kind="resident-id"), client_ref="cedar-2")])
    work()
    made = send(over_match(world), by=world.alice)
    assert RequestParty.objects.filter(request=made).count() == 2
    run_out(made)
    assert escalate() == 2
    assert [kind for name, kind in told(made) if name == "Aster Bank"] == ["request.escalated"]
    view = queries.get_request(request=made.ref, viewer=world.alice)
    assert [step.action for step in view.steps] == ["send", "escalate"]
    if how == "end":
        with acting_as("aif_desk"):
            for party in RequestParty.objects.filter(request=made):
                mediation.end(
                    party=party.pk, reason="Settled by telephone.", by=world.scene.cast.olga, now=timezone.now()
                )
        wait_for_tick()
        sides = [name for name, kind in told(made) if kind == "request.closed"]
        assert sorted(sides) == ["Aster Bank", "Birch Finance", "Cedar Pay"], "the sender once"
    else:
        act(made, "withdraw", by=world.alice)
    view = queries.get_request(request=made.ref, viewer=world.alice)
    assert [step.action for step in view.steps] == ["send", "escalate", how]


def test_what_the_alliance_reads_and_does(world: World) -> None:
    """Nothing before the clock ran out; then its words, a reminder, and an end with a reason."""
    made = send(referral(world.scene.cast.aster), by=world.dana)
    party = RequestParty.objects.get(request=made)
    olga = world.scene.cast.olga
    with acting_as("aif_desk"):
        assert mediation.list_words(party=party.pk, by=olga) == []
        with pytest.raises(Refusal) as refused:
            mediation.remind(party=party.pk, reason="late", by=olga, now=timezone.now())
        assert refused.value.code == "transition-refused"
    run_out(made)
    escalate()
    with acting_as("aif_desk"):
        words = mediation.list_words(party=party.pk, by=olga)
        assert [(row[0], row[1]) for row in words] == [("send", "sender"), ("escalate", "clock")]
        for reason in ("", "号码 13800138000"):
            with pytest.raises(Refusal):
                mediation.remind(party=party.pk, reason=reason, by=olga, now=timezone.now())
        mediation.remind(party=party.pk, reason="Please answer today.", by=olga, now=timezone.now())
        mediation.end(party=party.pk, reason="Settled by telephone.", by=olga, now=timezone.now())
        with pytest.raises(Refusal):
            mediation.end(party=party.pk, reason="again", by=olga, now=timezone.now())
    assert told(made)[3:] == [
        ("Aster Bank", "request.reminded"), ("Aster Bank", "request.closed"), ("Delta Telecom", "request.closed"),
    ]  # fmt: skip
    assert audited(made)[2:] == [("request.remind", olga.ref), ("request.end", olga.ref)]


@pytest.mark.django_db
def test_the_desk_has_no_right_to_the_words() -> None:
    """Nor can it say by itself that a clock ran out."""
    refused = [(role, f"SELECT {each} FROM request_step") for role in ("aif_desk", "aif_match")
               for each in ("text", "basis", "*")]  # fmt: skip
    for role, statement in [*refused, ("aif_desk", "UPDATE request_party SET escalated_at = now()")]:
        with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
            with acting_as(role), connection.cursor() as cursor:
                cursor.execute(statement)


def test_members_staff_mediate_nothing(world: World) -> None:
    made = send(referral(world.scene.cast.aster), by=world.dana)
    run_out(made)
    escalate()
    party = RequestParty.objects.get(request=made)
    for person in (world.scene.cast.alice, world.scene.cast.amir):
        for operation in (mediation.remind, mediation.end):
            with pytest.raises(Refusal) as refused:
                operation(party=party.pk, reason="x", by=person, now=timezone.now())
            assert refused.value.code == "permission-missing"


def test_two_workers_escalate_once(fresh_database: str, settings: Any) -> None:
    """Both look at the same moment, again and again: one step, one event for each side, one audit event."""
    settings.AIF_DISCLOSURE_TICK = 0.01
    world = make_world()
    made = [send(referral(world.scene.cast.aster), by=world.dana) for _ in range(3)]
    for each in made:
        run_out(each)
    both = threading.Barrier(2)
    found: list[int] = []

    def look() -> None:
        try:
            both.wait(timeout=10)
            found.append(sum(escalate() for _ in range(3)))
        finally:
            connection.close()

    workers = [threading.Thread(target=look) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sum(found) == 3
    assert RequestStep.objects.filter(action="escalate").count() == 3
    for each in made:
        assert [kind for _name, kind in told(each)].count("request.escalated") == 2
        assert [verb for verb, _who in audited(each)].count("request.escalate") == 1
