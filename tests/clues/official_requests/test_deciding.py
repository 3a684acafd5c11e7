"""Letting an official request through: the table by hand, four eyes, the scope, and who sees it from when on."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from clues.models import Event, OfficialParty, OfficialRequest, OfficialStep
from clues.official_requests import answering, deciding, queries, workflow
from members.models import AuditEvent
from members.queries import person_of
from tests.clues.official_requests.world import (
    audited,
    fields,
    make_request,
    propose,
    refusal,
    register,
    reply,
    verify,
)
from tests.clues.scene import Scene, make_case, wait_for_tick
from tests.factories import acting_as, make_institution, make_user

REASON = "Not as it should be."
# By hand: (state, action) -> the state afterwards; everything else is refused.
ALLOWED = {
    ("registered", "propose"): "proposed", ("registered", "refuse"): "refused", ("registered", "withdraw"): "withdrawn",
    ("proposed", "approve"): "routed", ("proposed", "return"): "registered", ("proposed", "refuse"): "refused",
    ("proposed", "withdraw"): "withdrawn", ("routed", "withdraw"): "withdrawn", ("routed", "answer"): "answered",
}  # fmt: skip
WHO = {"propose": "olga", "approve": "pavel", "return": "pavel", "withdraw": "olga", "answer": "olga"}


def act(scene: Scene, request: OfficialRequest, action: str, by: Any) -> OfficialRequest:
    """Take a step with whatever it needs."""
    now, ref = timezone.now(), request.ref
    if action == "propose":
        return deciding.propose(request=ref, institutions=[scene.cast.aster.ref], by=by, now=now)
    if action == "refuse":
        return deciding.refuse(request=ref, code="document-invalid", note="", by=by, now=now)
    if action == "answer":
        return answering.answer(request=ref, answer="no-records", by=by, now=now)
    if action == "approve":
        return deciding.approve(request=ref, by=by, now=now)
    call = deciding.give_back if action == "return" else deciding.withdraw
    return call(request=ref, reason=REASON, by=by, now=now)


def at(scene: Scene, state: str) -> OfficialRequest:
    """Return a request at any state; whom it went to has declined, so that it may be answered."""
    if state in ("registered", "proposed", "routed"):
        made = make_request(scene, at=state)
        if state == "routed":
            for person in (scene.cast.alice, scene.cast.bea):
                reply(made, "decline", by=person_of(person), reason="not-ours")
        return made
    source, action = next(key for key, target in ALLOWED.items() if target == state)
    made = at(scene, source)
    with acting_as("aif_desk"):
        return act(
            scene, made, action, scene.cast.pavel if (source, action) == ("proposed", "refuse") else scene.cast.olga
        )


@pytest.mark.parametrize("state", ["registered", "proposed", "routed", "answered", "refused", "withdrawn"])
def test_steps_follow_the_table(scene: Scene, state: str) -> None:
    for action in (*WHO, "refuse"):
        made = at(scene, state)
        who = WHO.get(action) or ("pavel" if state == "proposed" else "olga")
        by = getattr(scene.cast, who)
        with acting_as("aif_desk"):
            if (state, action) in ALLOWED:
                assert act(scene, made, action, by).state == ALLOWED[state, action]
                assert audited(made)[-1] == f"official.{action}"
            else:
                steps = OfficialStep.objects.filter(request=made).count()
                refused = refusal(lambda now: act(scene, made, action, by))  # noqa: B023
                assert refused.code == "transition-refused", action
                assert OfficialRequest.objects.get(pk=made.pk).state == state
                assert OfficialStep.objects.filter(request=made).count() == steps


def test_each_step_is_for_the_role_of_its_row(scene: Scene) -> None:
    others = {"olga": "pavel", "pavel": "olga"}
    for state, action in ALLOWED:
        made = at(scene, state)
        who = WHO.get(action) or ("pavel" if state == "proposed" else "olga")
        with acting_as("aif_desk"):
            for by in (getattr(scene.cast, others[who]), scene.cast.alice):
                refused = refusal(lambda now: act(scene, made, action, by))  # noqa: B023
                assert refused.code == "permission-missing", (state, action)


def test_nobody_approves_what_they_registered_or_proposed(scene: Scene) -> None:
    made = make_request(scene, at="proposed")
    with acting_as("aif_owner"):
        # As if one person had had both roles in turn.
        OfficialRequest.objects.filter(pk=made.pk).update(registered_by=scene.cast.pavel)
    with acting_as("aif_desk"):
        assert refusal(deciding.approve, request=made.ref, by=scene.cast.pavel).code == "four-eyes"
        other = make_user("alliance-approver")
        for column in ("registered_by", "proposed_by"):
            with pytest.raises(IntegrityError, match="second_person"), transaction.atomic(), acting_as("aif_owner"):
                OfficialRequest.objects.filter(pk=made.pk).update(
                    **{column: other}, state="routed", decided_by=other, decided_at=timezone.now(),
                    released_at=timezone.now(),
                )  # fmt: skip
        assert deciding.approve(request=made.ref, by=other, now=timezone.now()).state == "routed"


def test_two_officers_have_to_be_verified(scene: Scene) -> None:
    made = register(scene)
    for position in (1, 2):
        with acting_as("aif_desk"):
            refused = refusal(
                deciding.propose, request=made.ref, institutions=[scene.cast.aster.ref], by=scene.cast.olga
            )
            assert refused.code == "transition-refused" and "officers" in refused.detail
        verify(scene, made, position)
    assert propose(scene, made).state == "proposed"


def test_out_of_scope_it_goes_nowhere_but_out(scene: Scene) -> None:
    """A bank regulator that asks for raw identifiers and transactions is turned down, and nobody hears of it."""
    made = register(
        scene, authority="nfra-branch", basis="banking-supervision",
        items=["case-facts", "identifiers", "account-transactions"],
    )  # fmt: skip
    verify(scene, made)
    with acting_as("aif_desk"):
        refused = refusal(deciding.propose, request=made.ref, institutions=[scene.cast.aster.ref], by=scene.cast.olga)
        assert refused.code == "transition-refused"
        assert refused.extra["findings"] == [
            "authority-may-not:identifiers",
            "not-of-the-alliance:account-transactions",
        ]
        turned = deciding.refuse(
            request=made.ref, code="out-of-scope", note="Ask the bank.", by=scene.cast.olga, now=timezone.now()
        )
        event = AuditEvent.objects.get(subject_ref=made.ref, verb="official.refuse")
    assert (turned.state, turned.refusal) == ("refused", "out-of-scope")
    assert event.detail["findings"] == refused.extra["findings"] and event.detail["code"] == "out-of-scope"
    assert not Event.objects.filter(subject_kind="OR").exists() and not OfficialParty.objects.exists()
    for person in (scene.cast.alice, scene.cast.cy):
        assert queries.list_official_requests(viewer=person_of(person)) == []


def test_in_scope_it_is_not_turned_down_for_scope(scene: Scene) -> None:
    made = make_request(scene, at="registered")
    with acting_as("aif_desk"):
        refused = refusal(deciding.refuse, request=made.ref, code="out-of-scope", note="", by=scene.cast.olga)
        assert (refused.code, refused.extra["field"]) == ("field-invalid", "code")
        assert (
            refusal(deciding.refuse, request=made.ref, code="why", note="", by=scene.cast.olga).extra["field"] == "code"
        )


def test_it_goes_to_live_institutions_or_to_parties_of_its_case(scene: Scene) -> None:
    case, cast = make_case(scene, at="reported"), scene.cast
    suspended = make_institution(at="suspended")
    free, bound = make_request(scene, at="registered"), make_request(scene, at="registered", case=case)
    with acting_as("aif_desk"):
        for request, wrong in ((free, [suspended.ref]), (free, []), (free, ["I-NONE"]), (bound, [cast.cedar.ref])):
            refused = refusal(deciding.propose, request=request.ref, institutions=wrong, by=cast.olga)
            assert (refused.code, refused.extra["field"]) == ("field-invalid", "institutions")
        deciding.propose(request=free.ref, institutions=[cast.cedar.ref], by=cast.olga, now=timezone.now())
        deciding.propose(request=bound.ref, institutions=[cast.birch.ref], by=cast.olga, now=timezone.now())


def test_members_see_it_from_the_tick_after_the_approval(scene: Scene, settings: Any) -> None:
    proposed = make_request(scene, at="proposed")
    alice = person_of(scene.cast.alice)
    assert queries.list_official_requests(viewer=alice) == []
    settings.AIF_DISCLOSURE_TICK = 3600
    with acting_as("aif_desk"):
        deciding.approve(request=proposed.ref, by=scene.cast.pavel, now=timezone.now())
    assert queries.list_official_requests(viewer=alice) == [] and queries.count_to_answer(viewer=alice) == 0
    settings.AIF_DISCLOSURE_TICK = 0.01
    seen = make_request(scene)
    assert [row.request for row in queries.list_official_requests(viewer=alice)] == [seen.ref]
    told = Event.objects.filter(subject_kind="OR", subject_id=seen.pk, kind="official.asked")
    assert set(told.values_list("institution_id", flat=True)) == {scene.cast.aster.pk, scene.cast.birch.pk}
    assert queries.list_official_requests(viewer=person_of(scene.cast.cy)) == []


def test_members_never_have_longer_than_the_alliance(scene: Scene) -> None:
    today = timezone.localdate()
    short = make_request(scene, due_on=(today + timedelta(days=2)).isoformat())
    usual = make_request(scene)
    first, second = (
        OfficialParty.objects.filter(request=row).values_list("due_at", flat=True)[0] for row in (short, usual)
    )
    assert first < timezone.now() + timedelta(days=3.1) and first < second
    assert second < timezone.now() + timedelta(days=20)


def test_what_is_returned_is_worked_on_again(scene: Scene) -> None:
    made = make_request(scene, at="proposed")
    with acting_as("aif_desk"):
        deciding.give_back(request=made.ref, reason=REASON, by=scene.cast.pavel, now=timezone.now())
        assert (
            refusal(deciding.give_back, request=made.ref, reason="", by=scene.cast.pavel).code == "transition-refused"
        )
    assert not OfficialParty.objects.exists()
    propose(scene, made, [scene.cast.cedar])
    assert [row.institution_id for row in OfficialParty.objects.all()] == [scene.cast.cedar.pk]


def test_withdrawn_nobody_waits_for_it_and_who_saw_it_is_told(scene: Scene) -> None:
    made, alice = make_request(scene), person_of(scene.cast.alice)
    reply(made, "confirm", by=alice)
    with acting_as("aif_desk"):
        deciding.withdraw(request=made.ref, reason=REASON, by=scene.cast.olga, now=timezone.now())
    wait_for_tick()
    view = queries.get_official_request(request=made.ref, viewer=alice)
    assert (view.state, view.own_state, view.actions) == ("withdrawn", "ended", ())
    assert REASON not in str(view), "the desk's words stay at the desk"
    assert Event.objects.filter(subject_kind="OR", kind="official.withdrawn").count() == 2
    with acting_as("aif_desk"):
        before = register(scene)
        deciding.withdraw(request=before.ref, reason=REASON, by=scene.cast.olga, now=timezone.now())
    assert not Event.objects.filter(subject_id=before.pk, subject_kind="OR").exists()


def test_a_document_turned_down_can_be_registered_again(scene: Scene) -> None:
    given = fields()
    made = register(scene, **given)
    with acting_as("aif_desk"):
        deciding.refuse(request=made.ref, code="document-invalid", note="", by=scene.cast.olga, now=timezone.now())
    assert register(scene, **given).pk != made.pk


def test_the_table_has_a_permission_for_every_step() -> None:
    assert {row.action for row in workflow.TRANSITIONS} == {action for _state, action in ALLOWED}
    assert {(source, row.action, row.target) for row in workflow.TRANSITIONS for source in row.sources} == {
        (state, action, target) for (state, action), target in ALLOWED.items()
    }
