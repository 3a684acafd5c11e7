"""What a person chose: stored for that person alone, whole or not at all."""

from __future__ import annotations

from datetime import time
from typing import Any

import pytest
from django.utils import timezone

from aif_share.errors import Refusal
from members.delivery.preferences import get_preferences, shown_kinds
from members.models import NotificationPreference, NotificationSetting
from members.operations.notifications import set_preferences
from members.queries import Person, person_of
from tests.cast import Cast


def choose(by: Person, **fields: Any) -> None:
    values: dict[str, Any] = {"choices": {}, "quiet": None, "urgent_breaks_quiet": False, "language": "en"}
    set_preferences(**values | fields, by=by, now=timezone.now())


def test_defaults_until_one_says_otherwise(cast: Cast) -> None:
    alice, amir = person_of(cast.alice), person_of(cast.amir)
    before = {choice.rule.kind: (choice.in_app, choice.mail) for choice in get_preferences(viewer=alice).choices}
    assert before["watch.hit"] == (True, "instant") and before["batch.done"] == (True, "off")
    assert "credential.expiring" not in before, "an analyst does not manage keys"
    choose(alice, choices={"match.released": (False, "digest")}, quiet=(time(22), time(7)), urgent_breaks_quiet=True)
    found = get_preferences(viewer=alice)
    after = {choice.rule.kind: (choice.in_app, choice.mail) for choice in found.choices}
    assert after == before | {"match.released": (False, "digest")}
    assert (found.quiet_from, found.quiet_to, found.urgent_breaks_quiet, found.language) == (
        time(22), time(7), True, "en"
    )  # fmt: skip
    assert "match.released" not in shown_kinds(viewer=alice)
    assert "match.released" in shown_kinds(viewer=amir)
    assert get_preferences(viewer=amir).language is None


def test_the_last_word_counts_and_the_trail_says_that_there_was_one(cast: Cast, trail: Any) -> None:
    trail()
    alice = person_of(cast.alice)
    choose(alice, choices={"match.released": (False, "off")})
    choose(alice, choices={"match.released": (True, "instant")})
    assert NotificationPreference.objects.get().mail == "instant"
    assert NotificationSetting.objects.count() == 1
    assert trail() == ["notification.preferences.set"] * 2


@pytest.mark.parametrize(
    "wrong",
    [
        {"choices": {"no.such": (True, "off")}},
        {"choices": {"credential.expiring": (True, "off")}},  # not read by an analyst
        {"choices": {"match.released": (True, "hourly")}},
        {"choices": {"match.grew": (True, "off"), "clue.disputed": (False, "off")}},  # does harm unseen
        {"language": "fr"},
        {"quiet": (time(7), time(7))},
    ],
)
def test_nothing_is_stored_when_refused(cast: Cast, wrong: dict[str, Any]) -> None:
    with pytest.raises(Refusal) as refused:
        choose(person_of(cast.alice), **wrong)
    assert refused.value.code == "field-invalid"
    assert not NotificationPreference.objects.exists() and not NotificationSetting.objects.exists()
