"""Text folding that every type shares: Unicode NFKC first, no invisible characters, no stray spaces.

The lists are written out rather than asked from the running Python's Unicode tables, so that another Python version, or
a browser, gives the same bytes.
"""

from __future__ import annotations

import re
import unicodedata

from aif_share.errors import InvalidIdentifier

MAX_RAW = 4096  # characters; a web address is the longest identifier there is

# Characters without a glyph: they survive copy and paste and would make two identifiers of one.
_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f"
    "\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"
    "\U000e0000-\U000e0fff]"
)
_SURROGATE = re.compile("[\ud800-\udfff]")
_DASHES = "\\-\u2010\u2011\u2012\u2013\u2014\u2015\u2212\u30fb\u00b7"
_GROUPING = re.compile(f"[ {_DASHES}]")


def prepare(raw: str) -> str:
    """NFKC without invisible characters, inner white space as one space each, none around. InvalidIdentifier if empty,
    longer than `MAX_RAW` or not valid Unicode."""
    if not isinstance(raw, str):
        raise InvalidIdentifier("an identifier is given as text")
    if len(raw) > MAX_RAW:
        raise InvalidIdentifier(f"longer than {MAX_RAW} characters; give one identifier at a time")
    text = raw
    if not (raw.isascii() and raw.isprintable()):
        if _SURROGATE.search(raw):
            raise InvalidIdentifier("not valid Unicode; decode the source in its own character set first")
        text = _settle(raw)
    text = " ".join(text.split())
    if not text:
        raise InvalidIdentifier("empty; give a value")
    return text


def _settle(text: str) -> str:
    # Dropping a character can bring two others together that NFKC composes, hence until nothing changes.
    while True:
        settled = unicodedata.normalize("NFKC", _INVISIBLE.sub("", text))
        if settled == text:
            return settled
        text = settled


def fold_case(text: str) -> str:
    """Lower case that stays lower case and NFKC when folded again."""
    if text.isascii():
        return text.lower()
    while True:
        folded = _settle(text.lower())
        if folded == text:
            return folded
        text = folded


def ungroup(text: str) -> str:
    """The text without the spaces, dashes and middle dots by which people group digits."""
    return _GROUPING.sub("", text)


def refang(text: str) -> str:
    """Undo the bracketed dots and `hxxp` by which analysts keep an address from being clicked."""
    text = text.replace("[.]", ".").replace("[:]", ":")
    if text[:4].lower() == "hxxp":
        text = "http" + text[4:]
    return text
