"""The cases that concern the institution: reference, state, dates; nothing of the desk's people and reasons."""

from __future__ import annotations

from typing import Any

import pytest

from tests.clues.scene import Scene, make_case
from tests.factories import make_user


def test_list_and_page(scene: Scene, portal: Any) -> None:
    case = make_case(scene, at="closed")
    browser = portal(scene.cast.alice)
    assert f'href="/portal/cases/{case.ref}"' in browser.get("/portal/cases").content.decode()
    page = browser.get(f"/portal/cases/{case.ref}")
    text = page.content.decode()
    assert [milestone.state for milestone in page.context["milestones"]] == [
        "candidate", "triage", "lead-claimed", "joint", "evidence-ready", "approved",
        "reported", "closed",
    ]  # fmt: skip
    for hidden in ("outcome received", "olga", "pavel", "Birch", "birch"):
        assert hidden not in text


def test_a_stranger_finds_nothing(scene: Scene, portal: Any) -> None:
    case = make_case(scene)
    browser = portal(scene.cast.cy)
    assert browser.get(f"/portal/cases/{case.ref}").status_code == 404
    assert case.ref not in browser.get("/portal/cases").content.decode()
    assert "No case yet" in browser.get("/portal/cases").content.decode()


@pytest.mark.parametrize("ref", ["CASE-1", "x", "CASE-AAAAAAAAAAAAAAAAAAAAAAAAAA"])
def test_nonsense_is_404(scene: Scene, portal: Any, ref: str) -> None:
    assert portal(scene.cast.alice).get(f"/portal/cases/{ref}").status_code == 404


def test_role_and_method(scene: Scene, portal: Any) -> None:
    case = make_case(scene)
    submitter = make_user("submitter", institution=scene.cast.aster)
    for address in ("/portal/cases", f"/portal/cases/{case.ref}"):
        assert portal(submitter).get(address).status_code == 403
        assert portal(scene.cast.alice).post(address).status_code == 405
        assert portal(scene.cast.olga).get(address).status_code == 404
