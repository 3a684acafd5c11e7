"""Deleting ended clues by retention, beside deleting the same one by one through the ORM.

Run as ``python -m config.bench.retention CLUES ONE_BY_ONE ROUNDS`` in the environment of a stack, as owner of the schema;
prints one line of JSON with the samples. The rows are made by SQL and have nothing to do with any institution's.
"""

from __future__ import annotations

import json
import os
import sys
import time
from typing import Any

import django

from config.bench.record import timestamp

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from django.db import connection  # noqa: E402
from django.utils import timezone  # noqa: E402

from clues.models import Clue, Sighting  # noqa: E402
from clues.retention.delete import delete_ended  # noqa: E402
from clues.retention.rules import RULES  # noqa: E402

NOBODY = 0  # no institution has this number
CLUES = tuple(rule for rule in RULES if rule.name == "clues")
MAKE = """
WITH made AS (
    INSERT INTO clue (institution_id, batch_id, row, client_ref, fingerprint, category, grade, crime_indicator, tlp,
        basis, state, received_at, expires_at, ended_at)
    SELECT %(nobody)s, 0, n, 'bench-' || n, gen_random_uuid(), 'telecom-fraud', 'B2', false, 'amber+strict',
        'unspecified', 'expired', now() - interval '5 years', now() - interval '1 year', now() - interval '1 year'
    FROM generate_series(1, %(count)s) n RETURNING id
)
INSERT INTO sighting (type, epoch, token, institution_id, clue_id, position, role, counted)
SELECT 'domain', 1, gen_random_uuid(), %(nobody)s, id, 0, 'actor', false FROM made
"""


def make(count: int) -> None:
    """Make so many ended clues with one sighting each, and let the planner know of them."""
    with connection.cursor() as cursor:
        cursor.execute(MAKE, {"nobody": NOBODY, "count": count})
        cursor.execute("ANALYZE clue, sighting")


def run_retention(count: int) -> dict[str, Any]:
    """The product's own job."""
    make(count)
    start, clock = timestamp(), time.perf_counter()
    gone = delete_ended(now=timezone.now(), rules=CLUES)["clues"]
    return {"start": start, "units": gone, "seconds": round(time.perf_counter() - clock, 4)}


def run_one_by_one(count: int) -> dict[str, Any]:
    """What an application does that deletes objects."""
    make(count)
    start, clock = timestamp(), time.perf_counter()
    for clue in Clue.objects.filter(institution_id=NOBODY).iterator():
        Sighting.objects.filter(clue_id=clue.pk).delete()
        Clue.objects.filter(pk=clue.pk).delete()
    return {"start": start, "units": count, "seconds": round(time.perf_counter() - clock, 4)}


def main() -> int:
    clues, one_by_one, rounds = map(int, sys.argv[1:])
    samples = {
        "retention": [run_retention(clues) for _ in range(rounds)],
        "delete_one_by_one": [run_one_by_one(one_by_one) for _ in range(rounds)],
    }
    print(json.dumps(samples))
    return 0


if __name__ == "__main__":
    sys.exit(main())
