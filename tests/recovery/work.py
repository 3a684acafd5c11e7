"""What goes on while the backup is taken and until the machine dies: evidence, webhooks, a witness."""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import os
import random
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aif_share.client.witness import Witnessed, WitnessStore, witness
from aif_share.errors import LogRestored, NetworkError, RequestError
from tests.faults.load import Load
from tests.members.delivery.receiver import Receiver
from tests.prove.evidence_case import Member, open_case
from tests.recovery.machines import Doomed

EVIDENCE_BYTES = 300_000
PAUSE_S = 0.5


@dataclass
class Work:
    """Beside the load: pieces of evidence that were acknowledged, and what a webhook was told."""

    world: Doomed
    load: Load
    receiver: Receiver
    lead: Member
    case: str
    evidence: dict[str, tuple[str, bytes]] = field(default_factory=dict)
    """Reference -> (SHA-256, content), once the platform said that it is evidence."""
    witnessed: int = 0
    findings: list[str] = field(default_factory=list)
    _over: threading.Event = field(default_factory=threading.Event)

    @classmethod
    def begin(cls, world: Doomed, load: Load, receiver: Receiver) -> Work:
        """Open a case, register the webhook, and look at the log for the first time."""
        lead, case = open_case(world.stack, world.vaults.notes)
        status, _made = load.senders[0].ask(
            "POST", "/webhooks", {"url": receiver.url("/ok"), "kinds": ["match.released"]}, Idempotency_Key=os.urandom(8).hex()
        )  # fmt: skip
        if status != 201:
            raise RuntimeError(f"the webhook was answered with {status}")
        return cls(world, load, receiver, lead, case)

    @contextlib.contextmanager
    def going_on(self) -> Iterator[None]:
        """Everybody works until the block ends, by whatever exception."""
        threads = [
            threading.Thread(target=self._repeat, args=[act], daemon=True)
            for act in (self._add_evidence, self.world.copy_evidence, self.look_at_log)
        ]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            self._over.set()
            for thread in threads:
                thread.join(timeout=60)

    def _repeat(self, act: Any) -> None:
        while not self._over.is_set():
            try:
                act()
            except (OSError, NetworkError, RequestError):
                pass  # the machine died meanwhile
            except Exception as why:
                self.findings.append(f"{type(why).__name__}: {why}")
            self._over.wait(PAUSE_S)

    def _add_evidence(self) -> None:
        drawn = random.Random(f"{self.world.seed}-{len(self.evidence)}-{time.monotonic_ns()}")
        content = b"%PDF-1.7\n" + drawn.randbytes(EVIDENCE_BYTES)
        digest = hashlib.sha256(content).hexdigest()
        evidence = self.lead.client.evidence
        upload = evidence.begin(self.case, {
            "kind": "electronic-data", "title": "drill", "file_name": "drill.pdf", "size": len(content), "sha256": digest,
            "collected_at": "2026-01-05T08:00:00Z", "time_source": "person", "collected_by": "tests",
        })  # fmt: skip
        evidence.send(upload, io.BytesIO(content))
        self.evidence[evidence.finish(upload).evidence] = (digest, content)

    def look_at_log(self) -> None:
        """As `aif-share audit verify` does: check the newest checkpoint, and keep it."""
        self.witnessed = self._witness().now.size

    def look_after_restore(self, kept: str) -> tuple[bool, int]:
        """Look again with what was kept at the death: whether the log says that it was restored, and events seen that are gone."""
        self._store().path.write_text(kept, encoding="utf-8")
        try:
            return False, self._witness().lost
        except LogRestored:
            return True, self._witness(accept_restore=True).lost

    def kept(self) -> str:
        """What the witness keeps."""
        return self._store().path.read_text(encoding="utf-8")

    def _store(self) -> WitnessStore:
        return WitnessStore(self.lead.client.data_home, self.lead.client.key_id)

    def _witness(self, *, accept_restore: bool = False) -> Witnessed:
        client = self.lead.client
        return witness(client.log, url=client.url, store=self._store(), accept_restore=accept_restore)

    def note(self, kept: str) -> Path:
        """The checkpoint in it as a file: what a member sends to the alliance after a restore."""
        path = self.world.vaults.notes / "checkpoint"
        path.write_text(json.loads(kept)[self.lead.client.url]["checkpoint"], encoding="utf-8")
        return path
