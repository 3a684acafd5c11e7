"""`/cases`: a party's view, the lead's steps by version and once, and strangers get what a missing case gets."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from clues.models import Case, CaseStep
from members.models import AuditEvent, Institution
from tests.clues.api.member import Member, bytes_of, problem
from tests.clues.scene import Scene, make_case, make_scene, step, wait_for_tick
from tests.clues.scene_parts import approve_parts
from tests.factories import acting_as, bearer, make_key

ROW = {
    "case", "state", "version", "lead", "match", "opened_at", "changed_at", "released_at", "due_at", "overdue",
    "ours_to_act", "receiver", "reported_on", "closed_code",
}  # fmt: skip


@pytest.fixture
def scene(db: None, settings: Any, ring: list[int]) -> Scene:
    """Everybody, one match, one ring."""
    settings.AIF_DISCLOSURE_TICK = 0.01
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    return make_scene()


def member(institution: Institution, *scopes: str) -> Member:
    return Member(institution, bearer(make_key(institution, scopes=scopes or ("submit", "read"))))


def act(who: Member, case: str, action: str, *, version: int | None, key: str = "", **fields: Any) -> Any:
    headers = {} if version is None else {"HTTP_IF_MATCH": f'"{version}"'}
    body = {"action": action} | fields
    return who.post(f"/cases/{case}/actions", body, HTTP_IDEMPOTENCY_KEY=key or uuid4().hex, **headers)


def test_list_and_one(scene: Scene) -> None:
    case = make_case(scene, at="closed")
    aster, birch = member(scene.cast.aster), member(scene.cast.birch)
    (row,) = aster.get("/cases").json()["results"]
    assert set(row) == ROW and (row["case"], row["state"], row["lead"]) == (case.ref, "closed", "mine")
    assert (row["receiver"], row["closed_code"], row["due_at"], row["overdue"]) == (
        "public-security", "concluded", None, False
    )  # fmt: skip
    answer = birch.get(f"/cases/{case.ref}")
    found = answer.json()
    assert set(found) == ROW | {"merged_into", "actions", "steps"} and answer["ETag"] == f'"{case.version}"'
    assert (found["lead"], found["match"]) == ("other", scene.match)
    assert [each["by"] for each in found["steps"]] == ["desk"] * 2 + ["other"] * 3 + ["desk"] * 3
    assert found["steps"][-1]["told"] == "outcome received"
    assert birch.get(f"/cases/{case.ref}", HTTP_IF_NONE_MATCH=answer["ETag"]).status_code == 304
    for hidden in (b"olga", b"pavel", scene.cast.olga.ref.encode(), scene.cast.aster.ref.encode(), b"Aster"):
        assert hidden not in answer.content


def test_filters(scene: Scene) -> None:
    case = make_case(scene, at="lead-claimed")
    aster, birch = member(scene.cast.aster), member(scene.cast.birch)

    def found(who: Member, query: str) -> list[str]:
        return [row["case"] for row in who.get(f"/cases?{query}").json()["results"]]

    for query in ("show=ours", "show=led", "state=lead-claimed", "state=lead-claimed&show=led"):
        assert found(aster, query) == [case.ref], query
    assert found(birch, "show=ours") == found(birch, "show=led") == found(aster, "show=overdue") == []
    assert found(birch, "state=lead-claimed") == [case.ref]
    for wrong in ("state=lost", "show=lost"):
        problem(aster.get(f"/cases?{wrong}"), 422, "field-invalid")


def test_a_key_takes_a_case_to_its_evidence_once_each(scene: Scene) -> None:
    case = make_case(scene, at="triage")
    aster, key = member(scene.cast.aster), uuid4().hex
    first = act(aster, case.ref, "claim", version=2, key=key)
    assert first.status_code == 200 and first.json()["lead"] == "mine" and first["ETag"] == '"3"'
    again = act(aster, case.ref, "claim", version=2, key=key)
    assert again.json() == first.json() and again["Idempotency-Replayed"] == "true"
    assert act(aster, case.ref, "join-up", version=3).json()["state"] == "joint"
    approve_parts(case)
    last = act(aster, case.ref, "ready", version=4, note="all of it")
    assert (last.json()["state"], last.json()["ours_to_act"]) == ("evidence-ready", False)
    assert last.json()["actions"][0] == {"action": "propose", "by": "desk", "open": False}
    with acting_as("aif_desk"):
        steps = list(CaseStep.objects.filter(institution=scene.cast.aster).values_list("action", "by", "note"))
        assert steps == [("claim", None, ""), ("join-up", None, ""), ("ready", None, "all of it")]


def test_strangers_get_what_a_missing_case_gets(scene: Scene) -> None:
    case = make_case(scene, at="triage")
    cedar, nowhere = member(scene.cast.cedar), "CASE-AAAAAAAAAAAAAAAAAAAAAAAAAA"
    assert bytes_of(cedar.get(f"/cases/{case.ref}")) == bytes_of(cedar.get(f"/cases/{nowhere}"))
    assert bytes_of(act(cedar, case.ref, "claim", version=2)) == bytes_of(act(cedar, nowhere, "claim", version=2))
    problem(act(cedar, case.ref, "claim", version=2), 404, "not-found")
    assert cedar.get("/cases").json()["results"] == []


def test_refusals_change_nothing_and_are_recorded(scene: Scene) -> None:
    case = make_case(scene, at="joint")
    aster, birch = member(scene.cast.aster), member(scene.cast.birch)
    problem(act(birch, case.ref, "ready", version=4), 403, "not-the-lead")
    problem(act(aster, case.ref, "dismiss", version=4), 403, "permission-missing")
    problem(act(aster, case.ref, "claim", version=4), 409, "transition-refused")
    problem(act(aster, case.ref, "ready", version=3), 412, "version-changed")
    problem(act(member(scene.cast.birch, "submit"), case.ref, "ready", version=4), 403, "permission-missing")
    problem(act(member(scene.cast.aster, "read"), case.ref, "ready", version=4), 403, "scope-missing")
    problem(act(aster, case.ref, "ready", version=None), 428, "precondition-required")
    problem(act(aster, case.ref, "ready", version=4, note="ask 13800138000"), 422, "raw-identifier")
    problem(act(aster, case.ref, "ready", version=4, lead="x"), 400, "unknown-field")
    for wrong in ("", "no-such", 7, None):
        answer = aster.post(
            f"/cases/{case.ref}/actions", {"action": wrong}, HTTP_IF_MATCH='"4"', HTTP_IDEMPOTENCY_KEY=uuid4().hex
        )
        assert answer.status_code in (400, 422)
    with acting_as("aif_desk"):
        assert Case.objects.filter(pk=case.pk).values_list("state", "version").get() == ("joint", 4)
        tried = AuditEvent.objects.filter(verb="case.refuse", subject_ref=case.ref).order_by("id")
        assert [event.detail["code"] for event in tried] == [
            "not-the-lead", "permission-missing", "transition-refused", "version-changed", "permission-missing"
        ]  # fmt: skip


def test_a_merged_case_points_on_to_who_knows(scene: Scene) -> None:
    from tests.clues.scene import open_other

    case, other = make_case(scene, at="triage"), open_other(scene)
    step(case, "merge", scene.cast.pavel, "the same people", into=other.ref)
    wait_for_tick()
    assert member(scene.cast.birch).get(f"/cases/{case.ref}").json()["merged_into"] == other.ref
