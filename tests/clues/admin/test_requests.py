"""Requests at the desk: what ran out first, words of those alone, reminded and closed with a reason."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from clues.models import RequestParty
from members.models import AuditEvent
from tests.clues.requests.world import TEXT, World, escalate, make_world, referral, run_out, send, told
from tests.factories import acting_as

LIST = "admin:clues_requestparty_changelist"


@pytest.fixture
def world(db: None, settings: Any) -> World:
    """The scene with a telecom operator."""
    settings.AIF_DISCLOSURE_TICK = 0.01
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    return make_world()


@pytest.fixture
def desk(settings: Any, client: Any, world: World) -> Any:
    """`desk(person)` is a browser at the desk's addresses, in the role of its process."""
    settings.ROOT_URLCONF = "config.urls_desk"

    def log_in(person: Any) -> Any:
        client.force_login(person)
        return client

    with acting_as("aif_desk"):
        yield log_in


def page_of(row: RequestParty, name: str = "") -> str:
    if name:
        return reverse("admin:clues_requestparty_do", args=[row.pk, name])
    return reverse("admin:clues_requestparty_change", args=[row.pk])


def test_the_queue_and_what_is_done_about_it(world: World, desk: Any) -> None:
    with acting_as("aif_web"):
        late = send(referral(world.scene.cast.aster, text=f"{TEXT} The late one."), by=world.dana)
        run_out(late)
        escalate()
        early = send(referral(world.scene.cast.aster), by=world.dana)
    rows = {row.request_id: row for row in RequestParty.objects.select_related("request")}
    first, second = rows[late.pk], rows[early.pk]
    browser = desk(world.scene.cast.olga)
    listed = browser.get(reverse(LIST))
    assert [row.pk for row in listed.context["cl"].result_list] == [first.pk, second.pk]
    assert [row.pk for row in browser.get(reverse(LIST), {"queue": "escalated"}).context["cl"].result_list] == [
        first.pk
    ]
    found = browser.get(reverse(LIST), {"q": f" {early.ref} "}).context["cl"].result_list
    assert [row.pk for row in found] == [second.pk]
    assert f"{TEXT} The late one." in browser.get(page_of(first)).content.decode()
    page = browser.get(page_of(second)).content.decode()
    assert TEXT not in page and page_of(second, "remind") not in page and "Delta Telecom" in page
    assert browser.post(page_of(second, "end"), {"reason": "x"}).status_code == 302
    second.refresh_from_db()
    assert second.state == "sent"
    assert browser.post(page_of(first, "remind"), {"reason": " "}).status_code == 422
    assert browser.post(page_of(first, "remind"), {"reason": "号码 13800138000"}).status_code == 422
    assert browser.post(page_of(first, "remind"), {"reason": "Answer today."}).status_code == 302
    assert browser.post(page_of(first, "end"), {"reason": "Settled by telephone."}).status_code == 302
    first.refresh_from_db()
    assert first.state == "closed" and "Settled by telephone." in browser.get(page_of(first)).content.decode()
    verbs = (
        AuditEvent.objects.filter(subject_ref=late.ref)
        .exclude(verb="desk.look")
        .order_by("pk")
        .values_list("verb", flat=True)
    )
    assert list(verbs) == ["request.send", "request.escalate", "request.remind", "request.end"]
    with acting_as("aif_web"):
        assert [kind for _name, kind in told(late)][-3:] == ["request.reminded", "request.closed", "request.closed"]


def test_members_staff_are_not_let_in_and_forged_posts_change_nothing(world: World, desk: Any) -> None:
    with acting_as("aif_web"):
        late = send(referral(world.scene.cast.aster), by=world.dana)
        run_out(late)
        escalate()
    row = RequestParty.objects.get()
    for who in (world.scene.cast.alice, world.dana_user):
        browser = desk(who)
        for address in (reverse(LIST), page_of(row), page_of(row, "end")):
            assert "/login/" in browser.get(address)["Location"]
            assert "/login/" in browser.post(address, {"reason": "x"})["Location"]
    browser = desk(world.scene.cast.pavel)
    for address in (page_of(row), reverse("admin:clues_requestparty_add")):
        assert browser.post(address, {"state": "closed", "_save": "1"}).status_code == 403
    row.refresh_from_db()
    assert row.state == "escalated"


def test_the_list_asks_as_often_for_many_rows_as_for_one(world: World, desk: Any) -> None:
    browser = desk(world.scene.cast.olga)
    counts = []
    for _ in range(2):
        with acting_as("aif_web"):
            for _ in range(3):
                send(referral(world.scene.cast.aster), by=world.dana)
        browser.get(reverse(LIST))
        with CaptureQueriesContext(connection) as queries:
            assert browser.get(reverse(LIST)).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1]
