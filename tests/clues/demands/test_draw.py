"""The draw of clues whose evidence is to be opened: two in a hundred, by a root that nobody could know."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from clues.demands import asking, turn
from clues.models import Batch, Clue, EvidenceDemand
from members.models import reference
from tests.clues.alliance import caller, clue, submit, token
from tests.clues.demands.world import DIGEST, trail
from tests.clues.scene import Scene, work
from tests.factories import acting_as

ROOT = bytes(range(32))


def report(scene: Scene, n: int, **fields: Any) -> list[int]:
    with acting_as("aif_web"):
        rows = [clue(token(f"drawn-{k}"), **{"evidence_sha256": DIGEST, **fields}) for k in range(n)]
        received = submit(caller(scene.cast.cedar), rows)
    work()
    return list(Clue.objects.filter(batch_id=received.id).order_by("pk").values_list("pk", flat=True))


def sign(*, ago: float = 0, root: bytes = ROOT, size: int = 7) -> datetime:
    """Let the log have a checkpoint as of so many seconds from when the batches were done."""
    at = timezone.now() + timedelta(seconds=61 - ago)
    with acting_as("aif_audit"), connection.cursor() as cursor:
        cursor.execute("INSERT INTO audit_checkpoint (size, root, note, at) VALUES (%s, %s, '', %s)", [size, root, at])
    return at


def draw(after: datetime | None = None) -> dict[str, Any] | None:
    with acting_as("aif_match"):
        return asking.draw(after=after, now=timezone.now())


def expected(clues: list[int]) -> set[int]:
    """Who had to be drawn, reckoned as the documentation says."""
    numbers = {
        each: int.from_bytes(
            hashlib.sha256(b"aif-share evidence draw 1\n" + ROOT + reference.encode("C", each).encode()).digest()[:8],
            "big",
        )
        for each in clues
    }
    return {each for each, number in numbers.items() if number < 0.02 * 2**64}


def asked() -> set[int]:
    return set(EvidenceDemand.objects.values_list("clue_id", flat=True))


def test_anybody_can_reckon_who_was_drawn(scene: Scene, monkeypatch: Any) -> None:
    clues = report(scene, 400)
    sign()
    told = draw()
    assert told is not None and told["clues"] == 400 and told["asked"] == len(asked())
    assert asked() == expected(clues) and asked()
    row = EvidenceDemand.objects.first()
    assert row is not None and (row.cause, row.draw_size, row.draw_root) == ("audit", 7, ROOT.hex())
    assert len(trail("evidence.draw")) == 1 and len(trail("evidence.ask")) == len(asked())


def test_another_root_draws_others(scene: Scene) -> None:
    refs = [reference.encode("C", number) for number in range(1, 20_001)]
    first, second = ({ref for ref in refs if asking.number_of(root, ref) < asking.SHARE} for root in (ROOT, ROOT[::-1]))
    assert 300 < len(first) < 500 and 300 < len(second) < 500 and len(first & second) < 40


@pytest.mark.parametrize(
    ("fields", "drawn"),
    [({"evidence_sha256": None}, False), ({"evidence_sha256": None, "grade": "B1"}, True), ({"grade": "C"}, True)],
)
def test_who_is_in_the_draw(scene: Scene, monkeypatch: Any, fields: dict[str, Any], drawn: bool) -> None:
    """A commitment, or a document of an authority."""
    monkeypatch.setattr(asking, "SHARE", 1.0)
    clues = report(scene, 1, **fields)
    sign()
    draw()
    assert asked() == (set(clues) if drawn else set())


def test_what_came_after_the_root_waits_for_the_next(scene: Scene, monkeypatch: Any) -> None:
    """The seed must not be known to whoever reports; and nobody is drawn twice."""
    monkeypatch.setattr(asking, "SHARE", 1.0)
    clues = report(scene, 3)
    sign(ago=61)  # signed as the batch came
    first = draw()
    assert asked() == set() and first is not None
    assert draw(datetime.fromisoformat(first["until"])) is None  # no newer checkpoint
    sign(size=9)
    draw(datetime.fromisoformat(first["until"]))
    assert asked() == set(clues)


def test_nobody_is_flooded_with_demands(scene: Scene, monkeypatch: Any) -> None:
    monkeypatch.setattr(asking, "SHARE", 1.0)
    monkeypatch.setattr(asking, "MOST_OPEN", 4)
    clues = report(scene, 9)
    sign()
    draw()
    lowest = sorted(clues, key=lambda each: asking.number_of(ROOT, reference.encode("C", each)))[:4]
    assert asked() == set(lowest)
    report(scene, 3)
    Batch.objects.update()
    sign(size=11)
    draw()
    assert asked() == set(lowest)


def test_the_hourly_turn(scene: Scene) -> None:
    with acting_as("aif_match"):
        assert turn.draw_due() == 0  # no checkpoint yet
        assert turn.settle() == 0
