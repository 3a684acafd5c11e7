"""A small alliance for the client's tests: real custodian processes, and a loopback platform that fails on demand.

The custodians are the real program. The platform here only serves what its tests need to go wrong in ways the real
one does not on request: an answer lost after the batch was stored, another signing key, a proof changed on its way.
What the real platform does is tested against the real stack.
"""

from __future__ import annotations

import itertools
import json
import os
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from aif_share import oprf
from aif_share.custodian.home import Home, make_home
from aif_share.custodian.store import Store, Verifier
from aif_share.identifiers import get_type
from aif_share.oprf import encoding
from aif_share.wire.directory import CustodianKey, Directory, DirectoryEntry, to_signed
from aif_share.wire.keys import MemberKey, custodian_server, verifier
from tests.aif_share.client.loopback import serve

TYPES = ("domain", "cn-mobile")
START = datetime(2026, 1, 1, tzinfo=UTC)


def free_port() -> int:
    """A port of the loopback nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class CustodianProcess:
    """One real custodian: `aif-share custodian serve` in a process of its own."""

    name: str
    home: Path
    port: int
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.port}"

    def command(self, *arguments: str) -> None:
        """Run one of its own commands."""
        subprocess.run(
            [sys.executable, "-m", "aif_share.cli", "custodian", *arguments], check=True, capture_output=True
        )

    def start(self) -> None:
        """Start it and wait until it answers."""
        command = [sys.executable, "-m", "aif_share.cli", "custodian", "serve"]
        command += ["--home", str(self.home), "--bind", f"127.0.0.1:{self.port}", "--workers", "1"]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for _ in range(200):
            try:
                urllib.request.urlopen(f"{self.url}/healthz", timeout=5).close()
                return
            except OSError:
                time.sleep(0.1)
        raise RuntimeError(f"custodian {self.name} does not answer")

    def stop(self) -> None:
        """Stop it."""
        if self.process is not None:
            self.process.terminate()
            self.process.wait(20)

    def used(self, key: MemberKey) -> int:
        """Elements it charged to a member today, by its own books."""
        bearer = key.bearer_for(custodian_server(self.name))
        request = urllib.request.Request(f"{self.url}/me", headers={"Authorization": f"Bearer {bearer}"})
        with urllib.request.urlopen(request, timeout=10) as answer:
            return int(json.load(answer)["quota"]["evaluate"]["used"])

    def admit(self, key: MemberKey, quota: int = 10_000_000) -> None:
        """Register a member's verifier."""
        store = Store(Home(self.home).store)
        check = Verifier(verifier(key.bearer_for(custodian_server(self.name))))
        store.add_verifier(f"I-{key.id}", check, evaluate_quota=quota, default_quota=quota)
        store.close()

    def forget_repeats(self) -> None:
        """As after ten minutes: repeated requests are charged again."""
        store = Store(Home(self.home).store)
        with store.writing() as connection:
            connection.execute("DELETE FROM repeat")
        store.close()

    def key(self, type: str, epoch: int = 1) -> oprf.Key:
        """Its key of an epoch, from its seed file: for the directory and for an independent calculation."""
        seed = bytes.fromhex((self.home / f"seed-epoch-{epoch}").read_text().strip())
        return oprf.derive_key(seed, oprf.key_info(type, epoch))


@contextmanager
def custodians(folder: Path, *names: str) -> Iterator[list[CustodianProcess]]:
    """Running custodians, stopped in the end."""
    running = []
    try:
        for name in names:
            one = CustodianProcess(name, folder / name, free_port())
            make_home(one.home, name=name)
            one.start()
            running.append(one)
        yield running
    finally:
        for one in running:
            one.stop()


def token_by_hand(type: str, canonical: str, chain: list[CustodianProcess], epoch: int = 1) -> str:
    """The token of a value, calculated with the custodians' secrets and without HTTP or the client."""
    inputs = [oprf.token_input(type, canonical)]
    blinded = oprf.blind(inputs)
    elements = [blinded[0].element]
    for custodian in chain:
        elements = list(oprf.evaluate(custodian.key(type, epoch), elements).elements)
    return encoding.encode(oprf.finalize(inputs, [blinded[0].blind], elements)[0][:32])


@dataclass
class Platform:
    """The loopback platform: what it signs, what it was sent, and how it fails."""

    chain: list[CustodianProcess]
    urls: dict[str, str] = field(default_factory=dict)
    signing: Ed25519PrivateKey = field(default_factory=Ed25519PrivateKey.generate)
    public_keys: dict[str, str] = field(default_factory=dict)
    canary: str | None = None
    batches: dict[str, dict[str, Any]] = field(default_factory=dict)
    rows: dict[str, str] = field(default_factory=dict)
    outcomes: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    matches: list[dict[str, Any]] = field(default_factory=list)
    epochs: list[int] = field(default_factory=lambda: [1])
    clues: dict[str, dict[str, Any]] = field(default_factory=dict)
    corrected: set[str] = field(default_factory=set)
    posts: int = 0
    fail: Callable[[str, str, int], Any] = lambda method, path, count: None
    """(method, path, how often) -> None, (status, headers, body), "drop" before or "lose" after the work is done."""
    url: str = ""
    lock: Any = field(default_factory=threading.Lock)

    def directory(self) -> dict[str, str]:
        """The signed directory of the moment."""
        entries = []
        for epoch, type in itertools.product(self.epochs, TYPES):
            example, canonical = next(iter(get_type(type).examples.items()))
            hops = tuple(
                CustodianKey(
                    each.name,
                    self.urls.get(each.name, each.url),
                    self.public_keys.get(each.name) or encoding.encode(each.key(type, epoch).public),
                )
                for each in self.chain
            )
            token = self.canary or token_by_hand(type, canonical, self.chain, epoch)
            entries.append(DirectoryEntry(type, epoch, hops, START, None, example, token))
        return to_signed(Directory(START + timedelta(days=1), tuple(entries)), self.signing)

    def answer(self, method: str, path: str, headers: Any, body: bytes) -> tuple[int, dict[str, str], Any]:
        """What a request gets: the few shapes of the contract the client reads."""
        if path == "/api/v1/oprf/directory":
            return 200, {}, self.directory()
        if path == "/api/v1/batches" and method == "POST":
            return self._receive(headers["Idempotency-Key"], body)
        if path.startswith("/api/v1/batches/"):
            reference = path.split("/")[4]
            rows = self.outcomes[reference]
            if path.endswith("/results"):
                return 200, {}, {"results": rows, "next": None}
            count = {name: sum(row["outcome"] == name for row in rows) for name in ("accepted", "duplicate", "refused")}
            counts = {"accepted": count["accepted"], "duplicates": count["duplicate"], "refused": count["refused"]}
            state = {"batch": reference, "state": "done", "released": True, "matched": 0}
            return 200, {}, state | counts | {"clues": len(rows) - count["refused"]}
        if path.startswith("/api/v1/clues/"):
            return 200, {}, {"results": [{"version": 2, "change": "corrected", "at": START.isoformat()}], "next": None}
        if path.startswith("/api/v1/clues"):
            return 200, {}, {"results": [self._clue(*each) for each in self.clues.items()], "next": None}
        if path.startswith("/api/v1/matches"):
            return 200, {}, {"results": self.matches, "next": None}
        return 404, {}, {"code": "not-found", "status": 404, "title": "Not found"}

    def _clue(self, reference: str, clue: dict[str, Any]) -> dict[str, Any]:
        identifiers = [
            {**each, "token": None, "role": each.get("role", "actor"), "counted": True}
            | {"epochs": sorted(epoch for at, epoch in clue["tokens"] if at == place)}
            for place, each in enumerate(clue["identifiers"])
        ]
        fields = {name: value for name, value in clue.items() if name != "tokens"}
        more = {"clue": f"C-{'A' * 26}", "client_ref": reference, "state": "active"}
        return fields | more | {"version": 1 + (reference in self.corrected), "identifiers": identifiers}

    def _receive(self, key: str, body: bytes) -> tuple[int, dict[str, str], Any]:
        with self.lock:
            known = self.batches.get(key)
            if known is not None:
                if known["body"] != body:
                    return 409, {}, {"code": "idempotency-conflict", "status": 409, "title": "conflict"}
                return 202, {}, known["answer"]
            self.posts += 1
            outcomes = []
            for row, clue in enumerate(json.loads(body)["clues"]):
                reference, content = clue.pop("client_ref"), json.dumps(clue, sort_keys=True)
                outcome, code = "accepted", None
                known = self.clues.setdefault(reference, clue | {"tokens": {}})
                if reference in self.rows and self.rows[reference] != content:
                    outcome, code = "accepted", "epoch-added"
                    names = (clue.keys() | known.keys()) - {"identifiers", "tokens"}
                    taken = any(
                        (place, each["epoch"]) in known["tokens"] for place, each in enumerate(clue["identifiers"])
                    )
                    if taken or any((clue.get(name) or None) != (known.get(name) or None) for name in names):
                        outcome, code = "refused", "client-ref-reused"
                elif reference in self.rows:
                    outcome, code = "duplicate", None
                if outcome == "accepted":
                    for place, each in enumerate(clue["identifiers"]):
                        known["tokens"][place, each["epoch"]] = each["token"]
                self.rows.setdefault(reference, content)
                outcomes.append({"row": row, "client_ref": reference, "outcome": outcome, "code": code})
            batch = f"B-{len(self.batches)}"
            self.outcomes[batch] = outcomes
            answer = {"batch": batch, "state": "received", "clues": len(outcomes), "rows_refused": 0, "receipt": {}}
            self.batches[key] = {"body": body, "answer": answer}
            return 202, {}, answer


@contextmanager
def platform(chain: list[CustodianProcess]) -> Iterator[Platform]:
    """A running loopback platform."""
    made = Platform(chain)
    seen: dict[tuple[str, str], int] = {}

    def fail(method: str, path: str) -> Any:
        with made.lock:
            seen[method, path] = seen.get((method, path), 0) + 1
        return made.fail(method, path, seen[method, path])

    with serve(made.answer, fail) as url:
        made.url = url
        yield made


@contextmanager
def proxy(target: str, change: Callable[[dict[str, Any]], dict[str, Any]]) -> Iterator[str]:
    """A loopback proxy before a custodian that changes its JSON answers."""

    def answer(method: str, path: str, headers: Any, body: bytes) -> tuple[int, dict[str, str], Any]:
        names = ("Authorization", "Content-Type", "Idempotency-Key")
        kept = {name: headers[name] for name in names if headers.get(name)}
        request = urllib.request.Request(target + path, data=body or None, headers=kept, method=method)
        with urllib.request.urlopen(request, timeout=30) as response:
            return response.status, {}, change(json.load(response))

    with serve(answer) as url:
        yield url


def environment(url: str, key: MemberKey, folder: Path) -> dict[str, str]:
    """The environment of a member's process: address, key and data home, nothing of ours."""
    kept = {name: os.environ[name] for name in ("PATH", "LANG", "TMPDIR") if name in os.environ}
    root = str(Path(__file__).resolve().parents[3])
    home = {"HOME": str(folder), "XDG_DATA_HOME": str(folder / "share"), "XDG_CONFIG_HOME": str(folder / "config")}
    return kept | home | {"AIF_SHARE_URL": url, "AIF_SHARE_KEY": key.text, "PYTHONPATH": root}
