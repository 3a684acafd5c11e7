"""The release writes the webhook messages: of one endpoint, kind and tick, at most a hundred events each."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from clues.matching import release
from members.delivery import endpoints
from members.models import Institution, OutboxMessage, WebhookDelivery, WebhookEndpoint, reference
from members.operations import webhooks
from tests.clues.alliance import caller
from tests.clues.scene import wait_for_tick
from tests.factories import acting_as, make_institution

pytestmark = pytest.mark.django_db
URL = "https://hooks.example/"


@pytest.fixture(autouse=True)
def short_tick(settings: Any) -> None:
    settings.AIF_DISCLOSURE_TICK = 0.05


def register(institution: Institution, *kinds: str) -> int:
    by = caller(institution, scopes=("keys",))
    return webhooks.create(fields={"url": URL, "kinds": list(kinds)}, by=by, now=timezone.now()).endpoint.id


def happen(institution: Institution, kind: str, number: int = 1) -> None:
    with acting_as("aif_match"), connection.cursor() as cursor:
        cursor.execute(
            """INSERT INTO event (institution_id, kind, subject_kind, subject_id, created_at)
            SELECT %s, %s, 'M', generate_series(1, %s), clock_timestamp()""",
            [institution.pk, kind, number],
        )


def let_out() -> None:
    with acting_as("aif_match"):
        assert release.release_pending()


def messages() -> list[tuple[int, str, int]]:
    rows = WebhookDelivery.objects.order_by("id").values_list("endpoint_id", "kind", "events")
    return sorted((endpoint, kind, len(events)) for endpoint, kind, events in rows)


def test_messages_hold_a_hundred_events_of_one_kind_and_tick() -> None:
    aster, birch = make_institution(), make_institution()
    all_kinds, matches, theirs = register(aster), register(aster, "match.released"), register(birch, "match.released")
    happen(aster, "match.released", 250)
    happen(aster, "batch.done")
    happen(birch, "batch.done")
    let_out()
    hundreds = [(endpoint, "match.released", size) for endpoint in (all_kinds, matches) for size in (50, 100, 100)]
    assert messages() == sorted([*hundreds, (all_kinds, "batch.done", 1)])
    happen(birch, "match.released")
    let_out()
    assert (theirs, "match.released", 1) in messages()
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT bool_and(d.not_before = e.released_at), bool_and(i.institution_id = e.institution_id), count(*),
                count(DISTINCT (d.endpoint_id, e.id)), bool_and(d.give_up_at - d.created_at
                    BETWEEN interval '23:59:59' AND interval '24:00:01')
            FROM webhook_delivery d CROSS JOIN unnest(d.events) u (id) JOIN event e ON e.id = u.id
            JOIN webhook_endpoint i ON i.id = d.endpoint_id"""
        )
        assert cursor.fetchone() == (True, True, 502, 502, True)
    first = WebhookDelivery.objects.filter(endpoint_id=matches).order_by("id").first()
    assert first is not None and first.events == sorted(first.events) and len(first.events) == 100


def test_who_gets_none() -> None:
    aster, birch = make_institution(), make_institution()
    disabled, deleted, suspended = register(aster), register(aster), register(birch)
    WebhookEndpoint.objects.filter(pk=disabled).update(state="disabled")
    WebhookEndpoint.objects.filter(pk=deleted).update(deleted_at=timezone.now())
    with acting_as("aif_owner"):
        Institution.objects.filter(pk=birch.pk).update(
            state="suspended", suspended_at=timezone.now(), suspended_reason="test"
        )
    for institution in (aster, birch):
        happen(institution, "match.released")
    let_out()
    assert messages() == [] and suspended


def listed(institution: Institution, webhook: str) -> list[endpoints.DeliveryView]:
    by = caller(institution, scopes=("keys",))
    return endpoints.list_deliveries(webhook=webhook, viewer=by, state=None, before=None, limit=10)


def test_a_message_is_listed_from_the_tick_on_and_says_no_other_moment(settings: Any) -> None:
    aster = make_institution()
    register(aster)
    webhook = reference.encode("H", WebhookEndpoint.objects.get().pk)
    happen(aster, "match.released")
    let_out()
    wait_for_tick()
    (told,) = listed(aster, webhook)
    with connection.cursor() as cursor:
        cursor.execute("SELECT released_at FROM event")
        assert cursor.fetchone() == (told.created_at,)
    assert told.gives_up_at == told.created_at + timedelta(hours=24)
    settings.AIF_DISCLOSURE_TICK = 86_400 * 365
    happen(aster, "match.released")
    let_out()
    assert messages()[1:] and listed(aster, webhook) == [told]


def test_people_hear_of_what_is_news_to_who_is_live() -> None:
    aster, birch = make_institution(), make_institution()
    with acting_as("aif_owner"):
        Institution.objects.filter(pk=birch.pk).update(
            state="suspended", suspended_at=timezone.now(), suspended_reason="test"
        )
    for institution in (aster, birch):
        happen(institution, "match.released", 3)
        happen(institution, "batch.done")
    let_out()
    with acting_as("aif_match"):
        news = OutboxMessage.objects.filter(channel="notice").order_by("payload__event")
        assert [message.payload for message in news] == [
            {"event": kind, "count": count, "institution_id": aster.pk}
            for kind, count in (("batch.done", 1), ("match.released", 3))
        ]
        assert news[0].not_before - news[0].created_at < timedelta(seconds=1)
