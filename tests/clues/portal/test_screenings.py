"""The page that screens, and the institution's own ledger of what was asked."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from clues.screening.screen import screen
from members.queries import person_of
from tests.clues.alliance import allow, caller, token
from tests.clues.fishing.test_detector import one_by_one, spread_thin
from tests.clues.fishing.world import play
from tests.clues.scene import Scene
from tests.factories import make_user

HISTORY = "/portal/screenings/history"


def ask(by: Any, *tokens: Any, **fields: Any) -> None:
    screen(request={"purpose": "investigation", "tokens": list(tokens)} | fields, by=by)


def question_of(page: Any) -> Any:
    return page.context["question"]


def test_the_page_offers_what_the_matrix_allows(scene: Scene, portal: Any) -> None:
    """As shipped: everything for types that are not personal, nothing for the others."""
    page = portal(scene.cast.alice).get("/portal/screenings")
    assert page.status_code == 200
    by_code = {each["code"]: each for each in question_of(page)["purposes"]}
    assert "domain" in by_code["investigation"]["types"] and "cn-mobile" not in by_code["investigation"]["types"]
    assert by_code["onboarding"]["human_review"] and by_code["onboarding"]["never_sole_ground"]
    text = page.content.decode()
    assert "never the sole ground" in text
    assert "JavaScript is off" in text  # and says so to whoever has none
    data = json.loads(re.search(r'<script id="question" type="application/json">(.*?)</script>', text, re.S).group(1))  # type: ignore[union-attr]
    assert data["quota"]["left"] == data["quota"]["limit"]


def test_a_purpose_that_is_resolved_for_nothing_is_shown_disabled(scene: Scene, portal: Any) -> None:
    allow("allowed investigation * * domain")
    page = portal(scene.cast.alice).get("/portal/screenings")
    text = page.content.decode()
    assert re.search(r'value="investigation">', text)
    assert re.search(r'value="transaction-risk" disabled>', text)
    assert "Not resolved in the lawful-use matrix" in text


def test_no_field_for_what_is_raw_has_a_name(scene: Scene, portal: Any) -> None:
    for address in ("/portal/screenings", "/portal/watches/new", "/portal/disputes/new", "/portal/noise"):
        text = portal(scene.cast.alice).get(address).content.decode()
        (field,) = re.findall(r"<(?:textarea|input)[^>]*data-values[^>]*>", text)
        assert " name=" not in field and 'autocomplete="off"' in field, address
        form = re.search(r"<form[^>]*data-question[^>]*>", text)
        assert form and "action=" not in form.group(0) and "method=" not in form.group(0)


def test_quota_is_what_is_left_today(scene: Scene, portal: Any) -> None:
    ask(caller(scene.cast.aster), token(1), token(2))
    quota = question_of(portal(scene.cast.alice).get("/portal/screenings"))["quota"]
    assert quota["used"] == 2 and quota["left"] == quota["limit"] - 2


def test_the_ledger_says_who_and_how_much_but_not_what(scene: Scene, portal: Any) -> None:
    asked = token("somebody")
    ask(person_of(scene.cast.alice), asked, token(2), case_ref="2026-C-7")
    ask(caller(scene.cast.aster), asked, purpose="content-takedown")
    page = portal(scene.cast.amir).get(HISTORY)
    first, second = page.context["page"].rows
    assert (first.by, first.name, first.tokens, first.purpose) == ("testtest", "", 1, "content-takedown")
    assert (second.name, second.tokens, second.hits, second.case_ref) == ("alice", 2, 0, "2026-C-7")
    text = page.content.decode()
    assert asked["token"] not in text and "alice" in text and "2026-C-7" in text
    only = portal(scene.cast.amir).get(HISTORY, {"purpose": "investigation"}).context["page"].rows
    assert [row.purpose for row in only] == ["investigation"]


def test_the_ledger_is_one_institutions_own(scene: Scene, portal: Any) -> None:
    ask(caller(scene.cast.aster), token(1))
    assert portal(scene.cast.bea).get(HISTORY).context["page"].rows == []
    assert "No screening yet" in portal(scene.cast.bea).get(HISTORY).content.decode()


def test_role_method_and_nonsense(scene: Scene, portal: Any) -> None:
    people = {role: make_user(role, institution=scene.cast.aster) for role in ("submitter", "auditor", "member-admin")}
    assert {role: portal(person).get("/portal/screenings").status_code for role, person in people.items()} == {
        "submitter": 403, "auditor": 403, "member-admin": 403,
    }  # fmt: skip
    assert {role: portal(person).get(HISTORY).status_code for role, person in people.items()} == {
        "submitter": 403, "auditor": 200, "member-admin": 403,
    }  # fmt: skip
    shown = {
        who: b'href="/portal/screenings"' in portal(who).get(HISTORY).content
        for who in (people["auditor"], scene.cast.alice)
    }
    assert list(shown.values()) == [False, True], "nobody is led where nobody may go"
    browser = portal(scene.cast.alice)
    for address in ("/portal/screenings", HISTORY):
        assert browser.post(address).status_code == 405
    assert browser.get(HISTORY, {"purpose": "collection"}).status_code == 404
    assert browser.get(HISTORY, {"cursor": "nonsense"}).status_code == 404
    for address in ("/portal/screenings", HISTORY):
        assert portal(scene.cast.olga).get(address).status_code == 404


def test_pages_keep_the_filter(scene: Scene, portal: Any) -> None:
    for number in range(30):
        ask(caller(scene.cast.aster), token(number), purpose="investigation" if number % 2 else "content-takedown")
    for number in range(30):
        ask(caller(scene.cast.aster), token(number))
    browser, seen = portal(scene.cast.alice), []
    address: str | None = f"{HISTORY}?purpose=investigation"
    while address:
        page = browser.get(address)
        seen += [row.id for row in page.context["page"].rows]
        following = re.search(r'href="(\?[^"]*cursor=[^"]*)" rel="next"', page.content.decode())
        address = HISTORY + following.group(1).replace("&amp;", "&") if following else None
    assert len(seen) == len(set(seen)) == 45


@pytest.mark.parametrize(("address", "most"), [("/portal/screenings", 7), (HISTORY, 5)])
def test_queries_do_not_grow(scene: Scene, portal: Any, address: str, most: int) -> None:
    for number in range(30):
        ask(person_of(scene.cast.alice), token(number))
    browser = portal(scene.cast.alice)
    browser.get(address)
    with CaptureQueriesContext(connection) as queries:
        browser.get(address)
    assert len(queries) <= most, [each["sql"][:120] for each in queries]


def test_a_suspension_says_why_to_its_own_institution_alone(scene: Scene, portal: Any) -> None:
    play(scene.cast.aster.pk, one_by_one(1_000, 0))
    page = portal(scene.cast.alice).get("/portal/screenings").content.decode()
    assert "Screening of your institution is suspended" in page and "as rare as in a customer list" in page
    assert "data-question" not in page and "screenings.js" not in page, "nobody fills in a form that is refused"
    assert "?purpose=" in page and "/help/contact" in page and "SS-" in page
    assert "is suspended" not in portal(scene.cast.bea).get("/portal/screenings").content.decode()


def test_a_suspension_over_several_purposes_names_no_single_one(scene: Scene, portal: Any) -> None:
    purposes = ("investigation", "complaint-handling", "agent-verification", "police-assistance")
    play(scene.cast.aster.pk, [call._replace(purpose=purposes[n % 4]) for n, call in enumerate(one_by_one(1_000, 0))])
    page = portal(scene.cast.alice).get("/portal/screenings", HTTP_ACCEPT_LANGUAGE="en").content.decode()
    assert "several purposes or askers together" in page and "Look at what was asked<" in page
    assert "whose questions were added up" not in page, "one key asked"


@pytest.mark.parametrize(
    ("language", "together", "added"),
    [
        ("en", "several purposes or askers together", "People and keys whose questions were added up"),
        ("zh-hans", "多个用途或多个查询者合并判断", "其查询被合并计算的人员和密钥数"),
    ],
)
def test_a_suspension_over_several_askers_says_how_many(
    scene: Scene, portal: Any, language: str, together: str, added: str
) -> None:
    play(scene.cast.aster.pk, spread_thin())
    page = portal(scene.cast.alice).get("/portal/screenings", HTTP_ACCEPT_LANGUAGE=language).content.decode()
    assert together in page
    assert re.search(rf"<dt>{added}</dt><dd>([4-9])</dd>", page), "four who fish, at least"
