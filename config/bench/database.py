"""What the benchmark asks PostgreSQL directly: its settings, its sizes, and a bare look-up."""

from __future__ import annotations

import time
from collections.abc import Iterable
from typing import Any
from uuid import uuid4

import psycopg2

from clues.doctor.durability import DURABLE, weak_settings
from config.bench.record import timestamp

SIZES = ("shared_buffers", "max_wal_size", "wal_level", "server_version")


class NotDurable(Exception):
    """The server does not keep what it acknowledges, so its figures mean nothing."""


def check_durable(url: str) -> dict[str, str]:
    """Return the settings that matter; raise NotDurable if the server, a database or a role has one of them off."""
    with psycopg2.connect(url) as connection, connection.cursor() as cursor:
        settings = {}
        for name in DURABLE + SIZES:
            cursor.execute(f"SHOW {name}")
            settings[name] = cursor.fetchone()[0]
        cursor.execute("SELECT unnest(setconfig) FROM pg_db_role_setting")
        overrides = [tuple(row[0].split("=", 1)) for row in cursor.fetchall()]
    connection.close()
    judge_durable([*settings.items(), *overrides])
    return settings


def judge_durable(settings: Iterable[tuple[str, str]]) -> None:
    """Raise NotDurable for a setting under which an acknowledged commit may be lost."""
    for name, value in weak_settings(settings):
        raise NotDurable(f"{name} is {value}: turn it on, or the figures are of no use")


def count_identifiers(url: str) -> int:
    """How many identifiers the hub holds."""
    with psycopg2.connect(url) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM identifier")
        count = int(cursor.fetchone()[0])
    connection.close()
    return count


def _some_tokens(cursor: Any, type_code: str, count: int) -> list[str]:
    cursor.execute("SELECT token FROM identifier WHERE type = %s AND epoch = 1 LIMIT %s", (type_code, count))
    return [row[0] for row in cursor.fetchall()]


def run_lookup_many(url: str, type_code: str, count: int) -> dict[str, Any]:
    """One statement that looks up ``count`` tokens by primary key, every other one unknown."""
    connection = psycopg2.connect(url)
    connection.autocommit = True
    with connection.cursor() as cursor:
        known = _some_tokens(cursor, type_code, count // 2)
        tokens = [token for one in known for token in (one, str(uuid4()))]
        start, clock = timestamp(), time.perf_counter()
        cursor.execute(
            "SELECT q.ordinality, i.groups, i.sightings"
            " FROM unnest(%s::uuid[]) WITH ORDINALITY AS q (token, ordinality)"
            " JOIN identifier i ON i.type = %s AND i.epoch = 1 AND i.token = q.token",
            (tokens, type_code),
        )
        hits = len(cursor.fetchall())
        seconds = time.perf_counter() - clock
    connection.close()
    return {"start": start, "units": len(tokens), "seconds": round(seconds, 4), "hits": hits}


def run_lookup(url: str, type_code: str, count: int) -> dict[str, Any]:
    """``count`` look-ups by primary key over one connection, as a prepared statement; every one meets a row."""
    connection = psycopg2.connect(url)
    connection.autocommit = True
    with connection.cursor() as cursor:
        tokens = _some_tokens(cursor, type_code, count)
        cursor.execute(
            "PREPARE lookup (varchar, integer, uuid) AS"
            " SELECT groups, sightings FROM identifier WHERE type = $1 AND epoch = $2 AND token = $3"
        )
        latencies = []
        start, clock = timestamp(), time.perf_counter()
        for number in range(count):
            before = time.perf_counter()
            cursor.execute("EXECUTE lookup (%s, 1, %s)", (type_code, tokens[number % len(tokens)]))
            cursor.fetchone()
            latencies.append(round((time.perf_counter() - before) * 1000, 3))
        seconds = time.perf_counter() - clock
    connection.close()
    return {"start": start, "units": count, "seconds": round(seconds, 4), "latencies_ms": latencies}
