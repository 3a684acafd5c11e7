"""The ristretto255 group of the libsodium inside `rbcl`, bound with as little Python around it as possible.

ctypes releases the GIL in every call, so threads scale. What libsodium 1.0.18 leaves open is closed here: it takes
an element with bit 255 set for the one without, calls the identity a valid point, takes scalars that are not
canonical, and reads 32 bytes whatever it is given.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import tempfile
from typing import Final

from rbcl import _sodium as _bundled

from aif_share.errors import InvalidElement, InvalidScalar
from aif_share.oprf.suite import ORDER

SIZE: Final = 32
"""Bytes of an element and of a scalar."""

ZERO: Final = bytes(SIZE)
"""The identity as an element, zero as a scalar: both always refused."""


def _forget_bundle() -> None:
    # rbcl writes its library to a new temporary file at each import and leaves it there. It is mapped by now.
    path = os.path.abspath(_bundled._name)
    if os.path.dirname(path) == os.path.abspath(tempfile.gettempdir()):
        with contextlib.suppress(OSError):
            os.unlink(path)


_forget_bundle()
# Function objects of our own, so that argument types set here touch nobody else's.
_lib: Final = ctypes.CDLL(_bundled._name, handle=_bundled._handle)

_OUT = ctypes.c_void_p
_IN = ctypes.c_char_p


def _bind(name: str, *arguments: type[_OUT] | type[_IN], returns: type[ctypes.c_int] | None = ctypes.c_int):  # type: ignore[no-untyped-def]
    function = getattr(_lib, name)
    function.argtypes = arguments
    function.restype = returns
    return function


# The raw calls, for loops that have checked every length and write to an address of their own. Each returns 0
# if the result is good. The typed functions below are for everything else.
raw_multiply: Final = _bind("crypto_scalarmult_ristretto255", _OUT, _IN, _IN)
raw_multiply_base: Final = _bind("crypto_scalarmult_ristretto255_base", _OUT, _IN)
raw_add: Final = _bind("crypto_core_ristretto255_add", _OUT, _IN, _IN)
raw_from_hash: Final = _bind("crypto_core_ristretto255_from_hash", _OUT, _IN)
raw_is_valid: Final = _bind("crypto_core_ristretto255_is_valid_point", _IN)
raw_scalar_random: Final = _bind("crypto_core_ristretto255_scalar_random", _OUT, returns=None)
raw_scalar_reduce: Final = _bind("crypto_core_ristretto255_scalar_reduce", _OUT, _IN, returns=None)
raw_scalar_invert: Final = _bind("crypto_core_ristretto255_scalar_invert", _OUT, _IN)
raw_scalar_multiply: Final = _bind("crypto_core_ristretto255_scalar_mul", _OUT, _IN, _IN, returns=None)
raw_scalar_subtract: Final = _bind("crypto_core_ristretto255_scalar_sub", _OUT, _IN, _IN, returns=None)


def is_usable(element: bytes) -> bool:
    """Whether `element` is 32 bytes, a canonical encoding (RFC 9496 §4.3.1), bit 255 clear, not the identity."""
    return len(element) == SIZE and element[31] < 0x80 and element != ZERO and raw_is_valid(element) == 1


def check_element(element: bytes, index: int | None = None) -> None:
    """Raise InvalidElement unless `element` is usable."""
    if not is_usable(element):
        raise InvalidElement("not a usable group element", index=index)


def check_scalar(scalar: bytes) -> None:
    """Raise InvalidScalar unless `scalar` is 32 bytes, little-endian, above zero and below the group order."""
    if len(scalar) != SIZE or not 0 < int.from_bytes(scalar, "little") < ORDER:
        raise InvalidScalar("a scalar is 32 bytes, not zero, and below the group order")


def multiply(scalar: bytes, element: bytes) -> bytes:
    """scalar · element. Raise InvalidElement or InvalidScalar."""
    check_scalar(scalar)
    check_element(element)
    out = ctypes.create_string_buffer(SIZE)
    if raw_multiply(ctypes.addressof(out), scalar, element) != 0:
        raise InvalidElement("the product is the identity")
    return out.raw


def multiply_base(scalar: bytes) -> bytes:
    """scalar · generator. Raise InvalidScalar."""
    check_scalar(scalar)
    out = ctypes.create_string_buffer(SIZE)
    if raw_multiply_base(ctypes.addressof(out), scalar) != 0:
        raise InvalidScalar("the product is the identity")
    return out.raw


def add(left: bytes, right: bytes) -> bytes:
    """left + right. Raise InvalidElement, also for a sum that is the identity."""
    check_element(left)
    check_element(right)
    out = ctypes.create_string_buffer(SIZE)
    if raw_add(ctypes.addressof(out), left, right) != 0 or out.raw == ZERO:
        raise InvalidElement("the sum is the identity")
    return out.raw


def random_scalar() -> bytes:
    """A fresh scalar from the system's random source, never zero."""
    out = ctypes.create_string_buffer(SIZE)
    raw_scalar_random(ctypes.addressof(out))
    check_scalar(out.raw)
    return out.raw


def reduce_scalar(wide: bytes) -> bytes:
    """64 bytes, little-endian, modulo the group order; may be zero."""
    if len(wide) != 2 * SIZE:
        raise InvalidScalar("64 bytes are reduced to a scalar")
    out = ctypes.create_string_buffer(SIZE)
    raw_scalar_reduce(ctypes.addressof(out), wide)
    return out.raw


def multiply_scalars(left: bytes, right: bytes) -> bytes:
    """left · right modulo the group order."""
    check_scalar(left)
    check_scalar(right)
    out = ctypes.create_string_buffer(SIZE)
    raw_scalar_multiply(ctypes.addressof(out), left, right)
    return out.raw


def subtract_scalars(left: bytes, right: bytes) -> bytes:
    """left - right modulo the group order; may be zero."""
    check_scalar(left)
    check_scalar(right)
    out = ctypes.create_string_buffer(SIZE)
    raw_scalar_subtract(ctypes.addressof(out), left, right)
    return out.raw


def invert_scalars(scalars: list[bytes]) -> list[bytes]:
    """The inverse of each, by one inversion and three products each (Montgomery's trick). Raise InvalidScalar."""
    for scalar in scalars:
        check_scalar(scalar)
    if not scalars:
        return []
    out = ctypes.create_string_buffer(SIZE)
    address = ctypes.addressof(out)
    products = [scalars[0]]
    for scalar in scalars[1:]:
        raw_scalar_multiply(address, products[-1], scalar)
        products.append(out.raw)
    if raw_scalar_invert(address, products[-1]) != 0:
        raise InvalidScalar("zero has no inverse")
    rest = out.raw
    inverses = [b""] * len(scalars)
    for index in range(len(scalars) - 1, 0, -1):
        raw_scalar_multiply(address, rest, products[index - 1])
        inverses[index] = out.raw
        raw_scalar_multiply(address, rest, scalars[index])
        rest = out.raw
    inverses[0] = rest
    return inverses
