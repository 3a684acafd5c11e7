"""One of our clues: what its page says, correcting it in two tabs, withdrawing, extending."""

from __future__ import annotations

from typing import Any

import pytest

from clues.models import Clue
from clues.portal.clue_words import describe_effect
from clues.submissions import clues
from members.models import reference
from members.queries import person_of
from tests.clues.alliance import caller, clue, submit, token
from tests.clues.reviewing import confirm
from tests.clues.scene import Scene, work
from tests.factories import acting_as

FIELDS = (
    "category", "grade", "channel", "observed_at", "region", "amount_cny", "level", "consumer_contacted", "tlp",
    "evidence_sha256", "basis",
)  # fmt: skip


@pytest.fixture
def address(scene: Scene) -> str:
    row = clue(token("one"), token("two") | {"role": "victim"}, client_ref="mine", region="CN-31", amount_cny="12.5",
               observed_at="2026-11-01T08:00:05Z", channel="sms")  # fmt: skip
    submit(caller(scene.cast.aster), [row])
    work()
    return f"/portal/clues/{reference.encode('C', stored().pk)}"


def stored() -> Clue:
    return Clue.objects.get(client_ref="mine")


def form_of(page: Any) -> dict[str, Any]:
    """Return what a browser would send of the form as it is shown."""
    form = page.context["form"]
    sent: dict[str, Any] = {"version": str(form.version)}
    for each in form.fields:
        if each.kind == "check":
            sent |= {each.name: "on"} if each.value else {}
        else:
            sent[each.name] = each.value
    return sent | {f"role-{place}": role for place, _each, role in form.roles}


def test_what_the_page_says(scene: Scene, portal: Any, address: str) -> None:
    page = portal(scene.cast.alice).get(address)
    shown = page.content.decode()
    assert page.status_code == 200 and page["Cache-Control"]
    for text in ("elecom", "12.50", "Shanghai", "2026-11-01 16:00", "mine", "key testtest"):
        assert text in shown, text
    assert 'data-client-ref="mine" data-position="0"' in shown and 'data-position="1"' in shown
    assert "It waits for a second person of yours" in shown and not page.context["clue"].answers_screenings
    assert token("one")["token"] not in shown
    confirm(scene.cast.aster)
    shown = portal(scene.cast.alice).get(address).content.decode()
    assert "a second person confirmed it" in shown and "Confirmed by a second person" in shown


@pytest.mark.parametrize("what", ["", "/correct", "/withdraw", "/extend"])
def test_strangers_and_nonsense_are_404(scene: Scene, portal: Any, address: str, what: str) -> None:
    for person in (scene.cast.bea, scene.cast.olga):
        assert portal(person).get(address + what).status_code == 404
    assert portal(scene.cast.alice).get(f"/portal/clues/C-NONSENSE{what}").status_code == 404


@pytest.mark.parametrize("what", ["/correct", "/withdraw", "/extend"])
def test_who_may_not_change_it(scene: Scene, portal: Any, address: str, what: str) -> None:
    assert portal(scene.cast.amir).get(address + what).status_code == 403
    assert portal(scene.cast.amir).post(address + what, {"reason": "mistake", "version": 1}).status_code == 403
    assert stored().version == 1


def test_correct(scene: Scene, portal: Any, address: str) -> None:
    """Only what was changed is sent on: seconds that the form does not show stay as they are."""
    browser = portal(scene.cast.alice)
    sent = form_of(browser.get(f"{address}/correct"))
    assert sent["observed_at"] == "2026-11-01T16:00" and set(FIELDS) <= sent.keys()
    same = browser.post(f"{address}/correct", sent, follow=True)
    assert stored().version == 1 and "Nothing was changed" in same.content.decode()
    done = browser.post(
        f"{address}/correct", sent | {"region": "", "grade": "C", "role-1": "agent", "crime_indicator": "on"}
    )
    assert done.status_code == 302 and done.url == address
    row = stored()
    assert (row.version, row.region, row.grade, row.crime_indicator, row.observed_at.second) == (2, None, "C", True, 5)
    assert [each.role for each in clues.get_clue(clue=address[-28:], viewer=person_of(scene.cast.alice)).identifiers] == [
        "actor", "agent",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"amount_cny": "a lot"}, "The amount is not valid"),
        ({"observed_at": "2026-99-01T00:00"}, "The time is not valid"),
        ({"category": "malicious-complaint"}, "A rights claim needs an indicator"),
        ({"evidence_sha256": "abc"}, "The evidence digest is not valid"),
        ({"basis": "§ 16"}, "basis is a code"),
        ({"role-0": "king"}, "Unknown role"),
    ],
)
def test_a_wrong_value_is_explained_and_kept_in_the_form(
    scene: Scene, portal: Any, address: str, wrong: dict[str, str], says: str
) -> None:
    browser = portal(scene.cast.alice)
    answer = browser.post(f"{address}/correct", form_of(browser.get(f"{address}/correct")) | wrong)
    assert answer.status_code == 422 and says in answer.content.decode()
    assert stored().version == 1
    ((name, value),) = wrong.items()
    if not name.startswith("role"):
        assert next(each.value for each in answer.context["form"].fields if each.name == name) == value


def test_of_two_tabs_the_second_is_told_and_may_decide_again(scene: Scene, portal: Any, address: str) -> None:
    browser = portal(scene.cast.alice)
    first = form_of(browser.get(f"{address}/correct"))
    second = dict(first)
    browser.post(f"{address}/correct", first | {"region": "CN-11", "channel": "email"})
    told = browser.post(f"{address}/correct", second | {"region": "CN-44"})
    assert told.status_code == 409 and stored().region == "CN-11"
    shown = told.content.decode()
    assert "Changed meanwhile" in shown and "The clue says by now:" in shown and "Beijing" in shown
    differing = {each.name for each in told.context["form"].fields if each.now is not None}
    assert differing == {"region", "channel"}
    again = form_of(told)
    assert again["version"] == "2" and again["region"] == "CN-44"
    assert browser.post(f"{address}/correct", again).status_code == 302
    assert (stored().region, stored().channel, stored().version) == ("CN-44", "sms", 3)


def test_withdraw(scene: Scene, portal: Any, address: str) -> None:
    browser = portal(scene.cast.alice)
    assert "for good" in browser.get(f"{address}/withdraw").content.decode()
    assert browser.post(f"{address}/withdraw", {"version": "1"}).status_code == 422
    stale = browser.post(f"{address}/withdraw", {"version": "9", "reason": "mistake"})
    assert stale.status_code == 422 and stored().state == "active"
    assert browser.post(f"{address}/withdraw", {"version": "1", "reason": "mistake"}).url == address
    assert stored().state == "withdrawn"
    shown = browser.get(address).content.decode()
    assert "It was withdrawn" in shown and f"{address}/correct" not in shown
    assert browser.post(f"{address}/withdraw", {"version": "2", "reason": "mistake"}).status_code == 422


def test_extend(scene: Scene, portal: Any, address: str) -> None:
    before = stored().expires_at
    browser = portal(scene.cast.alice)
    assert browser.post(f"{address}/extend", {"version": "1", "reason": "nothing"}).status_code == 422
    assert browser.post(f"{address}/extend", {"version": "1", "reason": "case-open"}).status_code == 302
    assert stored().expires_at > before and stored().version == 2


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"state": "expired"}, "Its time is over"),
        ({"state": "disputed"}, "It is under dispute"),
        ({"grade": "C"}, "Grade C never answers"),
        ({"review": "returned"}, "A second person returned it"),
        ({"grade": "A", "review": "at-desk"}, "It waits for the alliance"),
    ],
)
def test_why_it_does_not_answer(scene: Scene, address: str, change: dict[str, str], says: str) -> None:
    with acting_as("aif_owner"):
        Clue.objects.filter(client_ref="mine").update(**change)
    found = clues.get_clue(clue=address[-28:], viewer=person_of(scene.cast.alice))
    effect = describe_effect(found, matched=False)
    assert not effect.answers and says in str(effect.why)
