"""Bombs refused at every door in 2 s and 64 MiB; generated requests without a 5xx; 200 canaries planted and found nowhere.

Every door for bombs: batches as JSON, lines and tables, screenings, evidence. Every door for canaries: raw identifiers that
members' programs tokenize, raw identifiers sent to the API where none belongs, and evidence, whose words and content are sealed.
"""

from __future__ import annotations

import hashlib
import io
import json
import re
import secrets
import sys
import tempfile
import time
from collections.abc import Callable
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg2

from aif_share.errors import RequestError
from aif_share.wire.keys import PLATFORM
from config.stack import Stack
from tests.prove import schema_cases
from tests.prove.commands import run_command
from tests.prove.evidence_case import Member, open_case
from tests.prove.issue_3.show_1 import CASES
from tests.prove.issue_3.show_1 import ENV as GENEROUS
from tests.prove.issue_6.show_3 import CANARY, add_file
from tests.prove.leaks import Kept, list_unfound, search
from tests.prove.memory import list_processes, read_peak_mib, reset_peaks
from tests.trust import bombs
from tests.trust.goals import Figure

SECONDS, MIB = 2.0, 64.0
FILES = 20
"""Of seven canaries each."""
RAW = 30
"""Raw identifiers by each of the ways in which a member's program takes them, and as many sent to the API itself."""
STATEFUL = "tests/clues/matching/test_random_histories.py"
STEPS = re.compile(r"history_steps=(\d+)")


def run(scale: float) -> dict[str, Figure]:
    """All figures; raise RuntimeError if a canary that must be found is not, or a generated history fails."""
    since = time.time()
    with tempfile.TemporaryDirectory() as base:
        folder, members = Path(base) / "stack", Path(base) / "members"
        members.mkdir()
        with Stack(folder) as stack:
            member, case = open_case(stack, members)
            found: dict[str, Figure] = {**refuse_bombs(stack, member, case)}
            found["bombs_left_in_temp"] = sum(
                each.is_file() and each.stat().st_size >= MIB for each in (folder / "tmp").rglob("*")
            )
            found |= find_canaries(stack, member, case, folder, members, since)
    return found | send_generated(scale)


# ---- bombs ---------------------------------------------------------------------------------


def refuse_bombs(stack: Stack, member: Member, case: str) -> dict[str, Figure]:
    """Send each bomb alone; how many were refused within bounds, and the largest figures of all."""
    bearer, bad, slowest, most = member.key.bearer_for(PLATFORM), [], 0.0, 0.0
    tries: list[tuple[str, Callable[[], int]]] = [
        (bomb.name, lambda bomb=bomb: bombs.send(stack.url, bearer, bomb)) for bomb in bombs.of_batches()
    ]
    tries += [
        (name, lambda file=file, content=content: _send_evidence(member, case, file, content))
        for name, file, content in bombs.of_evidence()
    ]
    before = _count_batches(stack)
    for name, send in tries:
        pids = list_processes(stack.pid("web"))
        at_first, clock = reset_peaks(pids), time.monotonic()
        status = send()
        seconds, grown = time.monotonic() - clock, sum(map(read_peak_mib, pids)) - at_first
        slowest, most = max(slowest, seconds), max(most, grown)
        if not 400 <= status < 500 or seconds > SECONDS or grown > MIB:
            bad.append(f"{name}: {status} in {seconds:.2f} s, {grown:.0f} MiB")
    left = _count_batches(stack) - before
    if left:
        bad.append(f"{left} batches were made of bombs")
    for each in bad:
        print(f"  not refused within bounds: {each}", flush=True)
    return {
        "bombs": len(tries),
        "bombs_refused_ratio": round(1 - len(bad) / len(tries), 4),
        "bombs_slowest_s": round(slowest, 2),
        "bombs_most_mib": round(most, 1),
    }


def _send_evidence(member: Member, case: str, file_name: str, content: bytes) -> int:
    """Announce, send and finish; the status of the refusal, 201 if it became evidence."""
    about = {
        "kind": "electronic-data", "title": "bomb", "file_name": file_name, "size": len(content),
        "sha256": hashlib.sha256(content).hexdigest(), "collected_at": "2026-01-05T08:00:00Z", "time_source": "person",
        "collected_by": "tests",
    }  # fmt: skip
    evidence = member.client.evidence
    try:
        upload = evidence.begin(case, about)
        evidence.send(upload, io.BytesIO(content))
        evidence.finish(upload)
    except RequestError as refused:
        return refused.status
    return 201


def _count_batches(stack: Stack) -> int:
    with psycopg2.connect(stack.admin_url) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM batch")
        return int(cursor.fetchone()[0])


# ---- canaries ------------------------------------------------------------------------------


def find_canaries(
    stack: Stack, member: Member, case: str, folder: Path, members: Path, since: float
) -> dict[str, Figure]:
    """Plant them, and look for each, in every form, wherever the stack keeps anything."""
    words = [word for _number in range(FILES) for word in add_file(member, case, members)]
    words += _tokenize_raw(member, members) + _send_raw(stack, member)
    time.sleep(2.0)  # until audit, events and figures are written
    kept = Kept(folder, stack.admin_url, stack.env["REDIS_URL"], (members, folder / "keks"), since)
    kept.plant_canary(CANARY)
    findings = search(kept.places(), [*words, CANARY])
    unfound = list_unfound(findings, len(words))
    if unfound:
        raise RuntimeError(f"the search does not find what lies in {unfound}")
    leaked = {each.value for each in findings if each.value != len(words)}
    for each in findings:
        if each.value in leaked:
            print(f"  canary {each.value}: {each.form} in {each.place}", flush=True)
    return {"canaries": len(words), "canaries_found": len(leaked)}


def _host() -> str:
    return f"canary{secrets.token_hex(10)}.example"


def _phone() -> str:
    return f"13{secrets.randbelow(10**9):09d}"


def _tokenize_raw(member: Member, folder: Path) -> list[str]:
    """What a member's program is given raw, and sends as tokens: clues, questions."""
    hosts = [_host() for _ in range(2 * RAW)]
    path = folder / "canaries.txt"
    path.write_text("".join(f"{host}\n" for host in hosts[:RAW]), encoding="ascii")
    member.ask("submit", str(path), "--type", "domain", "--category", "counterfeit-site-app", "--grade", "B2", "--wait")
    path.write_text("".join(f"{host}\n" for host in hosts[RAW:]), encoding="ascii")
    member.ask("screen", str(path), "--type", "domain", "--purpose", "investigation")
    return hosts


def _send_raw(stack: Stack, member: Member) -> list[str]:
    """Raw identifiers where none belongs, in every part of a request; each is refused."""
    phones = []
    for number in range(RAW):
        phone = _phone()
        phones.append(phone)
        status, sent = _misuse(stack, member, number, phone)
        if not 400 <= status < 500:
            raise RuntimeError(f"a raw identifier in {sent} was answered {status}")
    return phones


def _misuse(stack: Stack, member: Member, number: int, value: str) -> tuple[int, str]:
    """Send one raw value in the part of a request that the number chooses; return the status and the part's name."""
    clue = {"client_ref": "canary", "category": "telecom-fraud", "grade": "C", "identifiers": []}
    token = {"type": "cn-mobile", "epoch": 1, "token": value}
    ways: list[tuple[str, str, str, Any, dict[str, str]]] = [
        ("a token", "POST", "batches", {"clues": [clue | {"identifiers": [token]}]}, {}),
        ("a reference", "POST", "batches", {"clues": [clue | {"client_ref": value}]}, {}),
        ("a field's name", "POST", "batches", {"clues": [], value: 1}, {}),
        ("a type", "POST", "screenings", {"purpose": "investigation", "tokens": [token | {"type": value}]}, {}),
        ("a purpose", "POST", "screenings", {"purpose": value, "tokens": [token]}, {}),
        ("a case reference", "POST", "screenings", {"purpose": "investigation", "case_ref": value, "tokens": [token]}, {}),
        ("a path", "GET", f"clues/{value}", None, {}),
        ("a query", "GET", f"matches?cursor={value}", None, {}),
        ("a parameter's name", "GET", f"matches?{value}=1", None, {}),
        ("a condition", "PATCH", "clues/CL-NONE", {"note": value}, {"If-Match": value}),
    ]  # fmt: skip
    sent, method, path, body, headers = ways[number % len(ways)]
    connection = HTTPConnection(urlsplit(stack.url).netloc, timeout=30)
    said = {"Authorization": f"Bearer {member.key.bearer_for(PLATFORM)}", "Idempotency-Key": secrets.token_hex(16)}
    typed = {} if body is None else {"Content-Type": "application/json"}
    connection.request(method, f"/api/v1/{path}", None if body is None else json.dumps(body), said | typed | headers)
    status = connection.getresponse().status
    connection.close()
    if sent in ("a token", "a reference") and status == 202:
        status = 422  # a batch is taken and its row refused: that is said with the results
    return status, sent


# ---- generated requests --------------------------------------------------------------------


def send_generated(scale: float) -> dict[str, Figure]:
    """Schemathesis against a stack of its own, and random histories: no 5xx, and every history as the model has it."""
    with Stack(env=GENEROUS) as stack:
        outcome = schema_cases.run(stack, cases=max(100, round(CASES * scale)))
    for name, text in outcome.failures.items():
        print(f"  {name}\n{text}", flush=True)
    histories = run_command(
        [sys.executable, "-m", "pytest", "-q", "-s", "-n", "0", *(["--full-scale"] if scale >= 1 else []), STATEFUL]
    )
    told = STEPS.search(histories["end"])
    if histories["exit"] or told is None:
        raise RuntimeError(histories["end"])
    return {
        "schema_cases": outcome.cases,
        "schema_5xx": sum(count for status, count in outcome.statuses.items() if status >= 500),
        "schema_failures": len(outcome.failures),
        "schema_links_followed": outcome.links_followed,
        "history_steps": int(told[1]),
    }
