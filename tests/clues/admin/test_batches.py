"""Held batches at the desk, in the portal and by the API: why, what to do, and what was decided."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from clues.models import Batch, BatchChunk, BatchHold
from clues.submissions import holds
from tests.clues.alliance import caller, submit
from tests.clues.scene import Scene
from tests.clues.submissions.test_holds import habit, many
from tests.factories import acting_as

DO = "admin:clues_batch_do"


@pytest.fixture
def held(scene: Scene, monkeypatch: Any) -> Batch:
    from clues import tasks

    monkeypatch.setattr(tasks, "ring", lambda: None)
    habit(scene.cast.cedar)
    with acting_as("aif_web"):
        received = submit(caller(scene.cast.cedar), many(120))
    return Batch.objects.get(pk=received.id)


@pytest.mark.parametrize(("who", "name", "state"), [("olga", "release", "received"), ("pavel", "reject", "rejected")])
def test_the_desk_decides(scene: Scene, held: Batch, desk: Any, who: str, name: str, state: str) -> None:
    browser = desk(getattr(scene.cast, who))
    page = browser.get(reverse("admin:clues_batch_change", args=[held.pk]))
    assert len(page.context["operations"]) == 2 and "121" in page.content.decode()
    address = reverse(DO, args=[held.pk, name])
    form = browser.get(address).content.decode()
    assert "121" in form and str(scene.cast.cedar) in form, "nobody decides by a reference alone"
    assert ("hurts" in form) == (name == "reject")
    assert browser.post(address, {"reason": ""}).status_code == 422
    assert Batch.objects.get(pk=held.pk).state == "held"
    assert browser.post(address, {"reason": "Looked at."}).status_code == 302
    assert Batch.objects.get(pk=held.pk).state == state
    assert BatchHold.objects.get().decided_by == getattr(scene.cast, who)
    assert browser.get(reverse("admin:clues_batch_change", args=[held.pk])).context["operations"] == []


def test_the_institution_reads_why(scene: Scene, held: Batch, client: Any) -> None:
    client.force_login(scene.cast.cy)
    address = f"/portal/batches/{held}"
    text = client.get(address).content.decode()
    assert "121 行" in text and "日常每日为 8 行" in text
    with acting_as("aif_desk"):
        holds.reject(batch=held.pk, reason="Nobody announced it.", by=scene.cast.olga, now=held.received_at)
    text = client.get(address).content.decode()
    assert "Nobody announced it." in text
    assert text.count("batch-rejected") == 1, "said once, not once a row"
    assert "重新发送整个文件没有影响" not in text and "/help/contact" in text


@pytest.mark.parametrize("is_rejected", [False, True])
def test_nobody_is_told_to_send_again_what_is_held(scene: Scene, held: Batch, client: Any, is_rejected: bool) -> None:
    """Red if rows refused at the door speak for all of it: two lines above it says that nobody need send it again."""
    with acting_as("aif_owner"):
        BatchChunk.objects.filter(batch=held).update(refusals=[[0, None, "row-malformed"]])
        Batch.objects.filter(pk=held.pk).update(refused=1)
    client.force_login(scene.cast.cy)
    if is_rejected:
        with acting_as("aif_desk"):
            holds.reject(batch=held.pk, reason="Nobody announced it.", by=scene.cast.olga, now=held.received_at)
    text = client.get(f"/portal/batches/{held}").content.decode()
    assert "row-malformed" in text and "重新发送整个文件没有影响" not in text
    assert ("尚未处理的行将等待联盟作出决定" in text) != is_rejected


def test_the_institution_reads_why_it_was_let_go(scene: Scene, held: Batch, client: Any) -> None:
    client.force_login(scene.cast.cy)
    assert "将等待联盟作出决定" in client.get(f"/portal/batches/{held}").content.decode()
    with acting_as("aif_desk"):
        holds.release(batch=held.pk, reason="It was announced.", by=scene.cast.olga, now=held.received_at)
    assert "It was announced." in client.get(f"/portal/batches/{held}").content.decode()
