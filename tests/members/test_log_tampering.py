"""Random tamperings by a superuser: each is found by a witness, and by nobody where there is none and the end is gone."""

from __future__ import annotations

import base64
import random
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.db import transaction
from django.utils import timezone

from aif_share.audit import note
from aif_share.audit.verify import verify_log
from aif_share.client.resources.log import LogHead, LogProof
from aif_share.client.witness import WitnessStore, witness
from aif_share.errors import ProofError, Refusal
from members import audit
from members.api.log import _encoded
from members.audit import log_queries, reading, receipts, sequencing, witnesses
from members.models import AuditEvent, AuditLeaf, Institution
from tests.clues.alliance import caller
from tests.factories import CONSOLE, acting_as, make_institution
from tests.members import log_attacks
from tests.members.log_keeper import SIGNER, drain

URL = "https://aif.example"


class Undo(Exception):
    """Take back what an attack did."""


class Platform:
    """`client.log` without a network: what the platform's own code answers, as it stands after the attack."""

    def head(self) -> LogHead:
        return LogHead(
            verifier=log_queries.get_verifier(log_queries.get_checkpoint().note),
            receipts=receipts.get_verifier(),
            checkpoint=log_queries.get_checkpoint().note,
            successions=tuple(log_queries.list_successions()),
        )

    def consistency(self, *, old: int, size: int) -> LogProof:
        return LogProof(size=size, path=tuple(_encoded(log_queries.prove_consistency(old=old, size=size))))

    def witness(self, size: int, root: str) -> None:
        """The platform that attacks does not object."""


class Witnessing(Platform):
    """A platform that notes who looked, as it does."""

    def __init__(self, institution: Institution) -> None:
        self.caller = caller(institution)

    def witness(self, size: int, root: str) -> None:
        witnesses.witness(size=size, root=base64.b64decode(root), by=self.caller, now=timezone.now())


@pytest.fixture
def superuser(fresh_database: str) -> Iterator[None]:
    """A session in which no trigger and no grant stands in the way: that of the tables' owner."""
    with acting_as("aif_owner"):
        for table in ("audit_event", "audit_leaf", "audit_tile", "audit_checkpoint"):
            log_attacks.sql(f"ALTER TABLE {table} DISABLE TRIGGER {table}_append_only")
        yield


def grow(count: int) -> None:
    """Events, their leaves, and a checkpoint over them, by the honest sequencer."""
    with transaction.atomic():
        for number in range(count):
            audit.record("case.open", actor=CONSOLE, subject_ref=f"CASE-{number}", detail={"n": number})
    sequencing.publish_keys(SIGNER)
    drain()
    sequencing.sign_checkpoint(SIGNER)


def is_found(store: WitnessStore, kept: note.Checkpoint) -> bool:
    """Whether a witness notices: the log does not grow from what it keeps, or its events are not those that were signed."""
    try:
        witness(Platform(), url=URL, store=store)  # type: ignore[arg-type]
        verify_log((entry.leaf.encode() for entry in reading.read_log()), kept)
    except (ProofError, Refusal, reading.LogAltered):
        return True
    return False


def test_every_tampering_is_found(superuser: None, tmp_path: Path, scale: Callable[..., int]) -> None:
    """The sequencer goes on honestly after each: it signs whatever stands there, and that is what the witness is shown."""
    drawn = random.SystemRandom().getrandbits(32) if scale(0, full=1) else 6962
    chance, times = random.Random(drawn), scale(45, full=1_000)
    grow(300)
    store = WitnessStore(tmp_path, "abcd1234")
    kept = witness(Platform(), url=URL, store=store).now  # type: ignore[arg-type]
    pinned = store.path.read_text()
    assert not is_found(store, kept), "an untouched log is sound"
    missed: Counter[str] = Counter()
    for round_ in range(times):
        attack = log_attacks.ATTACKS[round_ % len(log_attacks.ATTACKS)]
        store.path.write_text(pinned)
        try:
            with transaction.atomic():
                attack(chance, kept.size)
                if chance.random() < 0.5:
                    grow(chance.choice((1, 5, 40)))
                if not is_found(store, kept):
                    missed[attack.__name__] += 1
                raise Undo
        except Undo:
            pass
    assert not missed, (drawn, missed)
    print(f"tamper_found_of_{times}={times - missed.total()} seed={drawn}")


def cut_to(size: int) -> None:
    """Take off the end beyond so many events, as a superuser who leaves nothing that contradicts."""
    log_attacks.cut_off(Exactly(size), size + 1)
    grow(3)


class Exactly(random.Random):
    """Draws what it is told."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self.number = number

    def randrange(self, *_bounds: int) -> int:  # type: ignore[override]
        return self.number


def look() -> witnesses.LogState:
    """How the desk says that the log stands."""
    return witnesses.look(timezone.now())[0]


def test_without_a_witness_a_cut_is_not_found_and_that_is_said(superuser: None, tmp_path: Path) -> None:
    """Whoever looks for the first time afterwards sees a sound log; the desk said that nobody was looking."""
    grow(300)
    before = look()
    assert not before.is_witnessed and before.unwitnessed == before.size >= 300
    cut_to(120)
    store = WitnessStore(tmp_path, "abcd1234")
    first = witness(Platform(), url=URL, store=store)  # type: ignore[arg-type]
    assert first.first and not is_found(store, first.now)
    assert look().unwitnessed == look().size == 123
    print("cut_said_unwitnessed=1")


def test_what_came_after_the_witnesses_looked_is_said_to_be_unwitnessed(superuser: None, tmp_path: Path) -> None:
    """A cut behind them is found by nobody, and was announced as one that nobody would find; one before them is found."""
    grow(200)
    members = [Witnessing(make_institution(name)) for name in ("Aster", "Birch")]
    stores = [WitnessStore(tmp_path / str(number), "abcd1234") for number in range(2)]
    kept = [
        witness(member, url=URL, store=store).now  # type: ignore[arg-type]
        for member, store in zip(members, stores, strict=True)
    ]
    grow(0)
    state = look()
    assert state.is_witnessed and state.witnessed == kept[0].size
    drain()
    grow(100)
    announced = look().unwitnessed
    assert announced >= 100
    cut_to(kept[1].size + 10)
    assert not any(is_found(store, each) for store, each in zip(stores, kept, strict=True))
    assert look().unwitnessed == 13 and not look().is_cut
    cut_to(kept[0].size - 50)
    assert look().is_cut, "the platform itself knows that more was kept"
    assert all(is_found(store, each) for store, each in zip(stores, kept, strict=True))
    print("cut_said_unwitnessed=1")


def test_an_untouched_log_that_grows_is_sound(superuser: None, tmp_path: Path) -> None:
    store = WitnessStore(tmp_path, "abcd1234")
    grow(10)
    kept = witness(Platform(), url=URL, store=store).now  # type: ignore[arg-type]
    for count in (1, 250, 300):
        grow(count)
        assert not is_found(store, kept)
    assert AuditLeaf.objects.count() == AuditEvent.objects.count() >= 561
