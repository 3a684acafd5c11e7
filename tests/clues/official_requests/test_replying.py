"""What members say to an official request, what they see of it, and the document that they open with a reason."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from clues.models import Event, OfficialParty, OfficialRequest, StoredObject
from clues.official_requests import answering, clocks, documents, keeping, queries, replying
from clues.vault.failures import IntegrityFailed
from members.models import AuditEvent
from members.queries import person_of
from tests.clues.official_requests.world import audited, make_request, refusal, register, reply
from tests.clues.scene import Scene, make_case, wait_for_tick
from tests.factories import PDF, acting_as

REASON = "To see what is asked."
# By hand: (own state, reply) -> the state afterwards.
ALLOWED = {
    ("asked", "confirm"): "confirmed", ("asked", "supply"): "supplied", ("asked", "decline"): "declined",
    ("confirmed", "supply"): "supplied", ("confirmed", "decline"): "declined",
}  # fmt: skip
BODY = {"confirm": {}, "supply": {"text": "It stands in our part."}, "decline": {"reason": "not-ours"}}


@pytest.mark.parametrize("state", ["asked", "confirmed", "supplied", "declined"])
def test_replies_follow_the_table(scene: Scene, state: str) -> None:
    alice = person_of(scene.cast.alice)
    for action, body in BODY.items():
        made = make_request(scene)
        if state != "asked":
            reply(made, next(a for (s, a), t in ALLOWED.items() if s == "asked" and t == state), by=alice,
                  **BODY[next(a for (s, a), t in ALLOWED.items() if s == "asked" and t == state)])  # fmt: skip
        if (state, action) in ALLOWED:
            reply(made, action, by=alice, **body)
            assert own(made, scene) == ALLOWED[state, action]
            assert audited(made)[-1] == f"official.{action}"
        else:
            refused = refusal(replying.reply, request=made.ref, action=action, body=body, by=alice)
            assert refused.code == "transition-refused" and own(made, scene) == state
    assert queries.get_official_request(request=made.ref, viewer=person_of(scene.cast.bea)).own_state == "asked"


def own(made: OfficialRequest, scene: Scene) -> str:
    return OfficialParty.objects.get(request=made, institution=scene.cast.aster).state


@pytest.mark.parametrize(
    ("action", "body", "code", "field"),
    [
        ("supply", {}, "field-missing", "text"),
        ("supply", {"text": "The number is 13800138000"}, "raw-identifier", "text"),
        ("supply", {"text": "x" * 2001}, "field-invalid", "text"),
        ("decline", {}, "field-invalid", "reason"),
        ("decline", {"reason": "no-such"}, "field-invalid", "reason"),
        ("decline", {"reason": "other"}, "field-missing", "text"),
        ("confirm", {"reason": "not-ours"}, "unknown-field", None),
        ("propose", {}, "transition-refused", None),
    ],
)
def test_what_is_not_right_changes_nothing(
    scene: Scene, action: str, body: dict[str, Any], code: str, field: str | None
) -> None:
    made = make_request(scene)
    refused = refusal(replying.reply, request=made.ref, action=action, body=body, by=person_of(scene.cast.alice))
    assert (refused.code, refused.extra.get("field")) == (code, field) and own(made, scene) == "asked"


def test_strangers_and_requests_that_nobody_approved_are_not_there(scene: Scene) -> None:
    made, waiting = make_request(scene), make_request(scene, at="proposed")
    for request, person in ((made, scene.cast.cy), (waiting, scene.cast.alice)):
        viewer = person_of(person)
        assert refusal(replying.reply, request=request.ref, action="confirm", body={}, by=viewer).code == "not-found"
        assert refusal(documents.open_as_member, request=request.ref, reason=REASON, by=viewer).code == "not-found"
        found = refusal(lambda now: queries.get_official_request(request=request.ref, viewer=viewer))  # noqa: B023
        assert found.code == "not-found"


def test_a_side_sees_itself_and_never_the_other(scene: Scene) -> None:
    made = make_request(scene)
    reply(made, "decline", by=person_of(scene.cast.bea), reason="other", text="Birch says why.")
    reply(made, "supply", by=person_of(scene.cast.alice), text="Aster says what.")
    for person, sees, not_sees in ((scene.cast.alice, "Aster", "Birch"), (scene.cast.bea, "Birch", "Aster")):
        view = queries.get_official_request(request=made.ref, viewer=person_of(person))
        assert sees in str(view.steps) and not_sees not in str(view)
        assert "警官" not in str(view) and "031001" not in str(view), "officers stand in the document alone"
    assert queries.count_to_answer(viewer=person_of(scene.cast.alice)) == 0


def test_the_case_is_named_to_its_parties_alone(scene: Scene) -> None:
    from tests.clues.official_requests.world import propose, verify

    case = make_case(scene, at="reported")
    made = make_request(scene, case=case)
    assert queries.get_official_request(request=made.ref, viewer=person_of(scene.cast.alice)).case == case.ref
    other = register(scene)
    verify(scene, other)
    propose(scene, other, [scene.cast.cedar])
    assert other.case_id is None


def test_a_member_opens_the_document_and_the_trail_knows_before(scene: Scene) -> None:
    made, alice = make_request(scene), person_of(scene.cast.alice)
    with acting_as("aif_web"):
        opened = documents.open_as_member(request=made.ref, reason=REASON, by=alice, now=timezone.now())
    with acting_as("aif_desk"):
        event = AuditEvent.objects.get(verb="official.document.open")
    assert (event.institution_id, event.detail["reason"]) == (scene.cast.aster.pk, REASON)
    assert opened.reader.read() == PDF and opened.name == f"{made.ref}.pdf" and opened.size == len(PDF)
    assert refusal(documents.open_as_member, request=made.ref, reason=" ", by=alice).extra["field"] == "note"
    auditor = person_of(_auditor(scene))
    assert refusal(documents.open_as_member, request=made.ref, reason=REASON, by=auditor).code == "permission-missing"


def _auditor(scene: Scene) -> Any:
    from tests.factories import make_user

    return make_user("auditor", institution=scene.cast.aster)


def test_both_people_of_the_desk_open_it_with_a_reason(scene: Scene) -> None:
    made = register(scene)
    with acting_as("aif_desk"):
        for by in (scene.cast.olga, scene.cast.pavel):
            assert (
                documents.open_at_desk(request=made.ref, reason=REASON, by=by, now=timezone.now()).reader.read() == PDF
            )
        assert refusal(documents.open_at_desk, request=made.ref, reason="", by=scene.cast.olga).extra["field"] == "note"
        assert refusal(documents.open_at_desk, request="OR-NONE", reason=REASON, by=scene.cast.olga).code == "not-found"
        refused = refusal(documents.open_at_desk, request=made.ref, reason=REASON, by=scene.cast.alice)
        assert refused.code == "permission-missing"


def test_a_flipped_byte_and_another_requests_document_do_not_open(scene: Scene, vault: Path) -> None:
    first, second = register(scene), register(scene, document=PDF + b"the other one")
    with acting_as("aif_owner"):
        OfficialRequest.objects.filter(pk=first.pk).update(document=_spare(second, scene))
    with acting_as("aif_desk"), pytest.raises(IntegrityFailed):
        documents.open_at_desk(request=first.ref, reason=REASON, by=scene.cast.olga, now=timezone.now())
    path = next(each for each in vault.rglob("*") if each.is_file() and str(second.document_id) in str(each))
    raw = bytearray(path.read_bytes())
    raw[-1] ^= 1
    path.write_bytes(bytes(raw))
    with acting_as("aif_desk"), pytest.raises(IntegrityFailed):
        documents.open_at_desk(request=second.ref, reason=REASON, by=scene.cast.olga, now=timezone.now())
    assert "official.document.open" not in audited(first) + audited(second), "nothing was opened"


def _spare(of: OfficialRequest, scene: Scene) -> StoredObject:
    """A further document's object: one that belongs to no other request, as the table would not take one twice."""
    spare = register(scene)
    found = StoredObject.objects.get(pk=spare.document_id)
    held = OfficialRequest.objects.filter(pk=spare.pk)
    other = register(scene)
    held.update(document=StoredObject.objects.create(
        key=found.key, kind="document", bound_to="somewhere else", frames=1, sha256="0", sm3="0", state="complete",
        created_at=timezone.now(), size=0,
    ))  # fmt: skip
    assert other.pk != of.pk
    return found


def test_nothing_held_is_answered_once_everybody_said_so_or_is_late(scene: Scene) -> None:
    made, olga = make_request(scene), scene.cast.olga
    reply(made, "decline", by=person_of(scene.cast.alice), reason="not-ours")
    with acting_as("aif_desk"):
        refused = refusal(answering.answer, request=made.ref, answer="no-records", by=olga)
        assert refused.code == "transition-refused"
    run_out(made)
    with acting_as("aif_desk"):
        answering.answer(request=made.ref, answer="no-records", by=olga, now=timezone.now())
    wait_for_tick()
    view = queries.get_official_request(request=made.ref, viewer=person_of(scene.cast.bea))
    assert (view.state, view.own_state, view.disclosures) == ("answered", "ended", ())
    assert Event.objects.filter(subject_kind="OR", kind="official.answered").count() == 2


def run_out(made: OfficialRequest) -> None:
    """Let the members' time run out."""
    with acting_as("aif_owner"):
        OfficialParty.objects.filter(request=made).update(due_at=timezone.now() - timedelta(seconds=1))


def test_what_somebody_supplied_is_not_answered_by_nothing(scene: Scene) -> None:
    made = make_request(scene)
    reply(made, "supply", by=person_of(scene.cast.alice), text="It stands in our part.")
    run_out(made)
    with acting_as("aif_desk"):
        refused = refusal(answering.answer, request=made.ref, answer="no-records", by=scene.cast.olga)
        assert refused.code == "transition-refused"
        assert (
            refusal(answering.answer, request=made.ref, answer="by-phone", by=scene.cast.olga).code == "field-invalid"
        )
    assert OfficialRequest.objects.get(pk=made.pk).state == "routed"


def test_who_is_late_is_told_once(scene: Scene) -> None:
    made = make_request(scene)
    reply(made, "decline", by=person_of(scene.cast.bea), reason="not-ours")
    with acting_as("aif_match"):
        assert clocks.remind_due(limit=10, now=timezone.now()) == 0
    run_out(made)
    with acting_as("aif_match"):
        assert clocks.remind_due(limit=10, now=timezone.now()) == 1
        assert clocks.remind_due(limit=10, now=timezone.now()) == 0
    told = Event.objects.filter(kind="official.overdue")
    assert [each.institution_id for each in told] == [scene.cast.aster.pk]
    view = queries.get_official_request(request=made.ref, viewer=person_of(scene.cast.alice))
    assert view.is_late and "supply" in view.actions, "it can still be answered"


def test_three_years_after_its_end_the_document_is_gone_and_the_register_stays(scene: Scene, vault: Path) -> None:
    made = make_request(scene)
    run_out(made)
    with acting_as("aif_desk"):
        answering.answer(request=made.ref, answer="no-records", by=scene.cast.olga, now=timezone.now())
    with acting_as("aif_match"):
        assert keeping.destroy_due(limit=10, now=timezone.now() + timedelta(days=3 * 366 - 1)) == 0
        assert keeping.destroy_due(limit=10, now=timezone.now() + timedelta(days=3 * 366 + 1)) == 1
        assert keeping.destroy_due(limit=10, now=timezone.now() + timedelta(days=3 * 366 + 1)) == 0
    row = OfficialRequest.objects.select_related("document").get(pk=made.pk)
    assert (row.state, row.document.state) == ("answered", "destroyed")
    with acting_as("aif_desk"):
        assert documents.read_officers(row, list(row.officers.order_by("position"))) == [None, None]
        refused = refusal(documents.open_at_desk, request=made.ref, reason=REASON, by=scene.cast.olga)
    assert refused.code == "evidence-destroyed" and audited(made)[-1] == "official.document.destroy"
