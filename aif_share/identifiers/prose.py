"""Does a text that people wrote give somebody away? For whole texts what `raw` is for single words.

Numbers are looked for as a reader would find them: in whatever digits they are written (full width, Chinese numerals,
circled), with spaces, dashes, brackets or invisible characters between them, at the end of a word or inside it. It says
which kind, never the value, and errs on the side of numbers: whoever writes about a matter does not need a long one.
"""

from __future__ import annotations

import re
import unicodedata

from stdnum import luhn

from .raw import looks_raw, raw_kind

_NUMERALS = str.maketrans("〇零一二三四五六七八九壹贰叁肆伍陆柒捌玖幺貳參陸", "001234567891234567891236")
_BETWEEN = 3  # so many characters that are neither letter nor digit may stand inside a number
_RUN = re.compile(rf"\d(?:[\W_]{{0,{_BETWEEN}}}\d)*(?:[\W_]{{0,{_BETWEEN}}}[Xx])?")
_DAY = r"(?:19|20)\d\d\s?[-/.年]\s?(?:0?[1-9]|1[0-2])\s?[-/.月]\s?(?:[12]\d|3[01]|0?[1-9])"
_CLOCK = r"(?:[ T]{0,2}(?:[01]?\d|2[0-3])[:：时][0-5]\d(?:[:：分][0-5]\d)?)?"
_DATE = re.compile(rf"(?<!\d){_DAY}{_CLOCK}(?!\d)")
_MOBILE = re.compile(r"1[3-9]\d{9}")
_WORD = re.compile(r"[^\s,，。;；、!！?？()（）《》“”\"'<>【】\[\]]+")
_REGIONS = range(11, 66)


def find_raw(text: str) -> str | None:
    """Return the type code of a raw identifier that the text holds (or `unkeyed-hash`), None if it holds none."""
    plain = _plain(text)
    runs = [re.sub(r"[^\dXx]", "", found[0]).upper() for found in _RUN.finditer(plain)]
    # A date in the middle of an ID number is part of it; one beside a short number is not.
    for run in runs:
        if _holds_id(run):
            return "resident-id"
    undated = _DATE.sub("日", plain)
    for run in (re.sub(r"[^\d]", "", found[0]) for found in _RUN.finditer(undated)):
        if (kind := _number(run)) is not None:
            return kind
    return _word(text)


def _plain(text: str) -> str:
    """Write every digit as one of ten, and leave out what cannot be seen."""
    text = unicodedata.normalize("NFKC", text).translate(_NUMERALS)
    letters = []
    for letter in text:
        if unicodedata.category(letter) in ("Cf", "Mn", "Me"):
            continue
        value = unicodedata.digit(letter, None)
        letters.append(letter if value is None else str(value))
    return "".join(letters)


def _number(digits: str) -> str | None:
    if _MOBILE.search(digits):
        return "cn-mobile"
    for length in range(16, min(19, len(digits)) + 1):
        for start in range(len(digits) - length + 1):
            part = digits[start : start + length]
            if part[0] in "3456" and luhn.is_valid(part):
                return "bank-card"
    if len(digits) == 15 and _is_old_id(digits):
        return "resident-id"
    return raw_kind(digits) if len(digits) >= 10 else None


def _holds_id(digits: str) -> bool:
    return any(
        raw_kind(digits[start : start + 18]) == "resident-id"
        for start in range(len(digits) - 17)
        if int(digits[start : start + 2]) in _REGIONS
    )


def _is_old_id(digits: str) -> bool:
    """Fifteen digits: region, year in two digits, month, day, three more (GB 11643 before 1999)."""
    return int(digits[:2]) in _REGIONS and 1 <= int(digits[8:10]) <= 12 and 1 <= int(digits[10:12]) <= 31


def _word(text: str) -> str | None:
    for found in _WORD.finditer(text):
        code = looks_raw(found[0].strip(".:：-–—"))
        if code is not None:
            return raw_kind(found[0]) or code
    return None
