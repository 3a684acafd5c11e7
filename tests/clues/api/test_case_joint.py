"""`/cases/…/tasks`, `part`, `parts` and `names`: by keys, within the case and its tick, versioned and repeatable."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from clues.cases import parts
from clues.models import CasePart, CaseTask
from tests.clues.api.member import Member, bytes_of, problem
from tests.clues.api.test_schema import document, valid
from tests.clues.joint import FACTS, Joint, count_refusals, last_refusal, make_joint, now, postpone, stands, who
from tests.clues.scene import Scene, make_scene, wait_for_tick
from tests.factories import bearer, make_key

__all__ = ["document"]


@pytest.fixture
def scene(db: None, ring: list[int], settings: Any) -> Scene:
    settings.AIF_DISCLOSURE_TICK = 0.01
    return make_scene()


@pytest.fixture
def joint(scene: Scene) -> Joint:
    return make_joint(scene)


def key(institution: Any, *scopes: str) -> Member:
    return Member(institution, bearer(make_key(institution, scopes=scopes or ("submit", "read"))))


def write(
    member: Member, path: str, body: Any, *, method: str = "POST", version: int | None = None, **extra: Any
) -> Any:
    headers = {} if version is None else {"HTTP_IF_MATCH": f'"{version}"'}
    headers |= {"HTTP_IDEMPOTENCY_KEY": uuid4().hex} | extra
    return member.post(path, body, REQUEST_METHOD=method, **headers)


def test_tasks(joint: Joint, document: Any) -> None:
    aster, birch = key(joint.aster), key(joint.birch)
    path = f"/cases/{joint.case}/tasks"
    asked = {"party": joint.code(joint.birch), "kind": "confirm-amounts", "note": "Up to October."}
    once = {"HTTP_IDEMPOTENCY_KEY": "k"}
    given = write(aster, path, asked, **once)
    assert given.status_code == 201 and write(aster, path, asked, **once).content == given.content
    assert CaseTask.objects.count() == 1
    wait_for_tick()
    body = given.json()
    valid(document, "CaseTask", body)
    assert (body["to"], body["giver"]) == (joint.code(joint.birch), joint.code(joint.aster))
    seen = birch.get(f"{path}/{body['task']}")
    assert seen.json() == body and seen["ETag"] == '"1"'
    assert birch.get(path).json()["results"] == [body]
    problem(write(birch, f"{path}/{body['task']}/answer", {"answer": "done"}), 428, "precondition-required")
    problem(write(birch, f"{path}/{body['task']}/answer", {"answer": "done"}, version=4), 412, "version-changed")
    problem(write(aster, f"{path}/{body['task']}/answer", {"answer": "done"}, version=1), 404, "not-found")
    done = write(birch, f"{path}/{body['task']}/answer", {"answer": "done", "note": "Yes."}, version=1)
    assert done.status_code == 200 and (done.json()["state"], done.json()["answer"]) == ("done", "Yes.")
    problem(write(aster, f"{path}/{body['task']}/cancel", {"reason": "x"}, version=2), 409, "transition-refused")
    other = write(aster, path, asked).json()["task"]
    problem(write(aster, f"{path}/{other}/cancel", {"reason": "x", "y": 1}, version=1), 400, "unknown-field")
    assert write(aster, f"{path}/{other}/cancel", {"reason": "Settled."}, version=1).json()["state"] == "canceled"


def test_parts_and_names(joint: Joint, document: Any) -> None:
    aster, birch = key(joint.aster), key(joint.birch)
    path = f"/cases/{joint.case}"
    empty = aster.get(f"{path}/part")
    valid(document, "CasePart", empty.json())
    assert (empty["ETag"], empty.json()["state"], empty.json()["facts"]) == ('"1"', "draft", "")
    said = {"facts": FACTS, "amount_lost": "1200.50", "victims": 3, "from_date": "2026-01-01", "clues": ["aster-1"]}
    answer = write(aster, f"{path}/part", said, method="PATCH", version=1)
    valid(document, "CasePart", answer.json())
    assert said.items() <= answer.json().items() and answer["ETag"] == '"2"'
    problem(write(aster, f"{path}/part", said, method="PATCH", version=1), 412, "version-changed")
    ready = write(aster, f"{path}/part/ready", b"", version=2)
    assert ready.json()["state"] == "ready"
    (row,) = birch.get(f"{path}/parts").json()["results"]
    valid(document, "CaseParts", {"results": [row]})
    assert row["party"] == joint.code(joint.aster) and row["facts"] is None and row["clues"] is None
    parts.approve(case=joint.case, version=3, by=who(joint.amir), now=now())
    wait_for_tick()
    (row,) = birch.get(f"{path}/parts").json()["results"]
    valid(document, "CaseParts", {"results": [row]})
    assert (row["facts"], row["amount_lost"], row["clues"]) == (FACTS, "1200.50", 1)
    postpone("case_part")
    assert birch.get(f"{path}/parts").json()["results"][0]["facts"] is None
    names = birch.get(f"{path}/names").json()
    valid(document, "CaseNames", names)
    assert [name["name"] for name in names["results"] if not name["own"]] == [None]


def test_what_a_key_may(joint: Joint) -> None:
    reads, writes, birch = key(joint.aster, "read"), key(joint.aster, "submit"), key(joint.birch)
    path = f"/cases/{joint.case}"
    before = stands()
    problem(write(reads, f"{path}/part", {"facts": FACTS}, method="PATCH", version=1), 403, "scope-missing")
    problem(write(writes, f"{path}/part", {"facts": FACTS}, method="PATCH", version=1), 403, "permission-missing")
    problem(write(birch, f"{path}/tasks", {"party": "member-a", "kind": "draft-facts"}), 403, "not-the-lead")
    for body, status, code in (
        ({"facts": "x" * 4001}, 422, "field-invalid"), ({"facts": "138 0013 8000"}, 422, "raw-identifier"),
        ({"amount_lost": "-1"}, 422, "amount-invalid"), ({"state": "approved"}, 400, "unknown-field"),
        ({"clues": ["aster-1"]}, 422, "field-invalid"),
    ):  # fmt: skip
        answer = write(birch, f"{path}/part", body, method="PATCH", version=1)
        problem(answer, status, code)
        assert b"138 0013" not in answer.content
    assert stands() == before and CasePart.objects.count() == 0


def test_what_is_refused_is_in_the_trail(joint: Joint) -> None:
    aster, birch, cedar = key(joint.aster), key(joint.birch), key(joint.cedar)
    path, task = f"/cases/{joint.case}", {"party": joint.code(joint.birch), "kind": "confirm-amounts"}
    given = write(aster, f"{path}/tasks", task).json()["task"]
    wait_for_tick()
    before = stands()
    entry = {"track": "police-criminal", "state": "submitted"}
    for number, (member, end, body, extra, action, code) in enumerate(
        (
            (birch, "/tasks", task, {}, "task-give", "not-the-lead"),
            (cedar, "/tasks", task, {}, "task-give", "not-found"),
            (birch, f"/tasks/{given}/answer", {"answer": "done"}, {"version": 7}, "task-answer", "version-changed"),
            (aster, f"/tasks/{given}/answer", {"answer": "done"}, {"version": 1}, "task-answer", "not-found"),
            (birch, f"/tasks/{given}/cancel", {"reason": "x"}, {"version": 1}, "task-cancel", "not-found"),
            (aster, "/part", {"facts": "x"}, {"method": "PATCH", "version": 4}, "part-edit", "version-changed"),
            (cedar, "/part/ready", b"", {"version": 1}, "part-ready", "not-found"),
            (birch, "/entries", entry, {}, "entry-record", "not-the-lead"),
            (aster, "/entries", entry, {}, "entry-record", "transition-refused"),
        ),
        start=1,
    ):
        assert write(member, path + end, body, **extra).json()["code"] == code
        by, case, what, why = last_refusal()
        assert (count_refusals(), case, what, why) == (number, joint.case, action, code)
        assert f"_{by}_" in str(member.headers)
        assert stands() == before


def test_strangers_find_nothing(joint: Joint) -> None:
    cedar = key(joint.cedar)
    for end in ("tasks", "part", "parts", "names", "tasks/T-NONE"):
        stranger = cedar.get(f"/cases/{joint.case}/{end}")
        problem(stranger, 404, "not-found")
        assert bytes_of(cedar.get(f"/cases/CASE-NONE/{end}")) == bytes_of(stranger)
    problem(write(cedar, f"/cases/{joint.case}/part", {"facts": FACTS}, method="PATCH", version=1), 404, "not-found")


def test_raw_values_go_in_and_do_not_come_back(joint: Joint, document: Any) -> None:
    aster, birch, cedar = key(joint.aster), key(joint.birch), key(joint.cedar)
    path = f"/cases/{joint.case}/part/identifiers"
    asked = {"type": "cn-mobile", "role": "organizer", "value": "138 0013 8000", "confirm": True}
    problem(write(aster, path, asked | {"confirm": "yes"}, version=1), 422, "confirmation-missing")
    problem(write(aster, path, asked | {"value": "13"}, version=1), 422, "identifier-invalid")
    problem(write(aster, path, asked | {"note": "x"}, version=1), 400, "unknown-field")
    problem(write(aster, path, asked), 428, "precondition-required")
    once = {"HTTP_IDEMPOTENCY_KEY": "raw"}
    made = write(aster, path, asked, version=1, **once)
    assert made.status_code == 201 and write(aster, path, asked, version=1, **once).content == made.content
    valid(document, "PartIdentifierChange", made.json())
    assert b"13800138000" not in made.content
    listed = aster.get(path).json()
    valid(document, "PartIdentifiers", listed)
    (row,) = listed["results"]
    assert (row["identifier"], row["type"]) == (made.json()["identifier"], "cn-mobile") and "value" not in row
    assert birch.get(path).json() == {"results": []}
    problem(cedar.get(path), 404, "not-found")
    problem(write(cedar, path, asked, version=1), 404, "not-found")
    assert last_refusal()[1:] == (joint.case, "identifier-add", "not-found")
    gone = write(aster, f"{path}/{row['identifier']}", b"", method="DELETE", version=made.json()["version"])
    assert gone.status_code == 200 and aster.get(path).json() == {"results": []}


def test_released_packages(joint: Joint, document: Any, settings: Any, tmp_path: Any) -> None:
    from django.utils import timezone

    from clues.packages.signing import make_signer
    from tests.clues.packaged import UNIT, make_released

    settings.AIF_EVIDENCE = tmp_path / "evidence"
    settings.AIF_PACKAGE_SIGNER = make_signer(name="Test", now=timezone.now())
    package = make_released(joint)
    answer = key(joint.birch).get(f"/cases/{joint.case}/packages")
    valid(document, "CasePackages", answer.json())
    (row,) = answer.json()["results"]
    assert (row["package"], row["sha256"], row["unit"], row["receipt_no"]) == (package.ref, package.sha256, UNIT, None)
    problem(key(joint.cedar).get(f"/cases/{joint.case}/packages"), 404, "not-found")
