"""Dispositions in the portal: recorded once, shown to their institution alone, lifted when their ground falls."""

from __future__ import annotations

from typing import Any

import pytest

from clues.models import Disposition, LiftNotice
from tests.clues.dispositions.doing import act, record, withdraw, work
from tests.clues.scene import Scene, make_case
from tests.factories import make_user

LIST, NEW = "/portal/dispositions", "/portal/dispositions/new"


def send(browser: Any, about: dict[str, str], **given: str) -> Any:
    """Send the form as the page gave it."""
    page = browser.get(NEW, about)
    assert page.status_code == 200, page.content
    return browser.post(NEW, {"once": page.context["once"], "state": "done", "kind": "internal-tag"} | about | given)


def test_we_acted_on_a_match(scene: Scene, portal: Any, audited: Any) -> None:
    """Feedback `acted` leads to the form; what is recorded shows on the match, in the list, and to nobody else."""
    browser = portal(scene.cast.alice)
    address = f"/portal/matches/{scene.match}"
    assert f"{NEW}?match={scene.match}" in browser.get(address).content.decode()
    browser.post(f"{address}/feedback", {"verdict": "acted"})
    assert "Then you are told when its ground falls" in browser.get(address).content.decode()
    answer = send(browser, {"match": scene.match}, note="In the risk engine.", persons_warned="3")
    row = Disposition.objects.get()
    assert answer["Location"] == f"{LIST}/{row.ref}" and row.recorded_by_ref == scene.cast.alice.ref
    assert audited("disposition.record") == [scene.cast.alice.ref]
    page = browser.get(answer["Location"]).content.decode()
    assert "In the risk engine." in page and "self-reported" in page and 'data-client-ref="aster-1"' in page
    shown = browser.get(address).content.decode()
    assert row.ref in shown and "We took a measure" in shown
    assert row.ref in browser.get(LIST).content.decode()
    browser = portal(scene.cast.bea)
    assert row.ref not in browser.get(address).content.decode() + browser.get(LIST).content.decode()
    for method in (browser.get, browser.post):
        assert method(f"{LIST}/{row.ref}").status_code in (404, 405)
    assert browser.post(f"{LIST}/{row.ref}/act", {"action": "lift", "note": "x", "version": 1}).status_code == 404
    assert browser.post(f"{LIST}/{row.ref}/answer", {"answer": "lifted"}).status_code == 404


def test_on_a_clue_and_a_case(scene: Scene, portal: Any) -> None:
    browser = portal(scene.cast.alice)
    send(browser, {"client_ref": "aster-1", "identifier": "1"}, done_at="2026-11-01T08:00")
    case = make_case(scene)
    send(browser, {"case": case.ref}, kind="report-to-police", state="requested", done_at="2026-11-01T08:00")
    about_clue, about_case = Disposition.objects.order_by("id")
    assert (about_clue.position, about_clue.seconds_to_disposal) == (1, None)
    assert about_clue.done_at is not None and about_clue.done_at.isoformat() == "2026-11-01T00:00:00+00:00", (
        "Beijing time"
    )
    assert (about_case.subject, about_case.done_at) == ("case", None)
    assert about_case.ref in browser.get(f"/portal/cases/{case.ref}").content.decode()
    page = browser.get("/portal/clues").content.decode()
    clue = next(part.split('"')[0] for part in page.split('href="/portal/clues/')[1:] if part.startswith("C-"))
    assert about_clue.ref in browser.get(f"/portal/clues/{clue}").content.decode()


def test_a_form_that_is_sent_twice_records_once(scene: Scene, portal: Any) -> None:
    browser = portal(scene.cast.alice)
    once = browser.get(NEW, {"match": scene.match}).context["once"]
    first, again = (send(browser, {"match": scene.match}, once=once) for _ in range(2))
    assert first["Location"] == again["Location"] and Disposition.objects.count() == 1
    assert send(browser, {"match": scene.match}, once="x").status_code == 404


def test_a_form_that_is_not_right_records_nothing(scene: Scene, portal: Any) -> None:
    browser = portal(scene.cast.alice)
    wrong = [{"kind": ""}, {"kind": "call-blocked"}, {"kind": "freeze-by-authority"}, {"note": "13800138000"},
             {"done_at": "yesterday"}, {"done_at": "2999-01-01T00:00"}, {"persons_warned": "a few"}]  # fmt: skip
    for given in wrong:
        answer = send(browser, {"match": scene.match}, **given)
        assert answer.status_code == 422 and 'role="alert"' in answer.content.decode(), given
    assert not Disposition.objects.exists()


@pytest.mark.parametrize(
    "about", [{}, {"match": "M-X"}, {"client_ref": "birch-1"}, {"case": "CASE-X"}, {"state": "done"}]
)
def test_about_nothing_of_ones_own_there_is_no_form(scene: Scene, portal: Any, about: dict[str, str]) -> None:
    assert portal(scene.cast.alice).get(NEW, about).status_code == 404


def test_measures_of_the_own_sector(scene: Scene, portal: Any) -> None:
    page = portal(scene.cast.alice).get(NEW, {"match": scene.match}).content.decode()
    assert 'value="account-restriction"' in page and 'value="call-blocked"' not in page


def test_roles(scene: Scene, portal: Any) -> None:
    """Who may see clues looks on; who may submit them records and answers."""
    row = record(scene)
    for role in ("approver", "member-admin", "auditor"):
        browser = portal(make_user(role, institution=scene.cast.aster))
        page = browser.get(f"{LIST}/{row.ref}")
        assert page.status_code == 200 and 'name="action"' not in page.content.decode()
        assert browser.get(NEW, {"match": scene.match}).status_code == 403
        assert browser.post(f"{LIST}/{row.ref}/act", {"action": "lift", "note": "x", "version": 1}).status_code == 403


def test_its_ground_has_fallen(scene: Scene, portal: Any) -> None:
    row, other = record(scene), record(scene, kind="partner-removed")
    withdraw("birch-1")
    work()
    browser = portal(scene.cast.alice)
    overview = browser.get("/").content.decode()
    assert "Measures to lift" in overview and "lost its ground" in overview
    listed = browser.get(LIST, {"show": "lift"})
    assert listed.context["to_lift"] == 2 and "ground has fallen" in listed.content.decode()
    page = browser.get(f"{LIST}/{row.ref}").content.decode()
    assert "The match no longer stands" in page and "working days left" in page and "Birch" not in page
    for given in ({}, {"answer": "kept"}, {"answer": "kept", "reason": "because"}):
        refused = browser.post(f"{LIST}/{row.ref}/answer", given)
        assert refused.status_code == 422 and "Choose an answer" in refused.content.decode()
    answered = browser.post(f"{LIST}/{row.ref}/answer", {"answer": "kept", "reason": "own-evidence"}, follow=True)
    assert "Its ground fell; we keep it" in answered.content.decode()
    # The answer to lift names no reason, whatever the list beside it says.
    browser.post(f"{LIST}/{other.ref}/answer", {"answer": "lifted", "reason": "own-evidence"})
    assert sorted(LiftNotice.objects.values_list("answer", flat=True)) == ["kept", "lifted"]
    assert browser.post(f"{LIST}/{row.ref}/answer", {"answer": "lifted"}).status_code == 422
    assert "Nothing to lift" in browser.get(LIST, {"show": "lift"}).content.decode()


def test_steps_from_the_version_that_was_shown(scene: Scene, portal: Any) -> None:
    row = record(scene)
    browser = portal(scene.cast.alice)
    address = f"{LIST}/{row.ref}/act"
    assert browser.post(address, {"action": "review", "version": 1}).status_code == 302
    assert browser.post(address, {"action": "lift", "note": "x", "version": 1}).status_code == 422
    assert browser.post(address, {"action": "lift", "version": 2}).status_code == 422
    assert browser.post(address, {"action": "fly", "version": 2}).status_code == 422
    page = browser.post(address, {"action": "confirm", "version": 2, "review_date": "2026-12-24"}, follow=True)
    text = page.content.decode()
    assert "2026-12-24" in text and "Confirmed on review" in text and "alice" in text


def test_filters_and_pages(scene: Scene, portal: Any) -> None:
    browser = portal(scene.cast.alice)
    assert "No disposition yet" in browser.get(LIST).content.decode()
    for _ in range(26):
        act(record(scene, kind="mediation"), "lift", note="x")
    record(scene)
    first = browser.get(LIST)
    assert len(first.context["rows"]) == 25 and first.context["page"].next
    assert len(browser.get(LIST, {"cursor": first.context["page"].next}).context["rows"]) == 2
    assert len(browser.get(LIST, {"state": "done"}).context["rows"]) == 1
    assert browser.get(LIST, {"state": "x"}).status_code == browser.get(LIST, {"show": "x"}).status_code == 404
