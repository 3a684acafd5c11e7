"""Two members' checkpoints held against each other: a log that shows each of them another tree is found by nothing else."""

from __future__ import annotations

from aif_share.audit.note import Checkpoint, Verifier, open_checkpoint
from aif_share.client.resources.log import Log
from aif_share.client.witness import WitnessStore, check_grown
from aif_share.errors import PinError, ProofError


def get_kept(store: WitnessStore, url: str) -> tuple[Verifier, str]:
    """The pinned key and the checkpoint that this key keeps of a platform. Raise PinError before its first look."""
    known = store.get(url)
    if known is None:
        raise PinError(f"this key keeps no checkpoint of {url} yet; run `aif-share audit verify` first")
    return Verifier.parse(known["verifier"]), known["checkpoint"]


def compare(log: Log, *, verifier: Verifier, kept: str, other: str) -> Checkpoint:
    """Return another member's checkpoint (a signed note) if one log can have signed both it and the one kept here.

    Of one size both have one root; of two the longer has grown from the shorter, which the platform must prove (RFC 6962,
    section 2.1.2). Raise ProofError where not, or for a note that the log's pinned key did not sign: both notes together
    are then the evidence, which nobody can deny.
    """
    here, there = (open_checkpoint(note, verifier=verifier) for note in (kept, other))
    if here.size == there.size and here.root != there.root:
        raise ProofError(
            f"two logs of {here.size} events were signed: keep both checkpoints, and tell the other members"
        )
    older, newer = sorted((here, there), key=lambda each: each.size)
    check_grown(log, older, newer)
    return there
