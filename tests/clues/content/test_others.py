"""What one reporter of a content learns of the others: no more than how many they are, and that from the tick on."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone

from clues.content import queries, reporting
from clues.models import Content, ContentReport, ContentStep
from members.models import Institution
from tests.clues.alliance import caller
from tests.clues.scene import Scene
from tests.factories import acting_as, make_institution

VIDEO, PAGE = "https://www.douyin.com/video/7123456789012345678", "https://evil.example.com/recruit"


def report(by: Institution, *links: str) -> list[reporting.Outcome]:
    """Report links as the API does."""
    rows = [{"link": each, "category": "gray-advertising"} for each in links]
    return reporting.report(request={"links": rows}, by=caller(by), now=timezone.now())


def test_when_somebody_came_first_is_not_told(scene: Scene) -> None:
    """What happened begins for each with its own report."""
    (first,) = report(scene.cast.aster, VIDEO)
    with acting_as("aif_owner"):
        ContentReport.objects.update(reported_at=timezone.now() - timedelta(days=9))
        ContentStep.objects.update(at=timezone.now() - timedelta(days=9))
    report(scene.cast.birch, VIDEO)
    number = Content.objects.get().pk
    for institution in (scene.cast.aster, scene.cast.birch):
        (moment,) = queries.list_moments(content=number, viewer=caller(institution))
        own = ContentReport.objects.get(institution=institution)
        assert (moment.action, moment.state, moment.at) == ("report", "reported", own.reported_at)
    assert first.outcome == "reported"


def test_others_are_counted_from_the_tick_on(scene: Scene, settings: Any) -> None:
    make_institution("Dale Bank"), make_institution("Elm Bank")
    (first,) = report(scene.cast.aster, VIDEO)
    settings.AIF_DISCLOSURE_TICK = 3600
    report(scene.cast.birch, VIDEO)
    assert queries.get_content(content=first.content or "", viewer=caller(scene.cast.aster)).band is None


def test_what_waits_is_counted_in_one_statement(scene: Scene, django_assert_num_queries: Any) -> None:
    report(scene.cast.aster, VIDEO, PAGE)
    with acting_as("aif_desk"), django_assert_num_queries(1):
        assert queries.count_waiting() == {"douyin": (1, 0), "other-web": (1, 0)}
