"""Rows set aside, at the desk, in the portal and by the API: that they are, what to do, and that they are tried again."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import ProgrammingError, transaction
from django.urls import reverse

from clues.matching import quarantine
from clues.models import Batch, BatchChunk, QuarantinedRow
from members.admin import queues
from members.models import AuditEvent
from tests.clues.alliance import caller, clue, submit, token
from tests.clues.scene import Scene, work
from tests.factories import acting_as


@pytest.fixture
def batch(scene: Scene, monkeypatch: Any) -> Batch:
    """Cedar's batch of three rows; the second was found to end whoever works on it."""
    from clues import tasks

    monkeypatch.setattr(tasks, "ring", lambda: None)
    with acting_as("aif_web"):
        taken = submit(caller(scene.cast.cedar), [clue(token(f"q-{n}"), client_ref=f"q-{n}") for n in range(3)])
    with acting_as("aif_match"):
        BatchChunk.objects.filter(batch=taken.id).update(search={"open": [], "rows": [1]})
    work()
    return Batch.objects.get(pk=taken.id)


def test_the_desk_has_it_tried_again(scene: Scene, batch: Batch, desk: Any) -> None:
    browser = desk(scene.cast.olga)
    assert {each.code: each.count for each in queues.look()}["rows-aside"] == 1
    assert str(batch) in browser.get(reverse("admin:clues_batch_changelist") + "?aside=yes").content.decode()
    page = browser.get(reverse("admin:clues_batch_change", args=[batch.pk]))
    assert len(page.context["operations"]) == 1 and "q-1" not in page.content.decode()
    address = reverse("admin:clues_batch_do", args=[batch.pk, "retry"])
    assert browser.post(address, {"reason": ""}).status_code == 422
    assert browser.post(address, {"reason": "The loader was repaired."}).status_code == 302
    assert AuditEvent.objects.get(verb="batch.retry").detail == {"rows": 1, "reason": "The loader was repaired."}
    with acting_as("aif_match"):
        assert quarantine.retry_pending(limit=5) == 1
    batch.refresh_from_db()
    assert (batch.accepted, batch.quarantined) == (3, 0)
    page = browser.get(reverse("admin:clues_batch_change", args=[batch.pk]))
    assert page.context["operations"] == [] and "已处理成功" in page.content.decode()
    assert {each.code: each.count for each in queues.look()}["rows-aside"] == 0


def test_the_institution_reads_that_it_need_not_send_it_again(scene: Scene, batch: Batch, client: Any) -> None:
    client.force_login(scene.cast.cy)
    text = client.get(f"/portal/batches/{batch}").content.decode()
    assert "已隔离 1 行" in text and "row-quarantined" in text and "q-1" in text
    assert "联盟已获知" in text
    assert "未入库的行" in text and "被拒绝的行" not in text, "none was refused"
    assert "重新发送整个文件没有影响" not in text
    assert "1 行被隔离" in client.get("/portal/batches").content.decode()


def test_who_is_not_the_worker_reads_nothing_of_the_payload(scene: Scene, batch: Batch) -> None:
    for role in ("aif_desk", "aif_web"):
        with acting_as(role), pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
            list(QuarantinedRow.objects.values_list("clue_row", flat=True))
