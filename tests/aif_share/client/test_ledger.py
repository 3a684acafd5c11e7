"""A member's own screenings against the log: proven by the event of their second, waiting, late, or not what was sealed."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from aif_share.audit import merkle
from aif_share.client.ledger import PATIENCE, Screenings, check_screenings
from aif_share.client.resources.log import LedgerRow, LogProof
from aif_share.client.witness import WitnessStore
from aif_share.errors import NotFound, ProofError
from tests.aif_share.client.test_witness import Platform, event, look

NOW = datetime(2026, 11, 29, 8, 0, tzinfo=UTC)
AT = NOW - timedelta(seconds=30)


def row(number: int, at: datetime = AT) -> str:
    return json.dumps({"at": at.isoformat(), "tokens": number})


def seal(name: str, rows: list[str]) -> str:
    root = merkle.root_of(merkle.leaf_hash(each.encode()) for each in rows)[1]
    return json.dumps({"detail": {"root": root.hex(), "rows": len(rows)}, "event": name, "verb": "screening.ask"})


class Ledgered(Platform):
    """A log with a ledger: rows by event, the oldest first, and those that no event seals yet."""

    def __init__(self, rows: dict[str, list[str]], *, loose: list[str] | None = None) -> None:
        super().__init__(event(1), *(seal(name, group) for name, group in rows.items()), event(2))
        self.rows, self.loose = {name: list(group) for name, group in rows.items()}, loose or []

    def screenings(self, *, event: str | None = None, limit: int = 0) -> list[LedgerRow]:
        sealed = [LedgerRow(event=name, leaf=leaf) for name, group in self.rows.items() for leaf in group]
        every = [*sealed, *(LedgerRow(event=None, leaf=leaf) for leaf in self.loose)][::-1]
        return [each for each in every if event is None or each.event == event]

    def inclusion(self, event: str, *, size: int) -> LogProof:
        seq = next((at for at, leaf in enumerate(self.leaves) if json.loads(leaf)["event"] == event), size)
        if seq >= size:
            raise NotFound(status=404, code="not-found")
        proof = super().inclusion(event, size=size)
        return LogProof(size=size, seq=proof.seq, path=proof.path, leaf=self.leaves[seq])


ROWS = {"AE-7": [row(1), row(2), row(3)], "AE-8": [row(4)]}


def check(platform: Ledgered, tmp_path: Path, newest: int = 100) -> Screenings:
    seen = look(platform, WitnessStore(tmp_path, "abcd1234"))
    return check_screenings(platform, seen, newest=newest, now=NOW)  # type: ignore[arg-type]


def test_screenings_are_proven_with_those_of_their_second(tmp_path: Path) -> None:
    assert check(Ledgered(ROWS), tmp_path) == Screenings(rows=4, events=2, waiting=0, late=0)
    assert check(Ledgered(ROWS), tmp_path, newest=2) == Screenings(rows=4, events=2, waiting=0, late=0)
    assert check(Ledgered(ROWS), tmp_path, newest=1) == Screenings(rows=1, events=1, waiting=0, late=0)


def test_what_waits_is_told_and_what_waits_too_long_as_well(tmp_path: Path) -> None:
    platform = Ledgered(ROWS, loose=[row(5), row(6, NOW - PATIENCE - timedelta(seconds=1))])
    platform.signed = 2  # AE-8 stands behind the checkpoint
    assert check(platform, tmp_path) == Screenings(rows=3, events=1, waiting=3, late=1)


@pytest.mark.parametrize(
    "lie",
    [
        lambda log: log.rows["AE-7"].__setitem__(1, row(9)),
        lambda log: log.rows["AE-7"].pop(),
        lambda log: log.rows["AE-8"].append(row(9)),
        lambda log: log.leaves.__setitem__(1, event(99)) or log.rows.__setitem__("AE-99", log.rows.pop("AE-7")),
        lambda log: setattr(log, "loose", [json.dumps({"at": "some day"})]),
    ],
)
def test_what_is_not_as_it_was_sealed_is_found(tmp_path: Path, lie: Callable[[Ledgered], object]) -> None:
    platform = Ledgered(ROWS)
    lie(platform)
    with pytest.raises(ProofError):
        check(platform, tmp_path)


def test_an_event_that_is_not_in_the_signed_log_is_found(tmp_path: Path) -> None:
    platform = Ledgered(ROWS)
    seen = look(platform, WitnessStore(tmp_path, "abcd1234"))
    platform.rows["AE-7"] = [row(1)]
    platform.leaves[1] = seal("AE-7", [row(1)])  # rows and event changed together, behind the checkpoint's back
    with pytest.raises(ProofError):
        check_screenings(platform, seen, newest=100, now=NOW)  # type: ignore[arg-type]
