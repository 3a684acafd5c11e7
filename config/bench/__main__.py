"""``make bench``: measure the product and the obvious alternatives side by side, print and write ``var/bench.json``.

Its own stack, from empty, with durable settings or not at all. ``--quick`` runs everything at a scale that says nothing
about speed, for a test of the benchmark itself.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from aif_share.wire.keys import PLATFORM, MemberKey, custodian_server
from config.bench import evaluation, ingest, record, screening
from config.bench.database import NotDurable, check_durable, count_identifiers, run_lookup, run_lookup_many
from config.bench.figures import compute
from config.stack import Stack, StackError

Samples = dict[str, list[dict[str, Any]]]
QUOTAS: dict[str, Any] = {"evaluate_quota": 100_000_000, "submit_quota": 100_000_000, "screen_quota": 100_000_000}
INGEST_TYPE = "cn-mobile"
CUSTODIAN = "platform"


@dataclass(frozen=True, slots=True)
class Scale:
    """How much of each thing one round does."""

    rounds: int
    ingest_clues: int
    fill_identifiers: int
    orm_rows: int
    evaluate_elements: int
    multiplications: int
    screenings: int
    screen_tokens: int
    lookups: int
    retained_clues: int
    deleted_singly: int


FULL = Scale(3, 200_000, 1_000_000, 50_000, 20_000, 20_000, 12_000, 10_000, 20_000, 200_000, 1_000)
QUICK = Scale(1, 2_000, 4_000, 500, 2_000, 500, 80, 100, 200, 500, 50)


@dataclass(frozen=True, slots=True)
class Bench:
    """A running stack with two institutions of independent groups."""

    stack: Stack
    scale: Scale
    keys: Sequence[MemberKey]

    def repeat(self, work: Callable[[], dict[str, Any]]) -> list[dict[str, Any]]:
        return [work() for _ in range(self.scale.rounds)]

    @property
    def senders(self) -> list[ingest.Sender]:
        return [ingest.Sender(self.stack.url, key.bearer_for(PLATFORM)) for key in self.keys]

    def evaluate(self) -> dict[str, Any]:
        url = self.stack.custodian_urls[CUSTODIAN]
        bearers = [key.bearer_for(custodian_server(CUSTODIAN)) for key in self.keys]
        share = self.scale.evaluate_elements // len(bearers)
        return evaluation.run_evaluation(url, [evaluation.make_requests(url, bearer, share) for bearer in bearers])

    def ingest(self) -> dict[str, Any]:
        requests, _ = ingest.make_load(self.senders, INGEST_TYPE, self.scale.ingest_clues)
        before = count_identifiers(self.stack.admin_url)
        return {"identifiers_before": before, **ingest.run_load(self.senders, requests, self.scale.ingest_clues)}

    def fill(self) -> None:
        """Through the same door, until the hub has as many identifiers as the scale says."""
        while count_identifiers(self.stack.admin_url) < self.scale.fill_identifiers:
            self.ingest()

    def screen(self) -> Samples:
        clues = self.scale.ingest_clues
        requests, known = ingest.make_load(self.senders, screening.TYPE, clues)
        ingest.run_load(self.senders, requests, clues)
        sender, scale = self.senders[0], self.scale
        return {
            "screen_single": self.repeat(lambda: screening.run_screening(sender, known, scale.screenings)),
            "screen_10k": self.repeat(lambda: screening.run_many(sender, known, scale.screen_tokens)),
        }

    def baselines(self) -> Samples:
        """The ORM and COPY."""
        return self._as_owner("config.bench.baseline", self.scale.orm_rows, self.scale.rounds)

    def retention(self) -> Samples:
        """The product's job, and deleting the same one by one."""
        scale = self.scale
        return self._as_owner("config.bench.retention", scale.retained_clues, scale.deleted_singly, scale.rounds)

    def _as_owner(self, module: str, *numbers: int) -> Samples:
        """Samples of a module that runs in a process of its own as owner of the schema."""
        done = subprocess.run(
            [sys.executable, "-m", module, *map(str, numbers)],
            env={**os.environ, **self.stack.env, "AIF_DB_OWNER": "1"},
            capture_output=True,
            text=True,
        )
        if done.returncode:
            raise StackError(f"{module} ended with {done.returncode}: {done.stderr.strip()[-1500:]}")
        return dict(json.loads(done.stdout))


def measure(bench: Bench) -> Samples:
    """Every sample of one run, in an order in which nothing measured disturbs what comes after."""
    scale = bench.scale
    samples: Samples = {
        "rbcl_mul": bench.repeat(lambda: evaluation.run_multiplication(scale.multiplications)),
        "oprf_http": bench.repeat(bench.evaluate),
        **bench.baselines(),
        "ingest_empty": [bench.ingest()],
    }
    bench.fill()
    samples["ingest_1m"] = bench.repeat(bench.ingest)
    samples |= bench.screen()
    samples["sql_lookup"] = bench.repeat(lambda: run_lookup(bench.stack.admin_url, INGEST_TYPE, scale.lookups))
    samples["sql_lookup_10k"] = bench.repeat(
        lambda: run_lookup_many(bench.stack.admin_url, INGEST_TYPE, scale.screen_tokens)
    )
    return samples | bench.retention()


def run(stack: Stack, scale: Scale) -> dict[str, Any]:
    """Measure on a running stack; return the flat record of figures. Raise NotDurable before anything is measured."""
    start = record.timestamp()
    settings = check_durable(stack.admin_url)
    made = [stack.create_institution(f"bench {number} of {start}", "telecom", None, **QUOTAS) for number in (1, 2)]
    samples = measure(Bench(stack, scale, [MemberKey.parse(one["api_key"]) for one in made]))
    return {
        **compute(samples),
        "commit": record.get_commit(),
        "machine": record.describe_machine(),
        "start": start,
        "end": record.timestamp(),
        "scale": asdict(scale) | {"batch": ingest.BATCH, "shared_percent": ingest.SHARED, "postgres": settings},
        "samples": samples,
    }


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m config.bench", description="Measure, print, write var/bench.json.")
    parser.add_argument("--quick", action="store_true", help="a scale that says nothing about speed")
    parser.add_argument("--output", type=Path, default=record.ROOT / "var" / "bench.json")
    options = parser.parse_args(arguments)
    try:
        with Stack(env={"AIF_LOG_LEVEL": "WARNING"}) as stack:
            figures = run(stack, QUICK if options.quick else FULL)
    except (NotDurable, StackError) as error:
        print(error, file=sys.stderr)
        return 1
    record.write(options.output, figures)
    for name, value in figures.items():
        if isinstance(value, float):
            print(f"{name:36}{value:>14,}")
    print(f"{figures['machine']['cores']} cores, commit {figures['commit'][:12]}, {options.output}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
