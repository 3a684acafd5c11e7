"""The batch proof that one key made all products (RFC 9497 §2.2, discrete logarithm equality).

Over exactly what was sent, in that order: the index and both encodings go into each coefficient.
"""

from __future__ import annotations

import ctypes
import hashlib
from collections.abc import Callable, Sequence
from typing import Final

from aif_share.errors import AifShareError, InvalidElement, InvalidInput, ProofError
from aif_share.oprf import sodium
from aif_share.oprf.hashing import TO_SCALAR, hash_to_scalar
from aif_share.oprf.suite import CONTEXT
from aif_share.oprf.threads import spread

PROOF_BYTES: Final = 64
MAX_BATCH: Final = 65_535
"""Elements under one proof: the index is written in two bytes."""

_SEED_TAG: Final = b"Seed-" + CONTEXT
_LENGTH: Final = sodium.SIZE.to_bytes(2, "big")


def check_batch(*lists: Sequence[object]) -> None:
    """Raise InvalidInput unless all lists have one length, from 1 to 65,535."""
    if len({len(each) for each in lists}) != 1:
        raise InvalidInput("the lists are of different lengths")
    if not 0 < len(lists[0]) <= MAX_BATCH:
        raise InvalidInput("a batch has 1 to 65,535 elements")


def coefficients(public: bytes) -> Callable[[int, bytes, bytes], bytes]:
    """The function (index, blinded, evaluated) -> coefficient of one element in the composites (§2.2.1)."""
    seed = hashlib.sha512(_LENGTH + public + len(_SEED_TAG).to_bytes(2, "big") + _SEED_TAG).digest()
    prefix = len(seed).to_bytes(2, "big") + seed
    expand, reduce = TO_SCALAR.expand, sodium.reduce_scalar

    def coefficient(index: int, blinded: bytes, evaluated: bytes) -> bytes:
        return reduce(
            expand(prefix + index.to_bytes(2, "big") + _LENGTH + blinded + _LENGTH + evaluated + b"Composite")
        )

    return coefficient


class Sum:
    """A running sum of products scalar · element, in a buffer of its own."""

    __slots__ = ("_address", "_empty", "_product", "_product_address", "_total")

    def __init__(self) -> None:
        self._total = ctypes.create_string_buffer(sodium.SIZE)
        self._product = ctypes.create_string_buffer(sodium.SIZE)
        self._address = ctypes.addressof(self._total)
        self._product_address = ctypes.addressof(self._product)
        self._empty = True

    def add_product(self, scalar: bytes, element: bytes, index: int) -> None:
        """Add scalar · element; both checked by the caller. Raise InvalidElement with `index`."""
        if sodium.raw_multiply(self._product_address, scalar, element) != 0:
            raise InvalidElement("not a usable group element", index=index)
        self.add(self._product.raw)

    def add(self, element: bytes) -> None:
        """Add an element that came out of this group."""
        if self._empty:
            ctypes.memmove(self._address, element, sodium.SIZE)
            self._empty = False
        elif sodium.raw_add(self._address, self._total.raw, element) != 0:
            raise InvalidElement("the sum is not an element")

    @property
    def value(self) -> bytes:
        """The sum so far."""
        return self._total.raw


def total(parts: Sequence[bytes]) -> bytes:
    """The sum of elements that came out of this group."""
    whole = Sum()
    for part in parts:
        whole.add(part)
    return whole.value


def prove(secret: bytes, public: bytes, composite: bytes, nonce: bytes) -> bytes:
    """The proof c‖s for the composite of the blinded elements (§2.2.1). Never give one nonce to two proofs."""
    evaluated = sodium.multiply(secret, composite)
    challenge = _challenge(public, composite, evaluated, sodium.multiply_base(nonce), sodium.multiply(nonce, composite))
    return challenge + sodium.subtract_scalars(nonce, sodium.multiply_scalars(challenge, secret))


def verify(public: bytes, blinded: Sequence[bytes], evaluated: Sequence[bytes], proof: bytes) -> None:
    """Check that the key behind `public` turned each of `blinded` into the one of `evaluated` at its place (§2.2.2).

    `public` must come from the pinned directory. Raise InvalidInput for lists that do not fit each other,
    InvalidElement for a blinded element of one's own, ProofError for everything the custodian sent.
    """
    check_batch(blinded, evaluated)
    for index, element in enumerate(blinded):
        sodium.check_element(element, index)
    try:
        _verify(public, blinded, evaluated, proof)
    except ProofError:
        raise
    except AifShareError:
        raise ProofError("the proof or an evaluated element is malformed") from None


def _verify(public: bytes, blinded: Sequence[bytes], evaluated: Sequence[bytes], proof: bytes) -> None:
    if len(proof) != PROOF_BYTES:
        raise ProofError("a proof has 64 bytes")
    challenge, response = proof[:32], proof[32:]
    sodium.check_scalar(challenge)
    sodium.check_scalar(response)
    sodium.check_element(public)
    for index, element in enumerate(evaluated):
        sodium.check_element(element, index)
    coefficient = coefficients(public)

    def work(start: int, stop: int) -> tuple[bytes, bytes]:
        left, right = Sum(), Sum()
        for index in range(start, stop):
            scalar = coefficient(index, blinded[index], evaluated[index])
            left.add_product(scalar, blinded[index], index)
            right.add_product(scalar, evaluated[index], index)
        return left.value, right.value

    parts = spread(len(blinded), work)
    before, after = total([part[0] for part in parts]), total([part[1] for part in parts])
    expected = _challenge(
        public,
        before,
        after,
        sodium.add(sodium.multiply_base(response), sodium.multiply(challenge, public)),
        sodium.add(sodium.multiply(response, before), sodium.multiply(challenge, after)),
    )
    if expected != challenge:
        raise ProofError("the proof does not hold: these elements were not made by the key of the directory")


def _challenge(*elements: bytes) -> bytes:
    return hash_to_scalar(b"".join(_LENGTH + element for element in elements) + b"Challenge")
