"""Watches in the portal: listed by state, given another end, canceled after a question; never another institution's."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from clues.matching.changes import activate_watches
from clues.models import Watch, WatchHit
from clues.watches.create import create
from members.queries import person_of
from tests.clues.alliance import token
from tests.clues.scene import Scene, wait_for_tick
from tests.factories import acting_as, make_user

LIST = "/portal/watches"


def make(scene: Scene, *values: object, **fields: Any) -> list[str]:
    tokens = [token(value) for value in values or ("seen later",)]
    request = {"purpose": "investigation", "tokens": tokens} | fields
    made = create(request=request, by=person_of(scene.cast.alice), now=timezone.now())
    with acting_as("aif_match"):
        activate_watches(limit=1000)
    return made.watches


def tell_of(watches: Iterable[Watch], times: int = 1) -> None:
    """Let the watches tell of a later report. How one comes about needs commits: tests/clues/api/test_watches.py."""
    with acting_as("aif_match"):
        WatchHit.objects.bulk_create(
            WatchHit(watch=row, category="malware", grade="B2", created_at=now, released_at=now)
            for row in watches
            for now in [timezone.now()] * times
        )
    wait_for_tick()


def day(days: int) -> str:
    return (timezone.localdate() + timedelta(days=days)).isoformat()


def state(browser: Any, watch: str) -> str:
    return str(browser.get(f"{LIST}/{watch}").context["watch"].state)


def test_a_hit_is_listed_and_shown(scene: Scene, portal: Any) -> None:
    watch, other = make(scene, "seen later", "never", case_ref="2026-C-9")
    tell_of(Watch.objects.order_by("id")[:1])
    browser = portal(scene.cast.alice)
    page = browser.get(LIST)
    rows = {row.watch: row for row in page.context["page"].rows}
    assert (rows[watch].hits, rows[other].hits) == (1, 0) and rows[watch].last_hit_at is not None
    text = page.content.decode()
    assert f'data-client-ref="{watch}" data-position="0"' in text and "2026-C-9" in text
    assert [row.watch for row in browser.get(LIST, {"state": "hit"}).context["page"].rows] == [watch]
    detail = browser.get(f"{LIST}/{watch}").content.decode()
    assert "Malware" in detail and "Birch" not in detail
    assert "Nobody reported it since" in browser.get(f"{LIST}/{other}").content.decode()


def test_listed_by_state(scene: Scene, portal: Any) -> None:
    active, canceled, expired = make(scene, 1, 2, 3)
    browser = portal(scene.cast.alice)
    browser.post(f"{LIST}/{canceled}/cancel")
    number = Watch.objects.order_by("id").last().pk  # type: ignore[union-attr]
    Watch.objects.filter(pk=number).update(expires_at=timezone.now())
    waiting = create(
        request={"purpose": "investigation", "tokens": [token(4)]}, by=person_of(scene.cast.alice), now=timezone.now()
    ).watches[0]
    wanted = {"waiting": waiting, "active": active, "expired": expired, "canceled": canceled}
    assert {
        name: [row.watch for row in browser.get(LIST, {"state": name}).context["page"].rows] for name in wanted
    } == {name: [watch] for name, watch in wanted.items()}
    assert {name: state(browser, watch) for name, watch in wanted.items()} == {name: name for name in wanted}
    assert browser.get(LIST, {"state": "asleep"}).status_code == 404


def test_another_end(scene: Scene, portal: Any, audited: Any) -> None:
    (watch,) = make(scene)
    browser = portal(scene.cast.alice)
    answer = browser.post(f"{LIST}/{watch}/extend", {"version": "1", "last_day": day(10)}, follow=True)
    shown = answer.context["watch"]
    assert "another end" in answer.content.decode() and shown.version == 2
    assert timezone.localtime(shown.expires_at).date().isoformat() == day(11)  # midnight after the last day
    assert audited("watch.extend") == [scene.cast.alice.ref]


@pytest.mark.parametrize(
    ("version", "last_day", "said"),
    [
        ("9", "10", "Read it again"),  # somebody changed it meanwhile
        ("1", "0", ""),
        ("1", "200", "within the next 180 days"),
        ("1", "-3", "within the next 180 days"),
        ("x", "10", "Read it again"),
        ("1", None, "missing"),
        ("1", "soon", "within the next 180 days"),
    ],
)
def test_an_end_that_may_not_be(scene: Scene, portal: Any, version: str, last_day: str | None, said: str) -> None:
    (watch,) = make(scene)
    before = Watch.objects.values_list("expires_at", flat=True).get()
    given = {"version": version}
    if last_day is not None:
        given["last_day"] = day(int(last_day)) if last_day.lstrip("-").isdigit() else last_day
    answer = portal(scene.cast.alice).post(f"{LIST}/{watch}/extend", given, follow=True)
    assert said in answer.content.decode()
    if said:
        assert Watch.objects.values_list("expires_at", flat=True).get() == before


def test_cancel_asks_first(scene: Scene, portal: Any, audited: Any) -> None:
    (watch,) = make(scene)
    browser = portal(scene.cast.alice)
    assert "Keep it" in browser.get(f"{LIST}/{watch}/cancel").content.decode()
    assert state(browser, watch) == "active"
    answer = browser.post(f"{LIST}/{watch}/cancel", follow=True)
    assert answer.context["watch"].state == "canceled" and not answer.context["is_open"]
    again = browser.post(f"{LIST}/{watch}/cancel", follow=True).content.decode()
    assert "The watch is over" in again
    assert audited("watch.cancel") == [scene.cast.alice.ref]


def test_a_stranger_finds_nothing_and_changes_nothing(scene: Scene, portal: Any, audited: Any) -> None:
    (watch,) = make(scene)
    browser = portal(scene.cast.bea)
    assert browser.get(LIST).context["page"].rows == []
    for address in (f"{LIST}/{watch}", f"{LIST}/{watch}/cancel", f"{LIST}/W-1", f"{LIST}/W-AAAAAAAAAAAAAAAAAAAAAAAAAA"):
        assert browser.get(address).status_code == 404
    assert browser.post(f"{LIST}/{watch}/cancel").status_code == 404
    assert browser.post(f"{LIST}/{watch}/extend", {"version": "1", "last_day": day(9)}).status_code == 404
    assert Watch.objects.get().version == 1 and audited("watch.extend") + audited("watch.cancel") == []


@pytest.mark.parametrize("role", ["submitter", "auditor", "member-admin"])
def test_roles(scene: Scene, portal: Any, role: str) -> None:
    (watch,) = make(scene)
    browser = portal(make_user(role, institution=scene.cast.aster))
    for address in (LIST, f"{LIST}/new", f"{LIST}/{watch}", f"{LIST}/{watch}/cancel"):
        assert browser.get(address).status_code == 403
    for act in ("extend", "cancel"):
        assert browser.post(f"{LIST}/{watch}/{act}", {"version": "1", "last_day": day(9)}).status_code == 403
    assert Watch.objects.get().version == 1


def test_methods(scene: Scene, portal: Any) -> None:
    (watch,) = make(scene)
    browser = portal(scene.cast.alice)
    for address in (LIST, f"{LIST}/new", f"{LIST}/{watch}"):
        assert browser.post(address).status_code == 405
    assert browser.get(f"{LIST}/{watch}/extend").status_code == 405
    assert portal(scene.cast.olga).get(LIST).status_code == 404


def test_the_form_knows_days_and_limits(scene: Scene, portal: Any) -> None:
    page = portal(scene.cast.alice).get(f"{LIST}/new")
    assert (page.context["earliest"].isoformat(), page.context["latest"].isoformat()) == (day(1), day(179))
    assert 'data-last-day min="' in page.content.decode()


def test_queries_do_not_grow(scene: Scene, portal: Any) -> None:
    made = make(scene, *range(60))
    tell_of(Watch.objects.all(), times=3)
    browser = portal(scene.cast.alice)
    browser.get(LIST)
    with CaptureQueriesContext(connection) as queries:
        page = browser.get(LIST)
    assert len(page.context["page"].rows) == 25 and len(made) == 60
    assert len(queries) <= 6, [each["sql"][:100] for each in queries]
