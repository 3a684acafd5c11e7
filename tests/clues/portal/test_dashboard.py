"""The overview: what needs the person, figures, charts with tables beside them; each part to whoever may see it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from clues.blinding import epochs
from clues.models import AllianceWeek
from clues.reports import figures
from members.models import Credential
from members.permissions import Console
from tests.clues.scene import Scene, make_case
from tests.factories import acting_as, make_institution, make_key, make_user


def test_shows_what_needs_one(scene: Scene, portal: Any) -> None:
    case = make_case(scene)
    page = portal(scene.cast.alice).get("/")
    text = page.content.decode()
    assert page.status_code == 200
    assert page.context["unread_total"] == 3  # the batch, the match, the case
    assert page.context["matches_this_week"] == 1
    for address in (f"/portal/matches/{scene.match}", f"/portal/cases/{case.ref}", f"/portal/batches/{scene.batch}"):
        assert f'href="{address}"' in text
    assert "UTC+8" in text
    assert page.context["charts"]["days"][-1][1] == 1
    assert "As a table" in text and 'id="charts"' in text


def test_a_stranger_sees_none_of_it(scene: Scene, portal: Any) -> None:
    case = make_case(scene)
    text = portal(scene.cast.cy).get("/").content.decode()
    for ref in (scene.match, case.ref, scene.batch, scene.ring):
        assert ref not in text


def test_says_what_a_rotation_asks_of_one_and_by_when(scene: Scene, portal: Any) -> None:
    now = timezone.now()
    with acting_as("aif_desk"):
        epochs.announce_epoch(
            epoch=2,
            opens_at=now + timedelta(days=1),
            overlaps_until=now + timedelta(days=30),
            by=Console("tests"),
            now=now,
        )
    client = portal(scene.cast.alice)
    until = f"{timezone.localtime(now + timedelta(days=30)):%Y-%m-%d}"
    text = client.get("/").content.decode()
    assert "Key epoch 2 opens on" in text and until in text
    with acting_as("aif_match"):
        epochs.turn(now=now + timedelta(days=2))
    text = client.get("/").content.decode()
    assert "Key epoch 2 is open" in text and "aif-share resubmit" in text and until in text


def test_an_empty_page_teaches(scene: Scene, portal: Any) -> None:
    person = make_user("analyst", institution=make_institution("Dune"))
    page = portal(person).get("/")
    text = page.content.decode()
    assert "aif-share submit FILE --type cn-mobile --category telecom-fraud --grade B2" in text
    assert "Nothing needs you now" in text and "No match in the last 7 days" in text
    assert page.context["charts"] == {} and "pages/dashboard.js" not in text


def test_a_submitter_is_told_nothing_of_matches(scene: Scene, portal: Any) -> None:
    make_case(scene)
    person = make_user("submitter", institution=scene.cast.aster)
    page = portal(person).get("/")
    assert page.status_code == 200
    assert [row.notice.kind for row in page.context["notices"]] == ["batch.done"]
    assert scene.match not in page.content.decode()
    assert "matches_this_week" not in page.context


def test_first_steps_go_away(scene: Scene, portal: Any) -> None:
    def steps() -> dict[str, bool]:
        return {step.name: step.is_done for step in portal(scene.cast.alice).get("/").context["steps"]}

    assert steps() == {"key": False, "batch": True, "review": False, "match": False}
    make_key(scene.cast.aster)
    assert steps()["key"]
    with acting_as("aif_match"), connection.cursor() as cursor:
        figures.reckon(now=timezone.now())
        cursor.execute("UPDATE institution_figure SET reviewed = true, acknowledged = true")
    assert steps() == {}
    assert "First steps" not in portal(scene.cast.alice).get("/").content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("role", "shown"),
    [
        ("submitter", ["key", "batch"]),
        ("analyst", ["key", "batch", "review", "match"]),
        ("approver", ["review", "match"]),
        ("member-admin", ["key", "match"]),
        ("auditor", []),
    ],
)
def test_first_steps_are_those_that_the_role_may_take(role: str, shown: list[str], portal: Any) -> None:
    page = portal(make_user(role, institution=make_institution(f"Steps {role}"))).get("/")
    assert [step.name for step in page.context["steps"]] == shown
    assert ("First steps" in page.content.decode()) == bool(shown)


def test_keys_that_end_are_for_who_manages_them(scene: Scene, portal: Any) -> None:
    key = make_key(scene.cast.aster, expires_at=timezone.now() + timedelta(days=5))
    admin = make_user("member-admin", institution=scene.cast.aster)
    needs = portal(admin).get("/").context["needs"]
    assert [(need.name, need.count, need.due_at) for need in needs] == [
        ("keys", 1, Credential.objects.get(key_id=key.id).expires_at)
    ]
    assert "keys" not in [need.name for need in portal(scene.cast.alice).get("/").context["needs"]]


def test_the_alliance_shows_only_what_many_did(scene: Scene, portal: Any) -> None:
    monday = figures.day_of(timezone.now())
    monday -= timedelta(days=monday.weekday() + 7)
    with acting_as("aif_match"):
        AllianceWeek.objects.create(monday=monday, clues=1234, clue_institutions=4, matches=50, match_institutions=4)
    page = portal(scene.cast.alice).get("/")
    assert "weeks" not in page.context["charts"] and "1234" not in page.content.decode()
    with acting_as("aif_match"):
        AllianceWeek.objects.update(clue_institutions=5)
    page = portal(scene.cast.alice).get("/")
    assert page.context["charts"]["weeks"][-1][1:] == [1200, None]
    assert "at least 5 institutions" in page.content.decode()


def test_who_gets_in(scene: Scene, portal: Any, client: Any) -> None:
    assert client.get("/")["Location"].startswith("/portal/login")
    assert portal(scene.cast.olga).get("/").status_code == 404
    assert portal(scene.cast.alice).post("/").status_code == 405


def test_a_suspended_institution_is_kept_out(scene: Scene, portal: Any) -> None:
    from members.operations.institutions import suspend

    with acting_as("aif_desk"):
        suspend(institution_id=scene.cast.aster.pk, reason="test", by=scene.cast.olga, now=timezone.now())
    for address in ("/", "/portal/batches", "/portal/notifications", "/portal/cases", f"/portal/matches/{scene.match}"):
        assert portal(scene.cast.alice).get(address).status_code == 403


@pytest.mark.parametrize("role", ["submitter", "analyst", "approver", "member-admin", "auditor"])
def test_every_role_has_one(scene: Scene, portal: Any, role: str) -> None:
    make_case(scene)
    assert portal(make_user(role, institution=scene.cast.aster)).get("/").status_code == 200


def test_few_statements(scene: Scene, portal: Any) -> None:
    browser = portal(scene.cast.alice)
    browser.get("/")
    with CaptureQueriesContext(connection) as queries:
        browser.get("/")
    assert len(queries) <= 27, [query["sql"][:80] for query in queries]
