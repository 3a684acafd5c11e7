"""The custodian's half: keys from a seed, and evaluation with its proof."""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NoReturn

from aif_share.errors import InvalidElement, InvalidInput, InvalidScalar
from aif_share.oprf import sodium
from aif_share.oprf.hashing import DERIVE_KEY, hash_to_scalar
from aif_share.oprf.proof import Sum, check_batch, coefficients, prove, total
from aif_share.oprf.threads import spread


@dataclass(frozen=True, slots=True)
class Key:
    """A secret scalar and its public element, 32 bytes each. The secret stays out of repr and pickles."""

    secret: bytes = field(repr=False)
    public: bytes

    @classmethod
    def of(cls, secret: bytes) -> Key:
        """The key of a scalar; raise InvalidScalar for zero or one that is not canonical."""
        return cls(secret, sodium.multiply_base(secret))

    def __repr__(self) -> str:
        return f"Key(public={self.public.hex()})"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a key cannot be pickled")


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Evaluated elements, 32 bytes each, in the order they were asked for, and the 64-byte proof over all of them."""

    elements: list[bytes] = field(repr=False)
    proof: bytes = field(repr=False)


def derive_key(seed: bytes, info: bytes) -> Key:
    """DeriveKeyPair of RFC 9497 §3.2.1 from a 32-byte seed."""
    if len(seed) != 32 or len(info) > 65_535:
        raise InvalidInput("a seed has 32 bytes, its info at most 65,535")
    message = seed + len(info).to_bytes(2, "big") + info
    for counter in range(256):
        secret = hash_to_scalar(message + bytes([counter]), DERIVE_KEY)
        if secret != sodium.ZERO:
            return Key.of(secret)
    raise InvalidScalar("no key comes from this seed")


def evaluate(key: Key, elements: Sequence[bytes], *, _nonce: bytes | None = None) -> Evaluation:
    """Multiply each element by the key and prove it (BlindEvaluate of RFC 9497 §3.3.2, in one batch).

    Raise InvalidInput for an empty or too long list, InvalidElement with the index of an element that is not
    usable. `_nonce` is for test vectors alone: one nonce under two proofs gives the key away.
    """
    check_batch(elements)
    for index, element in enumerate(elements):
        sodium.check_element(element, index)
    return evaluate_checked(key, elements, _nonce=_nonce)


def evaluate_checked(key: Key, elements: Sequence[bytes], *, _nonce: bytes | None = None) -> Evaluation:
    """The same for elements that `decode_element` or `check_element` has just let through."""
    check_batch(elements)
    size, secret = sodium.SIZE, key.secret
    coefficient, multiply = coefficients(key.public), sodium.raw_multiply

    def work(start: int, stop: int) -> tuple[list[bytes], bytes]:
        out = ctypes.create_string_buffer(size)
        address = ctypes.addressof(out)
        evaluated, composite = [], Sum()
        for index in range(start, stop):
            element = elements[index]
            if multiply(address, secret, element) != 0:
                raise InvalidElement("not a usable group element", index=index)
            result = out.raw
            evaluated.append(result)
            composite.add_product(coefficient(index, element, result), element, index)
        return evaluated, composite.value

    parts = spread(len(elements), work)
    composite = total([part[1] for part in parts])
    proof = prove(secret, key.public, composite, sodium.random_scalar() if _nonce is None else _nonce)
    return Evaluation([element for part in parts for element in part[0]], proof)
