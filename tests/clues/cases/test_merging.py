"""A case goes on in another one, which takes over its parties; nobody learns of what is not theirs before the tick."""

from __future__ import annotations

from django.utils import timezone

from clues.models import Case, CaseParty, CaseStep, Event
from members.models import AuditEvent
from tests.clues.scene import Scene, make_case, open_other, step, try_perform
from tests.factories import acting_as


def test_the_other_case_takes_the_parties_over(scene: Scene) -> None:
    case, other = make_case(scene, at="joint"), open_other(scene)
    with acting_as("aif_owner"):  # the other one does not concern Aster yet
        CaseParty.objects.filter(case=other, institution=scene.cast.aster).delete()
    now = timezone.now()
    merged = step(case, "merge", scene.cast.pavel, "the same people", now=now, into=other.ref)
    with acting_as("aif_desk"):
        merged.refresh_from_db()
        other = Case.objects.get(pk=other.pk)
        assert (merged.state, merged.merged_into, merged.due_at) == ("merged", other, None)
        assert merged.closed_reason == "the same people"
        assert (other.state, other.version, other.changed_at) == ("candidate", 2, now)
        parties = {party.institution_id: party.released_at for party in other.parties.all()}
        assert set(parties) == {scene.cast.aster.pk, scene.cast.birch.pk}
        assert parties[scene.cast.aster.pk] > now
        told = Event.objects.filter(subject_kind="CASE", subject_id=other.pk).order_by("-id")[:2]
        assert {(each.kind, each.institution_id) for each in told} == {
            ("case.opened", scene.cast.aster.pk), ("case.moved", scene.cast.birch.pk)
        }  # fmt: skip
        assert CaseStep.objects.filter(case=other).latest("id").action == "absorb"
        verbs = AuditEvent.objects.order_by("-id").values_list("verb", "subject_ref")[:2]
        assert set(verbs) == {("case.merge", case.ref), ("case.absorb", other.ref)}


def test_not_into_itself_nor_into_what_is_decided(scene: Scene) -> None:
    case, other, cast = make_case(scene, at="triage"), open_other(scene), scene.cast
    assert try_perform(case, "merge", cast.pavel) == "field-missing"
    for wrong in (case.ref, scene.match, "CASE-AAAAAAAAAAAAAAAAAAAAAAAAAA", ""):
        assert try_perform(case, "merge", cast.pavel, into=wrong).startswith("field-")
    assert try_perform(case, "merge", cast.pavel, into=other.ref) == "ok"
    for action in ("triage", "assign-lead", "join-up", "ready"):
        assert try_perform(case, "merge", cast.pavel, into=other.ref) == "ok"
        other = step(other, action, cast.olga, **({"lead": cast.birch.ref} if action == "assign-lead" else {}))
    assert try_perform(case, "merge", cast.pavel, into=other.ref) == "field-invalid"
    step(other, "dismiss", cast.pavel, "no ground")
    assert try_perform(case, "merge", cast.pavel, into=other.ref) == "field-invalid"


def test_a_merged_case_makes_room(scene: Scene) -> None:
    case, other = make_case(scene), open_other(scene)
    step(case, "merge", scene.cast.pavel, "the same people", into=other.ref)
    assert make_case(scene).match_id == case.match_id
