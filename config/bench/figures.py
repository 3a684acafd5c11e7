"""From raw samples to figures: pure, so that a test can recompute what a run wrote.

A sample is one timed piece of work, ``{"start": iso, "units": n, "seconds": s}``; a latency sample carries
``"latencies_ms": [...]`` as well. The figure of several samples is their median.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import median
from typing import Any

Sample = Mapping[str, Any]

# figure -> the samples it is computed from
RATES = {
    "ingest_http_clues_per_s_empty": "ingest_empty",
    # The plain name is the harder figure, and the one the target is set for.
    "ingest_http_clues_per_s": "ingest_1m",
    "orm_get_or_create": "orm_get_or_create",
    "orm_bulk_create": "orm_bulk_create",
    "copy_rows": "copy_rows",
    "oprf_http_elements_per_s": "oprf_http",
    "rbcl_mul_per_s": "rbcl_mul",
    "screen_single_req_per_s": "screen_single",
    "sql_lookup_per_s": "sql_lookup",
    "retention_clues_per_s": "retention",
    "delete_one_by_one_per_s": "delete_one_by_one",
}
# One piece of work of a given size, timed as a whole.
DURATIONS = {"screen_10k_s": "screen_10k", "sql_lookup_10k_s": "sql_lookup_10k"}
LATENCIES = {"screen_single_p95_ms": "screen_single", "sql_lookup_p95_ms": "sql_lookup"}
# figure -> (numerator, denominator)
RATIOS = {
    "ingest_to_orm_get_or_create": ("ingest_http_clues_per_s", "orm_get_or_create"),
    "ingest_to_orm_bulk_create": ("ingest_http_clues_per_s", "orm_bulk_create"),
    "ingest_to_copy": ("ingest_http_clues_per_s", "copy_rows"),
    "ingest_1m_to_empty": ("ingest_http_clues_per_s", "ingest_http_clues_per_s_empty"),
    "oprf_to_rbcl_mul": ("oprf_http_elements_per_s", "rbcl_mul_per_s"),
    "screen_to_sql_lookup": ("screen_single_req_per_s", "sql_lookup_per_s"),
    "screen_10k_to_sql_lookup": ("screen_10k_s", "sql_lookup_10k_s"),
    "retention_to_one_by_one": ("retention_clues_per_s", "delete_one_by_one_per_s"),
}


def rate(samples: Sequence[Sample]) -> float:
    """Median of units per second."""
    return float(median(sample["units"] / sample["seconds"] for sample in samples))


def duration(samples: Sequence[Sample]) -> float:
    """Median of seconds."""
    return float(median(sample["seconds"] for sample in samples))


def p95_ms(samples: Sequence[Sample]) -> float:
    """95th percentile (nearest rank) of all latencies of all samples, in milliseconds."""
    latencies = sorted(latency for sample in samples for latency in sample["latencies_ms"])
    return float(latencies[max(0, -(-len(latencies) * 95 // 100) - 1)])


def compute(samples: Mapping[str, Sequence[Sample]]) -> dict[str, float]:
    """Every figure of a run from its samples."""
    figures = {name: round(rate(samples[source]), 1) for name, source in RATES.items()}
    figures |= {name: round(p95_ms(samples[source]), 2) for name, source in LATENCIES.items()}
    figures |= {name: round(duration(samples[source]), 4) for name, source in DURATIONS.items()}
    return figures | {name: round(figures[over] / figures[under], 4) for name, (over, under) in RATIOS.items()}
