"""Merkle trees as certificate transparency has them: SHA-256, RFC 9162 section 2.1 (the same trees as RFC 6962).

Sizes are numbers of leaves, indices start at 0, hashes are 32 bytes. Every check raises ProofError and never says no
by a return value.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence

from aif_share.errors import ProofError

EMPTY = hashlib.sha256(b"").digest()
"""The root of a log without a leaf."""


def leaf_hash(content: bytes) -> bytes:
    """Return the hash of one leaf."""
    return hashlib.sha256(b"\x00" + content).digest()


def root_of(leaves: Iterable[bytes]) -> tuple[int, bytes]:
    """Return (size, root) of all leaf hashes, in one pass and memory for one hash a level."""
    sha256, size = hashlib.sha256, 0
    heap: list[bytes] = []
    for leaf in leaves:
        below, node = size, leaf
        while below & 1:
            node = sha256(b"\x01" + heap.pop() + node).digest()
            below >>= 1
        heap.append(node)
        size += 1
    if not heap:
        return 0, EMPTY
    root = heap.pop()
    while heap:
        root = sha256(b"\x01" + heap.pop() + root).digest()
    return size, root


def check_inclusion(*, leaf: bytes, index: int, size: int, path: Sequence[bytes], root: bytes) -> None:
    """Raise ProofError unless `path` proves that the leaf hash stands at `index` of the tree (RFC 9162, 2.1.3.2)."""
    if not 0 <= index < size:
        raise ProofError("the leaf lies outside of the tree")
    node, last, seen = index, size - 1, leaf
    for step in path:
        if last == 0:
            raise ProofError("the inclusion proof is too long")
        if node & 1 or node == last:
            seen = _above(step, seen)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            seen = _above(seen, step)
        node, last = node >> 1, last >> 1
    if last or seen != root:
        raise ProofError("the log does not hold this leaf where it says")


def check_consistency(*, old_size: int, old_root: bytes, size: int, root: bytes, path: Sequence[bytes]) -> None:
    """Raise ProofError unless `path` proves that the tree only grew from the old one (RFC 9162, 2.1.4.2)."""
    if old_size > size:
        raise ProofError("the log has become shorter")
    if old_size in (0, size):
        if path or (old_size == size and old_root != root) or (old_size == 0 and old_root != EMPTY):
            raise ProofError("the log was written anew")
        return
    steps = list(path)
    if old_size & (old_size - 1) == 0:
        steps.insert(0, old_root)
    if not steps:
        raise ProofError("the consistency proof is too short")
    node, last = old_size - 1, size - 1
    while node & 1:
        node, last = node >> 1, last >> 1
    before = after = steps[0]
    for step in steps[1:]:
        if last == 0:
            raise ProofError("the consistency proof is too long")
        if node & 1 or node == last:
            before, after = _above(step, before), _above(step, after)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            after = _above(after, step)
        node, last = node >> 1, last >> 1
    if last or before != old_root or after != root:
        raise ProofError("the log was written anew")


def _above(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()
