"""A disputed clue stops at once, for everybody; then it is answered, or lapses, and is decided."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest
from django.db import ProgrammingError, connection, transaction
from django.utils import timezone

from aif_share.errors import Refusal
from clues import quotas
from clues.disputes import answers
from clues.disputes.decisions import decide
from clues.matching.queries import list_matches
from clues.models import Clue, ClueChange, Dispute, DisputedClue
from members.models import Institution, reference
from tests.clues.alliance import allow, token
from tests.factories import acting_as, make_user


def refused(call: Any, **arguments: Any) -> str:
    with pytest.raises(Refusal) as caught:
        call(**arguments)
    return caught.value.code


def test_by_token_it_stops_answering_and_counting(world: Any) -> None:
    """What others reported is suspended: no hit, no match; what one's own group reported is not touched."""
    x = token("x")
    birch, cedar = world.report(world.birch, x), world.report(world.cedar, x)
    sister = world.report(world.sister, x)
    assert world.is_hit(world.aster, x) and len(list_matches(viewer=world.birch)) == 1
    dispute = world.dispute_token(world.aster, x)
    assert (dispute.state, world.state(birch)) == ("open", ("active", 1))
    world.work()
    assert world.state(birch) == world.state(cedar) == ("disputed", 2) and world.state(sister) == ("active", 1)
    assert not world.is_hit(world.aster, x) and world.is_hit(world.elm, x), "Sister's own word still stands"
    assert list_matches(viewer=world.birch) == []
    assert world.events(world.birch)[-2:] == ["clue.disputed", "match.undone"]
    assert "clue.disputed" not in world.events(world.sister) + world.events(world.aster)
    assert world.states(dispute) == ["open", "open"] and Dispute.objects.get().state == "open"
    (change,) = ClueChange.objects.filter(clue__client_ref=birch).exclude(kind="confirmed")
    assert (change.kind, change.reason, change.version) == ("disputed", "wrong-person", 3)


def test_by_token_only_what_a_screening_would_show(world: Any) -> None:
    """Grade C, victims and other identifiers are out of reach; by match grade C is not."""
    x = token("x")
    suspected = world.report(world.birch, x, grade="C")
    victim = world.report(world.cedar, x | {"role": "victim"})
    world.report(world.elm, token("y"))
    dispute = world.dispute_token(world.aster, x)
    world.work()
    assert world.states(dispute) == [] and world.state(suspected) == world.state(victim) == ("active", 1)
    world.report(world.aster, x)
    dispute = world.dispute_match(world.aster)
    world.work()
    assert world.states(dispute) == ["open"] and world.state(suspected) == ("disputed", 2)
    assert world.state(victim) == ("active", 1)


@pytest.mark.parametrize(
    ("allowed", "reached"),
    [
        ("complaint-handling malware A domain", True),
        ("complaint-handling * * domain\nallowed investigation * * *", True),
        ("complaint-handling malware B1 domain", False),
        ("complaint-handling counterfeit-site-app A domain", False),
        ("complaint-handling malware B1 domain\nallowed investigation * * *", False),
        ("complaint-handling malware B1 domain\nallowed complaint-handling * * app-package", False),
    ],
)
def test_by_token_only_what_the_purpose_may_see(world: Any, allowed: str, reached: bool) -> None:
    """Category, grade, type and purpose make one cell; the matrix in force decides, not one that was before."""
    x = token("x")
    ref = world.report(world.birch, x, category="malware", grade="A")
    world.report(world.aster, x)
    allow("allowed " + allowed)
    dispute = world.dispute_token(world.aster, x)
    world.work()
    assert (world.states(dispute), world.state(ref)[0]) == ((["open"], "disputed") if reached else ([], "active"))
    world.pass_days(30)
    world.work()
    dispute.refresh_from_db()
    assert dispute.state == "closed", "what was out of reach does not tell of itself by staying open"


def test_by_match_the_matrix_has_no_say(world: Any) -> None:
    x = token("x")
    ref = world.report(world.birch, x)
    world.report(world.aster, x)
    allow("refused * * * *")
    dispute = world.dispute_match(world.aster)
    world.work()
    assert (world.states(dispute), dispute.purpose, world.state(ref)[0]) == (["open"], "", "disputed")


def test_opening_tells_nothing(world: Any) -> None:
    """Concerning something or nothing, a dispute by token answers alike, stays open as long and closes in one way."""
    world.report(world.birch, token("known"))
    known, nothing = (
        world.dispute_token(world.aster, token("known")),
        world.dispute_token(world.aster, token("nothing")),
    )
    world.work()
    world.answer(world.birch, known, _ref(known), "withdraw", "mistake")
    world.work()
    shown = ("institution_id", "type", "reason", "state", "due_at", "closed_at")
    one, other = (Dispute.objects.filter(pk=each.pk).values(*shown).get() for each in (known, nothing))
    assert one == other and one["state"] == "open"
    world.pass_days(30)
    world.work()
    assert set(Dispute.objects.values_list("state", flat=True)) == {"closed"}
    assert world.events(world.aster) == ["dispute.closed"] * 2


def test_maintained_and_rejected_it_is_back(world: Any) -> None:
    x = token("x")
    ref = world.report(world.birch, x)
    world.report(world.cedar, x, grade="C")
    dispute = world.dispute_token(world.aster, x)
    world.work()
    wrong = {"by": world.birch, "dispute": dispute, "client_ref": ref}
    assert refused(world.answer, **wrong, choice="maintain", reason="mistake") == "field-invalid"
    assert refused(world.answer, **wrong, choice="perhaps", reason="mistake") == "field-invalid"
    world.maintain(world.birch, dispute, ref)
    world.work()
    assert world.state(ref)[0] == "disputed" and not world.is_hit(world.aster, x)
    assert refused(world.maintain, by=world.birch, dispute=dispute, client_ref=ref) == "transition-refused"
    world.decide(dispute, "rejected")
    world.work()
    assert world.state(ref) == ("active", 3) and world.is_hit(world.aster, x)
    assert world.events(world.birch) == [
        "match.released", "clue.disputed", "match.undone", "clue.reinstated", "match.released",
    ]  # fmt: skip
    again = world.dispute_token(world.aster, x)
    world.work()
    assert world.states(again) == [], "the group that disputed it in vain does not suspend it again"
    other = world.dispute_token(world.elm, x)
    world.work()
    assert world.states(other) == ["open"]


def test_maintained_and_upheld_it_is_withdrawn(world: Any) -> None:
    x = token("x")
    ref = world.report(world.birch, x)
    world.report(world.aster, x)
    dispute = world.dispute_match(world.aster)
    world.work()
    with acting_as("aif_desk"):
        early = DisputedClue.objects.get()

    def uphold(by: Any) -> None:
        with acting_as("aif_desk"):
            decide(disputed_clue=early.pk, verdict="upheld", reason="r", by=by, now=timezone.now())

    assert refused(uphold, by=world.pavel) == "transition-refused", "its filer was not heard"
    world.maintain(world.birch, dispute, ref)
    for role in ("analyst", "approver", "member-admin", "auditor"):
        member = make_user(role, institution=Institution.objects.get(pk=world.aster.institution_id))
        assert refused(uphold, by=member) == "permission-missing"
    world.decide(dispute, "upheld", by=make_user("alliance-operator"))
    world.work()
    assert world.state(ref) == ("withdrawn", 3) and world.events(world.birch)[-1] == "clue.refuted"
    assert world.events(world.aster)[-2:] == ["match.undone", "dispute.closed"]
    assert Dispute.objects.get().state == "closed", "by match it closes as soon as nothing is open"
    assert refused(uphold, by=world.pavel) == "transition-refused"


def test_unanswered_it_lapses(world: Any) -> None:
    x = token("x")
    ref = world.report(world.birch, x)
    dispute = world.dispute_token(world.aster, x)
    world.work()
    world.pass_days(30)
    assert refused(world.maintain, by=world.birch, dispute=dispute, client_ref=ref) == "transition-refused"
    world.work()
    assert world.states(dispute) == ["lapsed"] and world.state(ref) == ("withdrawn", 3)
    assert world.events(world.birch) == ["clue.disputed", "clue.lapsed"]


def test_several_disputes_of_one_clue(world: Any) -> None:
    """It stays suspended until all are decided; whatever ends it ends the others too."""
    x = token("x")
    ref = world.report(world.birch, x)
    first, second = world.dispute_token(world.aster, x), world.dispute_token(world.elm, x)
    world.work()
    third = world.dispute_token(world.sister, x)  # of Aster's group, which disputes it already
    world.work()
    assert [world.states(each) for each in (first, second, third)] == [["open"], ["open"], []]
    assert world.state(ref) == ("disputed", 2)
    world.maintain(world.birch, first, ref)
    world.decide(first, "rejected")
    world.work()
    assert world.state(ref) == ("disputed", 2)
    world.answer(world.birch, second, ref, "withdraw", "mistake")
    world.work()
    assert world.state(ref) == ("withdrawn", 3) and world.states(second) == ["withdrawn"]


def test_the_last_rejection_reinstates(world: Any) -> None:
    x = token("x")
    ref = world.report(world.birch, x)
    both = [world.dispute_token(by, x) for by in (world.aster, world.elm)]
    world.work()
    for dispute in both:
        world.maintain(world.birch, dispute, ref)
        world.decide(dispute, "rejected")
    world.work()
    assert world.state(ref) == ("active", 3) and world.events(world.birch).count("clue.reinstated") == 1


def test_withdrawing_under_one_dispute_ends_the_other(world: Any) -> None:
    x = token("x")
    ref = world.report(world.birch, x)
    first, second = world.dispute_token(world.aster, x), world.dispute_token(world.elm, x)
    world.work()
    world.maintain(world.birch, second, ref)
    world.answer(world.birch, first, ref, "withdraw", "mistake")
    world.work()
    assert world.states(first) == world.states(second) == ["withdrawn"]


def test_strangers_and_wrong_entities(world: Any) -> None:
    """A match one is no party of, a clue of another, a dispute that does not concern it: not found, nothing changed."""
    x, y = token("x"), token("y")
    ref, other = world.report(world.birch, x), world.report(world.birch, y)
    cedar = world.report(world.cedar, x)
    (match,) = list_matches(viewer=world.birch)
    assert refused(world.dispute, by=world.aster, match=match.match) == "not-found"
    dispute = world.dispute_token(world.aster, x)
    world.work()
    for by, foreign in ((world.birch, other), (world.cedar, cedar)):
        if by is world.birch:
            assert refused(
                world.answer, by=by, dispute=dispute, client_ref=foreign, choice="maintain", reason="evidence-held"
            ) == "not-found"  # fmt: skip
    request = {
        "clue": reference.encode("C", Clue.objects.get(client_ref=ref).pk), "answer": "withdraw", "reason": "mistake",
    }  # fmt: skip
    for by in (world.aster, world.cedar):
        assert refused(
            answers.answer, dispute=str(dispute), request=request, by=by, now=timezone.now()
        ) == "not-found"  # fmt: skip
    assert world.states(dispute) == ["open", "open"]


def test_what_is_refused_stores_and_charges_nothing(world: Any) -> None:
    x = token("x")
    world.report(world.birch, x)
    good = {"identifier": x, "purpose": "complaint-handling"}
    for code, fields in {
        "field-missing": {},
        "field-invalid": good | {"reason": "because"},
        "purpose-unknown": good | {"purpose": "collection"},
        "unknown-field": good | {"token": 1},
        "raw-identifier": good | {"case_ref": "13800138000"},
        "case-ref-invalid": good | {"case_ref": "a b"},
        "token-malformed": good | {"identifier": x | {"token": "short"}},
        "type-unknown": good | {"identifier": x | {"type": "pigeon"}},
        "epoch-retired": good | {"identifier": x | {"epoch": 9}},
        "malformed": good | {"identifier": {"type": "domain"}},
        "not-found": {"match": "M-NONE"},
    }.items():
        assert refused(world.dispute, by=world.aster, **fields) == code
    assert Dispute.objects.count() == 0
    with acting_as("aif_desk"):
        assert quotas.get_used(institution_id=world.aster.institution_id, now=timezone.now())["screen"] == 0
    world.dispute_token(world.aster, x)
    with acting_as("aif_desk"):
        assert quotas.get_used(institution_id=world.aster.institution_id, now=timezone.now())["screen"] == 1


def test_the_quota_holds_and_the_gate_too(world: Any) -> None:
    poor = dataclasses.replace(world.aster, screen_quota=1)
    world.dispute_token(poor, token("x"))
    assert refused(world.dispute_token, by=poor, identifier=token("x")) == "quota-exhausted"
    allow("allowed inbound-call * * *")
    assert refused(world.dispute_token, by=world.aster, identifier=token("x")) == "lawful-use-unresolved"
    assert Dispute.objects.count() == 1


def test_web_cannot_write_the_verdict(world: Any) -> None:
    """The role of the web process neither makes disputed clues nor decides them."""
    for statement in (
        "UPDATE dispute SET state = 'closed'",
        "UPDATE disputed_clue SET decided_by_id = 1",
        "DELETE FROM disputed_clue",
        "UPDATE sighting SET counted = false",
    ):
        with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
            connection.cursor().execute(statement)


def _ref(dispute: Dispute) -> str:
    return DisputedClue.objects.select_related("clue").get(dispute=dispute).clue.client_ref
