"""Who stands by a disputed clue opens its evidence: with the very file, in time, for the alliance's eyes."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from aif_share.errors import Refusal
from clues.demands import deciding, opening, queries
from clues.feedback import quality
from clues.models import Clue, DisputedClue, Event, EvidenceDemand, Match, Sighting, SourceQuality, StoredObject
from clues.retention.delete import delete_ended
from clues.retention.rules import RULES
from members.permissions import PermissionMissing
from tests.clues.alliance import caller
from tests.clues.demands.world import DIGEST, FILE, dispute, late, ref_of, report, send, settle, trail
from tests.clues.scene import Scene
from tests.factories import acting_as

NOW = timezone.now


@pytest.fixture
def demand(scene: Scene) -> EvidenceDemand:
    """Cedar joined the match with a commitment; Aster disputed, Cedar stood by it, and is asked."""
    dispute(scene, report(scene.cast.cedar))
    return EvidenceDemand.objects.get()


def counts(row: EvidenceDemand) -> tuple[int, int]:
    """Confirmed and refuted, as reckoned anew."""
    with acting_as("aif_match"):
        quality.reckon()
        found = SourceQuality.objects.get(institution=row.institution)
    return found.confirmed, found.refuted


def test_who_stands_by_a_clue_is_asked(scene: Scene, demand: EvidenceDemand) -> None:
    assert (demand.cause, demand.state, demand.committed, demand.draw_root) == ("dispute", "open", DIGEST, "")
    assert Event.objects.filter(kind="evidence.asked", institution=scene.cast.cedar, subject_id=demand.pk).count() == 1
    assert trail("evidence.ask") == [demand.ref]
    settle()
    assert EvidenceDemand.objects.count() == 1
    seen = queries.list_demands(viewer=caller(scene.cast.cedar))
    assert [(row.demand, row.committed) for row in seen] == [(demand.ref, DIGEST)]
    for other in (scene.cast.aster, scene.cast.birch):
        assert queries.list_demands(viewer=caller(other)) == []
        with pytest.raises(queries.DemandNotFound):
            queries.get_demand(demand=demand.ref, viewer=caller(other))


def test_opened_and_accepted(scene: Scene, demand: EvidenceDemand, evidence_folder: Path) -> None:
    assert send(demand, FILE).state == "opened"
    assert send(demand, FILE).state == "opened"  # the same again
    settle(now=late(demand))
    demand.refresh_from_db()
    assert demand.state == "opened" and trail("evidence.show") == [demand.ref]
    assert not [path for path in evidence_folder.rglob("*") if path.is_file() and FILE[:30] in path.read_bytes()]
    with acting_as("aif_desk"):
        reader, size = deciding.look_at(demand=demand.pk, reason="The dispute.", by=scene.cast.olga, now=NOW())
        with reader:
            assert reader.read(size) == FILE
        assert trail("evidence.demand.open") == [demand.ref]
        deciding.decide(demand=demand.pk, verdict="accepted", reason="It bears it.", by=scene.cast.olga, now=NOW())
    settle()
    seen = queries.get_demand(demand=demand.ref, viewer=caller(scene.cast.cedar))
    assert (seen.state, seen.reason) == ("accepted", "It bears it.")
    assert Clue.objects.get(pk=demand.clue_id).state == "disputed"  # the dispute is decided apart
    assert counts(demand) == (1, 0)
    assert Event.objects.filter(kind="evidence.accepted", subject_id=demand.pk).count() == 1


def test_silence_withdraws_the_clue_and_counts_as_refuted(scene: Scene, demand: EvidenceDemand) -> None:
    settle(now=late(demand))
    demand.refresh_from_db()
    row = Clue.objects.get(pk=demand.clue_id)
    assert (demand.state, row.state) == ("failed", "withdrawn")
    with acting_as("aif_match"):
        assert not Sighting.objects.filter(clue=row, counted=True).exists()
        assert DisputedClue.objects.get(clue=row).state == "withdrawn"  # nothing left to decide
    assert counts(demand) == (0, 1)
    assert trail("evidence.fail") == [ref_of(row)]
    assert Event.objects.filter(kind="evidence.failed", institution=scene.cast.cedar).count() == 1
    with pytest.raises(Refusal) as refused:
        send(demand, FILE)
    assert refused.value.code == "transition-refused"


def test_another_file_is_refused_and_the_third_is_the_last(scene: Scene, demand: EvidenceDemand) -> None:
    for left in (2, 1, 0):
        with pytest.raises(Refusal) as refused:
            send(demand, FILE + b"x")
        assert (refused.value.code, refused.value.extra["left"]) == ("digest-differs", left)
        assert not StoredObject.objects.exists()
    assert trail("evidence.differ") == [demand.ref] * 3
    settle()
    demand.refresh_from_db()
    assert demand.state == "failed" and Clue.objects.get(pk=demand.clue_id).state == "withdrawn"
    with pytest.raises(Refusal):
        send(demand, FILE)


def test_found_not_to_bear_it(scene: Scene, demand: EvidenceDemand) -> None:
    send(demand, FILE)
    with acting_as("aif_desk"):
        deciding.decide(demand=demand.pk, verdict="refuted", reason="An empty form.", by=scene.cast.olga, now=NOW())
    settle()
    assert Clue.objects.get(pk=demand.clue_id).state == "withdrawn" and counts(demand) == (0, 1)
    assert trail("evidence.refute") == [demand.ref]


def test_who_may_not(scene: Scene, demand: EvidenceDemand) -> None:
    for other in (scene.cast.aster, scene.cast.birch):
        with pytest.raises(queries.DemandNotFound):
            send(demand, FILE, by=other)
    with pytest.raises(Refusal, match="over"):
        send(demand, FILE, now=late(demand))
    with pytest.raises(Refusal, match="empty"):
        send(demand, b"")
    with acting_as("aif_desk"):
        with pytest.raises(Refusal):  # nothing was opened yet
            deciding.decide(demand=demand.pk, verdict="accepted", reason="So.", by=scene.cast.olga, now=NOW())
    send(demand, FILE)
    with acting_as("aif_desk"):
        for what in ({"verdict": "accepted"}, {"verdict": "refuted"}):
            with pytest.raises(PermissionMissing):
                deciding.decide(demand=demand.pk, reason="Mine.", by=scene.cast.cy, now=NOW(), **what)
        with pytest.raises(PermissionMissing):
            deciding.look_at(demand=demand.pk, reason="Mine.", by=scene.cast.cy, now=NOW())
        with pytest.raises(Refusal):
            deciding.look_at(demand=demand.pk, reason="", by=scene.cast.olga, now=NOW())


def test_the_database_takes_nothing_but_the_committed_file(scene: Scene, demand: EvidenceDemand) -> None:
    other = EvidenceDemand.objects.filter(pk=demand.pk)
    send(demand, FILE)
    stored = EvidenceDemand.objects.get().object
    assert stored is not None
    moves: tuple[tuple[str, dict[str, Any]], ...] = (
        ("aif_web", {"state": "accepted"}),
        ("aif_match", {"state": "failed", "decided_at": NOW()}),
        ("aif_desk", {"state": "moot", "decided_at": NOW()}),
    )
    for role, change in moves:
        with acting_as(role), pytest.raises(IntegrityError, match=r"one_way|decided_by_somebody"), transaction.atomic():
            other.update(**change)
    for role in ("aif_web", "aif_match", "aif_desk"):
        with acting_as(role), pytest.raises(Exception, match="permission denied"), transaction.atomic():
            other.update(committed="0" * 64)


def test_a_file_of_another_digest_opens_nothing(scene: Scene, demand: EvidenceDemand, monkeypatch: Any) -> None:
    """Should the program take it, the database does not."""

    class Agreeable:
        """Says of any content that it was committed to."""

        def update(self, _data: bytes) -> None:
            """Look at nothing."""

        def hexdigest(self) -> str:
            """What was committed to."""
            return DIGEST

    monkeypatch.setattr(opening, "hashlib", SimpleNamespace(sha256=Agreeable))
    with pytest.raises(IntegrityError, match="opened_by_what_was_committed"), transaction.atomic():
        opening.open_evidence(demand=demand.ref, blocks=[b"made up"], by=caller(scene.cast.cedar), now=NOW())
    monkeypatch.undo()
    assert EvidenceDemand.objects.get().state == "open" and not StoredObject.objects.exists()


def test_a_decided_dispute_leaves_nothing_to_ask_for(scene: Scene, demand: EvidenceDemand) -> None:
    from clues.disputes import decisions

    with acting_as("aif_desk"):
        decisions.decide(
            disputed_clue=DisputedClue.objects.get(clue_id=demand.clue_id).pk, verdict="rejected", reason="Plain.",
            by=scene.cast.olga, now=NOW(),
        )  # fmt: skip
    settle()
    demand.refresh_from_db()
    assert demand.state == "moot" and Clue.objects.get(pk=demand.clue_id).state == "active"
    with acting_as("aif_match"):
        assert Match.objects.count() == 1
    assert counts(demand) == (1, 0)


def test_the_file_goes_ninety_days_after_the_decision_and_the_record_stays(
    scene: Scene, demand: EvidenceDemand
) -> None:
    send(demand, FILE)
    with acting_as("aif_desk"):
        deciding.decide(demand=demand.pk, verdict="accepted", reason="It bears it.", by=scene.cast.olga, now=NOW())
    settle()
    rule = next(row for row in RULES if row.name == "demand-files")
    for days, state in ((89, "complete"), (91, "destroyed")):
        with acting_as("aif_match"):
            delete_ended(now=NOW() + timedelta(days=days), rules=(rule,))
        stored = StoredObject.objects.select_related("key").get()
        assert stored.state == state and (not bytes(stored.key.wrapped)) == (state == "destroyed")
    assert EvidenceDemand.objects.get().state == "accepted"
    with acting_as("aif_desk"), pytest.raises(Refusal):
        deciding.look_at(demand=demand.pk, reason="Again.", by=scene.cast.olga, now=NOW())
