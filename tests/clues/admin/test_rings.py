"""Rings at the desk: what is offered to whom, what the page explains, and decisions as buttons with a reason."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse
from django.utils import translation

from clues.admin.columns import listed
from clues.models import Clue, Ring, RingCut, RingMerge, RingReview, Sighting
from members.models import reference
from tests.clues.alliance import caller, clue, submit, token
from tests.clues.scene import Scene, make_case, work
from tests.factories import acting_as


def ring_of(scene: Scene) -> int:
    number = reference.decode("R", scene.ring)
    assert number is not None
    return number


def page_of(browser: Any, number: int) -> Any:
    answer = browser.get(reverse("admin:clues_ring_change", args=[number]), HTTP_ACCEPT_LANGUAGE="en")
    assert answer.status_code == 200
    return answer


def offered(browser: Any, number: int) -> list[str]:
    return [button["url"].rstrip("/").rpartition("/")[2] for button in page_of(browser, number).context["operations"]]


def press(browser: Any, number: int, name: str, **fields: Any) -> Any:
    place = reverse("admin:clues_ring_do", args=[number, name])
    assert browser.get(place).status_code == 200
    return browser.post(place, fields)


CUTS = ["unmerge", "part-clues", "part-identifier"]


def test_buttons_lead_from_a_new_ring_to_a_case(scene: Scene, desk: Any) -> None:
    ring = ring_of(scene)
    olga, pavel = scene.cast.olga, scene.cast.pavel
    assert offered(desk(olga), ring) == ["propose", "set-aside", *CUTS]
    assert press(desk(olga), ring, "propose", note="three reports").status_code == 302
    assert offered(desk(olga), ring) == CUTS
    assert offered(desk(pavel), ring) == ["confirm", "return", *CUTS]
    assert press(desk(pavel), ring, "return", note="").status_code == 422
    assert press(desk(pavel), ring, "confirm", note="").status_code == 302
    assert offered(desk(olga), ring) == ["open-case", *CUTS]
    assert RingReview.objects.get().state == "confirmed"
    text = page_of(desk(olga), ring).content.decode()
    assert "three reports" in text and "confirmed" in text


def test_the_filter_of_what_waits(scene: Scene, desk: Any) -> None:
    browser, address = desk(scene.cast.olga), reverse("admin:clues_ring_changelist")

    def found(value: str) -> int:
        return len(browser.get(address, {"review": value}).context["cl"].result_list)

    assert {value: found(value) for value in ("to-review", "new", "proposed", "confirmed", "changed")} == {
        "to-review": 1, "new": 1, "proposed": 0, "confirmed": 0, "changed": 0,
    }  # fmt: skip
    press(browser, ring_of(scene), "propose", note="")
    press(desk(scene.cast.pavel), ring_of(scene), "confirm", note="")
    assert {value: found(value) for value in ("to-review", "new", "confirmed", "changed")} == {
        "to-review": 0, "new": 0, "confirmed": 1, "changed": 0,
    }  # fmt: skip
    with acting_as("aif_web"):
        submit(caller(scene.cast.cedar), [clue(token("one person", kind="resident-id"), token("z", kind="qq"))])
    work()
    assert found("changed") == 1
    assert "grew since it was confirmed" in browser.get(address, HTTP_ACCEPT_LANGUAGE="en").content.decode()


def test_the_page_explains_and_holds_no_token(scene: Scene, desk: Any) -> None:
    text = page_of(desk(scene.cast.olga), ring_of(scene)).content.decode()
    for words in (
        "very strong type: one such identifier joins clues",
        "Aster Bank",
        "Birch Finance",
        "aster-1",
        "Growth by week",
        "/ 100: Independent institutions +12",
    ):
        assert words in text
    with acting_as("aif_match"):
        tokens = [str(each) for each in Sighting.objects.values_list("token", flat=True)]
    assert tokens and not any(each in text or each.replace("-", "") in text for each in tokens)


def test_undoing_and_lifting(scene: Scene, desk: Any) -> None:
    ring, browser = ring_of(scene), desk(scene.cast.olga)
    merger = RingMerge.objects.get(undone_at=None).pk
    assert f"unmerge/?merger={merger}" in page_of(browser, ring).content.decode()
    filled = browser.get(reverse("admin:clues_ring_do", args=[ring, "unmerge"]), {"merger": merger})
    assert filled.context["form"].initial["merger"] == str(merger)
    assert press(browser, ring, "unmerge", merger=merger, note="").status_code == 422
    assert press(browser, ring, "unmerge", merger=merger, note="not the same people").status_code == 302
    cut = RingCut.objects.get()
    text = page_of(browser, ring).content.decode()
    assert "under way" in text and "not the same people" in text
    work()
    assert Ring.objects.get().state == "dissolved"
    assert "lift" in offered(browser, ring)
    assert press(browser, ring, "lift", separation=cut.pk, note="they are").status_code == 302
    work()
    assert Ring.objects.get().state == "open"
    assert "they are" in page_of(browser, ring).content.decode()


@pytest.mark.parametrize("name", ["part-clues", "part-identifier"])
def test_setting_apart(scene: Scene, desk: Any, name: str) -> None:
    ring, browser = ring_of(scene), desk(scene.cast.olga)
    named = reference.encode("C", Clue.objects.get(client_ref="birch-1").pk)
    fields = {"clues": named} if name == "part-clues" else {"identifier": f"{named}/0"}
    wrong = {"clues": "C-1"} if name == "part-clues" else {"identifier": f"{named}/1"}
    assert press(browser, ring, name, note="because", **wrong).status_code == 422
    assert press(browser, ring, name, note="because", **fields).status_code == 302
    work()
    assert Ring.objects.get().state == "dissolved"


def test_a_ring_that_went_up_says_where(scene: Scene, desk: Any) -> None:
    """Its reference still opens a page, and the ring it went up in names it."""
    for institution in (scene.cast.aster, scene.cast.birch):
        with acting_as("aif_web"):
            submit(
                caller(institution),
                [clue(token("two", kind="resident-id"), token(f"two {institution.pk}", kind="qq"))],
            )
    work()
    with acting_as("aif_web"):
        submit(
            caller(scene.cast.cedar), [clue(token("two", kind="resident-id"), token("one person", kind="resident-id"))]
        )
    work()
    browser = desk(scene.cast.olga)
    gone, standing = Ring.objects.get(state="merged"), Ring.objects.get(state="open")
    assert offered(browser, gone.pk) == []
    assert str(standing) in page_of(browser, gone.pk).content.decode()
    assert str(gone) in page_of(browser, standing.pk).content.decode()


def test_members_see_no_desk(scene: Scene, desk: Any) -> None:
    make_case(scene)
    for who in ("alice", "amir"):
        for name in ("unmerge", "propose"):
            answer = desk(getattr(scene.cast, who)).post(reverse("admin:clues_ring_do", args=[ring_of(scene), name]))
            assert answer.status_code == 302 and "/login/" in answer["Location"]
    assert not RingCut.objects.exists() and not RingReview.objects.exists()


@pytest.mark.parametrize(("language", "said"), [("en", "a, b"), ("zh-hans", "a、b")])
def test_several_things_are_joined_as_the_language_does(language: str, said: str) -> None:
    with translation.override(language):
        assert listed(["a", "b"]) == said
