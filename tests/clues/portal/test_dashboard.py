"""The overview: what needs the person; empty pages teach; notices are marked by POST only."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from clues.models import Event
from tests.clues.scene import Scene, make_case
from tests.factories import acting_as, make_institution, make_user


def test_shows_what_needs_one(scene: Scene, portal: Any) -> None:
    case = make_case(scene)
    page = portal(scene.cast.alice).get("/")
    text = page.content.decode()
    assert page.status_code == 200
    assert page.context["unread_total"] == 2
    assert page.context["matches_this_week"] == 1
    for address in (f"/portal/matches/{scene.match}", f"/portal/cases/{case.ref}", f"/portal/batches/{scene.batch}"):
        assert f'href="{address}"' in text
    assert "UTC+8" in text


def test_a_stranger_sees_none_of_it(scene: Scene, portal: Any) -> None:
    case = make_case(scene)
    text = portal(scene.cast.cy).get("/").content.decode()
    for ref in (scene.match, case.ref, scene.batch, scene.ring):
        assert ref not in text
    assert "Nothing needs you now" in text


def test_an_empty_page_teaches_the_command(scene: Scene, portal: Any) -> None:
    person = make_user("analyst", institution=make_institution("Dune"))
    text = portal(person).get("/").content.decode()
    assert "aif-share submit FILE --type cn-mobile --category telecom-fraud --grade B2" in text


def test_a_submitter_is_told_nothing_of_matches(scene: Scene, portal: Any) -> None:
    make_case(scene)
    person = make_user("submitter", institution=scene.cast.aster)
    page = portal(person).get("/")
    assert page.status_code == 200
    assert page.context["unread_total"] == 0
    assert scene.match not in page.content.decode()
    assert "matches_this_week" not in page.context


def test_who_gets_in(scene: Scene, portal: Any, client: Any) -> None:
    assert client.get("/")["Location"].startswith("/portal/login")
    assert portal(scene.cast.olga).get("/").status_code == 404
    assert portal(scene.cast.alice).post("/").status_code == 405


def test_a_suspended_institution_is_kept_out(scene: Scene, portal: Any) -> None:
    from members.operations.institutions import suspend

    with acting_as("aif_desk"):
        suspend(institution_id=scene.cast.aster.pk, reason="test", by=scene.cast.olga, now=timezone.now())
    for address in ("/", "/portal/batches", "/portal/matches", "/portal/cases", f"/portal/matches/{scene.match}"):
        assert portal(scene.cast.alice).get(address).status_code == 403


def test_marking_is_a_post_of_ones_own(scene: Scene, portal: Any) -> None:
    make_case(scene)
    read = "/portal/events/read"
    assert portal(scene.cast.alice).get(read).status_code == 405
    portal(scene.cast.cy).post(read, {"until": timezone.now().isoformat()})
    assert Event.objects.filter(read_at__isnull=False).count() == 0
    answer = portal(scene.cast.alice).post(read, {"until": timezone.now().isoformat()})
    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert set(Event.objects.filter(read_at__isnull=False).values_list("institution_id", flat=True)) == {
        scene.cast.aster.pk
    }
    assert portal(scene.cast.alice).get("/").context["unread_total"] == 0


@pytest.mark.parametrize("until", ["", "yesterday", "2000-01-01T00:00:00", "9999-12-31T23:59:59+00:00", "x" * 500])
def test_odd_moments_do_no_harm(scene: Scene, portal: Any, until: str) -> None:
    assert portal(scene.cast.alice).post("/portal/events/read", {"until": until}).status_code == 302


def test_a_submitter_marks_nothing(scene: Scene, portal: Any) -> None:
    person = make_user("submitter", institution=scene.cast.aster)
    portal(person).post("/portal/events/read", {"until": timezone.now().isoformat()})
    assert not Event.objects.filter(read_at__isnull=False).exists()


def test_few_statements(scene: Scene, portal: Any) -> None:
    browser = portal(scene.cast.alice)
    browser.get("/")
    with CaptureQueriesContext(connection) as queries:
        browser.get("/")
    assert len(queries) <= 11
