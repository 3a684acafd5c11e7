"""`/cases/…/checklist` and `/charges`: read by every party, charges chosen by the lead's key, elements shown by each for itself."""

from __future__ import annotations

from typing import Any

from clues.models import CaseCharge, CaseElement
from tests.clues.api.member import problem
from tests.clues.api.test_case_joint import document, joint, key, scene, write
from tests.clues.api.test_schema import valid
from tests.clues.joint import Joint, approve, count_refusals, last_refusal, stands
from tests.clues.scene import wait_for_tick

__all__ = ["document", "joint", "scene"]


def test_from_a_charge_to_what_shows_it(joint: Joint, document: Any) -> None:
    aster, birch = key(joint.aster), key(joint.birch)
    path = f"/cases/{joint.case}"
    once = {"HTTP_IDEMPOTENCY_KEY": "k"}
    made = write(aster, f"{path}/charges", {"charge": "extortion"}, **once)
    assert (
        made.status_code == 201
        and write(aster, f"{path}/charges", {"charge": "extortion"}, **once).content == made.content
    )
    assert CaseCharge.objects.count() == 1
    body = made.json()
    valid(document, "Checklist", body)
    assert (body["elements"], body["missing"], body["complete"], body["part_version"]) == (5, 5, False, 1)
    assert body["charges"][0]["added_by"] == "mine" and body["charges"][0]["law"].startswith("刑法")
    wait_for_tick()
    said = {"elements": [{"element": "threat", "facts": True}]}
    elements = f"{path}/charges/extortion/elements"
    problem(write(birch, elements, said, method="PUT"), 428, "precondition-required")
    problem(write(birch, elements, said, method="PUT", version=7), 412, "version-changed")
    shown = write(birch, elements, said, method="PUT", version=1).json()
    valid(document, "Checklist", shown)
    assert shown["part_version"] == 2 and shown["missing"] == 5
    threat = next(each for each in shown["charges"][0]["elements"] if each["element"] == "threat")
    assert threat["state"] == "drafted"
    assert threat["shown_by"] == [
        {"party": joint.code(joint.birch), "own": True, "facts": True, "evidence": [], "approved": False}
    ]
    approve(joint, joint.bea, joint.bert)
    seen = aster.get(f"{path}/checklist").json()
    assert seen["missing"] == 4 and "Birch" not in str(seen)
    dropped = write(aster, f"{path}/charges/extortion", b"", method="DELETE")
    assert dropped.status_code == 200 and dropped.json()["charges"] == []
    assert CaseElement.objects.count() == 1, "what a part shows stays with it"


def test_what_is_refused_changes_nothing_and_stands_in_the_trail(joint: Joint) -> None:
    aster, birch, cedar = key(joint.aster), key(joint.birch), key(joint.cedar)
    path = f"/cases/{joint.case}/charges"
    write(aster, path, {"charge": "fraud"})
    wait_for_tick()
    reader = key(joint.birch, "read")
    before = stands()
    problem(write(birch, path, {"charge": "extortion"}), 403, "not-the-lead")
    assert last_refusal()[2:] == ("charge-add", "not-the-lead")
    problem(write(cedar, path, {"charge": "extortion"}), 404, "not-found")
    problem(write(birch, f"{path}/fraud", b"", method="DELETE"), 403, "not-the-lead")
    problem(write(aster, f"{path}/extortion", b"", method="DELETE"), 404, "not-found")
    trail = count_refusals()
    problem(write(aster, path, {"charge": "fraud"}), 409, "conflict")
    problem(write(aster, path, {"charge": "murder"}), 422, "field-invalid")
    problem(write(aster, path, {"charge": "fraud", "note": "x"}), 400, "unknown-field")
    sent = {"elements": [{"element": "duty", "facts": True}]}
    problem(write(birch, f"{path}/fraud/elements", sent, method="PUT", version=1), 422, "field-invalid")
    problem(write(reader, f"{path}/fraud/elements", sent, method="PUT", version=1), 403, "scope-missing")
    problem(cedar.get(f"/cases/{joint.case}/checklist"), 404, "not-found")
    assert stands() == before and CaseCharge.objects.count() == 1 and count_refusals() == trail
