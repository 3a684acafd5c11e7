"""Submitting a file: whatever breaks, nothing is counted or evaluated twice, and nothing is lost."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from aif_share.client import Client, Defaults, Map, Outcome, Source, Submission
from aif_share.errors import NetworkError, QuotaError, RefusedError
from aif_share.wire.keys import MemberKey

from . import alliance

Chain = list[alliance.CustodianProcess]
FIELDS = {"category": "telecom-fraud", "grade": "B2"}
DEFAULTS = Defaults(type="domain", fields=FIELDS)


def hosts(path: Path, count: int, prefix: str = "h") -> Path:
    path.write_text("".join(f"{prefix}{number}.example\n" for number in range(count)))
    return path


def submit(
    client: Client, path: Path, *, wait: bool = True, chunk: int = 10_000, defaults: Defaults = DEFAULTS
) -> Outcome:
    with Map(client.map_path) as map:
        submission = Submission(client, map, Source.at(path), defaults, chunk=chunk)
        outcome = submission.run()
        if wait:
            outcome = submission.wait(outcome)
        submission.journal.finish()
    return outcome


def used(chain: Chain, key: MemberKey) -> list[int]:
    return [custodian.used(key) for custodian in chain]


def test_a_file_arrives_in_chunks(
    client: Client, platform: alliance.Platform, chain: Chain, key: MemberKey, tmp_path: Path
) -> None:
    outcome = submit(client, hosts(tmp_path / "f.txt", 250), chunk=100)
    assert outcome.batches == ["B-0", "B-1", "B-2"]
    assert (outcome.clues, outcome.accepted, outcome.duplicates, outcome.refused) == (250, 250, 0, 0)
    assert [len(rows) for rows in platform.outcomes.values()] == [100, 100, 50]
    assert used(chain, key) == [251, 251]
    sent = [json.loads(batch["body"])["clues"] for batch in platform.batches.values()]
    first = sent[0][0]["identifiers"][0]
    assert first["token"] == alliance.token_by_hand("domain", "h0.example", chain)
    assert not any(b"example" in batch["body"] for batch in platform.batches.values())


def test_the_same_file_again_is_all_duplicates_and_evaluates_nothing(
    client: Client, platform: alliance.Platform, chain: Chain, key: MemberKey, tmp_path: Path
) -> None:
    path = hosts(tmp_path / "f.txt", 30)
    submit(client, path)
    again = submit(client, path)
    assert (again.accepted, again.duplicates) == (0, 30)
    assert used(chain, key) == [31, 31]
    with path.open("a") as file:
        file.write("\nnew.example\n")
    longer = submit(client, path)
    assert (longer.accepted, longer.duplicates) == (1, 30)


def test_a_value_is_evaluated_once_however_often_it_stands_there(
    client: Client, chain: Chain, key: MemberKey, platform: alliance.Platform, tmp_path: Path
) -> None:
    path = tmp_path / "f.txt"
    path.write_text("Same.example\nsame.example.\n" * 200)
    outcome = submit(client, path, chunk=50)
    assert outcome.accepted == 400 == len(platform.rows)
    assert used(chain, key) == [2, 2]


def test_refused_records_leave_line_and_code(client: Client, platform: alliance.Platform, tmp_path: Path) -> None:
    path = tmp_path / "f.txt"
    path.write_text("a.example\n\nnot a domain\nb.example\n" + "x" * 70_000 + "\n")
    with Map(client.map_path) as map:
        submission = Submission(client, map, Source.at(path), DEFAULTS)
        outcome = submission.wait(submission.run())
        assert submission.journal.refused() == [(3, "identifier-invalid"), (5, "too-large")]
    assert (outcome.clues, outcome.accepted, outcome.refused, outcome.refused_here) == (2, 2, 2, 2)
    assert len(platform.rows) == 2


def test_rows_the_platform_refuses_are_told_by_line(client: Client, tmp_path: Path) -> None:
    path = tmp_path / "f.txt"
    path.write_text("a.example\n\nb.example\n")
    submit(client, path)
    other = Defaults(type="domain", fields=FIELDS | {"grade": "C"})
    with Map(client.map_path) as map:
        submission = Submission(client, map, Source.at(path), other)
        outcome = submission.wait(submission.run())
        assert submission.journal.refused() == [(1, "client-ref-reused"), (3, "client-ref-reused")]
    assert (outcome.accepted, outcome.refused) == (0, 2)


def test_a_file_of_refused_records_only_sends_nothing(
    client: Client, platform: alliance.Platform, tmp_path: Path
) -> None:
    path = tmp_path / "f.txt"
    path.write_text("no domain\n" * 5)
    outcome = submit(client, path)
    assert (outcome.batches, outcome.clues, outcome.refused, platform.posts) == ([], 0, 5, 0)


def test_chunks_keep_below_the_size_of_a_request(
    client: Client, platform: alliance.Platform, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("aif_share.client.submission.BODY", 5_000)
    outcome = submit(client, hosts(tmp_path / "f.txt", 100))
    assert outcome.accepted == 100
    sizes = [len(batch["body"]) for batch in platform.batches.values()]
    assert len(sizes) > 3 and max(sizes) <= 5_000 + len('{"clues":[]}')


def test_an_answer_lost_after_the_batch_was_stored_counts_once(
    client: Client, platform: alliance.Platform, tmp_path: Path
) -> None:
    platform.fail = lambda method, path, count: "lose" if path.endswith("/batches") and count in (1, 3) else None
    outcome = submit(client, hosts(tmp_path / "f.txt", 150), chunk=100)
    assert (outcome.accepted, outcome.duplicates, platform.posts) == (150, 0, 2)


def test_an_answer_lost_for_good_is_asked_for_by_the_next_run(
    client: Client, platform: alliance.Platform, tmp_path: Path
) -> None:
    path = hosts(tmp_path / "f.txt", 150)
    client._session._patience = 0.0
    platform.fail = lambda method, path, count: "lose" if path.endswith("/batches") and count == 2 else None
    with pytest.raises(NetworkError):
        submit(client, path, chunk=100)
    assert platform.posts == 2  # stored, but the client does not know
    outcome = submit(client, path, chunk=100)
    assert (outcome.resumed, outcome.accepted, outcome.duplicates) == (True, 150, 0)
    assert platform.posts == 2 and outcome.batches == ["B-0", "B-1"]


def test_a_platform_that_goes_away_is_gone_on_with_later(
    client: Client, platform: alliance.Platform, chain: Chain, key: MemberKey, tmp_path: Path
) -> None:
    path = hosts(tmp_path / "f.txt", 500)
    gone = (500, {}, {"code": "internal", "status": 500, "title": "failed"})
    platform.fail = lambda method, path, count: gone if path.endswith("/batches") and count == 3 else None
    with pytest.raises(RefusedError):
        submit(client, path, chunk=100)
    outcome = submit(client, path, chunk=100)
    assert (outcome.resumed, outcome.accepted, outcome.duplicates) == (True, 500, 0)
    assert len(outcome.batches) == platform.posts == 5
    assert used(chain, key) == [501, 501]


def test_a_quota_that_ends_is_gone_on_with_tomorrow_in_smaller_chunks(
    client: Client, platform: alliance.Platform, chain: Chain, key: MemberKey, tmp_path: Path
) -> None:
    path = hosts(tmp_path / "f.txt", 300)
    over = (429, {"Retry-After": "9999"}, {"code": "quota-exhausted", "status": 429, "title": "T"})
    platform.fail = lambda method, path, count: over if path.endswith("/batches") and count == 2 else None
    with pytest.raises(QuotaError):
        submit(client, path, chunk=150)
    outcome = submit(client, path, chunk=50)
    assert [len(rows) for rows in platform.outcomes.values()] == [150, 50, 50, 50]
    assert (outcome.accepted, outcome.duplicates) == (300, 0)
    assert used(chain, key) == [301, 301]


def test_a_custodian_that_goes_away_mid_way(
    platform: alliance.Platform, chain: Chain, key: MemberKey, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second custodian's answers get lost: what it charged is not charged again."""
    monkeypatch.setattr("aif_share.client.session.PATIENCE", 0.3)
    path = hosts(tmp_path / "f.txt", 40)
    lost = {"on": True}

    def forward(answer: dict[str, Any]) -> dict[str, Any]:
        if lost["on"] and len(answer["elements"]) > 1:
            raise ConnectionAbortedError
        return answer

    with alliance.proxy(chain[1].url, forward) as url:
        platform.urls = {"partner": url}
        for _ in range(2):
            with Client(platform.url, key, data_home=tmp_path / "share") as client:
                client._session._patience = 0.3
                if lost["on"]:
                    with pytest.raises(NetworkError):
                        submit(client, path)
                    assert used(chain, key) == [41, 41]
                    lost["on"] = False
                else:
                    assert submit(client, path).accepted == 40
    assert used(chain, key) == [42, 42]  # one more canary each


def test_another_file_or_option_is_another_submission(
    client: Client, platform: alliance.Platform, tmp_path: Path
) -> None:
    over = (500, {}, {"code": "internal", "status": 500, "title": "failed"})
    platform.fail = lambda method, path, count: over if path.endswith("/batches") and count == 1 else None
    path = hosts(tmp_path / "f.txt", 10)
    with pytest.raises(RefusedError):
        submit(client, path)
    other = submit(client, path, defaults=Defaults(type="domain", fields=FIELDS | {"grade": "C"}))
    assert not other.resumed
    assert submit(client, path).resumed


def test_killed_at_any_moment(
    platform: alliance.Platform, chain: Chain, key: MemberKey, tmp_path: Path, scale: Any
) -> None:
    """kill -9 of the real command line, over and over, on one file; then one run to the end."""
    count, kills = scale(3_000, full=20_000), scale(8, full=60)
    path = hosts(tmp_path / "f.txt", count, prefix=f"{key.id}-")
    command = [sys.executable, "-m", "aif_share.cli", "submit", str(path), "--type", "domain"]
    command += ["--category", "telecom-fraud", "--grade", "B2", "--chunk", "700", "--wait", "--json"]
    environment = alliance.environment(platform.url, key, tmp_path)
    # A quarter of the first answers get lost on top, after the work was done.
    chance = random.Random(7)
    platform.fail = lambda method, path, seen: "lose" if path.endswith("/batches") and chance.random() < 0.25 else None
    hit, rounds = 0, 0
    while hit < kills and rounds < kills * 3:
        rounds += 1
        process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        # By progress, so that neither a fast machine nor a slow one decides how many kills hit: in the middle of the
        # values, and once all are evaluated, in the middle of sending them.
        far = min(chain[0].used(key) + 1 + chance.randrange(700), count)
        while process.poll() is None and chain[0].used(key) < far:
            time.sleep(0.01)
        if far == count:
            time.sleep(0.2 + chance.random() * 0.5)
        if process.poll() is None:
            os.kill(process.pid, signal.SIGKILL)
            hit += 1
        process.wait()
        if process.returncode == 0:
            break
    done = subprocess.run(command, env=environment, capture_output=True, timeout=300)
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    assert hit >= 3
    outcomes = [row["outcome"] for rows in platform.outcomes.values() for row in rows]
    assert len(platform.rows) == count
    if rounds == hit:  # no run came to its end before the last one: each clue was stored by its one chunk
        assert (answer["clues"], answer["accepted"], answer["duplicates"]) == (count, count, 0)
        assert outcomes == ["accepted"] * count
    for custodian in chain:
        assert count <= custodian.used(key) <= count + rounds + 1  # the values once, and a canary a process at most


def test_memory_does_not_grow_with_the_file(
    platform: alliance.Platform, key: MemberKey, tmp_path: Path, scale: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    batches = {"B": {"batch": "B", "state": "received", "rows_refused": 0, "receipt": {}}}

    def receive(_: str, body: bytes) -> Any:
        return 202, {}, batches["B"] | {"clues": body.count(b'"client_ref"')}

    monkeypatch.setattr(platform, "_receive", receive)
    small, large = (_peak_of_submit(platform, key, tmp_path, count) for count in (6_000, scale(60_000, full=1_000_000)))
    assert small > 30_000 and large - small < 8_000  # KiB; 54,000 lines held at once are twice that, drafts more


def _peak_of_submit(platform: alliance.Platform, key: MemberKey, folder: Path, count: int) -> int:
    """Peak memory of one submission in KiB. Not by getrusage, which counts what the parent held when it forked."""
    path = folder / f"{count}.txt"
    path.write_text("".join(f"{key.id}-{number % 500}.example\n" for number in range(count)))
    command = [sys.executable, "-m", "aif_share.cli", "submit", str(path), "--type", "domain", "--json"]
    command += ["--category", "telecom-fraud", "--grade", "B2", "--chunk", "1000"]
    environment = alliance.environment(platform.url, key, folder)
    peak = 0
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        while process.poll() is None:
            peak = max(peak, *_peaks(process.pid))
            time.sleep(0.05)
        assert process.stdout is not None
        answer = json.loads(process.stdout.read())
    assert (process.returncode, answer["clues"]) == (0, count)
    return peak


def _peaks(pid: int) -> list[int]:
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return [0]
    return [0, *(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM"))]
