"""Feeds from a value in clear to what a receiver says of it: four eyes, no personal type, nobody sees whose it was."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, ProgrammingError, transaction
from django.utils import timezone

from aif_share.errors import Refusal
from aif_share.identifiers import types
from clues.content import reporting
from clues.feeds import entries, files, pulling, queries, receivers
from clues.models import Content, FeedAcknowledgment, FeedEntry, FeedReceiver
from clues.models.feed import CLEAR_TYPES
from clues.retention import delete
from clues.retention.rules import RULES
from members.models import AuditEvent
from members.row_security import act_for
from tests.clues.alliance import caller
from tests.clues.feeds.world import (
    DOMAIN,
    PAGE,
    VIDEO,
    acknowledge,
    desk,
    give,
    list_value,
    open_feed,
    pulled,
    values,
)
from tests.clues.scene import Scene, wait_for_tick
from tests.factories import acting_as, make_user


def code_of(call: Any, *arguments: Any, **named: Any) -> str:
    with pytest.raises(Refusal) as caught:
        call(*arguments, **named)
    return caught.value.code


def trail(*verbs: str) -> list[tuple[str, str]]:
    with acting_as("aif_desk"):
        return list(AuditEvent.objects.filter(verb__in=verbs).order_by("id").values_list("verb", "actor_ref"))


def test_the_types_are_those_that_concern_no_person() -> None:
    assert sorted(code for code, kind in types().items() if not kind.personal) == sorted(CLEAR_TYPES)


def test_from_the_value_to_its_acknowledgment(scene: Scene) -> None:
    operator = open_feed(scene)
    row = give(scene.cast.aster)
    assert values(operator) == [], "nobody approved it"
    desk(entries.approve, entry=row.pk, by=scene.cast.pavel)
    wait_for_tick()
    (seen,) = pulled(operator)
    assert (seen.value, seen.state, seen.outcome) == (DOMAIN, "listed", None)
    assert acknowledge(operator, (row, "applied", "")) == 1
    assert pulled(operator)[0].outcome == "applied"
    assert queries.get_given(entry=row.ref, viewer=caller(scene.cast.aster)).applied == 1
    entries.withdraw(entry=row.ref, by=caller(scene.cast.aster), now=timezone.now())
    (seen,) = pulled(operator)
    assert seen.state == "withdrawn", "it still acts there, so it is told"
    assert acknowledge(operator, (row, "lifted", "")) == 1 and pulled(operator) == []
    verbs = ("feed.give", "feed.approve", "feed.withdraw", "feed.acknowledge")
    assert [verb for verb, _actor in trail(*verbs)] == ["feed.give", "feed.approve", "feed.acknowledge", "feed.withdraw",
                                                        "feed.acknowledge"]  # fmt: skip


def test_the_giver_is_not_named(scene: Scene) -> None:
    operator = open_feed(scene)
    list_value(scene)
    seen = pulled(operator)
    everything = repr(seen) + files.as_csv(seen, now=timezone.now()).decode()
    assert scene.cast.aster.name not in everything and scene.cast.aster.ref not in everything


@pytest.mark.parametrize("kind", sorted(code for code, each in types().items() if each.personal))
def test_no_personal_type_is_taken(scene: Scene, kind: str) -> None:
    value = next(iter(types()[kind].examples))
    assert code_of(give, scene.cast.aster, value, kind) == "type-unknown"
    with acting_as("aif_owner"), pytest.raises(IntegrityError), transaction.atomic():
        FeedEntry.objects.create(type=kind, value="x", category="malware", institution=scene.cast.aster,
                                 proposed_by_ref="x", proposed_at=timezone.now())  # fmt: skip
    assert not FeedEntry.objects.exists()


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"value": "https://evil.example.com/13800138000"}, "raw-identifier"),
        ({"value": "https://192.168.1.1/x"}, "link-refused"),
        ({"value": "douyin.com"}, "link-refused"),
        ({"value": "www.douyin.com"}, "link-refused"),
        ({"value": ""}, "field-invalid"),
        ({"value": None}, "field-invalid"),
        ({"value": PAGE}, "field-invalid"),
        ({"type": "sms-port", "value": "x"}, "field-invalid"),
        ({"type": "sms-signature", "value": "张三 13800138000"}, "field-invalid"),
        ({"type": 7}, "type-unknown"),
        ({"category": "x"}, "category-unknown"),
        ({"in_clear": False}, "field-invalid"),
        ({"in_clear": "yes"}, "field-invalid"),
        ({"note": "Call 13800138000"}, "raw-identifier"),
        ({"client_ref": "aster-1"}, "unknown-field"),
    ],
)
def test_what_is_refused(scene: Scene, given: dict[str, Any], code: str) -> None:
    with pytest.raises(Refusal) as caught:
        give(scene.cast.aster, **{"kind": given.pop("type", "domain"), **given})
    assert caught.value.code in (code, "raw-identifier")
    assert "13800138000" not in str(caught.value) and "evil" not in str(caught.value)
    assert not FeedEntry.objects.exists() and trail("feed.give") == []


def test_a_value_stands_once(scene: Scene) -> None:
    row = give(scene.cast.aster, "BAD.example.com.")
    assert row.value == DOMAIN
    assert code_of(give, scene.cast.birch) == "already-listed"
    desk(entries.reject, entry=row.pk, reason="A shared host.", by=scene.cast.pavel)
    assert queries.get_given(entry=row.ref, viewer=caller(scene.cast.aster)).reason == "A shared host."
    assert give(scene.cast.birch).pk != row.pk


def test_a_second_person_decides(scene: Scene) -> None:
    """In the operation, by the role, and in the database whatever the program does."""
    reporting.report(request={"links": [{"link": VIDEO, "category": "gray-advertising"}]},
                     by=caller(scene.cast.aster), now=timezone.now())  # fmt: skip
    content = Content.objects.get()
    row = desk(entries.propose_content, content=content.pk, by=scene.cast.pavel)
    assert code_of(desk, entries.approve, entry=row.pk, by=scene.cast.pavel) == "four-eyes"
    assert code_of(desk, entries.approve, entry=row.pk, by=scene.cast.olga) == "permission-missing"
    with acting_as("aif_desk"), pytest.raises(IntegrityError), transaction.atomic():
        FeedEntry.objects.update(decided_by_ref=scene.cast.pavel.audit_ref, state="listed")
    with acting_as("aif_web"), pytest.raises((IntegrityError, ProgrammingError)), transaction.atomic():
        FeedEntry.objects.update(state="listed")
    other = make_user("alliance-approver")
    desk(entries.approve, entry=row.pk, by=other)
    assert code_of(desk, entries.approve, entry=row.pk, by=other) == "transition-refused"
    with acting_as("aif_owner"), pytest.raises(IntegrityError), transaction.atomic():
        FeedReceiver.objects.create(institution=scene.cast.aster, platforms=[], types=["domain"], proposed_by=other,
                                    proposed_at=timezone.now(), opened_by=other, opened_at=timezone.now())  # fmt: skip


def test_each_receiver_pulls_its_own(scene: Scene) -> None:
    douyin = open_feed(scene, sector="internet-platform", platforms=["douyin"], types=[])
    operator = open_feed(scene, types=["domain", "service-number"])
    list_value(scene)
    list_value(scene, VIDEO, "content-url")
    list_value(scene, PAGE, "url")
    assert [row.type for row in pulled(douyin)] == ["content-url"]
    assert values(operator) == [DOMAIN]


def test_who_may_pull(scene: Scene) -> None:
    list_value(scene)
    assert code_of(pulled, scene.cast.aster) == "not-found"
    assert code_of(acknowledge, scene.cast.aster, (FeedEntry.objects.get(), "applied", "")) == "not-found"
    bank = {"institution": scene.cast.aster.pk, "of_platforms": [], "of_types": ["domain"]}
    assert code_of(desk, receivers.propose, by=scene.cast.olga, **bank) == "field-invalid"
    operator = open_feed(scene)
    assert code_of(desk, receivers.open_feed, receiver=operator.pk, by=scene.cast.pavel) == "transition-refused"
    assert code_of(desk, receivers.propose, institution=operator.pk, of_platforms=[], of_types=["cn-mobile"],
                   by=scene.cast.olga) == "field-invalid"  # fmt: skip
    assert values(operator) == [DOMAIN]
    desk(receivers.propose, institution=operator.pk, of_platforms=[], of_types=["domain", "url"], by=scene.cast.pavel)
    assert code_of(pulled, operator) == "not-found", "what changed has to be opened by a second person again"
    assert code_of(desk, receivers.open_feed, receiver=operator.pk, by=scene.cast.pavel) == "four-eyes"
    desk(receivers.open_feed, receiver=operator.pk, by=make_user("alliance-approver"))
    desk(receivers.close_feed, receiver=operator.pk, by=scene.cast.olga)
    assert code_of(desk, receivers.open_feed, receiver=operator.pk, by=scene.cast.pavel) == "transition-refused"
    assert code_of(pulled, operator) == "not-found"


@pytest.mark.parametrize(
    ("outcome", "reason"),
    [("lifted", ""), ("refused", ""), ("refused", "x"), ("applied", "not-unlawful"), ("done", ""), (None, "")],
)
def test_what_cannot_be_said(scene: Scene, outcome: Any, reason: str) -> None:
    operator = open_feed(scene)
    good, bad = list_value(scene, "good.example.com"), list_value(scene)
    assert code_of(acknowledge, operator, (good, "applied", ""), (bad, outcome, reason)) == "field-invalid"
    assert not FeedAcknowledgment.objects.exists(), "all or none"
    assert acknowledge(operator, (bad, "refused", "not-unlawful")) == 1


def test_of_another_feed_nothing_is_said(scene: Scene) -> None:
    operator = open_feed(scene, types=["service-number"])
    row = list_value(scene)
    assert code_of(acknowledge, operator, (row, "applied", "")) == "not-found"


def test_an_entry_ends_by_itself(scene: Scene) -> None:
    operator, row = open_feed(scene), list_value(scene)
    with acting_as("aif_owner"):
        FeedEntry.objects.filter(pk=row.pk).update(until=timezone.now() - timedelta(seconds=1))
    assert values(operator) == []
    assert queries.get_given(entry=row.ref, viewer=caller(scene.cast.aster)).state == "expired"


def test_strangers_withdraw_nothing(scene: Scene) -> None:
    row = list_value(scene)
    assert code_of(entries.withdraw, entry=row.ref, by=caller(scene.cast.birch), now=timezone.now()) == "not-found"
    assert code_of(queries.get_given, entry=row.ref, viewer=caller(scene.cast.birch)) == "not-found"
    desk(entries.withdraw_at_desk, entry=row.pk, reason="A mistake.", by=scene.cast.olga)
    assert (
        code_of(entries.withdraw, entry=row.ref, by=caller(scene.cast.aster), now=timezone.now())
        == "transition-refused"
    )


def test_files(scene: Scene) -> None:
    operator = open_feed(scene, types=CLEAR_TYPES)
    list_value(scene)
    list_value(scene, "xn--fiqs8s-bad.example.org")
    list_value(scene, PAGE, "url")
    gone = list_value(scene, "gone.example.com")
    acknowledge(operator, (gone, "applied", ""))
    desk(entries.withdraw_at_desk, entry=gone.pk, reason="A mistake.", by=scene.cast.olga)
    seen, now = pulling.pull(by=caller(operator), form="rpz"), timezone.now()
    zone = files.as_rpz(seen, now=now).decode()
    names = [line.split()[0] for line in zone.splitlines() if line.endswith(" CNAME .")]
    assert names == sorted([DOMAIN, f"*.{DOMAIN}", "xn--fiqs8s-bad.example.org", "*.xn--fiqs8s-bad.example.org"],
                           key=lambda name: (name.removeprefix("*."), name.startswith("*")))  # fmt: skip
    assert f" {int(now.timestamp())} " in zone and zone.isascii()
    rows = list(csv.DictReader(io.StringIO(files.as_csv(seen, now=now).decode("utf-8-sig"), newline="")))
    assert [row["value"] for row in rows] == [row.value for row in seen] and len(rows) == 4
    assert rows[-1]["state"] == "withdrawn" and rows[-1]["outcome"] == "applied"
    assert trail("feed.pull") == [("feed.pull", "testtest")]


@pytest.mark.parametrize("role", ["aif_web", "aif_desk", "aif_owner"])
def test_what_ended_stays_ended(scene: Scene, role: str) -> None:
    """Whatever the program does: taken off, nothing comes back without a second person."""
    row = list_value(scene)
    entries.withdraw(entry=row.ref, by=caller(scene.cast.aster), now=timezone.now())
    with acting_as(role), pytest.raises(IntegrityError), transaction.atomic():
        FeedEntry.objects.update(state="listed")
    other = give(scene.cast.aster, "other.example.com")
    act_for(institution=scene.cast.aster.pk)
    with acting_as("aif_web", held=True), pytest.raises(IntegrityError), transaction.atomic():
        FeedEntry.objects.filter(pk=other.pk).update(state="rejected")


def test_what_has_ended_goes_after_its_time(scene: Scene) -> None:
    """With what was said of it; what stands stays."""
    operator = open_feed(scene)
    gone, kept = list_value(scene, "gone.example.com"), list_value(scene)
    acknowledge(operator, (gone, "applied", ""), (kept, "applied", ""))
    desk(entries.withdraw_at_desk, entry=gone.pk, reason="A mistake.", by=scene.cast.olga)
    (rule,) = [each for each in RULES if each.name == "feed-entries"]
    with acting_as("aif_match"):
        assert delete.delete_ended(now=timezone.now() + timedelta(days=rule.days - 1), rules=(rule,)) == {rule.name: 0}
        assert delete.delete_ended(now=timezone.now() + timedelta(days=rule.days + 1), rules=(rule,)) == {rule.name: 1}
    assert list(FeedEntry.objects.all()) == [kept] and FeedAcknowledgment.objects.count() == 1


def test_an_entry_waits_for_the_tick(scene: Scene, settings: Any) -> None:
    operator = open_feed(scene)
    row = give(scene.cast.aster)
    settings.AIF_DISCLOSURE_TICK = 3600
    desk(entries.approve, entry=row.pk, by=scene.cast.pavel)
    assert values(operator) == []
    assert code_of(acknowledge, operator, (row, "applied", "")) == "not-found", "nor can anything be said of it"
