"""The batches of the institution, and one batch with its refused rows."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from clues.portal.explanations import EXPLANATIONS
from clues.submissions import rows
from tests.clues.alliance import caller, clue, submit, token
from tests.clues.scene import Scene, work
from tests.factories import make_institution, make_user


def test_own_batches_only(scene: Scene, portal: Any) -> None:
    page = portal(scene.cast.alice).get("/portal/batches")
    assert [batch.batch for batch in page.context["page"].rows] == [scene.batch]
    assert scene.batch not in portal(scene.cast.bea).get("/portal/batches").content.decode()


def test_one_batch(scene: Scene, portal: Any) -> None:
    page = portal(scene.cast.alice).get(f"/portal/batches/{scene.batch}")
    assert page.status_code == 200
    assert page.context["batch"].released
    assert "No row was refused." in page.content.decode()
    assert "http-equiv" not in page.content.decode()


@pytest.mark.parametrize("ref", ["B-1", "no-such", "B-AAAAAAAAAAAAAAAAAAAAAAAAAA"])
def test_strangers_and_nonsense_are_404(scene: Scene, portal: Any, ref: str) -> None:
    assert portal(scene.cast.alice).get(f"/portal/batches/{ref}").status_code == 404
    assert portal(scene.cast.cy).get(f"/portal/batches/{scene.batch}").status_code == 404
    assert portal(scene.cast.olga).get(f"/portal/batches/{scene.batch}").status_code == 404


def test_only_get(scene: Scene, portal: Any) -> None:
    for address in ("/portal/batches", f"/portal/batches/{scene.batch}"):
        assert portal(scene.cast.alice).post(address).status_code == 405


def test_refused_rows_are_explained_and_not_repeated(scene: Scene, portal: Any) -> None:
    raw = {**token("x"), "token": "13800138000"}
    sent = [clue(raw, client_ref="bad-1"), clue(token("y"), client_ref="good"), clue(raw, client_ref="bad-2"),
            clue(token("z"), client_ref="bad-3", category="no-such")]  # fmt: skip
    received = submit(caller(scene.cast.aster), sent)
    browser = portal(scene.cast.alice)
    for address, seconds in ((f"/portal/batches/{received.batch}", 3), ("/portal/batches", 5)):
        text = browser.get(address).content.decode()
        assert f'<noscript><meta http-equiv="refresh" content="{seconds}"></noscript>' in text
        part = browser.get(address, HTTP_HX_REQUEST="true")
        assert (
            part.status_code == 200 and "hx-trigger" in part.content.decode() and "<html" not in part.content.decode()
        )
    work()
    for address in (f"/portal/batches/{received.batch}", "/portal/batches"):
        part = browser.get(address, HTTP_HX_REQUEST="true")
        assert part.status_code == 286 and "hx-trigger" not in part.content.decode()
    page = portal(scene.cast.alice).get(f"/portal/batches/{received.batch}")
    text = page.content.decode()
    assert "http-equiv" not in text
    assert [(why.code, count) for why, count in page.context["explained"]] == [
        ("raw-identifier", 2), ("category-unknown", 1)
    ]  # fmt: skip
    assert [row.row for row, _why in page.context["rows"]] == [0, 2, 3]
    assert "Let <code>aif-share submit</code> make the tokens; it never sends raw values." in text
    assert "13800138000" not in text


def test_explanations_are_chinese_too(scene: Scene, portal: Any, client: Any) -> None:
    from django.utils.translation import override

    for explanation in EXPLANATIONS.values():
        for text in (explanation.meaning, explanation.next_step):
            with override("en"):
                english = str(text)
            with override("zh-hans"):
                assert re.search("[一-鿿]", str(text)), english
            assert not re.search("[一-鿿]", english)


def test_every_code_that_rows_py_refuses_with_is_explained() -> None:
    source = Path(rows.__file__).read_text(encoding="utf-8")
    codes = set(re.findall(r'RowRefused\("([a-z-]+)"\)', source))
    codes |= set(re.findall(r'_(?:one_of|matching)\([^()]*?"([a-z]+(?:-[a-z]+)+)"', source))
    assert len(codes) > 15  # the search finds them
    assert codes | {"epoch-retired", "epoch-unknown", "client-ref-reused", "unkeyed-hash"} <= set(EXPLANATIONS)


def test_pages_follow_each_other(scene: Scene, portal: Any) -> None:
    sent = [submit(caller(scene.cast.aster), [clue(token(number))]).batch for number in range(30)]
    browser = portal(scene.cast.alice)
    first = browser.get("/portal/batches")
    cursor = first.context["page"].next
    assert [batch.batch for batch in first.context["page"].rows] == sent[:4:-1]
    second = browser.get("/portal/batches", {"cursor": cursor})
    assert [batch.batch for batch in second.context["page"].rows] == [*sent[4::-1], scene.batch]
    assert second.context["page"].next is None
    assert browser.get("/portal/batches", {"cursor": cursor[:-2]}).status_code == 404
    # A cursor is of one institution.
    assert portal(scene.cast.bea).get("/portal/batches", {"cursor": cursor}).status_code == 404


def test_an_empty_list_teaches(scene: Scene, portal: Any) -> None:
    person = make_user("analyst", institution=make_institution("Dune"))
    assert "aif-share submit FILE" in portal(person).get("/portal/batches").content.decode()


def test_a_batch_of_bad_rows_is_not_laid_at_the_door_of_the_alliance(scene: Scene, portal: Any) -> None:
    raw = {**token("x"), "token": "13800138000"}
    received = submit(caller(scene.cast.aster), [clue(raw, client_ref="bad-1")])
    work()
    browser = portal(scene.cast.alice)
    for address in ("/", "/portal/batches", f"/portal/batches/{received.batch}"):
        text = browser.get(address).content.decode()
        assert "Every row refused" in text and "Not let go" not in text, address
    assert "the alliance had no part in it" in text
