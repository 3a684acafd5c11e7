"""Raw spellings of identifiers, by a seed: as people write them, and hostile ones no type should be fooled by."""

from __future__ import annotations

import random
from collections.abc import Iterator

from aif_share.identifiers import types

_INVISIBLE = "\u200b\u200d\u2060\ufeff\u00ad\u202d\u202c\ufe0f\u180e"
_SPACES = " \u00a0\u3000\t\u2009\r\n\x1c\u0085"
_DASHES = "-\u2010\u2011\u2013\u2014\u2212\u30fb\u00b7"
_DOTS = "．。｡.[.]"
_WIDE = {code: code + 0xFEE0 for code in range(0x21, 0x7F)}
# No letters written from right to left: Node 20, which stands in for the browser here, does not check their order in a
# host name as the standard, Chromium and Python do. Chromium runs docs/api/vectors.json and these in tests/browser.
_ODD = "İıſK\u0345ΣςẞßǅﬁŒ\u0301\u0327ÅÅ가각가ㄱ①Ⅳ½²٣३๓零〇壹😀🫨👨‍👩‍👧中文дЖ𝒜𝟏\U0001e030\u0c5dⓐ㎏㍿ﷺ…‥゛ﾞﾀ"
_ASCII = "".join(map(chr, range(0x20, 0x7F)))
_ALNUM = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
_PREFIXES = (
    "+86",
    "0086",
    "86",
    "0",
    "00",
    "+",
    "tel:",
    "QQ:",
    "微信号: ",
    "抖音号：",
    "NO.",
    "编号:",
    "sha256:",
    "http://",
)
_SUFFIXES = (
    "转8001",
    " ext. 12",
    "x9",
    "#1",
    "-123",
    ".",
    "/",
    "号",
    "-1",
    "?utm_source=a&b=1",
    "@chatroom",
    ":80",
    "%41",
)


def _wide(_rng: random.Random, text: str) -> str:
    return text.translate(_WIDE)


def _partly_wide(rng: random.Random, text: str) -> str:
    return "".join(letter.translate(_WIDE) if rng.random() < 0.3 else letter for letter in text)


def _inserted(rng: random.Random, text: str, letters: str, most: int = 3) -> str:
    for _ in range(rng.randint(1, most)):
        at = rng.randint(0, len(text))
        text = text[:at] + rng.choice(letters) + text[at:]
    return text


def _invisible(rng: random.Random, text: str) -> str:
    return _inserted(rng, text, _INVISIBLE)


def _spaced(rng: random.Random, text: str) -> str:
    return _inserted(rng, text, _SPACES, 4)


def _dashed(rng: random.Random, text: str) -> str:
    return _inserted(rng, text, _DASHES)


def _grouped(rng: random.Random, text: str) -> str:
    step, mark = rng.choice((3, 4, 5)), rng.choice(" -·")
    return mark.join(text[at : at + step] for at in range(0, len(text), step))


def _cased(rng: random.Random, text: str) -> str:
    return "".join(rng.choice((letter.upper(), letter.lower())) for letter in text)


def _around(rng: random.Random, text: str) -> str:
    return rng.choice(_SPACES) + text + rng.choice(_SPACES)


def _odd(rng: random.Random, text: str) -> str:
    return _inserted(rng, text, _ODD, 2)


def _replaced(rng: random.Random, text: str) -> str:
    at = rng.randrange(max(1, len(text)))
    return text[:at] + rng.choice(_ASCII + _ODD) + text[at + 1 :]


def _cut(rng: random.Random, text: str) -> str:
    at = rng.randrange(max(1, len(text)))
    return text[:at] + text[at + rng.randint(1, 2) :]


def _digits(rng: random.Random, text: str) -> str:
    return "".join(rng.choice("0123456789") if letter.isdecimal() and rng.random() < 0.5 else letter for letter in text)


def _dots(rng: random.Random, text: str) -> str:
    return text.replace(".", rng.choice(_DOTS))


def _extended(rng: random.Random, text: str) -> str:
    return rng.choice(_PREFIXES) + text if rng.random() < 0.5 else text + rng.choice(_SUFFIXES)


def _doubled(rng: random.Random, text: str) -> str:
    return text * rng.choice((2, 3, 40))


SPELLERS = (_wide, _partly_wide, _invisible, _spaced, _dashed, _grouped, _cased, _around, _dots, _digits, _extended)
HOSTILE = (_odd, _replaced, _cut, _doubled)


def _number(rng: random.Random) -> str:
    start = rng.choice(
        ("+", "00", "0", "+86", "86", "", "1", "+1", "+44", "+39", "+55", "+54", "+7", "+800", "010", "400")
    )
    return start + "".join(rng.choice("0123456789") for _ in range(rng.randint(2, 17)))


def _soup(rng: random.Random) -> str:
    letters = rng.choice(
        (_ASCII, _ODD, _ALNUM, _ASCII + _ODD + _INVISIBLE + _SPACES, "0123456789- +()x转", "0123456789abcdef:.")
    )
    return "".join(rng.choice(letters) for _ in range(rng.randint(0, 40)))


def _host(rng: random.Random) -> str:
    labels = (
        "".join(rng.choice(_ALNUM + "-_é例ß") for _ in range(rng.randint(1, 9))) for _ in range(rng.randint(1, 4))
    )
    return ".".join(labels)


def _address(rng: random.Random) -> str:
    path = "".join(rng.choice(_ASCII.replace(" ", "") + "é例%") for _ in range(rng.randint(0, 20)))
    query = "&".join(
        rng.choice(("utm_x=1", "a=1", "SPM=2", "", "b|c^d='\"", "p%6B_a=1", "?", "x=%zz")) for _ in range(3)
    )
    return (
        rng.choice(("http", "HTTPS", "hxxp", "http", "ftp"))
        + "://"
        + _host(rng)
        + "/"
        + path
        + "?"
        + query
        + rng.choice(("", "#a"))
    )


MADE_UP = (_number, _number, _soup, _host, _address)


def spellings(seed: int, count: int) -> Iterator[tuple[str, str]]:
    """Pairs of type and raw value, `count` of them: two thirds as people write, the rest hostile or made up."""
    rng = random.Random(seed)
    kinds = list(types().values())
    for number in range(count):
        kind = kinds[number % len(kinds)]
        chance = rng.random()
        if chance < 0.15:
            yield kind.code, rng.choice(MADE_UP)(rng)
            continue
        examples = kind if chance < 0.85 else rng.choice(kinds)
        text = rng.choice([*examples.examples, *examples.examples.values(), *examples.rejects])
        for _ in range(rng.randint(1, 3)):
            text = rng.choice(SPELLERS if rng.random() < 0.8 else HOSTILE)(rng, text)
        yield kind.code, text
