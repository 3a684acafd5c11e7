"""The lawful-use matrix at the desk: proposed by one, shown with what it changes, signed by another."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from clues.models import LawfulUseMatrix
from clues.screening.lawful_use import gate
from tests.clues.scene import Scene

LIST = "admin:clues_lawfulusematrix_do_list"
ROW = "admin:clues_lawfulusematrix_do"


def propose(browser: Any, rules: str) -> Any:
    return browser.post(reverse(LIST, args=["propose"]), {"title": "Counsel 2026", "rules": rules})


def page(browser: Any, matrix: LawfulUseMatrix) -> Any:
    return browser.get(reverse("admin:clues_lawfulusematrix_change", args=[matrix.pk]))


def test_the_form_begins_with_what_is_in_force(scene: Scene, desk: Any) -> None:
    form = desk(scene.cast.olga).get(reverse(LIST, args=["propose"])).content.decode()
    assert "allowed     *        *         *      non-personal" in form


def test_a_whole_round(scene: Scene, desk: Any) -> None:
    shipped = LawfulUseMatrix.objects.get()
    olga = desk(scene.cast.olga)
    rules = shipped.rules + "allowed inbound-call harassing-call * cn-mobile -- <b>art. 13</b>\nrefused * * * url\n"
    assert propose(olga, rules).status_code == 302
    matrix = LawfulUseMatrix.objects.get(state="proposed")
    shown = page(olga, matrix)
    assert shown.context["operations"] == []  # the proposer has nothing to decide
    text = shown.content.decode()
    assert "增加 3 格" in text and "cn-mobile" in text
    assert "&lt;b&gt;art. 13" in text and "<b>art. 13" not in text
    pavel = desk(scene.cast.pavel)
    assert len(page(pavel, matrix).context["operations"]) == 2
    assert pavel.post(reverse(ROW, args=[matrix.pk, "sign"])).status_code == 302
    assert gate.check(purpose="inbound-call", types=["cn-mobile"])[0] == matrix.pk
    assert "增加 3 格" not in page(pavel, matrix).content.decode()
    assert page(pavel, shipped).context["operations"] == []


@pytest.mark.parametrize("rules", ["", "allowed * * *", "allowed * * C *"])
def test_a_wrong_line_is_said_beside_the_text(scene: Scene, desk: Any, rules: str) -> None:
    answer = propose(desk(scene.cast.olga), rules)
    assert answer.status_code == 422 and answer.context["form"].errors["rules"]
    assert LawfulUseMatrix.objects.count() == 1


def test_rejecting_takes_a_reason(scene: Scene, desk: Any) -> None:
    propose(desk(scene.cast.olga), "allowed * * * *")
    matrix = LawfulUseMatrix.objects.get(state="proposed")
    pavel = desk(scene.cast.pavel)
    address = reverse(ROW, args=[matrix.pk, "reject"])
    assert pavel.post(address, {"reason": ""}).status_code == 422
    assert pavel.post(address, {"reason": "no grounds"}).status_code == 302
    matrix.refresh_from_db()
    assert matrix.state == "rejected"


def test_forged_decisions(scene: Scene, desk: Any) -> None:
    propose(desk(scene.cast.olga), "allowed * * * *")
    matrix = LawfulUseMatrix.objects.get(state="proposed")
    assert desk(scene.cast.olga).post(reverse(ROW, args=[matrix.pk, "sign"])).status_code == 403
    assert propose(desk(scene.cast.pavel), "allowed * * * *").status_code == 403
    assert desk(scene.cast.alice).post(reverse(ROW, args=[matrix.pk, "sign"])).status_code == 302  # to the login
    matrix.refresh_from_db()
    assert matrix.state == "proposed"
