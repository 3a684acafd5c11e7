"""A member's access to the alliance, for programs: identifiers go in, tokens go out, matches come back.

    with Client("https://share.example.cn", "aif_live_…") as client:
        tokens = client.tokenize("domain", ["bad.example"])
        for match in client.matches.list():
            …

The API's resources are attributes of the client, one file each in `aif_share.client.resources`. Raw identifiers stay in this process. Errors are those of `aif_share.errors`; none holds a value.
"""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Final

from aif_share.client.directory import Notice, PinStore, fetch_directory
from aif_share.client.directory import data_home as default_data_home
from aif_share.client.map import Map, default_path
from aif_share.client.resources.base import named, pages
from aif_share.client.resources.batches import Batches
from aif_share.client.resources.campaigns import Campaigns
from aif_share.client.resources.case_work import CaseWork
from aif_share.client.resources.cases import Cases
from aif_share.client.resources.checklists import Checklists
from aif_share.client.resources.clues import Clues
from aif_share.client.resources.content import Contents
from aif_share.client.resources.credentials import Credentials
from aif_share.client.resources.dispositions import Dispositions
from aif_share.client.resources.disputes import Disputes
from aif_share.client.resources.events import Events
from aif_share.client.resources.evidence import Evidence
from aif_share.client.resources.evidence_demands import EvidenceDemands
from aif_share.client.resources.exports import Exports
from aif_share.client.resources.feedback import FeedbackResource
from aif_share.client.resources.feeds import Feeds
from aif_share.client.resources.log import Log
from aif_share.client.resources.matches import Matches
from aif_share.client.resources.noise import Noise
from aif_share.client.resources.official_requests import OfficialRequests
from aif_share.client.resources.outcomes import OutcomesResource
from aif_share.client.resources.quota import Quotas
from aif_share.client.resources.requests import Requests
from aif_share.client.resources.rings import Rings
from aif_share.client.resources.screenings import Screenings
from aif_share.client.resources.statements import Statements
from aif_share.client.resources.vocabulary import Vocabulary
from aif_share.client.resources.watches import Watches
from aif_share.client.resources.webhooks import Webhooks
from aif_share.client.session import Session
from aif_share.client.tokenize import WORKERS, Canaries, Token, Tokenizer
from aif_share.errors import NetworkError, RequestError
from aif_share.wire.directory import Directory
from aif_share.wire.keys import MemberKey, custodian_server

FINAL_STATES: Final = frozenset({"held", "rejected"})


class Client:
    """One member at one platform. Safe to share between threads; close it, or use it in `with`."""

    def __init__(
        self,
        url: str,
        key: str | MemberKey,
        *,
        pin: str | None = None,
        data_home: Path | None = None,
        timeout: float = 60.0,
        workers: int = WORKERS,
        on_notice: Notice | None = None,
    ) -> None:
        """`pin`: the alliance's signing key if known beforehand. `on_notice` takes sentences for a person."""
        self._session = Session(url, key if isinstance(key, MemberKey) else MemberKey.parse(key), timeout=timeout)
        self.url = self._session.url
        self.key_id = self._session.key_id
        self._home = data_home or default_data_home()
        self._pins = PinStore(self._home, self.key_id)
        self._pin = pin
        self._workers = workers
        self._notice: Notice = on_notice or (lambda sentence: None)
        self._directory: Directory | None = None
        self._canaries = Canaries()
        self._tokenizer: Tokenizer | None = None
        self.batches = Batches(self._session)
        self.cases = Cases(self._session)
        self.case_work = CaseWork(self._session)
        self.checklists = Checklists(self._session)
        self.campaigns = Campaigns(self._session)
        self.official_requests = OfficialRequests(self._session)
        self.evidence_demands = EvidenceDemands(self._session)
        self.outcomes = OutcomesResource(self._session)
        self.clues = Clues(self._session)
        self.matches = Matches(self._session)
        self.feedback = FeedbackResource(self._session)
        self.rings = Rings(self._session)
        self.screenings = Screenings(self._session)
        self.watches = Watches(self._session)
        self.disputes = Disputes(self._session)
        self.requests = Requests(self._session)
        self.dispositions = Dispositions(self._session)
        self.content = Contents(self._session)
        self.events = Events(self._session)
        self.evidence = Evidence(self._session)
        self.exports = Exports(self._session)
        self.feeds = Feeds(self._session)
        self.statements = Statements(self._session)
        self.webhooks = Webhooks(self._session)
        self.credentials = Credentials(self._session)
        self.noise = Noise(self._session)
        self.quota = Quotas(self._session)
        self.log = Log(self._session)
        self.vocabulary = Vocabulary(self._session)

    def __repr__(self) -> str:
        return f"Client(url={self.url!r}, key_id={self.key_id!r})"

    def __enter__(self) -> Client:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close connections and threads."""
        if self._tokenizer is not None:
            self._tokenizer.close()
        self._session.close()

    @property
    def data_home(self) -> Path:
        """The folder below which pins, checkpoints and maps lie, one folder for each key."""
        return self._home

    @property
    def map_path(self) -> Path:
        """Where this key's map lies by default."""
        return default_path(self._home, self.key_id)

    def whoami(self) -> dict[str, Any]:
        """The institution, key, scopes and quotas the platform knows this key by."""
        return dict(self._session.get("me"))

    def custodians(self) -> list[dict[str, Any]]:
        """Each custodian of the directory with what it says of this key: quota, or the `code` of its refusal."""
        hops = {(hop.name, hop.url) for entry in self.directory().entries for hop in entry.custodians}
        found = []
        for name, url in sorted(hops):
            try:
                answer = self._session.request("GET", f"{url}/me", server=custodian_server(name))
            except (RequestError, NetworkError) as error:
                answer = {"custodian": name, "code": error.code}
            found.append({"custodian": name, "url": url, **(answer if isinstance(answer, dict) else {})})
        return found

    def directory(self) -> Directory:
        """The checked key directory, fetched once. Raise PinError or ProofError if it is not the alliance's."""
        if self._directory is None:
            self._directory = fetch_directory(self._session, pins=self._pins, pin=self._pin, notice=self._notice)
        return self._directory

    def tokenizer(self, map: Map | None = None, *, epoch: int | None = None) -> Tokenizer:
        """A new tokenizer, of the newest epoch in force or of `epoch`; with a map, values it knows are not evaluated again.

        The caller closes it.
        """
        return Tokenizer(
            self._session, self.directory(), canaries=self._canaries, map=map, workers=self._workers, epoch=epoch
        )

    def tokenize(self, type: str, raws: Sequence[str]) -> list[Token]:
        """Tokens of raw values of one type, order kept. A bad value's index is in the error's `extra`."""
        if self._tokenizer is None:
            self._tokenizer = self.tokenizer()
        return self._tokenizer.tokenize(type, raws)

    def submit_batch(self, clues: Sequence[Mapping[str, Any]], *, idempotency_key: str | None = None) -> dict[str, Any]:
        """Submit up to 10,000 clues with tokens; the acknowledgment. Give the same key to repeat a call safely."""
        body = json.dumps({"clues": list(clues)}, ensure_ascii=False, separators=(",", ":")).encode()
        return self.post_batch(body, idempotency_key=idempotency_key or uuid.uuid4().hex)

    def post_batch(self, body: bytes, *, idempotency_key: str) -> dict[str, Any]:
        """Submit a request body made before."""
        return dict(self._session.post("batches", body, idempotency_key=idempotency_key))

    def batch(self, reference: str) -> dict[str, Any]:
        """State and counts of a batch."""
        return dict(self._session.get(f"batches/{named('B', 'batch', reference)}"))

    def batch_results(self, reference: str) -> Iterator[dict[str, Any]]:
        """Every row's outcome, over all pages."""
        return pages(self._session, f"batches/{named('B', 'batch', reference)}/results")

    def wait(
        self,
        references: Iterable[str],
        *,
        timeout: float | None = None,
        on_state: Callable[[Mapping[str, Any]], None] | None = None,
    ) -> list[dict[str, Any]]:
        """Wait until each batch is released, held or rejected; their last states in order.

        Raise NetworkError after `timeout` seconds.
        """
        started = time.monotonic()
        finals = []
        for reference in references:
            pause = 0.1
            while True:
                state = self.batch(reference)
                if on_state is not None:
                    on_state(state)
                if state.get("released") or state.get("state") in FINAL_STATES:
                    break
                if timeout is not None and time.monotonic() - started + pause > timeout:
                    raise NetworkError(f"batch {reference} is not released yet; wait again by running the same command")
                time.sleep(pause)
                pause = min(2.0, pause * 1.5)
            finals.append(state)
        return finals

    def screen(
        self,
        tokens: Sequence[Token],
        *,
        purpose: str,
        basis: str | None = None,
        case_ref: str | None = None,
        idempotency_key: str | None = None,
    ) -> dict[str, Any]:
        """Ask about up to 10,000 tokens without reporting them; the answer as in the API."""
        return self.screenings.ask_plain(
            tokens, purpose=purpose, basis=basis, case_ref=case_ref, idempotency_key=idempotency_key
        )
