"""Does a text that should be a token, or a member's own reference, give a person away?

For the doors of the platform: they refuse before anything is stored, and say which kind, never the value. It errs on
the side of numbers: what is no number, mailbox, address, host or hash passes, and is refused elsewhere if it is no
token either.
"""

from __future__ import annotations

import re
import unicodedata

from stdnum import luhn
from stdnum.cn import ric

from aif_share.errors import InvalidIdentifier

from . import phones
from .hosts import is_address, registrable, whatwg_host

# Kinds of `raw_kind` that a member's own reference (`client_ref`) may not be.
IN_REFERENCE = frozenset({"cn-mobile", "cn-landline", "phone", "resident-id", "bank-card"})

_TOKEN = re.compile(r"[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]")
_DIGEST = re.compile(
    r"(?:[A-Za-z0-9-]{2,10}[:=])?(?:[0-9A-Fa-f]{32}|[0-9A-Fa-f]{40}|[0-9A-Fa-f]{64}|[0-9A-Fa-f]{96}|[0-9A-Fa-f]{128})"
)
_SPEAKING = re.compile(r"[.@:/]|(?:[0-9][^0-9A-Za-z]{0,2}){7}")
_EMBEDDED_MOBILE = re.compile(r"(?<![0-9A-Za-z_])(?:\+?86|0086)?1[3-9][0-9]{9}(?![0-9A-Za-z_])")
_EMBEDDED_ID = re.compile(r"(?<![0-9A-Za-z])[1-9][0-9]{16}[0-9Xx](?![0-9A-Za-z])")
_WRITTEN_NUMBER = re.compile(r"\(?\+?[0-9][0-9 ()./\-]{5,30}[0-9Xx]")
_NUMBER = re.compile(r"\(?\+?[0-9][0-9 ()./\-]{3,30}[0-9Xx]")
_LONG_DIGITS = re.compile(r"[0-9]{12,19}")
_MAILBOX = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@]+")
_ADDRESS = re.compile(r"[a-z][a-z0-9+.-]{1,15}://\S+", re.IGNORECASE)
_HOST = re.compile(r"[\w\u4e00-\u9fff-]+(?:\.[\w\u4e00-\u9fff-]+)+\.?")
_IPV6 = re.compile(r"\[?[0-9A-Fa-f]{0,4}(?::[0-9A-Fa-f]{0,4}){2,7}\]?")
_MOST = 512  # no raw identifier to look for is longer


def looks_raw(text: str) -> str | None:
    """`raw-identifier` or `unkeyed-hash` if the text looks like one, None for a canonical token and anything else."""
    if _TOKEN.fullmatch(text):
        return None
    if _DIGEST.fullmatch(text):
        return "unkeyed-hash"
    return None if raw_kind(text) is None else "raw-identifier"


def instead_of_token(text: str) -> str:
    """The code for a text that stands where a token belongs: `raw-identifier`, `unkeyed-hash` or `token-malformed`.

    Stricter than `looks_raw`: no token is a number, so any number here is an identifier, mistyped ones too.
    """
    code = looks_raw(text)
    if code is None and _NUMBER.fullmatch(unicodedata.normalize("NFKC", text[:_MOST]).strip()):
        code = "raw-identifier"
    return code or "token-malformed"


def raw_kind(text: str) -> str | None:
    """The type code of the raw identifier a text looks like or, for mobile and ID numbers, holds; else None.

    Knows cn-mobile, cn-landline, phone, resident-id, bank-card, email, url, ip and domain.
    """
    text = text[:_MOST].strip()
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)
    if not _SPEAKING.search(text):
        return None
    return _number_kind(text) or _address_kind(text)


def _number_kind(text: str) -> str | None:
    if _EMBEDDED_MOBILE.search(text):
        return "cn-mobile"
    if any(_is_id(found[0]) for found in _EMBEDDED_ID.finditer(text)):
        return "resident-id"
    if not _WRITTEN_NUMBER.fullmatch(text) or _is_date_or_ip(text):
        return None
    digits = re.sub(r"[^0-9Xx]", "", text)
    if len(digits) == 18 and _is_id(digits):
        return "resident-id"
    # 62 UnionPay, 3 to 5 the international schemes: a long reference number rarely begins so and passes the check too.
    if _LONG_DIGITS.fullmatch(digits) and digits[0] in "3456" and luhn.is_valid(digits):
        return "bank-card"
    return _phone_kind(text)


def _phone_kind(text: str) -> str | None:
    try:
        kind, _canonical = phones.classify(text)
    except InvalidIdentifier:
        return None
    return kind if kind in IN_REFERENCE else None


def _is_id(number: str) -> bool:
    number = number.upper()
    month, day = int(number[10:12]), int(number[12:14])
    return 1 <= month <= 12 and 1 <= day <= 31 and number[-1] == ric.calc_check_digit(number)


def _is_date_or_ip(text: str) -> bool:
    return (
        re.fullmatch(r"(?:19|20)[0-9]{2}[-./][0-9]{1,2}[-./][0-9]{1,2}.*|[0-9]{1,3}(?:\.[0-9]{1,3}){3}", text)
        is not None
    )


def _address_kind(text: str) -> str | None:
    if _ADDRESS.fullmatch(text):
        return "url"
    if _MAILBOX.fullmatch(text):
        return "email"
    if _IPV6.fullmatch(text) and whatwg_host(f"[{text.strip('[]')}]"):
        return "ip"
    if not _HOST.fullmatch(text):
        return None
    host = whatwg_host(text)
    if host is None:
        return None
    if is_address(host):
        return "ip" if text.count(".") == 3 else None
    return "domain" if registrable(host.removesuffix(".")) else None
