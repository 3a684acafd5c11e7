"""Whose words the desk looks at has it in the own audit trail, and what cannot be recorded is not shown."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import DatabaseError
from django.urls import reverse

from clues.admin import looked
from clues.models import Clue, Match
from members.models import AuditEvent
from tests.clues.scene import Scene
from tests.factories import acting_as


def looks() -> list[tuple[str, int | None, str]]:
    with acting_as("aif_owner"):
        return list(
            AuditEvent.objects.filter(verb="desk.look")
            .order_by("pk")
            .values_list("actor_ref", "institution_id", "subject_ref")
        )


def test_a_clue_that_is_looked_at_stands_in_its_institutions_trail(scene: Scene, desk: Any) -> None:
    browser, row = desk(scene.cast.olga), Clue.objects.first()
    assert row is not None
    browser.get(reverse("admin:clues_clue_changelist"))
    assert looks() == []
    assert browser.get(reverse("admin:clues_clue_change", args=[row.pk])).status_code == 200
    ((actor, institution, subject),) = looks()
    assert (actor, institution) == (scene.cast.olga.ref, row.institution_id) and subject.startswith("C-")


def test_a_match_that_is_looked_at_stands_in_the_trail_of_each_party(scene: Scene, desk: Any) -> None:
    row = Match.objects.filter(released_at__isnull=False).first()
    assert row is not None
    assert desk(scene.cast.olga).get(reverse("admin:clues_match_change", args=[row.pk])).status_code == 200
    parties = row.parties.values_list("institution_id", flat=True)
    assert sorted(each[1] or 0 for each in looks()) == sorted(parties) and len(parties) > 1


def test_what_cannot_be_recorded_is_not_shown(scene: Scene, desk: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise DatabaseError

    row = Clue.objects.first()
    assert row is not None
    browser = desk(scene.cast.olga)
    monkeypatch.setattr(looked, "record_look", fail)
    with pytest.raises(DatabaseError):
        browser.get(reverse("admin:clues_clue_change", args=[row.pk]))
    monkeypatch.undo()
    assert browser.get(reverse("admin:clues_clue_change", args=[row.pk + 10_000])).status_code == 302 and looks() == []
