"""What row security costs a request: the same requests with it and without it, in turns, through Django without a network.

Without means without all of it: no context is signed or sent, and the role passes over the policies. A process with web's own
environment answers; no socket, proxy or thread dilutes the difference.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

import psycopg2

from aif_share.wire.keys import PLATFORM
from config.bench.ingest import Sender, make_body, make_token
from config.bench.keepalive import Connection, serialize
from config.bench.record import ROOT
from config.stack import Stack
from tests.aif_share.client.members import admit
from tests.trust.goals import Figure

PAIRS = 400
CLUES = 2_000
READS = ["/api/v1/me", "/api/v1/matches?limit=50", "/api/v1/clues?limit=50", "/api/v1/events?limit=50"]
TYPE = "domain"
ROUND = 5
"""Requests of each address in one half of a pair."""

# In the place of web.
ASK = """
import itertools, json, sys, time
import django
django.setup()
import psycopg2
from django.db import connection
from django.test import Client
from members.row_security import context
given = json.loads(sys.stdin.readline())
admin = psycopg2.connect(given["admin"]); admin.autocommit = True
client, headers = Client(SERVER_NAME="localhost"), {"HTTP_AUTHORIZATION": "Bearer " + given["bearer"]}
count = itertools.count()

def ask():
    for path in given["reads"]:
        answer = client.get(path, **headers)
        assert answer.status_code == 200, (path, answer.status_code)
    clue = {**given["clue"], "client_ref": f"cost-{next(count)}"}
    answer = client.post("/api/v1/batches", json.dumps({"clues": [clue]}), content_type="application/json",
                         HTTP_IDEMPOTENCY_KEY=clue["client_ref"], **headers)
    assert answer.status_code == 202, answer.content

keys = dict(context.settings.AIF_CONTEXT_KEYS)

def hold(held):
    with admin.cursor() as cursor:
        cursor.execute("ALTER ROLE aif_web " + ("NOBYPASSRLS" if held else "BYPASSRLS"))
    context.settings.AIF_CONTEXT_KEYS = keys if held else {}
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM credential")
        seen = cursor.fetchone()[0]
    assert (seen == 0) == held, "the switch did nothing"

def once(held):
    hold(held)
    ask()
    begun = time.perf_counter()
    for _ in range(given["round"]):
        ask()
    return time.perf_counter() - begun

for _ in range(5):
    once(True), once(False)
pairs = []
for number in range(given["pairs"]):
    first = number % 2 == 0
    taken = {held: once(held) for held in (first, not first)}
    pairs.append([taken[True], taken[False]])
hold(True)
print(json.dumps(pairs))
"""


def measure(scale: float) -> dict[str, Figure]:
    """Return the extra time as a share (median over pairs), and how many pairs there were."""
    pairs = max(20, round(PAIRS * scale))
    with Stack() as stack:
        here, there = (Sender(stack.url, admit(stack, submit_quota=10_000_000).bearer_for(PLATFORM)) for _ in range(2))
        tokens = [make_token() for _ in range(CLUES)]
        for sender in (here, there):
            body = make_body(TYPE, tokens)
            Connection(sender.web).fetch(
                serialize("POST", sender.web + "/api/v1/batches", sender.bearer, body, Idempotency_Key="cost-first"),
                status=202,
            )
        _wait_for_matches(stack.admin_url, CLUES)
        asked = {
            "admin": stack.admin_url,
            "bearer": here.bearer,
            "reads": READS,
            "clue": make_body(TYPE, [make_token()])["clues"][0],
            "round": ROUND,
            "pairs": pairs,
        }
        done = subprocess.run(
            [sys.executable, "-c", ASK], cwd=ROOT, env=_environment(stack), input=json.dumps(asked) + "\n",
            capture_output=True, text=True,
        )  # fmt: skip
    if done.returncode:
        raise RuntimeError(done.stderr[-2000:])
    taken = json.loads(next(line for line in done.stdout.splitlines() if line.startswith("[[")))
    requests = ROUND * (len(READS) + 1)
    return {
        "rls_cost_ratio": round(statistics.median(held / free for held, free in taken) - 1, 4),
        "rls_pairs": len(taken),
        "rls_request_ms": round(statistics.median(held for held, _free in taken) / requests * 1000, 3),
    }


def _environment(stack: Stack) -> dict[str, str]:
    """Return what the web process of the stack was started with."""
    given = Path(f"/proc/{stack.pid('web')}/environ").read_bytes().split(b"\0")
    return dict(os.fsdecode(each).split("=", 1) for each in given if b"=" in each)


def _wait_for_matches(url: str, count: int) -> None:
    limit = time.monotonic() + 60
    with psycopg2.connect(url) as connection, connection.cursor() as cursor:
        while time.monotonic() < limit:
            cursor.execute("SELECT count(*) FROM match_party WHERE released_at <= clock_timestamp()")
            if cursor.fetchone()[0] >= 2 * count:
                return
            connection.rollback()
            time.sleep(0.2)
    raise RuntimeError("what two institutions reported did not match in a minute")
