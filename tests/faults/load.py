"""Members that submit, each in a thread: whatever breaks, they ask again under the same key, as the contract tells them.

What they submit follows from the seed. Institutions sit in a ring; each shares its clues by turns with its left and its
right neighbor, three identifiers a clue, and both sides of a pair come to the same clue at about the same time: the
worst order for whoever stores and matches at once.
"""

from __future__ import annotations

import hashlib
import http.client
import json
import random
import threading
import time
from base64 import urlsafe_b64encode
from collections import Counter
from collections.abc import Iterator
from types import TracebackType
from typing import Any

import psycopg2

from tests.faults.ledger import Acknowledged, Ledger
from tests.faults.witness import Witness
from tests.faults.world import World
from tests.prove.uploads import Sender

IDENTIFIERS = 3
KIND = "domain"
REPEATED = 0.03
"""The part of acknowledged batches that is sent once more: a client that lost the answer."""
PAUSE_S = 0.1
PATIENCE_S = 40.0
WAITING_MOST = 40
"""So many chunks may wait before members hold back: what is measured is faults, not a backlog."""
LOOK_S = 0.2
AHEAD_MOST = 3
"""So many batches a member may be ahead of the last one: both sides of a pair come at about the same time."""


class Load:
    """The members of a world, what they send, and what they were told. Reusable: each run goes on where the last ended."""

    def __init__(
        self,
        world: World,
        *,
        members: int = 4,
        clues: int = 100,
        waiting: int = WAITING_MOST,
        witnessed: bool = True,
    ) -> None:
        """`witnessed`: another member watches the log meanwhile; not where a machine is restored, for that is told of."""
        self.world = world
        self.clues = clues
        self._waiting_most = waiting
        self.names = [f"Fault Bank {number} {world.seed}" for number in range(members)]
        *made, beside = world.join(*self.names, f"Fault Witness {world.seed}")
        self.senders = [Sender.of(world.stack.url, one["api_key"]) for one in made]
        self.refs = [one["institution"] for one in made]
        self.next = [0] * members
        self.ledger = Ledger(world.folder / "acknowledged")
        self.answers: Counter[str] = Counter()
        self.findings: list[str] = []
        self.in_flight = [0.0] * members
        """When each member's open request was sent (monotonic), 0 while none is open."""
        self.acknowledged_at: list[float] = []
        self.slowest = 0.0
        self.ended = False
        """Whether a member's program ended before its time: then nothing is under load any more."""
        self._lock = threading.Lock()
        self._waiting = (0.0, 0)
        self.witness = Witness(world, beside["api_key"]) if witnessed else None
        if self.witness is not None:
            self.witness.insist()

    # ---- what is sent ----

    def triple(self, member: int, clue: int) -> list[str]:
        """The tokens of a member's clue by its number."""
        pair = member if clue % 2 == 0 else (member - 1) % len(self.names)
        return [self._token(pair, clue // 2, position) for position in range(IDENTIFIERS)]

    def _token(self, pair: int, number: int, position: int) -> str:
        drawn = hashlib.sha256(f"{self.world.seed}/{pair}/{number}/{position}".encode()).digest()
        return urlsafe_b64encode(drawn).rstrip(b"=").decode()

    def numbers(self, no: int) -> range:
        """The numbers of the clues of a member's batch."""
        return range(no * self.clues, (no + 1) * self.clues)

    def body(self, member: int, no: int) -> bytes:
        """The body of a member's batch by its number."""
        clues = [
            {
                "client_ref": f"f-{number:08d}", "category": "telecom-fraud", "grade": "B2", "channel": "inbound-call",
                "identifiers": [{"type": KIND, "epoch": 1, "token": token} for token in self.triple(member, number)],
            }
            for number in self.numbers(no)
        ]  # fmt: skip
        return json.dumps({"clues": clues}, separators=(",", ":")).encode()

    def expected(self) -> Iterator[tuple[str, int]]:
        """(token, member) of everything acknowledged, straight from the ledger and the plan."""
        seen = set()
        for one in self.ledger.read():
            if (one.member, one.no) in seen:
                continue
            seen.add((one.member, one.no))
            for number in self.numbers(one.no):
                for token in self.triple(one.member, number):
                    yield token, one.member

    # ---- sending ----

    def running(self, *, heal: bool = True) -> Running:
        """`with load.running():` submits during the block; then the faults are healed, and each member finishes its batch."""
        return Running(self, heal)

    def submit(self, member: int, give_up: threading.Event | None = None) -> bool:
        """Send the member's next batch until it is acknowledged; False if it was given up."""
        no = self.next[member]
        key, body = f"faults-{self.world.seed}-{member}-{no}", self.body(member, no)
        drawn = random.Random(f"{self.world.seed}-{member}-{no}")
        answer = self._insist(member, key, body, give_up)
        if answer is None:
            return False
        self.note(member, no, key, answer)
        self.next[member] = no + 1
        if drawn.random() < REPEATED:
            again = self._insist(member, key, body, give_up)
            if again is not None and again["batch"] != answer["batch"]:
                self.find(f"the same key was answered with {answer['batch']} and {again['batch']}")
        return True

    def hold_back(self, member: int, over: threading.Event) -> None:
        """Wait while too much waits to be matched, unless the database cannot be asked just now, or others lag behind."""
        while not over.is_set() and (
            self.next[member] > min(self.next) + AHEAD_MOST or self._count_waiting() > self._waiting_most
        ):
            time.sleep(0.02)

    def _count_waiting(self) -> int:
        with self._lock:
            at, waiting = self._waiting
            if time.monotonic() - at < LOOK_S:
                return waiting
            self._waiting = (time.monotonic(), waiting)
        try:
            found = int(self.world.select("SELECT count(*) FROM batch_chunk WHERE state = 'received'")[0][0])
        except psycopg2.Error:
            return 0
        with self._lock:
            self._waiting = (time.monotonic(), found)
        return found

    def note(self, member: int, no: int, key: str, answer: dict[str, Any]) -> None:
        self.ledger.add(Acknowledged(member, key, answer["batch"], answer["receipt"]["digest"], answer["clues"], no))
        with self._lock:
            self.acknowledged_at.append(time.monotonic())

    def _insist(
        self, member: int, key: str, body: bytes, give_up: threading.Event | None = None
    ) -> dict[str, Any] | None:
        while True:
            status, said = self.ask(member, key, body)
            with self._lock:
                self.answers[str(status or "none")] += 1
            if status == 202:
                return said
            if status not in (None, 503) and said.get("code") != "idempotency-busy":
                self.find(f"a batch was answered with {status} {said.get('code')}")
            if give_up is not None and give_up.wait(0):
                return None
            time.sleep(PAUSE_S)

    def ask(self, member: int, key: str, body: bytes) -> tuple[int | None, dict[str, Any]]:
        sender, begun = self.senders[member], time.monotonic()
        connection = sender.connect()
        connection.timeout = PATIENCE_S
        headers = {"Content-Type": "application/json", "Idempotency-Key": key}
        self.in_flight[member] = begun
        try:
            connection.request("POST", "/api/v1/batches", body, headers | {"Authorization": f"Bearer {sender.bearer}"})
            answer = connection.getresponse()
            return answer.status, json.loads(answer.read() or b"{}")
        except (OSError, http.client.HTTPException, ValueError):
            return None, {}
        finally:
            self.in_flight[member] = 0.0
            self.slowest = max(self.slowest, time.monotonic() - begun)
            connection.close()

    def going(self, until: float) -> bool:
        """Whether a fault may go on: nobody's program ended, and the moment (monotonic) is not there yet."""
        return not self.ended and time.monotonic() < until

    def find(self, what: str) -> None:
        with self._lock:
            if len(self.findings) < 50:
                self.findings.append(what)


class Running:
    """Members at work until the block ends."""

    def __init__(self, load: Load, heal: bool) -> None:
        self._load, self._heal = load, heal
        self._over = threading.Event()
        self._give_up = threading.Event()
        self._threads = [
            threading.Thread(target=self._work, args=[member], name=f"member-{member}", daemon=True)
            for member in range(len(load.names))
        ]
        if load.witness is not None:
            watch = threading.Thread(target=load.witness.watch, args=[self._over], name="witness", daemon=True)
            self._threads.append(watch)

    def __enter__(self) -> Running:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, why: BaseException | None, at: TracebackType | None) -> None:
        self._over.set()
        if kind is not None:
            self._give_up.set()
        elif self._heal:
            self._load.world.heal()
        for thread in self._threads:
            thread.join(timeout=120)

    def _work(self, member: int) -> None:
        while not self._over.is_set():
            try:
                self._load.hold_back(member, self._over)
                if not self._load.submit(member, self._give_up):
                    return
            except Exception as why:  # a thread's end must not pass unnoticed
                self._load.ended = True
                self._load.find(f"a member's program ended: {type(why).__name__}: {why}")
                return
