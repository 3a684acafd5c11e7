"""Our clues: what the list shows and by which filters, saved views, and several taken back at once."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from clues.models import Clue, SavedView
from clues.submissions import clue_list
from members.models import Institution, reference
from members.queries import person_of
from tests.clues.alliance import caller, clue, submit, token
from tests.clues.reviewing import confirm
from tests.clues.scene import Scene, work
from tests.factories import acting_as

LIST = "/portal/clues"


@pytest.fixture
def many(scene: Scene) -> Scene:
    """Aster's clue of the scene, which is in a match, and seven more in three batches."""
    aster = caller(scene.cast.aster)
    for batch in ([("a1", "B2", "malware"), ("a2", "C", "malware"), ("a3", "B1", "telecom-fraud")],
                  [("b1", "A", "spam-sms"), ("b2", "B2", "telecom-fraud")], [("c1", "B2", "malware"), ("c2", "C", "extortion")]):  # fmt: skip
        submit(
            aster,
            [clue(token(name), client_ref=name, grade=grade, category=category) for name, grade, category in batch],
        )
        work()
    return scene


def refs(page: Any) -> list[str]:
    return [row.clue.client_ref for row in page.context["page"].rows]


def number(client_ref: str) -> Clue:
    return Clue.objects.get(client_ref=client_ref)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", ["c2", "c1", "b2", "b1", "a3", "a2", "a1", "aster-1"]),
        ("grade=B2", ["c1", "b2", "a1", "aster-1"]),
        ("category=malware", ["c1", "a2", "a1"]),
        ("category=malware&grade=B2", ["c1", "a1"]),
        ("review=none", ["c2", "a2"]),
        ("review=waiting", ["c1", "b2", "b1", "a3", "a1", "aster-1"]),
        ("review=waiting&grade=C", []),
        ("client_ref=b1", ["b1"]),
        ("client_ref=b1&grade=C", []),
        ("client_ref=nobody", []),
        ("matched=yes", ["aster-1"]),
        ("matched=no&grade=B2", ["c1", "b2", "a1"]),
        ("state=withdrawn", []),
        ("batch=B-AAAAAAAAAAAAAAAAAAAAAAAAAA", []),
        ("since=2001-01-01&until=2001-01-31", []),
        ("since=2001-01-01", ["c2", "c1", "b2", "b1", "a3", "a2", "a1", "aster-1"]),
    ],
)
def test_filters(many: Scene, portal: Any, query: str, expected: list[str]) -> None:
    page = portal(many.cast.alice).get(f"{LIST}?{query}")
    assert page.status_code == 200 and refs(page) == expected


def test_by_batch_state_review_and_day(many: Scene, portal: Any) -> None:
    browser = portal(many.cast.alice)
    batch = reference.encode("B", number("b1").batch_id)
    assert refs(browser.get(f"{LIST}?batch={batch}")) == ["b2", "b1"]
    confirm(many.cast.aster)
    assert refs(browser.get(f"{LIST}?review=confirmed&category=spam-sms")) == ["b1"]
    with acting_as("aif_owner"):
        Clue.objects.filter(client_ref="a1").update(state="withdrawn")
    assert refs(browser.get(f"{LIST}?state=withdrawn")) == ["a1"]
    today = timezone.localtime().date()
    assert len(refs(browser.get(f"{LIST}?since={today}&until={today}"))) == 8
    assert refs(browser.get(f"{LIST}?since={today + timedelta(days=1)}")) == []


@pytest.mark.parametrize(
    "query", ["state=odd", "grade=D", "category=x", "matched=perhaps", "since=2026-13-01", "cursor=x"]
)
def test_nonsense_is_404(many: Scene, portal: Any, query: str) -> None:
    assert portal(many.cast.alice).get(f"{LIST}?{query}").status_code == 404


def test_own_clues_only(many: Scene, portal: Any) -> None:
    assert refs(portal(many.cast.bea).get(LIST)) == ["birch-1"]
    assert refs(portal(many.cast.bea).get(f"{LIST}?client_ref=b1")) == []
    assert portal(many.cast.olga).get(LIST).status_code == 404


def test_pages(many: Scene, portal: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr("clues.portal.clues.SIZE", 3)  # first: imported later it would take the other's for its own
    monkeypatch.setattr("clues.portal.paging.SIZE", 3)
    browser, seen, query = portal(many.cast.alice), [], ""
    for _ in range(3):
        page = browser.get(f"{LIST}?{query}")
        seen += refs(page)
        query = f"cursor={page.context['page'].next}"
    assert seen == ["c2", "c1", "b2", "b1", "a3", "a2", "a1", "aster-1"] and page.context["page"].next is None


def test_a_search_for_matches_says_how_far_it_looked(many: Scene, portal: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr(clue_list, "MOST_LOOKED", 3)
    browser = portal(many.cast.alice)
    page = browser.get(f"{LIST}?matched=yes")
    assert refs(page) == [] and "Look further" in page.content.decode()
    for _ in range(2):
        page = browser.get(f"{LIST}?matched=yes&cursor={page.context['go_on']}")
    assert refs(page) == ["aster-1"] and page.context["go_on"] is None


def test_what_a_row_says(many: Scene, portal: Any) -> None:
    page = portal(many.cast.alice).get(f"{LIST}?matched=yes")
    (row,) = page.context["page"].rows
    assert row.matched and row.clue.answers_screenings and row.clue.review == "waiting"
    shown = page.content.decode()
    assert 'data-client-ref="aster-1" data-position="0"' in shown and "+1" in shown


def test_the_first_clue_is_explained(scene: Scene, portal: Any) -> None:
    with acting_as("aif_owner"):
        Clue.objects.filter(institution=scene.cast.aster).update(institution=scene.cast.cedar)
    page = portal(scene.cast.alice).get(LIST).content.decode()
    assert "No clue yet" in page and "/portal/clues/new" in page


def test_saved_views(many: Scene, portal: Any) -> None:
    browser = portal(many.cast.alice)
    kept = browser.post(
        f"{LIST}/views", {"action": "save", "name": " Malware  to review ", "category": "malware", "review": "waiting"}
    )
    assert kept.status_code == 302 and kept.url == f"{LIST}?review=waiting&category=malware"
    page = browser.get(kept.url)
    assert "Malware to review" in page.content.decode() and page.context["current_view"].name == "Malware to review"
    assert SavedView.objects.get().filters == {"category": "malware", "review": "waiting"}
    assert "Malware to review" not in portal(many.cast.amir).get(LIST).content.decode(), "each person's own"
    browser = portal(many.cast.alice)
    for name in ("", "x" * 61):
        browser.post(f"{LIST}/views", {"action": "save", "name": name, "grade": "A"})
    browser.post(f"{LIST}/views", {"action": "save", "name": "nothing chosen"})
    assert SavedView.objects.count() == 1
    browser.post(f"{LIST}/views", {"action": "delete", "name": "Malware to review"})
    assert SavedView.objects.count() == 0


def test_several_are_taken_back_after_one_more_question(many: Scene, portal: Any) -> None:
    browser = portal(many.cast.alice)
    chosen = [f"{reference.encode('C', number(ref).pk)}:1" for ref in ("a1", "b1")]
    asked = browser.post(f"{LIST}/withdraw", {"clue": chosen})
    assert asked.status_code == 200 and asked.context["count"] == 2 and "for good" in asked.content.decode()
    assert number("a1").state == "active"
    stale = f"{reference.encode('C', number('c1').pk)}:7"
    done = browser.post(f"{LIST}/withdraw", {"clue": [*chosen, stale], "reason": "mistake"}, follow=True)
    assert [number(ref).state for ref in ("a1", "b1", "c1")] == ["withdrawn", "withdrawn", "active"]
    assert "Withdrawn: 2" in done.content.decode() and "Left as they are: 1" in done.content.decode()
    assert "Select the clues first" in browser.post(f"{LIST}/withdraw", {}, follow=True).content.decode()


def test_nobody_takes_back_the_clues_of_others(many: Scene, portal: Any) -> None:
    ref = f"{reference.encode('C', number('a1').pk)}:1"
    body = {"clue": [ref], "reason": "mistake"}
    assert portal(many.cast.bea).post(f"{LIST}/withdraw", body).status_code == 404
    assert portal(many.cast.amir).post(f"{LIST}/withdraw", body).status_code == 403
    assert number("a1").state == "active"


def test_how_many_queries(many: Scene, portal: Any) -> None:
    """The same for one row and for many."""
    viewer = person_of(many.cast.alice)
    Institution.objects.get(pk=viewer.institution_id)
    counts = []
    for limit in (1, 26):
        with CaptureQueriesContext(
            connection,
        ) as queries:
            clue_list.list_page(viewer=viewer, filters=clue_list.ClueFilters(), limit=limit)
        counts.append(len(queries))
    assert counts == [6, 6]
