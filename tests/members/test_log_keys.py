"""Another key for the transparency log: the old one names it, members follow, and nobody else's word is taken."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.core.management import CommandError, call_command
from django.db import transaction

from aif_share.audit import note
from aif_share.audit.note import Verifier
from aif_share.client.resources.log import LogHead, LogProof
from aif_share.client.witness import Witnessed, WitnessStore, witness
from aif_share.errors import PinError, ProofError, Refusal
from members import audit
from members.audit import log_queries, receipts, sequencing
from members.audit.notes import Signer
from members.models import AuditLogKey
from members.permissions import Console
from tests.factories import acting_as
from tests.members.log_keeper import drain

pytestmark = pytest.mark.django_db
ORIGIN, URL = "testserver/log", "https://aif.example"
SEEDS = [bytes([number]) * 32 for number in range(1, 5)]
OLD, NEW, THIRD, STRANGER = (Signer(ORIGIN, Ed25519PrivateKey.from_private_bytes(seed)) for seed in SEEDS)


def sign(*signers: Signer) -> None:
    """As the sequencer does when it is started with these keys, after something happened."""
    with acting_as("aif_owner"), transaction.atomic():
        audit.record("case.open", actor=Console("test"), subject_ref="CASE-1")
    with acting_as("aif_audit"):
        sequencing.publish_keys(*signers)
        drain()
        sequencing.sign_checkpoint(*signers)


class Platform:
    """`client.log` without a network, as web answers it; `change` is what a bad platform makes of it."""

    change: Any = staticmethod(lambda head: head)

    def head(self) -> LogHead:
        with acting_as("aif_web"):
            newest = log_queries.get_checkpoint()
            return self.change(
                LogHead(
                    verifier=log_queries.get_verifier(newest.note), receipts=receipts.get_verifier(),
                    checkpoint=newest.note, successions=tuple(log_queries.list_successions()),
                )
            )  # fmt: skip

    def consistency(self, *, old: int, size: int) -> LogProof:
        path = log_queries.prove_consistency(old=old, size=size)
        return LogProof(size=size, path=tuple(base64.b64encode(each).decode() for each in path))

    def witness(self, size: int, root: str) -> None:
        """Taken."""


@pytest.fixture
def store(tmp_path: Path) -> WitnessStore:
    return WitnessStore(tmp_path, "abcd1234")


def look(store: WitnessStore, platform: Platform | None = None) -> Witnessed:
    return witness(platform or Platform(), url=URL, store=store)  # type: ignore[arg-type]


def pinned(store: WitnessStore) -> str:
    return str((store.get(URL) or {})["verifier"])


def test_a_member_follows_the_word_of_the_old_key(store: WitnessStore) -> None:
    sign(OLD)
    assert look(store).successor is None and pinned(store) == OLD.verifier
    kept = str((store.get(URL) or {})["checkpoint"])
    sign(OLD, NEW)
    both = log_queries.get_checkpoint().note
    for signer in (OLD, NEW):  # a member that knows nothing of this goes on with the key it pinned
        assert note.open_checkpoint(both, verifier=Verifier.parse(signer.verifier)).size == 2
    seen = look(store)
    assert (seen.before, seen.now.size, seen.successor) == (1, 2, NEW.verifier) and pinned(store) == NEW.verifier
    sign(NEW)
    assert look(store).successor is None
    with pytest.raises(ProofError, match="not signed by this key"):
        note.open_checkpoint(log_queries.get_checkpoint().note, verifier=Verifier.parse(OLD.verifier))
    # What was signed before is checked with the key that signed it.
    assert note.open_checkpoint(kept, verifier=Verifier.parse(OLD.verifier)).size == 1


def test_who_slept_through_it_follows_as_well(store: WitnessStore) -> None:
    sign(OLD)
    look(store)
    sign(OLD, NEW)
    sign(NEW, THIRD)
    sign(THIRD)
    seen = look(store)
    assert (seen.before, seen.successor) == (1, THIRD.verifier)


def test_a_key_that_nobody_named_stops_everybody(store: WitnessStore) -> None:
    """As after the old one was stolen: it is not asked, and each member asks the alliance."""
    sign(OLD)
    look(store)
    kept = store.path.read_text()
    sign(NEW)
    with pytest.raises(PinError):
        look(store)
    assert store.path.read_text() == kept
    assert not AuditLogKey.objects.exclude(succession="").exists()


FORGED = {
    "signed by itself": lambda: STRANGER.sign(sequencing.SUCCESSOR, STRANGER.verifier),
    "another word": lambda: OLD.sign("predecessor", STRANGER.verifier),
    "changed": lambda: OLD.sign(sequencing.SUCCESSOR, NEW.verifier).replace(NEW.verifier, STRANGER.verifier),
    "one line more": lambda: OLD.sign(sequencing.SUCCESSOR, STRANGER.verifier, "and more"),
    "no note": lambda: "successor",
}  # fmt: skip


@pytest.mark.parametrize("how", FORGED)
def test_a_word_that_is_not_the_old_key_s_is_not_taken(store: WitnessStore, how: str) -> None:
    sign(OLD)
    look(store)
    kept = store.path.read_text()
    sign(STRANGER)
    platform = Platform()
    platform.change = lambda head: LogHead(
        verifier=head.verifier, receipts=head.receipts, checkpoint=head.checkpoint, successions=(FORGED[how](),)
    )
    with pytest.raises(PinError):
        look(store, platform)
    assert store.path.read_text() == kept


def test_a_log_of_another_name_is_not_followed(store: WitnessStore) -> None:
    """Even at the old key's word: a log is called by its origin, and what is kept is kept under that."""
    sign(OLD)
    look(store)
    elsewhere = Signer("elsewhere/log", NEW.key)
    size, root = log_queries.get_checkpoint().note.split("\n")[1:3]
    platform = Platform()
    platform.change = lambda head: LogHead(
        verifier=elsewhere.verifier, receipts=head.receipts, checkpoint=elsewhere.sign(size, root),
        successions=(OLD.sign(sequencing.SUCCESSOR, elsewhere.verifier),),
    )  # fmt: skip
    with pytest.raises(PinError):
        look(store, platform)


def test_the_line_that_is_shown_is_of_a_key_that_signed() -> None:
    """Between the start with a second key and the first event after it, the newest checkpoint is the old key's alone."""
    sign(OLD)
    with acting_as("aif_audit"):
        sequencing.publish_keys(OLD, NEW)
        assert sequencing.sign_checkpoint(OLD, NEW) is None
    assert log_queries.get_verifier(log_queries.get_checkpoint().note) == OLD.verifier


def test_a_key_that_was_left_is_not_taken_up_again() -> None:
    sign(OLD)
    sign(OLD, NEW)
    with acting_as("aif_audit"), pytest.raises(Refusal, match="no key is taken up again"):
        sequencing.publish_keys(OLD)
    with acting_as("aif_audit"):
        sequencing.publish_keys(OLD, NEW)
        sequencing.publish_keys(NEW)
    assert AuditLogKey.objects.count() == 2


def test_the_sequencer_is_given_both(settings: Any, capsys: pytest.CaptureFixture[str]) -> None:
    for given in ([SEEDS[0]], SEEDS[:2], [SEEDS[1]]):
        settings.AIF_LOG_KEYS = given
        with acting_as("aif_owner"), transaction.atomic():
            audit.record("case.open", actor=Console("test"), subject_ref="CASE-1")
        with acting_as("aif_audit"):
            call_command("sequence_log", "--once")
    assert [row.verifier for row in AuditLogKey.objects.order_by("pk")] == [OLD.verifier, NEW.verifier]
    assert AuditLogKey.objects.get(verifier=NEW.verifier).succession == OLD.sign("successor", NEW.verifier)
    settings.AIF_LOG_KEYS = SEEDS[:1]
    with acting_as("aif_audit"), pytest.raises(CommandError, match="AIF_LOG_KEY: the log was left"):
        call_command("sequence_log", "--once")
