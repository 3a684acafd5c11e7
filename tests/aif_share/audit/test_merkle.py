"""Proofs against the definitions of RFC 9162, written out as the RFC has them, for every tree of up to 33 leaves."""

from __future__ import annotations

import hashlib

import pytest

from aif_share.audit import merkle
from aif_share.errors import ProofError

SIZES = range(1, 34)
LEAVES = [merkle.leaf_hash(b"event %d" % number) for number in range(max(SIZES))]
# The leaves and roots that implementations of certificate transparency test with.
PUBLISHED = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
PUBLISHED_ROOTS = {
    0: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    1: "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    3: "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    8: "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
}


def split(count: int) -> int:
    """The largest power of two below `count`."""
    return 1 << ((count - 1).bit_length() - 1)


def mth(leaves: list[bytes]) -> bytes:
    """RFC 9162, section 2.1.1."""
    if len(leaves) == 1:
        return leaves[0]
    k = split(len(leaves))
    return hashlib.sha256(b"\x01" + mth(leaves[:k]) + mth(leaves[k:])).digest()


def path(index: int, leaves: list[bytes]) -> list[bytes]:
    """RFC 9162, section 2.1.3.1."""
    if len(leaves) == 1:
        return []
    k = split(len(leaves))
    if index < k:
        return [*path(index, leaves[:k]), mth(leaves[k:])]
    return [*path(index - k, leaves[k:]), mth(leaves[:k])]


def subproof(old: int, leaves: list[bytes], whole: bool = True) -> list[bytes]:
    """RFC 9162, section 2.1.4.1."""
    if old == len(leaves):
        return [] if whole else [mth(leaves)]
    k = split(len(leaves))
    if old <= k:
        return [*subproof(old, leaves[:k], whole), mth(leaves[k:])]
    return [*subproof(old - k, leaves[k:], False), mth(leaves[:k])]


def test_published_roots_come_out() -> None:
    leaves = [merkle.leaf_hash(bytes.fromhex(each)) for each in PUBLISHED]
    for size, root in PUBLISHED_ROOTS.items():
        assert merkle.root_of(leaves[:size]) == (size, bytes.fromhex(root))


@pytest.mark.parametrize("size", SIZES)
def test_every_leaf_is_proven_and_nothing_else(size: int) -> None:
    leaves = LEAVES[:size]
    root = mth(leaves)
    assert merkle.root_of(iter(leaves)) == (size, root)
    for index, leaf in enumerate(leaves):
        right = {"leaf": leaf, "index": index, "size": size, "path": path(index, leaves), "root": root}
        merkle.check_inclusion(**right)  # type: ignore[arg-type]
        wrong = [
            {"index": index + 1},
            {"index": -1},
            {"leaf": merkle.leaf_hash(b"another")},
            {"root": merkle.leaf_hash(b"another")},
            {"path": [*path(index, leaves), root]},
        ]
        if size > 1:
            wrong += [{"path": path(index, leaves)[:-1]}, {"path": [root, *path(index, leaves)[1:]]}]
        for change in wrong:
            with pytest.raises(ProofError):
                merkle.check_inclusion(**(right | change))  # type: ignore[arg-type]


@pytest.mark.parametrize("size", SIZES)
def test_growth_is_proven_and_rewriting_is_not(size: int) -> None:
    leaves = LEAVES[:size]
    root = mth(leaves)
    merkle.check_consistency(old_size=0, old_root=merkle.EMPTY, size=size, root=root, path=[])
    for old in range(1, size + 1):
        old_root, proof = mth(leaves[:old]), subproof(old, leaves)
        right = {"old_size": old, "old_root": old_root, "size": size, "root": root, "path": proof}
        merkle.check_consistency(**right)  # type: ignore[arg-type]
        wrong = [
            {"old_root": merkle.leaf_hash(b"another")},
            {"root": merkle.leaf_hash(b"another")},
            {"path": [*proof, root]},
            {"old_size": size + 1},
        ]
        if proof:
            wrong += [{"path": proof[:-1]}, {"path": [merkle.leaf_hash(b"another"), *proof[1:]]}]
        for change in wrong:
            with pytest.raises(ProofError):
                merkle.check_consistency(**(right | change))  # type: ignore[arg-type]
