"""What is sent arrives where it is addressed, with its clock, and says no more than it should; else nothing is stored."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from aif_share.errors import Refusal
from clues.models import Clue, MemberRequest, RequestIdentifier, RequestParty, RequestStep
from clues.requests import queries
from clues.requests.clocks import due_at
from clues.working_days import ZONE
from members.models import AuditEvent, reference
from tests.clues.alliance import token
from tests.clues.requests.world import COMPLAINT, TEXT, World, audited, over_match, referral, send, told
from tests.factories import acting_as, make_institution


def nothing_stored() -> bool:
    with acting_as("aif_desk"):
        audit = AuditEvent.objects.filter(verb__startswith="request.").exists()
    kinds = (MemberRequest, RequestParty, RequestIdentifier, RequestStep)
    return not audit and not any(kind.objects.exists() for kind in kinds)


def test_over_a_match_to_the_others_without_names(world: World) -> None:
    made = send(over_match(world, identifiers=[token("z")]), by=world.alice)
    (party,) = RequestParty.objects.filter(request=made)
    assert party.institution == world.scene.cast.birch and party.state == "sent"
    assert told(made) == [("Birch Finance", "request.received")]
    assert audited(made) == [("request.send", world.scene.cast.alice.ref)]
    seen = queries.get_request(request=made.ref, viewer=world.bea)
    assert (seen.side, seen.partner, seen.match, seen.state) == ("receiver", None, world.scene.match, "sent")
    assert [(step.action, step.text, step.partner, step.is_own) for step in seen.steps] == [("send", TEXT, None, False)]
    own = queries.get_request(request=made.ref, viewer=world.alice)
    assert (own.side, own.partner) == ("sender", None) and own.steps[0].is_own
    assert "Aster" not in repr(seen) and "Birch" not in repr(own)


def test_by_name_reveals_both(world: World) -> None:
    made = send(referral(world.scene.cast.aster), by=world.dana)
    seen = queries.get_request(request=made.ref, viewer=world.alice)
    assert seen.partner is not None and seen.partner.name == "Delta Telecom"
    assert seen.complaint is not None and seen.complaint.reference == COMPLAINT["reference"]
    assert made.purpose == "complaint-handling" and made.clock == "normal"
    own = queries.get_request(request=made.ref, viewer=world.dana)
    assert own.partner is not None and own.partner.name == "Aster Bank"


def test_own_clues_give_their_identifiers_and_each_sees_its_own(world: World) -> None:
    clue = Clue.objects.get(client_ref="aster-1")
    made = send(over_match(world, clues=[reference.encode("C", clue.pk)]), by=world.alice)
    sides = [queries.get_request(request=made.ref, viewer=viewer).identifiers for viewer in (world.alice, world.bea)]
    assert [[(each.type, [own.client_ref for own in each.mine]) for each in side] for side in sides] == [
        [("resident-id", ["aster-1"]), ("cn-mobile", ["aster-1"])],
        [("resident-id", ["birch-1"]), ("cn-mobile", [])],
    ]


REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"kind": "rumor"}, "field-invalid"),
    ({"text": " "}, "field-missing"),
    ({"text": "call 138 0013 8000"}, "raw-identifier"),
    ({"text": "机主一三八零零一三八零零零"}, "raw-identifier"),
    ({"text": "x" * 2001}, "field-invalid"),
    ({"clock": "soon"}, "field-invalid"),
    ({"purpose": None}, "purpose-unknown"),
    ({"purpose": "collection"}, "purpose-unknown"),
    ({"basis": "§ 34"}, "basis-invalid"),
    ({"match": "M-NONE"}, "not-found"),
    ({"match": None}, "field-missing"),
    ({"to": "I-X"}, "field-missing"),
    ({"identifiers": [{"type": "domain", "epoch": 1, "token": "13800138000"}]}, "raw-identifier"),
    ({"clues": ["C-NONE"]}, "not-found"),
    ({"clues": "C-NONE"}, "field-invalid"),
    ({"previous": "RQ-NONE"}, "not-found"),
    ({"complaint": COMPLAINT}, "field-invalid"),
    ({"phone": "1"}, "unknown-field"),
]


def test_refused_and_nothing_stored(world: World) -> None:
    for fields, code in REFUSED:
        with pytest.raises(Refusal) as refused:
            send(over_match(world) | fields, by=world.alice)
        assert refused.value.code == code and nothing_stored(), fields
        assert "138 0013" not in f"{refused.value!r}{refused.value.extra}"


INCOMPLETE: list[tuple[dict[str, Any], str]] = [
    ({"complaint": None}, "field-missing"),
    ({"complaint": COMPLAINT | {"reference": "13800138000"}}, "raw-identifier"),
    ({"complaint": COMPLAINT | {"reference": "a b"}}, "case-ref-invalid"),
    ({"complaint": COMPLAINT | {"received_on": "2999-01-01"}}, "field-invalid"),
    ({"complaint": COMPLAINT | {"received_on": "20.11.2026"}}, "field-invalid"),
    ({"complaint": COMPLAINT | {"category": "noise"}}, "field-invalid"),
    ({"complaint": COMPLAINT | {"handling": None}}, "field-invalid"),
    ({"complaint": COMPLAINT | {"name": "x"}}, "unknown-field"),
    ({"purpose": "onboarding"}, "purpose-unknown"),
    ({"kind": "request", "complaint": None, "purpose": "investigation"}, "field-invalid"),  # never by name
]


def test_a_referral_says_what_the_complaint_is(world: World) -> None:
    for fields, code in INCOMPLETE:
        with pytest.raises(Refusal) as refused:
            send(referral(world.scene.cast.aster) | fields, by=world.dana)
        assert refused.value.code == code and nothing_stored(), fields


def test_referrals_go_between_telecom_and_finance_only(world: World) -> None:
    with pytest.raises(Refusal) as refused:
        send(referral(world.scene.cast.birch), by=world.alice)  # a bank to a lender
    assert refused.value.code == "field-invalid" and nothing_stored()
    send(referral(world.delta), by=world.alice)
    send(referral(world.scene.cast.birch), by=world.dana)


def test_nobody_sends_to_itself_nor_to_who_is_not_live(world: World) -> None:
    gone = make_institution(at="suspended")
    for there in (world.scene.cast.aster, gone):
        with pytest.raises(Refusal) as refused:
            send({"kind": "alert", "to": reference.encode("I", there.pk), "text": TEXT}, by=world.alice)
        assert refused.value.code == "field-invalid" and nothing_stored()


def test_who_may_send(world: World) -> None:
    from members.queries import person_of
    from tests.factories import make_user

    for role, may in (("analyst", True), ("approver", True), ("submitter", False), ("auditor", False)):
        person = person_of(make_user(role, institution=world.scene.cast.aster))
        if may:
            send(over_match(world), by=person)
        else:
            with pytest.raises(Refusal) as refused:
                send(over_match(world), by=person)
            assert refused.value.code == "permission-missing"


def test_a_stranger_cannot_ask_over_a_match(world: World) -> None:
    with pytest.raises(Refusal) as refused:
        send(over_match(world), by=world.cy)
    assert refused.value.code == "not-found" and nothing_stored()


def test_lawful_use_is_asked_for_identifiers(world: World) -> None:
    from tests.clues.alliance import allow

    allow("unresolved * * * *\nallowed investigation * * domain")
    with pytest.raises(Refusal) as refused:
        send(over_match(world, identifiers=[token("z", kind="cn-mobile")]), by=world.alice)
    assert refused.value.code == "lawful-use-unresolved" and nothing_stored()
    send(over_match(world, identifiers=[token("z")]), by=world.alice)


@pytest.mark.parametrize(
    ("clock", "start", "due"),
    [
        ("urgent", "2026-10-01T23:50", "2026-10-02T00:05"),  # on the National Day, past midnight
        ("normal", "2026-11-02T10:00", "2026-11-05T00:00"),  # a Monday
        ("normal", "2026-11-06T10:00", "2026-11-11T00:00"),  # a Friday, over the weekend
        ("normal", "2026-09-30T10:00", "2026-10-10T00:00"),  # over 1 to 7 October; 8 and 9 are worked
        ("normal", "2026-02-12T10:00", "2026-02-15T00:00"),  # Friday 13 and the worked Saturday 14
    ],
)
def test_clocks(clock: str, start: str, due: str) -> None:
    moments = [datetime.fromisoformat(text).replace(tzinfo=ZONE) for text in (start, due)]
    assert due_at(clock, start=moments[0].astimezone(UTC)) == moments[1]


def test_the_clock_starts_when_it_can_be_seen(world: World) -> None:
    made = send(over_match(world, clock="urgent"), by=world.alice)
    party = RequestParty.objects.get(request=made)
    assert party.due_at == made.released_at + timedelta(minutes=15)
    assert told(made) == [("Birch Finance", "request.urgent")]
    assert made.released_at > made.sent_at


def test_before_its_tick_nobody_but_the_sender_sees_it(world: World, settings: Any) -> None:
    from clues.requests import sending

    settings.AIF_DISCLOSURE_TICK = 3600
    made = sending.send(request=over_match(world), by=world.alice, now=timezone.now())
    assert queries.list_received(viewer=world.bea) == []
    with pytest.raises(Refusal) as refused:
        queries.get_request(request=made.ref, viewer=world.bea)
    assert refused.value.code == "not-found"
    assert queries.get_request(request=made.ref, viewer=world.alice).state == "sent"
