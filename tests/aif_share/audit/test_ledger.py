"""Both levels of a log: rows of a ledger under the events that seal them, and every way in which they may not be those."""

from __future__ import annotations

import json

import pytest

from aif_share.audit import merkle
from aif_share.audit.ledger import Ledger, check_seal, read_seal
from aif_share.audit.note import Checkpoint
from aif_share.audit.verify import verify_log
from aif_share.errors import ProofError


def row(number: int) -> str:
    return json.dumps({"at": "2026-11-29T07:00:00.000000Z", "tokens": number})


def seal(name: str, rows: list[str]) -> dict:
    root = merkle.root_of(merkle.leaf_hash(each.encode()) for each in rows)[1]
    return {"event": name, "verb": "screening.ask", "detail": {"rows": len(rows), "root": root.hex()}}


ROWS = {"AE-1": [row(1), row(2), row(3)], "AE-2": [row(4)]}


def learned(*more: dict) -> Ledger:
    ledger = Ledger()
    for event in (*(seal(name, rows) for name, rows in ROWS.items()), *more):
        ledger.add(event)
    return ledger


def lines(rows: dict[str, list[str]]) -> list[bytes]:
    return [json.dumps({"event": name, "leaf": leaf}).encode() for name, group in rows.items() for leaf in group]


def test_rows_are_those_that_were_sealed() -> None:
    opened = learned().open(lines(ROWS))
    assert (opened.seals, opened.rows, opened.deleted) == (2, 4, 0)


@pytest.mark.parametrize(
    "lie",
    [
        {"AE-1": [row(1), row(2), row(9)], "AE-2": [row(4)]},  # changed
        {"AE-1": [row(2), row(1), row(3)], "AE-2": [row(4)]},  # another order
        {"AE-1": [row(1), row(2), row(3), row(5)], "AE-2": [row(4)]},  # added
        {"AE-1": [row(1), row(2)], "AE-2": [row(4)]},  # taken out
        {"AE-1": [row(1), row(2), row(3)]},  # a whole second taken out
        {"AE-1": [row(4)], "AE-2": [row(1), row(2), row(3)]},  # moved
    ],
)
def test_what_is_not_as_it_was_sealed_is_found(lie: dict[str, list[str]]) -> None:
    with pytest.raises(ProofError):
        learned().open(lines(lie))


def test_rows_of_one_event_stand_together() -> None:
    torn = lines(ROWS)
    with pytest.raises(ProofError):
        learned().open([*torn[:2], torn[3], torn[2]])


def test_what_is_missing_was_deleted_by_retention_in_the_log() -> None:
    told = {"event": "AE-3", "verb": "retention.delete", "detail": {"rule": "screenings", "rows": 1}}
    assert learned(told).open(lines({"AE-1": ROWS["AE-1"]})).deleted == 1
    with pytest.raises(ProofError):
        learned(told).open([])
    other = told | {"detail": {"rule": "events", "rows": 99}}
    with pytest.raises(ProofError):
        learned(other).open(lines({"AE-1": ROWS["AE-1"]}))


def test_rows_behind_the_end_of_the_log_are_passed_over() -> None:
    assert learned().open(lines(ROWS | {"AE-9": [row(7)]})).rows == 4


@pytest.mark.parametrize("bad", [b"", b"{}", b"[1]", b"no json"])
def test_a_line_that_is_no_row_is_named(bad: bytes) -> None:
    with pytest.raises(ProofError, match="line 1"):
        learned().open([bad])


@pytest.mark.parametrize(
    "detail", [{}, {"rows": 0, "root": "00" * 32}, {"rows": 1, "root": "00"}, {"rows": "x", "root": 1}, None]
)
def test_a_seal_that_says_nothing_is_refused(detail: object) -> None:
    with pytest.raises(ProofError):
        read_seal({"verb": "screening.ask", "event": "AE-1", "detail": detail})
    assert read_seal({"verb": "case.open", "detail": detail}) is None


def test_no_rows_are_no_seal() -> None:
    found = read_seal(seal("AE-1", [row(1)]))
    assert found is not None
    check_seal(found, [row(1).encode()])
    with pytest.raises(ProofError):
        check_seal(found, [])


def test_the_log_is_read_with_its_ledger() -> None:
    log = [json.dumps(seal(name, rows)).encode() for name, rows in ROWS.items()]
    size, root = merkle.root_of(map(merkle.leaf_hash, log))
    ledger = Ledger()
    assert verify_log([each + b"\n" for each in log], Checkpoint("log", size, root), ledger) == 0
    assert ledger.open(lines(ROWS)).rows == 4
