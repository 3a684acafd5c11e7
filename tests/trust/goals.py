"""What each Show of issue 7 must measure, and the figure that holds. A figure that is not measured does not hold."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

Figure = float | int | str


@dataclass(frozen=True)
class Goal:
    """A bound on one figure. `scaled` ones are amounts of work, and smaller in a smaller run; `full_only` ones are none then."""

    sign: str  # "=", ">=", "<=" or "<"
    bound: float
    scaled: bool = False
    full_only: bool = False

    def holds(self, figure: Figure | None, scale: float = 1.0) -> bool:
        """Whether a figure holds; one that was not measured, or is no number, does not."""
        if not isinstance(figure, int | float):
            return False
        if self.full_only and scale < 1:
            return True
        bound = self.bound * min(scale, 1.0) if self.scaled else self.bound
        return {
            "=": figure == bound,
            ">=": figure >= bound,
            "<=": figure <= bound,
            "<": figure < bound,
        }[self.sign]

    def __str__(self) -> str:
        return f"{self.sign} {self.bound:,.10g}"


GOALS: Mapping[int, Mapping[str, Goal]] = {
    1: {
        "acked": Goal(">=", 200_000, scaled=True),
        "acked_lost": Goal("=", 0),
        "pairs": Goal(">=", 500_000, scaled=True),
        "pairs_missing": Goal("=", 0),
        "pairs_doubled": Goal("=", 0),
        "postgres_crashes": Goal(">=", 30, scaled=True),
        "worker_kills": Goal(">=", 200, scaled=True),
        "web_kills": Goal(">=", 100, scaled=True),
        "invariants_broken": Goal("=", 0),
        "lost_without_durability": Goal(">=", 1),
    },
    2: {
        "redis_resume_s": Goal("<=", 10),
        "redis_refused": Goal("=", 0),
        "redis_killed_chunks_done": Goal(">=", 1),
        "redis_killed_answered": Goal(">=", 1),
        "redis_flushed_answered": Goal(">=", 1),
        "redis_frozen_answered": Goal(">=", 1),
        "redis_frozen_chunks_done": Goal(">=", 1),
        "redis_slowest_answer_s": Goal("<=", 10),
        "redis_invariants_broken": Goal("=", 0),
    },
    3: {
        "matrix_cells": Goal(">=", 1_500),
        "matrix_leaks": Goal("=", 0),
        "fields_injected": Goal(">=", 3_000, scaled=True),
        "fields_taken": Goal("=", 0),
        "raw_sql_tables": Goal(">=", 90),
        "raw_sql_open": Goal("=", 0),
    },
    4: {"tamper_found_of_1000": Goal("=", 1_000), "cuts_said_unwitnessed": Goal("=", 2)},
    5: {
        "fishers_stopped_ratio": Goal(">=", 0.95),
        "honest_alarm_ratio": Goal("<=", 0.01),
        "fishers": Goal(">=", 200, full_only=True),
        "honest": Goal(">=", 200, full_only=True),
    },
    6: {"timing_abs_t": Goal("<", 4.5), "timing_submissions": Goal(">=", 4_000, scaled=True)},
    7: {"controls_caught_ratio": Goal("=", 1.0)},
    8: {
        "bombs_refused_ratio": Goal("=", 1.0),
        "bombs": Goal(">=", 12),
        "bombs_left_in_temp": Goal("=", 0),
        "canaries_found": Goal("=", 0),
        "canaries": Goal(">=", 200),
        "schema_cases": Goal(">=", 20_000, scaled=True),
        "schema_5xx": Goal("=", 0),
        "schema_failures": Goal("=", 0),
        "schema_links_followed": Goal(">=", 100, scaled=True),
        "history_steps": Goal(">=", 2_000, scaled=True),
    },
    9: {
        "audit_events_per_s": Goal(">=", 800),
        "audit_checkpoint_p99_s": Goal("<=", 6),
        "audit_verify_1m_s": Goal("<=", 15),
        "audit_verified": Goal(">=", 1_000_000, scaled=True),
        "rls_cost_ratio": Goal("<=", 0.10),
        "rls_pairs": Goal(">=", 400, scaled=True),
    },
}
