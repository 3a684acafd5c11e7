"""Campaigns in the portal: what runs and what ended, with our own cases and rounded figures."""

from __future__ import annotations

import re
from typing import Any

from django.utils import timezone

from clues.campaigns import planning
from members.models import reference
from tests.clues.campaigns.planning_one import TITLE, make_campaign
from tests.clues.procedures.recording import enter
from tests.clues.scene import Scene, make_case, wait_for_tick
from tests.factories import acting_as

HIDDEN = '<td class="number" data-label="The campaign">—</td>'


def test_the_list_and_what_is_over(scene: Scene, portal: Any) -> None:
    browser = portal(scene.cast.alice)
    assert "No campaign runs now" in browser.get("/portal/campaigns").content.decode()
    assert "No campaign yet" in browser.get("/portal/campaigns?show=all").content.decode()
    made = make_campaign(scene.cast.olga)
    text = browser.get("/portal/campaigns").content.decode()
    assert TITLE in text and f"/portal/campaigns/{made.ref}" in text and "Police, economic crime" in text
    with acting_as("aif_desk"):
        planning.move(campaign=made.ref, action="end", by=scene.cast.olga, now=timezone.now())
    assert TITLE not in browser.get("/portal/campaigns").content.decode()
    assert TITLE in browser.get("/portal/campaigns?show=all").content.decode()
    assert browser.get("/portal/campaigns?show=mine").status_code == 404


def test_one_with_our_cases_and_nobody_elses(scene: Scene, portal: Any) -> None:
    case = make_case(scene, at="reported")
    made = make_campaign(scene.cast.olga, case)
    enter(case, scene.cast.olga, "police-criminal", "submitted", "accepted", "filed")
    wait_for_tick()
    with acting_as("aif_desk"):
        planning.set_target(
            campaign=made.ref, counter="cases-filed", value="20", by=scene.cast.olga, now=timezone.now()
        )
    text = portal(scene.cast.alice).get(f"/portal/campaigns/{made.ref}").content.decode()
    assert f"/portal/cases/{case.ref}" in text
    assert 'data-label="Our cases in it">1</td>' in text and 'data-label="Target">20</td>' in text and HIDDEN in text
    other = portal(scene.cast.cy).get(f"/portal/campaigns/{made.ref}").content.decode()
    assert case.ref not in other and "No case that we are a party of" in other
    assert "Birch" not in text + other


def test_a_planned_one_is_as_missing_as_none(scene: Scene, portal: Any) -> None:
    made = make_campaign(scene.cast.olga, start=False)
    browser = portal(scene.cast.alice)
    pages = [browser.get(f"/portal/campaigns/{ref}") for ref in (made.ref, reference.encode("CP", 10**9), "CP-1")]
    assert {page.status_code for page in pages} == {404}
    main = re.compile(r"<main.*?</main>", re.S)  # around it stand the address and a token
    assert len({main.search(page.content.decode())[0] for page in pages}) == 1  # type: ignore[index]
    assert browser.post(f"/portal/campaigns/{made.ref}").status_code == 405
