"""A witness beside the load: a member's program that keeps the log's newest checkpoint outside, over every fault."""

from __future__ import annotations

import threading
import time

from aif_share.client.resources.log import Log
from aif_share.client.session import Session
from aif_share.client.witness import WitnessStore, witness
from aif_share.errors import NetworkError, NotFound, QuotaError, ServerError
from aif_share.wire.keys import MemberKey
from tests.faults.world import World

LOOK_S = 2.0
TIMEOUT_S = 10.0
PATIENCE_S = 60.0
AGAIN_S = 0.2


class Witness:
    """What `aif-share audit verify` does, again and again; what it keeps lies in the harness's folder, not in the stack.

    If a crash takes back a checkpoint that somebody saw, or another log is signed after it, the next look finds it.
    """

    def __init__(self, world: World, api_key: str) -> None:
        self._url, self._key = world.stack.url, MemberKey.parse(api_key)
        self._store = WitnessStore(world.folder / "witness", self._key.id)
        self._lock = threading.Lock()
        self._findings: list[str] = []
        self.looks = 0
        """How often the newest checkpoint was checked against the one of the look before, and kept."""

    def look(self) -> bool:
        """Check the newest checkpoint against the kept one, and keep it; False if nobody answered.

        Whatever else is wrong is found: a proof, a key, another log, a checkpoint that the platform does not know.
        """
        # Without patience: what a fault cuts off is not waited for, but looked at again.
        with self._lock, Session(self._url, self._key, timeout=TIMEOUT_S, patience=0.0) as session:
            try:
                witness(Log(session), url=self._url, store=self._store)
            except (NetworkError, ServerError, QuotaError):
                return False
            except Exception as why:
                if isinstance(why, NotFound) and not self.looks:
                    return False  # nothing is signed yet
                self._findings.append(f"the witness was told another log: {type(why).__name__}: {why}")
            else:
                self.looks += 1
            return True

    def insist(self) -> None:
        """Look until there is an answer; that there was none in a minute is found too."""
        limit = time.monotonic() + PATIENCE_S
        while not self.look():
            if time.monotonic() > limit:
                self._findings.append("nobody answers the witness")
                return
            time.sleep(AGAIN_S)

    def watch(self, over: threading.Event) -> None:
        """Look every other second until it is over."""
        while not over.wait(LOOK_S):
            self.look()

    def take_findings(self) -> list[str]:
        """What was found since this was asked last."""
        found, self._findings = self._findings, []
        return found
