"""One drill: a base backup under load, more load, a death; two restores of it, and what each still has."""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from config.backup.folder import count
from config.stack.plan import ROOT
from tests.faults import invariants
from tests.faults.ledger import Ledger
from tests.faults.load import Load
from tests.faults.world import World
from tests.members.delivery.receiver import Received, Receiver
from tests.recovery.machines import ARCHIVE_TIMEOUT_S, Doomed, Restored, Vaults
from tests.recovery.work import Work

BEFORE_S, AFTER_S, AGAIN_S = 20.0, 40.0, 5.0
"""Seconds of load at scale 1: until the base backup, from it to the death, and on the restored machine."""
STANDS_S = 3.0
"""Longer than a sequencer that may sign waits with it."""
UNEXPECTED = "unexpected error"
SIGNED = "SELECT coalesce(max(size), 0), count(*) FROM audit_checkpoint"

SEQUENCES = """
SELECT s.sequencename, coalesce(s.last_value, 0), t.relname, a.attname
FROM pg_sequences s JOIN pg_class c ON c.relname = s.sequencename
    JOIN pg_depend d ON d.objid = c.oid AND d.deptype IN ('a', 'i') AND d.classid = 'pg_class'::regclass
    JOIN pg_class t ON t.oid = d.refobjid
    JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = d.refobjsubid
WHERE s.schemaname = 'public'
"""


class Died(Exception):
    """The machine is gone; whoever submits gives up."""


@dataclass
class Drill:
    """What was learned, flat; `wrong` is empty if all holds."""

    seed: int
    scale: float
    figures: dict[str, Any] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)

    def _say(self, what: str) -> None:
        print(f"{time.monotonic() - self._begun:6.0f} s  {what}", flush=True)

    def run(self) -> None:
        """Do all of it."""
        self._begun = time.monotonic()
        vaults = Vaults()
        try:
            with Receiver() as receiver:
                with Doomed(vaults, seed=self.seed) as world:
                    load = Load(world, witnessed=False)  # `Work` has a witness that outlives the machine
                    work = Work.begin(world, load, receiver)
                    world.keep_keys()
                    self._say("members submit, evidence comes in, a witness looks")
                    died = self._live_and_die(work)
                    self._kept = work.kept()
                    self._say("the machine is dead")
                    load.ledger.close()
                    ledger = vaults.notes / "acknowledged"
                    ledger.write_bytes(load.ledger.path.read_bytes())
                self._told = len(receiver.requests)
                for name, last_wal in (("archive", False), ("last_wal", True)):
                    copy = vaults.notes / f"acknowledged-{name}"
                    copy.write_bytes(ledger.read_bytes())
                    load.ledger, begin = Ledger(copy), len(receiver.requests)
                    with Restored(vaults, seed=self.seed, last_wal=last_wal) as restored:
                        self._say(f"restored ({name}); the stack runs")
                        self._go_on(name, restored, work, died, receiver, begin)
                    load.ledger.close()
        finally:
            vaults.remove()

    # ---- the machine that dies ----

    def _live_and_die(self, work: Work) -> float:
        world, load, vaults = work.world, work.load, work.world.vaults
        died = 0.0
        with contextlib.suppress(Died), work.going_on(), load.running(heal=False):
            time.sleep(max(3.0, BEFORE_S * self.scale))
            acked = load.ledger.clues
            said = world.python("-m", "config.backup", "take", str(vaults.backups.path))
            during = load.ledger.clues - acked
            time.sleep(max(5.0, AFTER_S * self.scale))
            world.die()
            died = time.monotonic()
            raise Died
        (base,) = vaults.backups.list_bases()
        if not during:
            self.wrong.append("nothing was acknowledged while the backup was taken: it was not taken under load")
        self.wrong += [*load.findings[:4], *work.findings[:4]]
        if load.findings:  # what web said of it dies with the machine
            lines = world.stack.logs()["web"].splitlines()
            self.wrong += [line[-1500:] for line in lines if UNEXPECTED in line][-4:]
        load.findings = []
        self.figures |= {
            "acked": load.ledger.clues, "acked_during_backup": during, "evidence_acked": len(work.evidence),
            "backup_s": float(said.rpartition(" s;")[0].rpartition(" ")[2]), "backup_mib": count(base)[1] >> 20,
            "archived_segments": len(list(vaults.backups.wal.glob("*.gz"))), "archive_timeout_s": ARCHIVE_TIMEOUT_S,
            "witnessed": work.witnessed,
        }  # fmt: skip
        return died

    # ---- the machines that are made of it ----

    def _go_on(self, name: str, world: Restored, work: Work, died: float, receiver: Receiver, begin: int) -> None:
        load = work.load
        load.world = world
        load.senders = [type(one)(world.stack.url, one.bearer) for one in load.senders]
        self._declare(name, world, work)
        with self._timed(f"{name}_lost_batches_sent_again_s"):
            lost = self._count_lost(name, load, died)
            self._send_again(name, load, lost)
        with load.running():
            time.sleep(AGAIN_S)
        found = invariants.check(load) | invariants.check_in_full(world)
        self.wrong += [f"{name}: {which}: {what}" for which, wrong in found.items() for what in wrong]
        pairs = invariants.count_pairs(load)
        behind = sum(
            (world.select(f'SELECT max("{column}") FROM "{table}"')[0][0] or 0) > last
            for _sequence, last, table, column in world.select(SEQUENCES)
        )
        self.figures |= {f"{name}_{key}": value for key, value in pairs.items()} | {f"{name}_sequences_behind": behind}
        if behind:
            self.wrong.append(f"{name}: {behind} sequences would give a number that is taken")
        self._look_at_log(name, work)
        self._open_evidence(name, world, work)
        self._count_told(name, receiver, begin)

    @contextlib.contextmanager
    def _timed(self, name: str) -> Iterator[None]:
        begun = time.monotonic()
        yield
        self.figures[name] = round(time.monotonic() - begun, 1)

    def _declare(self, name: str, world: Restored, work: Work) -> None:
        """The log stands still until somebody says what was restored; then it goes on, under the name that it may have."""
        signed = world.select(SIGNED)[0]
        codes = {row["code"] for row in json.loads(self._doctor(world)) if row["level"] == "wrong"}
        time.sleep(STANDS_S)
        if "log.home" not in codes or world.select(SIGNED)[0] != signed:
            self.wrong.append(f"{name}: the restored log was signed before anybody said that it is one")
        (kept,) = world.select("SELECT count(*) FROM audit_leaf")[0]  # some behind the last checkpoint, in their places
        complete = ["--complete"] if name == "last_wal" else []
        world.stack.manage("declare_restore", "--checkpoint", str(work.note(self._kept)), *complete, owner=True)
        self.figures[f"{name}_log_events_lost"] = max(0, work.witnessed - kept)

    @staticmethod
    def _doctor(world: Restored) -> str:
        done = subprocess.run(
            [sys.executable, "manage.py", "doctor", "--json"], env=os.environ | world.stack.env, cwd=str(ROOT),
            capture_output=True, text=True,
        )  # fmt: skip
        return done.stdout

    def _count_lost(self, name: str, load: Load, died: float) -> list[int]:
        """Which lines of the ledger the restored machine does not know, and since how long before the death."""
        there = {row[0] for row in load.world.select("SELECT idempotency_key FROM batch")}
        acknowledged = list(load.ledger.read())
        lost = [number for number, one in enumerate(acknowledged) if one.key not in there]
        since = min((load.acknowledged_at[number] for number in lost), default=died)
        self.figures |= {
            f"{name}_lost_clues": sum(
                {acknowledged[number].key: acknowledged[number].clues for number in lost}.values()
            ),
            f"{name}_lost_s": round(died - since, 2),
        }
        if name == "last_wal" and lost:
            self.wrong.append(f"with the last of the log, {len(lost)} acknowledged batches are lost")
        return lost

    def _send_again(self, name: str, load: Load, lost: list[int]) -> None:
        """What members do whose receipts have no event: send it again, under the same key."""
        acknowledged, sent = list(load.ledger.read()), {}
        gone = {acknowledged[number].key for number in lost}
        for one in acknowledged:
            if one.key in gone and one.key not in sent:
                answer = load._insist(one.member, one.key, load.body(one.member, one.no))
                sent[one.key] = answer["batch"] if answer else ""
        # From here on the ledger says what was acknowledged last: the batch has another reference.
        with load.ledger.path.open("w", encoding="utf-8") as out:
            for one in acknowledged:
                out.write(json.dumps(vars(one) | {"batch": sent.get(one.key, one.batch)}) + "\n")
        self.figures[f"{name}_sent_again"] = len(sent)

    def _look_at_log(self, name: str, work: Work) -> None:
        """A witness is told of what is gone, and stopped until it accepts; where nothing is, it notices nothing."""
        told, lost = work.look_after_restore(self._kept)
        self.figures[f"{name}_witness_told"] = told
        if told != (name == "archive") or lost != self.figures[f"{name}_log_events_lost"]:
            self.wrong.append(
                f"{name}: the witness was {'' if told else 'not '}told of a restore, and misses {lost} events"
            )

    def _open_evidence(self, name: str, world: World, work: Work) -> None:
        """Every piece that the restored machine knows opens, and is what was sent."""
        evidence, right = work.lead.client.evidence, 0
        listed = {item.evidence for item in evidence.list(work.case)}
        for reference in sorted(listed & work.evidence.keys()):
            out = io.BytesIO()
            evidence.save(reference, "restore drill", out)
            right += hashlib.sha256(out.getvalue()).hexdigest() == work.evidence[reference][0]
        lost = len(work.evidence.keys() - listed)
        self.figures |= {f"{name}_evidence_right": right, f"{name}_evidence_lost": lost}
        if right + lost != len(work.evidence) or (name == "last_wal" and lost):
            self.wrong.append(
                f"{name}: of {len(work.evidence)} pieces of evidence {right} open rightly, {lost} are lost"
            )

    def _count_told(self, name: str, receiver: Receiver, begin: int) -> None:
        """At least once, under a stable id: what had been told is told again under the id it had, or not at all."""
        requests = list(receiver.requests)
        before, now = requests[: self._told], requests[begin:]
        ids = _message_of(before)
        again = {request.id for request in now} & {request.id for request in before}
        two = sum(1 for event, message in _message_of(now).items() if ids.get(event, message) != message)
        self.figures |= {
            f"{name}_told_before": len(before), f"{name}_told_after": len(now), f"{name}_messages_again": len(again),
            f"{name}_events_under_two_ids": two,
        }  # fmt: skip
        if (two and name == "last_wal") or not now:
            self.wrong.append(f"{name}: {two} events were told under a second id, {len(now)} messages came")


def _message_of(requests: list[Received]) -> dict[str, str]:
    """Event -> id of the message that told of it."""
    return {event["event"]: one.id for one in requests for event in json.loads(one.body)["data"]["events"]}
