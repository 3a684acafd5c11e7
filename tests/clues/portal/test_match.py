"""The page of one match: to its parties, after the tick; the score in words; what happened; what each side sees."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import override

from clues.matching import changes, score
from clues.matching.rescore import rescore_pending
from clues.models import MatchParty, MatchRead
from clues.portal.match_words import MOMENTS, TERMS, explain_score
from clues.submissions import edits
from clues.submissions.clues import list_clues
from members.queries import person_of
from tests.clues.scene import Scene, make_case, work
from tests.factories import acting_as, make_user


def address(scene: Scene) -> str:
    return f"/portal/matches/{scene.match}"


def test_the_page(scene: Scene, portal: Any) -> None:
    with acting_as("aif_match"):
        rescore_pending()
    case = make_case(scene, at="approved")
    page = portal(scene.cast.alice).get(address(scene))
    text = page.content.decode()
    assert 'data-client-ref="aster-1" data-position="0"' in text
    assert "birch-1" not in text and "Birch" not in text
    match = page.context["match"]
    assert match.score == sum(term.points for term in page.context["terms"])
    assert f"/portal/rings/{scene.ring}" in text and f"/portal/cases/{case.ref}" in text
    assert f"/portal/disputes/new?match={scene.match}" in text
    assert "We reported it" in text and "Matched: another independent institution" in text
    assert "Not shown while the alliance has fewer than five" in text


def test_a_stranger_finds_nothing(scene: Scene, portal: Any) -> None:
    assert portal(scene.cast.cy).get(address(scene)).status_code == 404


@pytest.mark.parametrize("ref", ["M-1", "x", "M-AAAAAAAAAAAAAAAAAAAAAAAAAA"])
def test_nonsense_is_404(scene: Scene, portal: Any, ref: str) -> None:
    assert portal(scene.cast.alice).get(f"/portal/matches/{ref}").status_code == 404


def test_role_and_method(scene: Scene, portal: Any) -> None:
    submitter = make_user("submitter", institution=scene.cast.aster)
    assert portal(submitter).get(address(scene)).status_code == 403
    assert portal(scene.cast.alice).post(address(scene)).status_code == 405
    assert portal(scene.cast.olga).get(address(scene)).status_code == 404


def test_an_auditor_sees_and_has_no_buttons(scene: Scene, portal: Any) -> None:
    text = portal(make_user("auditor", institution=scene.cast.aster)).get(address(scene)).content.decode()
    assert 'name="verdict"' not in text and 'name="action"' not in text and "Open a dispute" not in text


def test_nothing_before_the_tick(scene: Scene, portal: Any) -> None:
    with acting_as("aif_match"):
        MatchParty.objects.update(released_at=timezone.now() + timezone.timedelta(minutes=1))
    assert portal(scene.cast.alice).get(address(scene)).status_code == 404


def test_looking_writes_nothing_and_reading_is_posted(scene: Scene, portal: Any) -> None:
    browser = portal(scene.cast.alice)
    assert 'hx-trigger="load"' in browser.get(address(scene)).content.decode()
    assert not MatchRead.objects.exists()
    assert browser.post(f"{address(scene)}/read")["Location"] == address(scene)
    assert MatchRead.objects.get().user == scene.cast.alice
    assert 'hx-trigger="load"' not in browser.get(address(scene)).content.decode()
    fragment = browser.post(f"{address(scene)}/read", HTTP_HX_REQUEST="true")
    assert fragment.status_code == 200 and fragment.content == b""
    assert browser.get(f"{address(scene)}/read").status_code == 405
    assert portal(scene.cast.cy).post(f"{address(scene)}/read").status_code == 404
    assert MatchRead.objects.count() == 1


def test_an_undone_match_says_so_to_those_who_had_it(scene: Scene, portal: Any) -> None:
    bea = person_of(scene.cast.bea)
    (own,) = list_clues(viewer=bea)
    edits.withdraw(clue=own.clue, version=own.version, reason="mistake", by=bea, now=timezone.now())
    with acting_as("aif_match"):
        changes.apply_changes(limit=10, now=timezone.now())
    work()
    browser = portal(scene.cast.alice)
    page = browser.get(address(scene))
    assert page.status_code == 410 and "is there no more" in page.content.decode()
    listed = browser.get("/portal/matches").content.decode()
    assert "These matches are there no more" in listed and scene.match[:8] in listed
    assert portal(scene.cast.cy).get(address(scene)).status_code == 404


def test_every_term_and_every_step_has_its_words() -> None:
    tables = {
        "independent-groups": score.GROUP_POINTS,
        "grade": score.GRADE_POINTS,
        "source-quality": score.QUALITY_POINTS,
        "specificity": score.LINK_POINTS,
    }
    terms = [
        {"term": term, "points": points} for term, table in tables.items() for points in table.values() if points
    ] + [{"term": "recency", "points": 20}, {"term": "disputes", "points": score.DISPUTE_POINTS}]
    explained = explain_score(terms, kind="domain")
    assert all(str(each.name) and str(each.why) for each in explained)
    assert set(TERMS) == {term["term"] for term in terms}
    assert explain_score([{"term": "new", "points": 1}], kind="domain")[0].name == "new"


def test_every_kind_of_moment_has_its_words() -> None:
    from clues import events

    told = {row.code for row in events.ROWS if row.subject in ("match", "clue")}
    assert told - set(MOMENTS) == set()


@pytest.mark.parametrize(
    ("band", "said"),
    [
        (None, "Not shown while the alliance has fewer than five live institutions."),
        ("1", "Exactly one; more are shown as a band."),
        ("2-4", "A band, not the number."),
    ],
)
def test_a_band_of_one_is_not_called_a_band(band: str | None, said: str, scene: Scene) -> None:
    context = {
        "match": SimpleNamespace(band=band, sectors=[], categories=[], released_at=timezone.now()),
        "user": scene.cast.alice,
    }
    with override("en"):
        text = render_to_string("clues/matches/_sides.html", context)
    assert said in text and ("A band, not the number" in text) == (band == "2-4")
