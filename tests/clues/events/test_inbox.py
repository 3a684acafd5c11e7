"""The notices of a person: what the role reads, newest first; read is what this person has read."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from aif_share.errors import Refusal
from clues.events import inbox
from clues.matching import release
from clues.models import Event, NoticeRead
from members.models import Institution, reference
from members.operations.notifications import set_preferences
from members.queries import Person, person_of
from tests.cast import Cast, make_cast
from tests.factories import acting_as, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast(settings: Any) -> Cast:
    settings.AIF_DISCLOSURE_TICK = 0.01
    return make_cast()


def happen(institution: Institution, *kinds: str) -> None:
    """Let one event of each kind happen, each in a tick of its own."""
    for number, kind in enumerate(kinds):
        with acting_as("aif_match"), connection.cursor() as cursor:
            cursor.execute(
                """INSERT INTO event (institution_id, kind, subject_kind, subject_id, created_at)
                VALUES (%s, %s, 'M', %s, clock_timestamp())""",
                [institution.pk, kind, number + 1],
            )
            release.release_pending()
    with acting_as("aif_owner"):
        Event.objects.update(released_at=timezone.now() - timedelta(seconds=1))  # the ticks have come


def unread(viewer: Person, **more: Any) -> list[str]:
    return [notice.kind for notice in inbox.list_unread(viewer=viewer, kinds=inbox.kinds_of(viewer=viewer), **more)]


def read(viewer: Person) -> list[str]:
    return [notice.kind for notice in inbox.list_read(viewer=viewer, kinds=inbox.kinds_of(viewer=viewer))]


def newest(viewer: Person) -> str:
    return inbox.list_unread(viewer=viewer, kinds=inbox.kinds_of(viewer=viewer))[0].event


def test_newest_first_of_the_kinds_that_the_role_reads(cast: Cast) -> None:
    happen(cast.aster, "match.released", "batch.done", "credential.expiring", "watch.hit")
    happen(cast.birch, "match.released")
    assert unread(person_of(cast.alice)) == ["watch.hit", "batch.done", "match.released"]
    assert unread(person_of(make_user("submitter", institution=cast.aster))) == ["batch.done"]
    admin = person_of(make_user("member-admin", institution=cast.aster))
    assert unread(admin) == ["credential.expiring", "batch.done", "match.released"]
    assert unread(person_of(cast.cy)) == []
    assert inbox.count_unread(viewer=admin, kinds=("credential.expiring", "watch.hit")) == {"credential.expiring": 1}
    assert inbox.list_unread(viewer=admin, kinds=("watch.hit",)) == []


def test_what_one_read_stays_unread_for_the_others(cast: Cast) -> None:
    happen(cast.aster, "match.released", "case.opened")
    alice, amir = person_of(cast.alice), person_of(cast.amir)
    inbox.mark_read(event=newest(alice), by=alice, now=timezone.now())
    inbox.mark_read(event=inbox.list_read(viewer=alice, kinds=("case.opened",))[0].event, by=alice, now=timezone.now())
    assert (unread(alice), read(alice)) == (["match.released"], ["case.opened"])
    assert unread(amir) == ["case.opened", "match.released"]


def test_all_up_to_what_the_page_showed(cast: Cast) -> None:
    happen(cast.aster, "match.released", "batch.done", "case.opened")
    alice = person_of(cast.alice)
    shown = newest(alice)
    inbox.mark_read(event=shown, by=alice, now=timezone.now())
    happen(cast.aster, "match.released")
    inbox.mark_all_read(until=shown, kinds=("match.released", "case.opened"), by=alice, now=timezone.now())
    assert unread(alice) == ["match.released", "batch.done"]
    assert read(alice) == ["case.opened", "match.released"]
    assert not NoticeRead.objects.exists(), "the mark says it all"
    # An older page that is sent afterwards takes nothing back.
    oldest = inbox.list_read(viewer=alice, kinds=("match.released",))[-1].event
    inbox.mark_all_read(until=oldest, kinds=("match.released", "case.opened"), by=alice, now=timezone.now())
    assert read(alice) == ["case.opened", "match.released"]


def test_pages_go_on_behind_the_last(cast: Cast) -> None:
    happen(cast.aster, *["match.released", "batch.done"] * 4)
    alice = person_of(cast.alice)
    kinds = inbox.kinds_of(viewer=alice)
    first = inbox.list_unread(viewer=alice, kinds=kinds, limit=3)
    rest = inbox.list_unread(viewer=alice, kinds=kinds, before=first[-1].seq, limit=50)
    assert [row.seq for row in first + rest] == sorted((row.seq for row in first + rest), reverse=True)
    assert len(first) == 3 and len(rest) == 5


def test_nothing_before_the_tick(cast: Cast) -> None:
    happen(cast.aster, "match.released")
    alice = person_of(cast.alice)
    with acting_as("aif_owner"):
        Event.objects.update(released_at=timezone.now() + timedelta(minutes=1))
    event = reference.encode("E", Event.objects.get().pk)
    assert unread(alice) == []
    assert inbox.count_unread(viewer=alice, kinds=("match.released",)) == {"match.released": 0}
    with pytest.raises(Refusal):
        inbox.mark_read(event=event, by=alice, now=timezone.now())


@pytest.mark.parametrize("event", ["", "E-1", "M-1", "E-AAAAAAAAAAAAA", "theirs", "unreadable"])
def test_marking_what_is_not_ones_own(cast: Cast, event: str) -> None:
    happen(cast.birch, "match.released")
    happen(cast.aster, "credential.expiring")
    rows = {row.institution_id: reference.encode("E", row.pk) for row in Event.objects.all()}
    alice = person_of(cast.alice)
    event = {"theirs": rows[cast.birch.pk], "unreadable": rows[cast.aster.pk]}.get(event, event)
    for mark in (inbox.mark_read, lambda event, **who: inbox.mark_all_read(until=event, kinds=(), **who)):
        with pytest.raises(Refusal) as refused:
            mark(event=event, by=alice, now=timezone.now())
        assert refused.value.code == "not-found"
    assert not NoticeRead.objects.exists()


def test_what_was_switched_off_is_not_shown(cast: Cast) -> None:
    happen(cast.aster, "match.released", "match.grew")
    alice = person_of(cast.alice)
    set_preferences(
        choices={"match.grew": (False, "off")},
        quiet=None,
        urgent_breaks_quiet=False,
        language="en",
        by=alice,
        now=timezone.now(),
    )
    assert unread(alice) == ["match.released"]
    with pytest.raises(Refusal):
        inbox.kinds_of(viewer=alice, kind="match.grew")


def test_a_match_that_is_gone_is_told_until_anybody_read_of_it(cast: Cast) -> None:
    happen(cast.aster, "match.undone", "match.undone", "match.released")
    alice = person_of(cast.alice)
    events = inbox.list_unread(viewer=alice, kinds=("match.undone",))
    inbox.mark_read(event=events[0].event, by=alice, now=timezone.now())
    assert list(Event.objects.filter(read_at__isnull=False).values_list("seq", flat=True)) == [events[0].seq]
    inbox.mark_all_read(until=newest(alice), kinds=("match.undone",), by=alice, now=timezone.now())
    assert Event.objects.filter(read_at__isnull=True).get().kind == "match.released"


def test_counts_end_somewhere_and_ask_once(cast: Cast) -> None:
    with acting_as("aif_match"), connection.cursor() as cursor:
        cursor.execute(
            """INSERT INTO event (institution_id, kind, subject_kind, subject_id, created_at)
            SELECT %s, 'match.released', 'M', generate_series(1, 300), clock_timestamp()""",
            [cast.aster.pk],
        )
        release.release_pending()
    with acting_as("aif_owner"):
        Event.objects.update(released_at=timezone.now() - timedelta(seconds=1))
    alice = person_of(cast.alice)
    with CaptureQueriesContext(connection) as queries:
        assert inbox.count_unread(viewer=alice, kinds=("match.released",)) == {"match.released": inbox.MOST}
    assert len(queries) == 1
