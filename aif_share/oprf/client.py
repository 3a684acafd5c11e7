"""The member's half: blinding before, unblinding after. A fresh blind for each input of each request."""

from __future__ import annotations

import ctypes
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NoReturn

from aif_share.errors import InvalidElement, InvalidInput
from aif_share.oprf import sodium
from aif_share.oprf.hashing import hash_to_group
from aif_share.oprf.proof import check_batch
from aif_share.oprf.threads import spread


@dataclass(frozen=True, slots=True)
class Blinded:
    """A secret blind and the element to send, 32 bytes each. Keep it beside its input until the answer is there."""

    blind: bytes = field(repr=False)
    element: bytes = field(repr=False)

    def __reduce__(self) -> NoReturn:
        raise TypeError("a blind cannot be pickled")


def blind(inputs: Sequence[bytes], *, _scalars: Sequence[bytes] | None = None) -> list[Blinded]:
    """Blind each input (Blind of RFC 9497 §3.3.1). Raise InvalidInput for one that is empty or too long.

    `_scalars` is for test vectors alone.
    """
    if not inputs:
        return []

    def work(start: int, stop: int) -> list[Blinded]:
        blinded = []
        for index in range(start, stop):
            scalar = sodium.random_scalar() if _scalars is None else _scalars[index]
            blinded.append(Blinded(scalar, sodium.multiply(scalar, hash_to_group(inputs[index]))))
        return blinded

    return [each for part in spread(len(inputs), work) for each in part]


def finalize(inputs: Sequence[bytes], blinds: Sequence[bytes], evaluated: Sequence[bytes]) -> list[bytes]:
    """Unblind to the 64-byte outputs (Finalize of RFC 9497 §3.3.1); the first 32 bytes are the token.

    Verify the proofs of all hops before. Raise InvalidInput, InvalidScalar, or InvalidElement with its index.
    """
    check_batch(inputs, blinds, evaluated)
    for data in inputs:
        if not 0 < len(data) <= 65_535:
            raise InvalidInput("an input has 1 to 65,535 bytes")
    inverses = sodium.invert_scalars(list(blinds))
    size, sha512 = sodium.SIZE, hashlib.sha512
    tail = size.to_bytes(2, "big")

    def work(start: int, stop: int) -> list[bytes]:
        out = ctypes.create_string_buffer(size)
        address = ctypes.addressof(out)
        outputs = []
        for index in range(start, stop):
            sodium.check_element(evaluated[index], index)
            if sodium.raw_multiply(address, inverses[index], evaluated[index]) != 0:
                raise InvalidElement("not a usable group element", index=index)
            data = inputs[index]
            outputs.append(sha512(len(data).to_bytes(2, "big") + data + tail + out.raw + b"Finalize").digest())
        return outputs

    return [each for part in spread(len(inputs), work) for each in part]
