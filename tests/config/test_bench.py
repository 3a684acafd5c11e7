"""The benchmark runs, its figures follow from its samples, and it refuses a server that may forget."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg2
import pytest

from config.bench import record
from config.bench.__main__ import QUICK, run
from config.bench.database import NotDurable, check_durable, judge_durable
from config.bench.figures import DURATIONS, LATENCIES, RATES, RATIOS, compute, duration, p95_ms, rate
from config.stack import Stack

CARRIED = ("commit", "machine", "start", "end", "scale", "samples")


@pytest.mark.stack
def test_a_quick_run_gives_every_figure(stack: Stack, tmp_path: Path) -> None:
    record.write(tmp_path / "bench.json", run(stack, QUICK))
    written = json.loads((tmp_path / "bench.json").read_text(encoding="utf-8"))
    assert set(written) == {*RATES, *DURATIONS, *LATENCIES, *RATIOS, *CARRIED}
    assert all(written[name] > 0 for name in (*RATES, *DURATIONS, *LATENCIES, *RATIOS))
    assert_recomputed(written)


def assert_recomputed(written: dict[str, Any]) -> None:
    figures = compute(written["samples"])
    assert {name: written[name] for name in figures} == figures


def test_figures_on_disk_follow_from_their_samples() -> None:
    path = record.ROOT / "var" / "bench.json"
    if path.exists():
        written = json.loads(path.read_text(encoding="utf-8"))
        assert all(written[name] for name in CARRIED)
        if set(written["samples"]) >= {*RATES.values(), *DURATIONS.values(), *LATENCIES.values()}:  # not an older form
            assert_recomputed(written)


def test_a_rate_is_the_median_of_its_rounds() -> None:
    assert rate([{"units": 10, "seconds": 1.0}, {"units": 90, "seconds": 3.0}, {"units": 1000, "seconds": 1.0}]) == 30


def test_a_duration_is_the_median_of_its_rounds() -> None:
    assert duration([{"seconds": 1.0}, {"seconds": 0.2}, {"seconds": 0.4}]) == 0.4


def test_the_95th_percentile_is_taken_over_all_rounds() -> None:
    latencies = [float(number) for number in range(1, 101)]
    assert p95_ms([{"latencies_ms": latencies[:50]}, {"latencies_ms": latencies[50:]}]) == 95.0
    assert p95_ms([{"latencies_ms": [7.0]}]) == 7.0


@pytest.fixture
def forgetful(stack: Stack, request: pytest.FixtureRequest) -> Iterator[None]:
    """One role or database of the stack commits without waiting for the disk."""
    connection = psycopg2.connect(stack.admin_url)
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_database()")
        subject = request.param.format(database=cursor.fetchone()[0])
        cursor.execute(f"ALTER {subject} SET synchronous_commit = off")
        yield
        cursor.execute(f"ALTER {subject} RESET synchronous_commit")
    connection.close()


@pytest.mark.stack
@pytest.mark.parametrize("forgetful", ["ROLE aif_match", "DATABASE {database}"], indirect=True)
def test_a_server_that_may_forget_is_refused(stack: Stack, forgetful: None) -> None:
    with pytest.raises(NotDurable, match="synchronous_commit is off"):
        check_durable(stack.admin_url)


@pytest.mark.parametrize("name", ["fsync", "synchronous_commit", "full_page_writes"])
def test_every_setting_that_loses_commits_is_refused(name: str) -> None:
    with pytest.raises(NotDurable, match="turn it on"):
        judge_durable([("wal_level", "replica"), (name, "off")])
    judge_durable([(name, "on")])


@pytest.mark.stack
def test_the_stack_is_durable(stack: Stack) -> None:
    assert check_durable(stack.admin_url)["fsync"] == "on"
