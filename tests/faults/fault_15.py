"""Keys are changed in the middle of work: the tokens' epoch, the keys that wrap evidence, members' own, the log's."""

from __future__ import annotations

import hashlib
import io
import secrets
import tempfile
import time
from pathlib import Path
from typing import Any

from aif_share.client import Client
from aif_share.errors import RequestError
from aif_share.wire.keys import MemberKey
from tests.faults.load import Load
from tests.faults.table import Fault
from tests.prove.commands import run_tests
from tests.prove.evidence_case import Member, open_case
from tests.prove.uploads import Sender

PATIENCE_S = 30.0
KIND = "qq"
"""Not the type that the load's oracle counts."""
TESTS = (
    "tests/members/test_log_keys.py",
    "tests/clues/vault/test_rotation_under_way.py",
    "tests/clues/matching/test_two_epochs.py",
)
"""What a run cannot do to its own stack: the log's key, which its sequencer was started with; and each case apart."""


def run(load: Load, times: int) -> dict[str, Any]:
    """While members submit: a member's key, the KEK and the epoch are changed, `times` times the first two.

    Both keys of a member count until the old one is ended; evidence of before opens; a pair that straddles epochs is found.
    """
    figures: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as base:
        for name in ("lead", "other"):
            (Path(base) / name).mkdir()
        member, case = open_case(load.world.stack, Path(base))
        with load.running(heal=False):
            for number in range(times):
                figures["member_key"] = _change_member_key(load, member, case)
                figures["kek"] = _change_kek(load, number)
            figures["epoch"] = _change_epoch(load)
    figures["tests"] = run_tests(*TESTS)["holds"]
    return figures | {"holds": all(figures.values())}


def _change_member_key(load: Load, member: Member, case: str) -> bool:
    """Begin an upload with one key and end it with its successor; the first opens nothing once it is ended."""
    content = b"What was written down.\n" * 60_000
    about = {
        "kind": "electronic-data", "title": "keys", "file_name": f"{secrets.token_hex(8)}.txt", "size": len(content),
        "sha256": hashlib.sha256(content).hexdigest(), "collected_at": "2026-01-05T08:00:00Z", "time_source": "person",
        "collected_by": secrets.token_hex(8),
    }  # fmt: skip
    upload = member.client.evidence.begin(case, about)
    old, key = member.client, MemberKey.new()
    (own,) = [each for each in old.credentials.list() if each.key_id == member.key.id]
    old.credentials.rotate(own, key)
    new = Client(load.world.stack.url, key)
    new.evidence.send(upload, io.BytesIO(content))
    both = old.evidence.upload(upload).state == new.evidence.upload(upload).state
    kept = new.evidence.finish(upload).sha256 == about["sha256"]
    new.credentials.revoke(own, reason="rotated")
    member.key, member.client = key, new
    try:
        old.whoami()
    except RequestError as refused:
        return both and kept and refused.status == 401
    return False


def _change_kek(load: Load, number: int) -> bool:
    """Add a KEK, restart who reads it, and wrap all keys by it; everything of before opens."""
    world = load.world
    path = world.stack.data / "keks"
    path.write_text(f"{path.read_text().strip()},r{number}x{secrets.token_hex(2)}:{secrets.token_hex(32)}\n")
    for name in ("web", "desk", "worker"):
        world.kill(name)
    world.heal()
    said = world.stack.manage("rotate_keks")
    return ", 0 do not" in world.stack.manage("verify_vault") and f" r{number}x" in said.splitlines()[0]


def _change_epoch(load: Load) -> bool:
    """Two meet who reported in different epochs, as soon as the first reports again in the new one."""
    world = load.world
    made = world.join(*(f"Straddler {secrets.token_hex(4)}" for _ in range(2)))
    first, second = (Sender.of(world.stack.url, one["api_key"]) for one in made)
    tokens = {epoch: _token() for epoch in (1, 2)}
    _report(first, 1, tokens[1])
    world.stack.manage("open_epoch", "--epoch", "2")
    time.sleep(3.0)  # what web and worker remember of the epochs
    _report(second, 2, tokens[2])
    apart = _count_matches(first)
    _report(first, 2, tokens[2])
    limit = time.monotonic() + PATIENCE_S
    while not (_count_matches(first) and _count_matches(second)) and time.monotonic() < limit:
        time.sleep(0.2)
    return apart == 0 and _count_matches(first) == _count_matches(second) == 1


def _token() -> str:
    from base64 import urlsafe_b64encode

    return urlsafe_b64encode(secrets.token_bytes(32)).rstrip(b"=").decode()


def _report(sender: Sender, epoch: int, token: str) -> None:
    clue = {
        "client_ref": "straddling", "category": "telecom-fraud", "grade": "B2", "channel": "inbound-call",
        "identifiers": [{"type": KIND, "epoch": epoch, "token": token}],
    }  # fmt: skip
    status, said = sender.ask("POST", "/batches", {"clues": [clue]}, Idempotency_Key=secrets.token_hex(8))
    limit = time.monotonic() + PATIENCE_S
    while status == 202 and not sender.ask("GET", f"/batches/{said['batch']}")[1]["released"]:
        if time.monotonic() > limit:
            raise TimeoutError("a batch of one clue is not done")
        time.sleep(0.2)
    if status != 202:
        raise RuntimeError(f"a clue was answered with {status}")


def _count_matches(sender: Sender) -> int:
    return len(sender.ask("GET", "/matches?limit=10")[1]["results"])


FAULT = Fault(15, "keys changed in mid-work", run, times=2)
