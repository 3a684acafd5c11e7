"""From canonical values to tokens: blind, walk the chain of custodians, check each hop's proof, unblind.

Requests overlap: while one waits for a custodian, others use the next one and this machine's cores (libsodium runs
without the GIL). A value is evaluated once: what the map knows, or another request fetches right now, is reused.
"""

from __future__ import annotations

import hashlib
import json
import os
import threading
import uuid
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, Final

from aif_share import oprf
from aif_share.client.directory import current_entry
from aif_share.client.map import Evaluation, Map
from aif_share.client.session import Session
from aif_share.errors import AifShareError, InvalidIdentifier, InvalidInput, ProofError, RefusedError, UnknownType
from aif_share.identifiers import normalize
from aif_share.oprf import encoding
from aif_share.wire.directory import CustodianKey, Directory, DirectoryEntry
from aif_share.wire.keys import custodian_server
from aif_share.wire.limits import MAX_ELEMENTS


@dataclass(frozen=True, slots=True)
class Token:
    """A token with what it is worth nothing without: its type and key epoch. Not in its repr."""

    type: str
    epoch: int
    token: str = field(repr=False)

    def identifier(self, role: str | None = None) -> dict[str, Any]:
        """The identifier of a clue, or of a question, as the API takes it."""
        made = {"type": self.type, "epoch": self.epoch, "token": self.token}
        return made if role is None else made | {"role": role}


WORKERS: Final = min(8, 2 + (os.cpu_count() or 1))
"""Requests on their way at once."""


def chain_digest(entry: DirectoryEntry) -> bytes:
    """What a token depends on besides its input: suite, type, epoch and each custodian's public key, in order."""
    parts = [entry.suite, entry.type, str(entry.epoch), *(hop.public_key for hop in entry.custodians)]
    return hashlib.sha256("\n".join(parts).encode()).digest()


class Tokenizer:
    """Tokens of one member under one directory. Close it; it owns threads."""

    def __init__(
        self,
        session: Session,
        directory: Directory,
        *,
        canaries: Canaries,
        map: Map | None = None,
        workers: int = WORKERS,
        epoch: int | None = None,
    ) -> None:
        """`epoch`: make tokens of that key epoch and no other; by default of the newest one in force."""
        self._session = session
        self._directory = directory
        self._map = map
        self._epoch = epoch
        self._pool = ThreadPoolExecutor(max_workers=workers, thread_name_prefix="aif-share-evaluate")
        self._entries: dict[str, tuple[DirectoryEntry, bytes]] = {}
        self._running: dict[tuple[str, str], Future[dict[str, bytes]]] = {}
        self._canaries = canaries
        self.evaluated = 0
        """Values sent to the custodians so far, canaries not counted."""

    def close(self) -> None:
        """Stop; requests under way are finished, waiting ones are dropped."""
        self._pool.shutdown(wait=True, cancel_futures=True)

    def epoch(self, type: str) -> int:
        """The epoch in which tokens of `type` are made now. Raise UnknownType."""
        return self._entry(type)[0].epoch

    def repeat_unfinished(self) -> None:
        """Send once more, with the same bytes and keys, what a break left without an answer."""
        if self._map is None:
            return
        for evaluation in self._map.unfinished():
            try:
                entry, chain = self._entry(evaluation.type)
            except UnknownType:
                chain = b""
            if chain == evaluation.chain:
                self._start(entry, evaluation)
            else:
                self._map.abandon(evaluation.id)

    def start(self, type: str, canonicals: Iterable[str], *, known_to: Map | None = None) -> Pending:
        """Begin to fetch the tokens of canonical values of one type; returns at once.

        `known_to`: a map to read from only, where the tokenizer has none to write to.
        """
        entry, chain = self._entry(type)
        wanted = list(dict.fromkeys(canonicals))
        readable = self._map or known_to
        known = readable.tokens(chain, type, wanted) if readable is not None else {}
        futures: set[Future[dict[str, bytes]]] = set()
        missing = []
        for canonical in wanted:
            if canonical in known:
                continue
            running = self._running.get((type, canonical))
            if running is None:
                missing.append(canonical)
            else:
                futures.add(running)
        for first in range(0, len(missing), MAX_ELEMENTS):
            part = missing[first : first + MAX_ELEMENTS]
            futures.add(self._start(entry, Evaluation(uuid.uuid4().hex, type, chain, part)))
        return Pending(type, entry.epoch, known, futures)

    def forget(self, pending: Pending) -> None:
        """Let go of what a finished `Pending` fetched; the map, if there is one, still knows it."""
        for future in pending.futures:
            if future.done() and not future.cancelled() and future.exception() is None:
                for canonical in future.result():
                    self._running.pop((pending.type, canonical), None)

    def tokenize(self, type: str, raws: Sequence[str]) -> list[Token]:
        """Normalize and tokenize, order kept. Raise InvalidIdentifier, with `index` in its `extra`, before any request."""
        canonicals = normalize_all(type, raws)
        if not canonicals:
            self._entry(type)
            return []
        pending = self.start(type, canonicals)
        tokens = pending.result()
        self.forget(pending)
        return [Token(type, pending.epoch, encoding.encode(tokens[canonical])) for canonical in canonicals]

    def _entry(self, type: str) -> tuple[DirectoryEntry, bytes]:
        if type not in self._entries:
            entry = current_entry(self._directory, type, epoch=self._epoch)
            self._entries[type] = (entry, chain_digest(entry))
        return self._entries[type]

    def _start(self, entry: DirectoryEntry, evaluation: Evaluation) -> Future[dict[str, bytes]]:
        future = self._pool.submit(self._evaluate, entry, evaluation)
        self.evaluated += len(evaluation.canonicals)
        for canonical in evaluation.canonicals:
            self._running[evaluation.type, canonical] = future
        return future

    def _evaluate(self, entry: DirectoryEntry, evaluation: Evaluation) -> dict[str, bytes]:
        self._check_canary(entry)
        if not evaluation.blinds:
            evaluation = _blinded(evaluation)
            if self._map is not None:
                self._map.begin(evaluation)
        try:
            tokens = self._walk(entry, evaluation)
        except (RefusedError, ProofError):
            # Never to be sent again as it is. Without an answer, or without quota, it waits for the next run.
            if self._map is not None:
                self._map.abandon(evaluation.id)
            raise
        if self._map is not None:
            self._map.finish(evaluation, tokens)
        return dict(zip(evaluation.canonicals, tokens, strict=True))

    def _walk(self, entry: DirectoryEntry, evaluation: Evaluation) -> list[bytes]:
        while evaluation.hop < len(entry.custodians):
            custodian = entry.custodians[evaluation.hop]
            elements = self._hop(entry, custodian, evaluation.elements, f"{evaluation.id}-{evaluation.hop}")
            evaluation = evaluation._replace(hop=evaluation.hop + 1, elements=elements)
            if self._map is not None and evaluation.hop < len(entry.custodians):
                self._map.advance(evaluation)
        inputs = [oprf.token_input(entry.type, canonical) for canonical in evaluation.canonicals]
        return [output[: oprf.TOKEN_BYTES] for output in oprf.finalize(inputs, evaluation.blinds, evaluation.elements)]

    def _hop(self, entry: DirectoryEntry, hop: CustodianKey, elements: Sequence[bytes], key: str) -> list[bytes]:
        question = {"type": entry.type, "epoch": entry.epoch, "elements": [encoding.encode(each) for each in elements]}
        answer = self._session.request(
            "POST",
            f"{hop.url}/evaluate",
            server=custodian_server(hop.name),
            body=json.dumps(question, separators=(",", ":")).encode(),
            idempotency_key=key,
        )
        evaluated, proof = _read(answer, hop, entry, len(elements))
        try:
            oprf.verify(hop.public, elements, evaluated, proof)
        except ProofError as error:
            raise ProofError(f"custodian {hop.name}: {error}. Nothing of it was used; tell the alliance") from None
        return evaluated

    def _check_canary(self, entry: DirectoryEntry) -> None:
        """Once a process, type and epoch: a known input gives the directory's token, so suite, type and chain are right."""
        with self._canaries.lock(entry):
            if (entry.type, entry.epoch) in self._canaries.passed:
                return
            try:
                canonical = normalize(entry.type, entry.canary_input)
            except InvalidIdentifier:
                token = b""
            else:
                (token,) = self._walk(entry, _blinded(Evaluation(uuid.uuid4().hex, entry.type, b"", [canonical])))
            if encoding.encode(token) != entry.canary_token:
                raise ProofError(
                    f"the canary of the type {entry.type} gives another token than the directory says; "
                    "nothing was submitted. Update aif-share, or tell the alliance"
                )
            self._canaries.passed.add((entry.type, entry.epoch))


class Canaries:
    """The (type, epoch) whose canary passed in this process; one request at a time checks one."""

    def __init__(self) -> None:
        self.passed: set[tuple[str, int]] = set()
        self._own = threading.Lock()
        self._locks: dict[tuple[str, int], threading.Lock] = {}

    def lock(self, entry: DirectoryEntry) -> threading.Lock:
        """The lock of one type and epoch."""
        with self._own:
            return self._locks.setdefault((entry.type, entry.epoch), threading.Lock())


@dataclass(frozen=True, slots=True)
class Pending:
    """Tokens on their way: those already `known`, and the requests that bring the others."""

    type: str
    epoch: int
    known: Mapping[str, bytes] = field(repr=False)
    futures: set[Future[dict[str, bytes]]] = field(repr=False)

    def result(self) -> dict[str, bytes]:
        """Wait; canonical -> token of 32 bytes. Raise what the first failed request raised."""
        tokens = dict(self.known)
        for future in self.futures:
            tokens.update(future.result())
        return tokens


def normalize_all(type: str, raws: Sequence[str]) -> list[str]:
    """Canonical values, order kept; the error of a bad one has its `index` in `extra`."""
    canonicals = []
    for index, raw in enumerate(raws):
        try:
            canonicals.append(normalize(type, raw))
        except AifShareError as error:
            error.extra["index"] = index
            raise
    return canonicals


def _blinded(evaluation: Evaluation) -> Evaluation:
    blinded = oprf.blind([oprf.token_input(evaluation.type, each) for each in evaluation.canonicals])
    return evaluation._replace(blinds=[each.blind for each in blinded], elements=[each.element for each in blinded])


def _read(answer: Any, hop: CustodianKey, entry: DirectoryEntry, count: int) -> tuple[list[bytes], bytes]:
    """Elements and proof of an answer that is of the right shape and for the question asked, else ProofError."""
    wrong = ProofError(f"custodian {hop.name} answered something other than it was asked; tell the alliance")
    if not isinstance(answer, dict) or not isinstance(answer.get("elements"), list):
        raise wrong
    if (answer.get("type"), answer.get("epoch"), answer.get("custodian")) != (entry.type, entry.epoch, hop.name):
        raise wrong
    elements = [encoding.decode_32(each) for each in answer["elements"]]
    if len(elements) != count or None in elements:
        raise wrong
    try:
        proof = encoding.decode_proof(answer.get("proof", ""))
    except InvalidInput:
        raise wrong from None
    return [each for each in elements if each is not None], proof
