"""The client and the command line against the whole running stack: real platform, worker and custodians."""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from aif_share.client import Client, Defaults, Map, Source, Submission, raw_values
from aif_share.errors import QuotaError, RefusedError
from aif_share.wire.keys import MemberKey
from config.stack import Stack

from . import alliance, members

pytestmark = pytest.mark.stack
FIELDS = {"category": "counterfeit-site-app", "grade": "B2"}
QUOTAS = {"evaluate_quota": 100_000, "submit_quota": 100_000}
OPTIONS = ("--type", "domain", "--category", FIELDS["category"], "--grade", FIELDS["grade"])


def admit(stack: Stack, **quotas: int) -> MemberKey:
    """A new institution's key."""
    return members.admit(stack, **(QUOTAS | quotas))


def opened(stack: Stack, key: MemberKey, folder: Path) -> Client:
    return Client(stack.url, key, data_home=folder)


def submit(client: Client, path: Path, *, type: str = "domain") -> Any:
    with Map(client.map_path) as map:
        submission = Submission(client, map, Source.at(path), Defaults(type=type, fields=FIELDS))
        outcome = submission.wait(submission.run(), timeout=60)
        submission.journal.finish()
        return outcome


def matches(client: Client) -> list[str | None]:
    with Map(client.map_path) as map:
        return sorted(str(match["raw"]) for match in raw_values(map, client.matches()))


def usage(client: Client) -> tuple[int, list[int]]:
    """Rows charged by the platform, elements charged by each custodian."""
    rows = client.whoami()["quotas"]["submit"]["used"]
    return rows, [each["quota"]["evaluate"]["used"] for each in client.custodians()]


def test_two_members_find_what_they_share_in_their_own_spelling(stack: Stack, tmp_path: Path) -> None:
    number = "13" + "".join(secrets.choice("0123456789") for _ in range(9))
    spellings = (f"+86-{number[:3]}-{number[3:7]}-{number[7:]}", f"0086{number}")
    keys = [admit(stack), admit(stack)]
    for place, (key, spelling) in enumerate(zip(keys, spellings, strict=True)):
        path = tmp_path / f"{place}.txt"
        path.write_text(f"{spelling}\n15{place}{number[3:]}\n")
        with opened(stack, key, tmp_path / "share") as client:
            outcome = submit(client, path, type="cn-mobile")
        assert (outcome.accepted, outcome.refused, outcome.states) == (2, 0, {"released": 1})
    for key, spelling in zip(keys, spellings, strict=True):
        with opened(stack, key, tmp_path / "share") as client:
            assert matches(client) == [spelling]


def test_screening_answers_by_line(stack: Stack, tmp_path: Path) -> None:
    host = f"{secrets.token_hex(8)}.example"
    path = tmp_path / "hosts.txt"
    path.write_text(f"{host}\n")
    for name in ("one", "two"):  # nobody reviews here: two institutions answer, one would not
        with opened(stack, admit(stack), tmp_path / name) as client:
            submit(client, path)
    asked = tmp_path / "asked.txt"
    asked.write_text(f"unknown-{host}\nno host\n{host.upper()}.\n{host}\n")
    key = admit(stack)
    environment = alliance.environment(stack.url, key, tmp_path)
    command = [sys.executable, "-m", "aif_share.cli", "screen", str(asked), "--type", "domain", "--json"]
    done = subprocess.run([*command, "--purpose", "content-takedown"], env=environment, capture_output=True, text=True)
    assert done.returncode == 1 and "line 2: identifier-invalid" in done.stderr and host not in done.stderr
    answer = json.loads(done.stdout)
    assert [(row["index"], row["line"], row["hit"]) for row in answer["results"]] == [
        (0, 1, False),
        (2, 3, True),
        (3, 4, True),
    ]
    assert answer["as_of"] and answer["disclaimer"]
    with opened(stack, key, tmp_path) as client:
        assert client.whoami()["quotas"]["screen"]["used"] == 2  # the repeated host once


def test_a_repeated_call_is_one_batch_and_another_body_is_a_conflict(stack: Stack, tmp_path: Path) -> None:
    with opened(stack, admit(stack), tmp_path) as client:
        (token,) = client.tokenize("domain", [f"{secrets.token_hex(8)}.example"])
        identifier = {"type": token.type, "epoch": token.epoch, "token": token.token}
        clue = FIELDS | {"client_ref": "one", "identifiers": [identifier]}
        first = client.submit_batch([clue], idempotency_key="same")
        assert client.submit_batch([clue], idempotency_key="same") == first
        with pytest.raises(RefusedError) as caught:
            client.submit_batch([clue | {"grade": "C"}], idempotency_key="same")
        assert caught.value.code == "idempotency-conflict"
        assert usage(client)[0] == 1


def test_rows_refused_by_the_platform_are_told_by_line(stack: Stack, tmp_path: Path) -> None:
    path = tmp_path / "f.csv"
    text = "value,grade,client_ref\n{0}.example,{1},my-ref\n\nother-{0}.example,B2,\n"
    host = secrets.token_hex(8)
    environment = alliance.environment(stack.url, admit(stack), tmp_path)
    command = [sys.executable, "-m", "aif_share.cli", "submit", str(path), *OPTIONS, "--json", "--wait"]
    for grade, code, refused in (("B2", 0, 0), ("C", 1, 1)):
        path.write_text(text.format(host, grade))
        done = subprocess.run(command, env=environment, capture_output=True, text=True)
        assert (done.returncode, json.loads(done.stdout)["refused"]) == (code, refused), done.stderr
    assert "line 2: client-ref-reused" in done.stderr


def test_a_submit_quota_smaller_than_the_file(stack: Stack, tmp_path: Path) -> None:
    path = tmp_path / "f.txt"
    path.write_text("".join(f"{secrets.token_hex(8)}.example\n" for _ in range(30)))
    key = admit(stack, submit_quota=20)
    with opened(stack, key, tmp_path / "share") as client:
        with pytest.raises(QuotaError):
            submit(client, path)
        assert usage(client) == (0, [31, 31])
        with Map(client.map_path) as map:
            submission = Submission(client, map, Source.at(path), Defaults(type="domain", fields=FIELDS), chunk=10)
            with pytest.raises(QuotaError):
                submission.run()
        assert usage(client) == (20, [31, 31])  # what fits today is in; nothing was evaluated again


def test_kills_on_every_side_count_nothing_twice(stack: Stack, tmp_path: Path, scale: Callable[..., int]) -> None:
    """The client is killed over and over, and between its runs web, worker and both custodians as well."""
    count = scale(6_000, full=60_000)
    path = tmp_path / "f.txt"
    prefix = secrets.token_hex(6)
    path.write_text("".join(f"{prefix}-{number}.example\n" for number in range(count)))
    key = admit(stack)
    environment = alliance.environment(stack.url, key, tmp_path)
    command = [sys.executable, "-m", "aif_share.cli", "submit", str(path), *OPTIONS]
    command += ["--chunk", str(count // 12), "--wait", "--json"]
    kills = 0
    for victim in ("custodian-partner", "web", "worker", "custodian-platform"):
        process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        _wait_for_evaluations(tmp_path, key, more_than=kills)
        old = stack.kill(victim)
        time.sleep(0.2)
        assert process.poll() is None, "the run came to its end before it could be killed; raise count"
        os.kill(process.pid, signal.SIGKILL)
        kills += 1
        process.wait()
        stack.wait_restarted(victim, old)
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    assert (answer["clues"], answer["accepted"], answer["duplicates"], answer["refused"]) == (count, count, 0, 0)
    with opened(stack, key, tmp_path / "share" / "aif-share") as client:
        rows, elements = usage(client)
    assert rows == count
    assert all(count <= used <= count + kills + 1 for used in elements), elements  # a canary a process at most


def _wait_for_evaluations(folder: Path, key: MemberKey, *, more_than: int) -> None:
    """Wait until the map holds some tokens more than after the last kill, so that each kill hits a run at work."""
    path = folder / "share" / "aif-share" / key.id / "map.sqlite"
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        with contextlib.suppress(sqlite3.OperationalError):
            connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
            with contextlib.closing(connection):
                (known,) = connection.execute("SELECT count(*) FROM token").fetchone()
            if known > more_than * 1_000:
                return
        time.sleep(0.02)
    raise AssertionError("no token arrived")
