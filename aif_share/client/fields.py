"""The fields of a clue as a member's file may give them: one row each, with how text becomes the API's value.

The platform checks all of this again. It is checked here first so that a row that would be refused costs no
evaluation. A refusal is a code of `aif_share.wire.problems`, never the value.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, tzinfo
from decimal import Decimal
from types import MappingProxyType
from typing import Any, Final

from aif_share import vocabulary
from aif_share.vocabulary import categories as category_rows
from aif_share.vocabulary import indicators as indicator_rows
from aif_share.wire.limits import EARLIEST_OBSERVED, MAX_OBSERVED_AHEAD

MISSING: Final = object()


class RowRefused(Exception):
    """A record that is not submitted. `suggested_type`: what the value looks like instead, if that is known."""

    def __init__(self, code: str, suggested_type: str | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.suggested_type = suggested_type


Reader = Callable[[Any], Any]
_SHA256: Final = re.compile(r"[0-9a-f]{64}")
_BASIS: Final = re.compile(r"[a-z0-9-]{1,64}")
_CLIENT_REF: Final = re.compile(r"[A-Za-z0-9._:/+=@-]{1,64}")


def term(list_name: str, code: str) -> Reader:
    """Read a code of a vocabulary list; refuse with `code`."""

    def read(value: Any) -> str:
        text = value.strip() if isinstance(value, str) else None
        if text not in _codes(list_name):
            raise RowRefused(code)
        return str(text)

    return read


def pattern(expression: re.Pattern[str], code: str, *, lower: bool = False) -> Reader:
    """Read text that matches `expression` as a whole; refuse with `code`."""

    def read(value: Any) -> str:
        text = value.strip() if isinstance(value, str) else ""
        text = text.lower() if lower else text
        if expression.fullmatch(text) is None:
            raise RowRefused(code)
        return text

    return read


def indicators(value: Any) -> list[str]:
    """A JSON list of codes, or text with `;` or `|` between them."""
    parts = re.split(r"[;|]", value) if isinstance(value, str) else value
    if not isinstance(parts, list):
        raise RowRefused("indicator-unknown")
    read = term("indicators", "indicator-unknown")
    return [read(part) for part in parts if not isinstance(part, str) or part.strip()]


_WORDS: Final = MappingProxyType(
    dict.fromkeys(("true", "1", "yes", "y", "是"), True) | dict.fromkeys(("false", "0", "no", "n", "否"), False)
)


def crime_indicator(value: Any) -> bool:
    """A JSON boolean, or yes, no, true, false, 1, 0, 是, 否."""
    found = value if isinstance(value, bool) else _WORDS.get(value.strip().lower()) if isinstance(value, str) else None
    if found is None:
        raise RowRefused("crime-indicator-invalid")
    return bool(found)


def amount(value: Any) -> str:
    """Yuan with at most two decimals, as text; thousands separators and currency signs are refused, not guessed."""
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal | str):
        raise RowRefused("amount-invalid")
    text = value.strip() if isinstance(value, str) else str(value)
    if re.fullmatch(r"\d{1,15}(\.\d{1,2})?", text, re.ASCII) is None:
        raise RowRefused("amount-invalid")
    return f"{Decimal(text):.2f}"


def observed_at(zone: tzinfo | None) -> Reader:
    """An ISO 8601 time as UTC; one without offset is of `zone`, and refused if there is none, as is one to come."""

    def read(value: Any) -> str:
        try:
            parsed = datetime.fromisoformat(value.strip().replace("/", "-"))
            if parsed.tzinfo is None:
                if zone is None:
                    raise RowRefused("observed-at-invalid")
                parsed = parsed.replace(tzinfo=zone)
            at = parsed.astimezone(UTC)
        except (ValueError, AttributeError, OverflowError):
            raise RowRefused("observed-at-invalid") from None
        if not EARLIEST_OBSERVED <= at <= datetime.now(UTC) + MAX_OBSERVED_AHEAD:
            raise RowRefused("observed-at-invalid")
        return at.isoformat(timespec="seconds").replace("+00:00", "Z")

    return read


def readers(zone: tzinfo | None = None) -> Mapping[str, Reader]:
    """Every field of a clue but its identifiers, in the order of the documentation."""
    return MappingProxyType({**_READERS, "observed_at": observed_at(zone)})


SUSPECTED: Final = "C"


def check_rights_claim(clue: Mapping[str, Any]) -> None:
    """A complaint alone is never a clue: above grade C it needs a sign of gray industry and the consumer's own word.

    `clue` is one with values as the API takes them. Raise RowRefused: `indicator-blocks`, `indicator-missing`,
    `consumer-contacted-missing`.
    """
    signs = clue.get("indicators") or ()
    if any(indicator_rows.BY_CODE[sign].blocks for sign in signs):
        raise RowRefused("indicator-blocks")
    if not category_rows.BY_CODE[clue["category"]].rights_claim or clue["grade"] == SUSPECTED:
        return
    if not signs:
        raise RowRefused("indicator-missing")
    if clue.get("consumer_contacted") is None:
        raise RowRefused("consumer-contacted-missing")


_READERS: Final[Mapping[str, Reader]] = MappingProxyType(
    {
        "category": term("categories", "category-unknown"),
        "grade": term("grades", "grade-unknown"),
        "channel": term("channels", "channel-unknown"),
        "observed_at": observed_at(None),
        "region": term("regions", "region-unknown"),
        "amount_cny": amount,
        "level": term("levels", "level-unknown"),
        "crime_indicator": crime_indicator,
        "indicators": indicators,
        "consumer_contacted": term("consumer-contacted", "consumer-contacted-invalid"),
        "tlp": term("tlp", "tlp-unknown"),
        "evidence_sha256": pattern(_SHA256, "evidence-digest-invalid", lower=True),
        "basis": pattern(_BASIS, "basis-invalid"),
        "client_ref": pattern(_CLIENT_REF, "client-ref-invalid"),
    }
)

NAMES: Final = tuple(_READERS)
IDENTIFIER_NAMES: Final = ("value", "type", "role")
ROLE: Final = term("roles", "role-unknown")

_CODES: dict[str, frozenset[str]] = {}


def _codes(list_name: str) -> frozenset[str]:
    if list_name not in _CODES:
        _CODES[list_name] = frozenset(row.code for row in vocabulary.lists()[list_name])
    return _CODES[list_name]
