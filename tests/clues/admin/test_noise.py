"""Noise lists at the desk: no token shown, a second person decides, a whole list at once only as it was seen."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from clues.models import NoiseEntry
from clues.noise import propose
from clues.submissions.tokens import read_tokens
from tests.clues.alliance import token
from tests.clues.scene import Scene
from tests.factories import acting_as

LIST = "admin:clues_noiseentry_do_list"
ROW = "admin:clues_noiseentry_do"


@pytest.fixture
def proposed(scene: Scene, monkeypatch: Any) -> list[NoiseEntry]:
    """Two hotlines, proposed by Olga."""
    from clues import tasks

    monkeypatch.setattr(tasks, "ring", lambda: None)
    tokens = read_tokens([token(n, kind="service-number") for n in range(2)], most=2)
    with acting_as("aif_desk"):
        propose.propose_public(list_code="hotline", tokens=tokens, by=scene.cast.olga, now=timezone.now())
    return list(NoiseEntry.objects.order_by("pk"))


def states() -> list[str]:
    return list(NoiseEntry.objects.order_by("pk").values_list("state", flat=True))


def test_pages_show_no_token(scene: Scene, desk: Any, proposed: list[NoiseEntry]) -> None:
    browser = desk(scene.cast.pavel)
    listed = browser.get(reverse("admin:clues_noiseentry_changelist"))
    page = browser.get(reverse("admin:clues_noiseentry_change", args=[proposed[0].pk]))
    assert (listed.status_code, page.status_code) == (200, 200)
    for answer in (listed, page):
        assert proposed[0].token.hex.encode() not in answer.content.replace(b"-", b"")
    assert len(page.context["operations"]) == 3


def test_the_proposer_has_nothing_to_decide(scene: Scene, desk: Any, proposed: list[NoiseEntry]) -> None:
    olga = desk(scene.cast.olga)
    page = olga.get(reverse("admin:clues_noiseentry_change", args=[proposed[0].pk]))
    assert page.context["operations"] == []
    assert olga.post(reverse(ROW, args=[proposed[0].pk, "approve"])).status_code == 403
    assert states() == ["proposed", "proposed"]


def test_approve_then_take_off(scene: Scene, desk: Any, proposed: list[NoiseEntry]) -> None:
    pavel = desk(scene.cast.pavel)
    assert pavel.post(reverse(ROW, args=[proposed[0].pk, "approve"])).status_code == 302
    assert pavel.post(reverse(ROW, args=[proposed[1].pk, "reject"]), {"reason": ""}).status_code == 422
    assert pavel.post(reverse(ROW, args=[proposed[1].pk, "reject"]), {"reason": "not public"}).status_code == 302
    assert states() == ["in-force", "rejected"]
    assert pavel.post(reverse(ROW, args=[proposed[0].pk, "remove"]), {"reason": "changed hands"}).status_code == 302
    assert states() == ["removed", "rejected"]
    assert NoiseEntry.objects.get(state="removed").applied_at is None


def test_a_whole_list(scene: Scene, desk: Any, proposed: list[NoiseEntry]) -> None:
    pavel = desk(scene.cast.pavel)
    address = reverse(LIST, args=["approve-list"])
    assert "(2)" in pavel.get(address).content.decode()
    assert pavel.post(address, {"list_code": "hotline", "count": 3}).status_code == 422
    assert states() == ["proposed", "proposed"]
    assert pavel.post(address, {"list_code": "hotline", "count": 2}).status_code == 302
    assert states() == ["in-force", "in-force"]
