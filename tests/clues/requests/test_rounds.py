"""What further rounds, ticks and retention must not open: rules of the first round hold, and nothing tells early."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from aif_share.errors import Refusal
from clues.cases.transition import perform
from clues.models import MemberRequest, RequestIdentifier, RequestParty, RequestStep
from clues.requests import queries, steps
from clues.retention import delete
from clues.retention.rules import RULES
from members.models import reference
from tests.clues.alliance import token
from tests.clues.dispositions.doing import withdraw
from tests.clues.requests.world import TEXT, World, act, over_match, referral, send
from tests.clues.scene import make_case
from tests.factories import acting_as

DAYS = {rule.name: rule.days for rule in RULES}["requests"]


def code_of(body: dict[str, Any], by: Any) -> str:
    with pytest.raises(Refusal) as caught:
        send(body, by=by)
    return caught.value.code


def test_a_further_round_by_name_goes_only_where_the_kind_may_go(world: World) -> None:
    """From bank to payment company a complaint is not referred, not even as a further round of what was provided."""
    provided = send(
        {"kind": "provide", "to": reference.encode("I", world.scene.cast.cedar.pk), "text": TEXT}, by=world.alice
    )
    body = {name: value for name, value in referral(world.scene.cast.cedar).items() if name != "to"}
    assert code_of(body | {"previous": provided.ref}, world.alice) == "field-invalid"
    told = send({"kind": "provide", "to": reference.encode("I", world.delta.pk), "text": TEXT}, by=world.alice)
    assert send(body | {"previous": told.ref}, by=world.alice).via == "institution"


def test_a_thread_ends_with_what_both_had_in_common(world: World) -> None:
    """A match that is undone, and a case that is over, are no ground any more to ask."""
    asked = send(over_match(world), by=world.alice)
    again = {"kind": "request", "previous": asked.ref, "purpose": "investigation", "text": TEXT}
    assert send(again, by=world.bea).match_id == asked.match_id
    case = make_case(world.scene)
    within = {"kind": "request", "case": case.ref, "purpose": "investigation", "text": TEXT}
    first = send(within, by=world.alice)
    with acting_as("aif_desk"):
        perform(case=case.ref, action="dismiss", by=world.scene.cast.olga, now=timezone.now(), note="not our matter")
    assert code_of(within, world.alice) == "transition-refused"
    assert code_of(again | {"previous": first.ref}, world.bea) == "transition-refused"
    withdraw("birch-1")
    assert code_of(again, world.alice) == "transition-refused"


def test_what_can_be_done_tells_nothing_before_the_tick(world: World, settings: Any) -> None:
    """Answered, taken up or withdrawn: the other side's buttons and clock stay as they were until it is told."""
    asked, alert = send(over_match(world), by=world.alice), send(over_match(world, kind="alert"), by=world.alice)
    back = send(over_match(world), by=world.bea)

    def shown() -> list[Any]:
        seen = [queries.get_request(request=each.ref, viewer=world.alice) for each in (asked, alert, back)]
        return [(each.state, each.actions, each.due_at, each.is_running) for each in seen]

    before = shown()
    settings.AIF_DISCLOSURE_TICK = 3600
    steps.act(request=asked.ref, action="answer", body={"answer": "no-record"}, by=world.bea, now=timezone.now())
    steps.act(request=alert.ref, action="take-up", body={}, by=world.bea, now=timezone.now())
    steps.act(request=back.ref, action="withdraw", body={}, by=world.bea, now=timezone.now())
    assert shown() == before
    own = queries.get_request(request=asked.ref, viewer=world.bea)
    assert (own.state, own.actions) == ("answered", frozenset()), "who acted sees it at once"


def test_a_long_thread_is_read_by_as_many_statements_as_a_short_one(world: World) -> None:
    first = send(over_match(world, identifiers=[token("z")]), by=world.alice)

    def statements() -> int:
        with CaptureQueriesContext(
            connection,
        ) as asked:
            queries.list_thread(request=first.ref, viewer=world.alice)
        return len(asked)

    short = statements()
    for _round in range(3):
        send({"kind": "request", "previous": first.ref, "purpose": "investigation", "text": TEXT}, by=world.alice)
    assert statements() <= short + 1


def test_a_thread_goes_whole_three_years_after_it_is_over(world: World) -> None:
    over = send(over_match(world, identifiers=[token("z")]), by=world.alice)
    act(over, "answer", by=world.bea, answer="no-record")
    send({"kind": "provide", "previous": over.ref, "text": TEXT}, by=world.alice)
    waits = send(over_match(world), by=world.alice)
    alert = act(send(over_match(world, kind="alert"), by=world.alice), "take-up", by=world.bea)
    with acting_as("aif_match"):
        assert delete.delete_ended(now=timezone.now() + timedelta(days=DAYS - 1))["requests"] == 0
        assert delete.delete_ended(now=timezone.now() + timedelta(days=DAYS + 1))["requests"] == 3
    assert list(MemberRequest.objects.values_list("pk", flat=True)) == [waits.pk], "it still waits for its answer"
    assert {row.request_id for row in RequestStep.objects.all()} == {waits.pk} and alert.pk != waits.pk
    assert RequestParty.objects.count() == 1 and not RequestIdentifier.objects.exists()


def test_a_thread_stays_while_a_round_of_it_waits(world: World) -> None:
    over = send(over_match(world), by=world.alice)
    act(over, "answer", by=world.bea, answer="no-record")
    send({"kind": "request", "previous": over.ref, "purpose": "investigation", "text": TEXT}, by=world.bea)
    with acting_as("aif_match"):
        assert delete.delete_ended(now=timezone.now() + timedelta(days=DAYS + 1))["requests"] == 0
