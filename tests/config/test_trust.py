"""`python -m tests.trust`: which Shows it runs, what it calls a figure that holds, and what it writes."""

from __future__ import annotations

import importlib
import json
from pathlib import Path

import pytest

from tests.trust import show_4
from tests.trust.goals import GOALS, Goal

trust = importlib.import_module("tests.trust.__main__")


def test_the_figures_of_the_issue() -> None:
    assert list(GOALS) == list(range(1, 10))
    asked = (
        "acked acked_lost pairs pairs_missing pairs_doubled redis_resume_s matrix_cells matrix_leaks tamper_found_of_1000 "
        "fishers_stopped_ratio honest_alarm_ratio timing_abs_t controls_caught_ratio bombs_refused_ratio canaries_found "
        "audit_events_per_s audit_checkpoint_p99_s audit_verify_1m_s rls_cost_ratio"
    ).split()
    assert [name for goals in GOALS.values() for name in goals if name in asked] == asked


def test_which_shows() -> None:
    assert trust.choose_shows([]) == list(range(1, 10))
    assert trust.choose_shows(["7", "3"]) == [7, 3]
    for nothing in ("0", "10", "x", "", "3.1"):
        with pytest.raises(ValueError, match="there is no Show"):
            trust.choose_shows([nothing])


@pytest.mark.parametrize("text", ["0", "-1", "x", "", "inf", "nan"])
def test_no_scale(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SCALE", text)
    assert trust.main(["4"]) == 2


def test_every_show_there_is_can_be_run() -> None:
    for path in Path(trust.__file__).parent.glob("show_*.py"):
        assert int(path.stem[5:]) in GOALS
        show = importlib.import_module(f"tests.trust.{path.stem}")
        assert callable(show.run) and show.__doc__


@pytest.mark.parametrize(
    ("goal", "good", "bad"),
    [
        (Goal("=", 0), 0, 1),
        (Goal(">=", 0.95), 0.95, 0.949),
        (Goal("<=", 10), 10, 10.1),
        (Goal("<", 4.5), 4.49, 4.5),
    ],
)
def test_when_a_figure_holds(goal: Goal, good: float, bad: float) -> None:
    assert goal.holds(good) and not goal.holds(bad)
    assert not any(goal.holds(nothing) for nothing in (None, "0", "x", float("nan")))


def test_a_smaller_run_owes_less_work_and_no_less_truth() -> None:
    assert GOALS[1]["acked"].holds(20_000, 0.1) and not GOALS[1]["acked"].holds(20_000)
    assert not GOALS[1]["acked"].holds(199_999, 5)
    assert GOALS[5]["fishers"].holds(4, 0.1) and not GOALS[5]["fishers"].holds(199)
    assert not GOALS[1]["acked_lost"].holds(1, 0.1)


def test_the_file_is_flat_and_of_this_run_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(show_4, "run", lambda scale: {"tamper_found_of_1000": 999, "tamper_seed": 7})
    output = tmp_path / "trust.json"
    output.write_text(json.dumps({"matrix_leaks": 0}), encoding="utf-8")
    assert not trust.run([4], 0.5, output), "999 is not 1,000"
    written = json.loads(output.read_text(encoding="utf-8"))
    assert not any(isinstance(value, dict | list) for value in written.values())
    assert set(written) == {
        *("commit", "machine", "start", "end", "scale", "full_scale", "shows"),
        *("tamper_found_of_1000", "tamper_seed"),
    }
    assert (written["scale"], written["full_scale"], written["shows"]) == (0.5, False, "4")
    monkeypatch.setattr(show_4, "run", lambda scale: {"tamper_found_of_1000": 1000, "cuts_said_unwitnessed": 2})
    assert trust.run([4], 1, output)


def test_a_show_that_fails_has_measured_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(scale: float) -> dict[str, int]:
        raise RuntimeError("a test of it is red")

    monkeypatch.setattr(show_4, "run", fail)
    output = tmp_path / "trust.json"
    assert not trust.run([4], 1, output)
    assert "tamper_found_of_1000" not in json.loads(output.read_text(encoding="utf-8"))
