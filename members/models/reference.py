"""Opaque public references: `B-…` instead of a primary key.

One AES-256 block per reference, so neighbors look unrelated, nothing is stored,
and only the holder of the key can tell which row a reference names. The block
carries the kind, so that a reference of one kind never opens a row of another,
and check bytes, so that a guess is refused without asking the database.
"""

import base64
import binascii
import re
from functools import lru_cache

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

# The number of a kind is part of every reference already handed out: add, never renumber.
KINDS = {
    "I": 1,  # institution
    "B": 2,  # batch
    "C": 3,  # clue
    "M": 4,  # match
    "R": 5,  # ring
    "CASE": 6,
    "K": 7,  # credential
    "U": 8,  # user
    "E": 9,  # event
    "D": 10,  # dispute
    "W": 11,  # watch
    "H": 12,  # webhook endpoint
    "WD": 13,  # webhook delivery
    "Q": 14,  # noise entry
    "V": 15,  # invitation
    "F": 16,  # second factor
    "S": 17,  # session
    "P": 31,  # proceeding of a case
    "PE": 32,  # entry of a proceeding
    "AP": 41,  # approval
    "DI": 40,  # disposition
    "CT": 60,  # content
    "AG": 42,  # agreement
    "RQ": 43,  # request
    "T": 51,  # task of a case
    "PK": 63,  # report package of a case
    "PI": 68,  # raw value in a part of a case
    "ST": 66,  # statement
    "FE": 67,  # entry of a feed
    "EV": 61,  # evidence
    "EU": 62,  # upload of evidence
    "OR": 64,  # official request
    "CP": 65,  # campaign
    "ED": 69,  # demand to open evidence
    "AE": 70,  # audit event
    "EP": 71,  # key epoch
    "SS": 72,  # suspension of screening
    "HT": 73,  # honey token
}
_CHECK = bytes(7)
_BODY = re.compile(r"[A-Z2-7]{26}")


@lru_cache(maxsize=4)
def _cipher(key_hex: str) -> Cipher[modes.ECB]:
    key = bytes.fromhex(key_hex)
    if len(key) != 32:
        raise ImproperlyConfigured("AIF_REFERENCE_KEY must be 32 bytes in hex.")
    # ECB of single, never repeating blocks is a permutation of row numbers, which is what we want.
    return Cipher(algorithms.AES(key), modes.ECB())  # noqa: S305 # nosec B305 - one block that never repeats


def encode(kind: str, number: int) -> str:
    """Return the reference of row `number` (0 to 2**63-1) of a kind in `KINDS`."""
    block = bytes([KINDS[kind]]) + _CHECK + number.to_bytes(8, "big")
    encryptor = _cipher(settings.AIF_REFERENCE_KEY).encryptor()
    sealed = encryptor.update(block) + encryptor.finalize()
    return f"{kind}-{base64.b32encode(sealed).decode('ascii').rstrip('=')}"


def decode(kind: str, ref: str) -> int | None:
    """Return the row number, or None for anything that is not a reference of this kind."""
    prefix, _, body = ref.partition("-")
    if prefix != kind or not _BODY.fullmatch(body):
        return None
    try:
        sealed = base64.b32decode(body + "======")
    except binascii.Error:
        return None
    # 26 characters hold 130 bits: the last two must be zero, or one row had four references.
    if base64.b32encode(sealed).decode("ascii").rstrip("=") != body:
        return None
    decryptor = _cipher(settings.AIF_REFERENCE_KEY).decryptor()
    block = decryptor.update(sealed) + decryptor.finalize()
    if block[0] != KINDS[kind] or block[1:8] != _CHECK:
        return None
    number = int.from_bytes(block[8:], "big")
    return number if number < 2**63 else None
