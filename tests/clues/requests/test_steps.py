"""Each step by the table: who may, from where, what it leaves behind; a refusal leaves nothing."""

from __future__ import annotations

from typing import Any

import pytest

from aif_share.errors import Refusal
from clues.models import RequestParty, RequestStep
from clues.requests import queries, workflow
from clues.requests.workflow import TRANSITIONS, Side
from tests.clues.requests.world import (
    TEXT,
    World,
    act,
    audited,
    escalate,
    over_match,
    referral,
    run_out,
    send,
    state_of,
    told,
)

ANSWER = {"answer": "found", "text": "Two accounts, opened in May; both are blocked."}
# Written by hand: state -> what each side may do, for a kind that awaits an answer.
EXPECTED = {
    "sent": {"receiver": {"take-up", "answer", "decline"}, "sender": {"withdraw"}},
    "taken-up": {"receiver": {"answer", "decline"}, "sender": {"withdraw"}},
    "escalated": {"receiver": {"take-up", "answer", "decline"}, "sender": {"withdraw"}},
    "answered": {"receiver": set(), "sender": {"close"}},
    "closed": {"receiver": set(), "sender": set()},
    "declined": {"receiver": set(), "sender": set()},
    "withdrawn": {"receiver": set(), "sender": set()},
}
BODIES: dict[str, dict[str, Any]] = {
    "take-up": {}, "answer": ANSWER, "decline": {"reason": "not-ours"}, "withdraw": {}, "close": {},
}  # fmt: skip


def bring(world: World, state: str) -> Any:
    """Return a request that stands there."""
    made = send(over_match(world), by=world.alice)
    if state == "taken-up":
        act(made, "take-up", by=world.bea)
    if state == "escalated":
        run_out(made)
        assert escalate() == 1
    if state in ("answered", "closed"):
        act(made, "answer", by=world.bea, **ANSWER)
    if state == "closed":
        act(made, "close", by=world.alice)
    if state == "declined":
        act(made, "decline", by=world.bea, reason="not-ours")
    if state == "withdrawn":
        act(made, "withdraw", by=world.alice)
    return made


def test_every_cell(world: World) -> None:
    """What the table refuses writes nothing; what it allows is offered, and nothing else is."""
    for state, sides in EXPECTED.items():
        made = bring(world, state)
        for side, person in (("receiver", world.bea), ("sender", world.alice)):
            view = queries.get_request(request=made.ref, viewer=person)
            assert (view.state, view.actions) == (state, sides[side])
            for action in BODIES.keys() - sides[side]:
                before = (RequestStep.objects.count(), told(made), audited(made))
                with pytest.raises(Refusal) as refused:
                    act(made, action, by=person, **BODIES[action])
                assert refused.value.code == "transition-refused", (state, side, action)
                assert (RequestStep.objects.count(), told(made), audited(made)) == before
                assert state_of(made) == state


def test_asked_taken_up_answered_closed(world: World) -> None:
    made = send(over_match(world), by=world.alice)
    act(made, "take-up", by=world.bea)
    act(made, "answer", by=world.bea, **ANSWER)
    seen = queries.get_request(request=made.ref, viewer=world.alice)
    assert [(step.action, step.code, step.text, step.other) for step in seen.steps] == [
        ("send", "", TEXT, None),
        ("take-up", "", "", 1),
        ("answer", "found", ANSWER["text"], 1),
    ]
    act(made, "close", by=world.alice)
    assert told(made) == [
        ("Birch Finance", "request.received"),
        ("Aster Bank", "request.taken-up"),
        ("Aster Bank", "request.answered"),
        ("Birch Finance", "request.closed"),
    ]
    alice, bea = world.scene.cast.alice.ref, world.scene.cast.bea.ref
    assert audited(made) == [
        ("request.send", alice), ("request.take-up", bea), ("request.answer", bea), ("request.close", alice),
    ]  # fmt: skip
    party = RequestParty.objects.get(request=made)
    assert party.over_at is not None and party.taken_up_at is not None


WRONG: list[tuple[str, dict[str, Any], str]] = [
    ("answer", {}, "field-invalid"),
    ("answer", {"answer": "refunded"}, "field-invalid"),  # of another kind
    ("answer", {"answer": "found"}, "field-missing"),
    ("answer", {"answer": "found", "text": "机主 1-3-8-0-0-1-3-8-0-0-0"}, "raw-identifier"),
    ("answer", {"answer": "cannot-disclose"}, "field-missing"),
    ("answer", {"answer": "cannot-disclose", "basis": "Art. 5"}, "basis-invalid"),
    ("answer", {"answer": "no-record", "name": "x"}, "unknown-field"),
    ("decline", {"reason": "mood"}, "field-invalid"),
    ("decline", {"reason": "other"}, "field-missing"),
    ("take-up", {"text": "x"}, "unknown-field"),
]


def test_words_that_are_not_right_change_nothing(world: World) -> None:
    made = send(over_match(world), by=world.alice)
    for action, body, code in WRONG:
        with pytest.raises(Refusal) as refused:
            act(made, action, by=world.bea, **body)
        assert refused.value.code == code, body
        assert state_of(made) == "sent" and RequestStep.objects.count() == 1


def test_cannot_disclose_names_its_legal_basis(world: World) -> None:
    made = send(over_match(world), by=world.alice)
    act(made, "answer", by=world.bea, answer="cannot-disclose", basis="pipl-13")
    assert queries.get_request(request=made.ref, viewer=world.alice).steps[-1].basis == "pipl-13"


def test_strangers_find_nothing(world: World) -> None:
    made = send(over_match(world), by=world.alice)
    for stranger in (world.cy, world.dana):
        for action, body in BODIES.items():
            with pytest.raises(Refusal) as refused:
                act(made, action, by=stranger, **body)
            assert refused.value.code == "not-found"
        with pytest.raises(Refusal) as missing:
            queries.get_request(request=made.ref, viewer=stranger)
        assert missing.value.code == "not-found" and not queries.list_received(viewer=stranger)
    assert RequestStep.objects.count() == 1


def test_an_alert_wants_to_be_taken_up(world: World) -> None:
    from members.models import reference

    alert = {"kind": "alert", "to": reference.encode("I", world.scene.cast.birch.pk), "text": TEXT}
    made = send(alert, by=world.alice)
    assert made.clock == "urgent"
    with pytest.raises(Refusal):
        act(made, "decline", by=world.bea, reason="not-ours")
    act(made, "take-up", by=world.bea)
    assert RequestParty.objects.get(request=made).due_at is None
    act(made, "close", by=world.alice)
    assert state_of(made) == "closed"


def test_what_is_provided_has_no_clock(world: World) -> None:
    made = send({"kind": "provide", "match": world.scene.match, "text": TEXT}, by=world.alice)
    assert RequestParty.objects.get(request=made).due_at is None and made.clock == ""
    act(made, "answer", by=world.bea, answer="noted")


def test_a_second_round_keeps_the_thread(world: World) -> None:
    """Asked again, asked back, and passed on to a third: each sees the rounds it is part of, and no more."""
    first = send(referral(world.scene.cast.aster), by=world.dana)
    act(first, "answer", by=world.alice, answer="no-record")
    again = send(referral(world.scene.cast.aster) | {"to": None, "previous": first.ref}, by=world.dana)
    back = send(referral(world.delta) | {"to": None, "previous": again.ref}, by=world.alice)
    passed = send(
        {"kind": "provide", "to": _ref(world.scene.cast.cedar), "previous": first.ref, "text": TEXT}, by=world.alice
    )
    assert [row.thread_id for row in (again, back, passed)] == [first.pk] * 3
    assert _rounds(world.alice, first) == [first.ref, again.ref, back.ref, passed.ref]
    assert _rounds(world.dana, again) == [first.ref, again.ref, back.ref]
    assert _rounds(world.cy, passed) == [passed.ref]
    assert queries.get_request(request=passed.ref, viewer=world.cy).previous is None


def _ref(institution: Any) -> str:
    from members.models import reference

    return reference.encode("I", institution.pk)


def _rounds(viewer: Any, request: Any) -> list[str]:
    return [row.request for row in queries.list_thread(request=request.ref, viewer=viewer)]


def test_the_table_names_every_state_side_and_verb() -> None:
    from clues.requests.telling import TOLD
    from members.audit.verbs import VERBS

    assert {row.verb for row in TRANSITIONS} | {"request.send"} == {
        verb for verb in VERBS if verb.startswith("request.")
    }
    assert {row.target for row in TRANSITIONS} | {"sent"} == set(workflow.STATES)
    assert {row.action for row in TRANSITIONS} | {workflow.SEND} == set(TOLD)
    assert all((row.by is None) == (row.side is Side.CLOCK) for row in TRANSITIONS)
