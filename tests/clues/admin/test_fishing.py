"""Suspensions of screening and honey tokens at the desk."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils import timezone

from clues.fishing import honey
from clues.models import HoneyToken, ScreeningSuspension
from clues.submissions.tokens import read_tokens
from members.models import Approval
from tests.clues.alliance import token
from tests.clues.fishing.test_detector import one_by_one, spread_thin
from tests.clues.fishing.world import play
from tests.clues.scene import Scene


def test_a_suspension_says_why_and_takes_two(scene: Scene, desk: Any) -> None:
    play(scene.cast.aster.pk, one_by_one(1_000, 0))
    number = ScreeningSuspension.objects.get().pk
    browser = desk(scene.cast.olga)
    listed = browser.get(reverse("admin:clues_screeningsuspension_changelist"), HTTP_ACCEPT_LANGUAGE="en")
    page = browser.get(reverse("admin:clues_screeningsuspension_change", args=[number]), HTTP_ACCEPT_LANGUAGE="en")
    assert "questions that look like fishing" in listed.content.decode()
    assert "hits as rare as in a customer list" in page.content.decode()
    address = reverse("admin:clues_screeningsuspension_do", args=[number, "confirm"])
    assert browser.post(address, {"days": 30, "reason": "No cause was given."}).status_code == 302
    assert Approval.objects.get().payload == {"days": 30}
    assert ScreeningSuspension.objects.get().state == "pending"


def test_purposes_judged_together_say_so(scene: Scene, desk: Any) -> None:
    play(scene.cast.aster.pk, spread_thin())
    suspension = ScreeningSuspension.objects.get()
    assert suspension.purpose == "" and "askers" in suspension.terms
    address = reverse("admin:clues_screeningsuspension_change", args=[suspension.pk])
    page = desk(scene.cast.olga).get(address, HTTP_ACCEPT_LANGUAGE="en").content.decode()
    assert "several purposes or askers together" in page and "people and keys whose points were added up" in page


def test_honey_tokens_are_listed_without_the_token(scene: Scene, desk: Any) -> None:
    honey.plant(tokens=read_tokens([token("honey")], most=1), by=scene.cast.olga, now=timezone.now())
    browser = desk(scene.cast.olga)
    number = HoneyToken.objects.values_list("pk", flat=True).get()
    assert browser.get(reverse("admin:clues_honeytoken_changelist")).status_code == 200
    assert browser.get(reverse("admin:clues_honeytoken_change", args=[number])).status_code == 200
    address = reverse("admin:clues_honeytoken_do", args=[number, "withdraw"])
    assert browser.post(address, {"reason": "Given out meanwhile."}).status_code == 302
    assert HoneyToken.objects.values_list("withdrawn_at", flat=True).get() is not None
