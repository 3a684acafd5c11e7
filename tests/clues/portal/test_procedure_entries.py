"""What the authorities did, in the portal: read by the parties, recorded by the lead, counted for the institution."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from clues.models import Case, Clue, ProcedureEntry
from clues.procedures import record
from tests.clues.procedures.recording import enter, fields
from tests.clues.scene import Scene, make_case, wait_for_tick
from tests.factories import acting_as, make_user

CRIMINAL = "police-criminal"


def form_of(page: Any, state: str, **given: Any) -> dict[str, Any]:
    made = fields(CRIMINAL, state) | given
    return {name: value for name, value in made.items() if name not in ("track", "state")} | {
        "once": page.context["once"]
    }


def opening(case: Case) -> str:
    return f"/portal/cases/{case.ref}/entries/new?track={CRIMINAL}&state=submitted"


def test_the_lead_records_and_the_desk_confirms(scene: Scene, portal: Any) -> None:
    case = make_case(scene, at="reported")
    alice = portal(scene.cast.alice)
    shown = alice.get(f"/portal/cases/{case.ref}").content.decode()
    assert f"/portal/cases/{case.ref}/entries/new?track={CRIMINAL}&amp;state=submitted" in shown
    page = alice.get(opening(case))
    answer = alice.post(opening(case), form_of(page, "submitted", note="handed over in person"))
    assert answer.status_code == 302 and answer["Location"] == f"/portal/cases/{case.ref}"
    entry = ProcedureEntry.objects.get()
    assert alice.post(opening(case), form_of(page, "submitted", note="handed over in person")).status_code == 302
    assert ProcedureEntry.objects.count() == 1, "the same form sent twice has one effect"
    own = alice.get(f"/portal/cases/{case.ref}").content.decode()
    assert "waits for the alliance" in own and "handed over in person" in own
    assert f"proceeding={entry.proceeding}&amp;state=accepted" in own
    with acting_as("aif_desk"):
        record.confirm(entry=str(entry), by=scene.cast.olga, now=timezone.now())
    wait_for_tick()
    assert "waits for the alliance" not in alice.get(f"/portal/cases/{case.ref}").content.decode()
    outcomes = alice.get("/portal/outcomes")
    assert {row.code: value for row, value, _figure in outcomes.context["rows"]}["cases-reported"] == 1
    assert case.ref in alice.get("/portal/outcomes/cases-reported").content.decode()
    assert '"cases-reported","报案案件"' in alice.get("/portal/outcomes.csv").content.decode()
    assert alice.get("/portal/outcomes/no-such").status_code == 404


def test_other_parties_read_and_do_not_record(scene: Scene, portal: Any) -> None:
    case = make_case(scene, at="reported")
    (entry,) = enter(case, scene.cast.olga, CRIMINAL, "submitted")
    wait_for_tick()
    bea = portal(scene.cast.bea)
    shown = bea.get(f"/portal/cases/{case.ref}").content.decode()
    assert "Submitted" in shown and "entries/new" not in shown
    for browser, status in ((bea, 404), (portal(scene.cast.amir), 404), (portal(scene.cast.cy), 404)):
        assert browser.get(opening(case)).status_code == status
    assert portal(make_user("submitter", institution=scene.cast.aster)).get(opening(case)).status_code == 403
    assert portal(scene.cast.cy).get(f"/portal/cases/{case.ref}").status_code == 404
    assert portal(scene.cast.cy).get("/portal/outcomes/cases-reported").content.decode().count(case.ref) == 0
    assert ProcedureEntry.objects.count() == 1 and entry.pk


@pytest.mark.parametrize(
    "query", ["", "?track=civil&state=judgment2", "?track=no&state=x", "?proceeding=P-X&state=filed"]
)
def test_a_state_there_is_not(scene: Scene, portal: Any, query: str) -> None:
    case = make_case(scene, at="reported")
    assert portal(scene.cast.alice).get(f"/portal/cases/{case.ref}/entries/new{query}").status_code == 404


def test_what_is_refused_stands_on_the_form(scene: Scene, portal: Any) -> None:
    case = make_case(scene, at="reported")
    alice = portal(scene.cast.alice)
    page = alice.get(opening(case))
    for given in ({"date": ""}, {"gangs": "many"}, {"note": "ask 13800138000"}, {"authority": "nobody"}):
        answer = alice.post(opening(case), form_of(page, "submitted", **given))
        assert answer.status_code == 422 and answer.context["wrong"] in given
    ahead = opening(case).replace("submitted", "filed")
    answer = alice.post(ahead, form_of(page, "filed"))
    assert answer.status_code == 422 and "does not follow" in answer.content.decode()
    assert not ProcedureEntry.objects.exists()
    assert portal(scene.cast.alice).get(opening(make_closed(scene, case))).status_code == 200


def make_closed(scene: Scene, case: Case) -> Case:
    from tests.clues.scene import step
    from tests.clues.scene_paths import give

    return step(case, "close", scene.cast.pavel, "done", **give("close"))


def test_clues_step_down_when_the_ground_is_taken_back(scene: Scene, portal: Any) -> None:
    with acting_as("aif_owner"):
        Clue.objects.filter(client_ref="aster-1").update(grade="B1")
    case = make_case(scene, at="reported")
    entries = enter(case, scene.cast.olga, CRIMINAL, "submitted", "accepted", "filed")
    wait_for_tick()
    alice = portal(scene.cast.alice)
    assert alice.get(f"/portal/cases/{case.ref}").context["steps_down"] == []
    enter(case, scene.cast.olga, CRIMINAL, "withdrawn", proceeding=str(entries[0].proceeding))
    wait_for_tick()
    (row,) = alice.get(f"/portal/cases/{case.ref}").context["steps_down"]
    assert (row.client_ref, row.grade) == ("aster-1", "B1")
    assert portal(scene.cast.bea).get(f"/portal/cases/{case.ref}").context["steps_down"] == []


def test_guidance_and_roles(scene: Scene, portal: Any) -> None:
    page = portal(scene.cast.alice).get("/portal/guidance").content.decode()
    for word in ("Extortion", "96110", "Complaints run by agents"):
        assert word in page
    submitter = make_user("submitter", institution=scene.cast.aster)
    for address in ("/portal/guidance", "/portal/outcomes", "/portal/outcomes.csv"):
        assert portal(submitter).get(address).status_code == 403
        assert portal(scene.cast.alice).post(address).status_code == 405
        assert portal(scene.cast.olga).get(address).status_code == 404
