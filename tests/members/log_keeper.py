"""The sequencer of the transparency log, at work in a test."""

from __future__ import annotations

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from members.audit import sequencing
from members.audit.notes import Signer
from tests.factories import acting_as

SIGNER = Signer("testserver/log", Ed25519PrivateKey.from_private_bytes(bytes(range(32))))


def drain(limit: int = sequencing.BATCH) -> None:
    """Give every event that waits its place, in the role that the test has."""
    while sequencing.sequence(limit):
        pass


def catch_up(signer: Signer = SIGNER) -> None:
    """As the sequencer's process does: places for all that waits, and a checkpoint over them."""
    with acting_as("aif_audit"):
        sequencing.publish_keys(signer)
        drain()
        sequencing.sign_checkpoint(signer)
