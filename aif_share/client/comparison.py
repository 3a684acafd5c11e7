"""Two members' checkpoints held against each other: a log that shows each of them another tree is found by nothing else."""

from __future__ import annotations

from aif_share.audit.note import Checkpoint, Verifier, open_checkpoint
from aif_share.client.resources.log import Log
from aif_share.client.witness import WitnessStore, check_grown
from aif_share.errors import InvalidInput, NothingKept, ProofError, RefusedError, ServerError


def get_kept(store: WitnessStore, url: str) -> tuple[Verifier, str]:
    """The pinned key and the checkpoint that this key keeps of a platform. Raise NothingKept before its first look."""
    known = store.get(url)
    if known is None:
        raise NothingKept(f"this key keeps no checkpoint of {url} yet; run `aif-share audit verify` first")
    return Verifier.parse(known["verifier"]), known["checkpoint"]


def compare(log: Log, *, verifier: Verifier, kept: str, other: str) -> Checkpoint:
    """Return another member's checkpoint (a signed note) if one log can have signed both it and the one kept here.

    Of one size both have one root; of two the longer has grown from the shorter, which the platform must prove (RFC 6962,
    section 2.1.2). Raise ProofError where not: both notes together are then the evidence, for one key signed both. Raise
    InvalidInput for a note that the log's pinned key did not sign, which is none.
    """
    here = open_checkpoint(kept, verifier=verifier)
    try:
        there = open_checkpoint(other, verifier=verifier)
    except ProofError:
        raise InvalidInput(
            "the log's key that is pinned here did not sign that checkpoint: it is none, or one of another key or name of the "
            "log. Run `aif-share audit verify` on both sides, then compare again"
        ) from None
    if here.size == there.size and here.root != there.root:
        raise ProofError(
            f"two logs of {here.size} events were signed: keep both checkpoints, and tell the other members"
        )
    older, newer = sorted((here, there), key=lambda each: each.size)
    try:
        check_grown(log, older, newer)
    except ServerError:
        raise
    except RefusedError:
        # A log that lost its end has no proof to give, and one that hides it may answer anything.
        raise ProofError(
            f"the platform does not prove that {newer.size} events grew from {older.size}: keep both checkpoints, and tell "
            "the other members"
        ) from None
    return there
