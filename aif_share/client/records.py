"""One record of a member's file as a clue that lacks only its tokens."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import tzinfo
from typing import Any, Final, NamedTuple

from aif_share.client.fields import IDENTIFIER_NAMES, ROLE, RowRefused, check_rights_claim, readers
from aif_share.client.map import Map, Submitted
from aif_share.client.source import Line
from aif_share.errors import InvalidIdentifier, UnknownType
from aif_share.identifiers import looks_raw, normalize
from aif_share.oprf import encoding
from aif_share.wire.limits import MAX_IDENTIFIERS, MAX_RAW_BYTES

_NO_TOKEN: Final = bytes(32)
_MOSTLY_DIGITS: Final = re.compile(r"\+?[0-9-]{8,24}[Xx]?")


class Identifier(NamedTuple):
    """One identifier of a clue: as written, and in its canonical form."""

    type: str
    canonical: str
    raw: str
    role: str | None

    def __repr__(self) -> str:
        return f"Identifier(type={self.type!r}, role={self.role!r})"


@dataclass(frozen=True, slots=True)
class Defaults:
    """What holds for every record that does not say otherwise: type, role, fields of the clue as the API takes them."""

    type: str | None = None
    role: str | None = None
    fields: Mapping[str, Any] = field(default_factory=dict)
    zone: tzinfo | None = None


@dataclass(frozen=True, slots=True)
class Draft:
    """A clue before its tokens are known; `size` in bytes once they are, `weight` that of its values here."""

    line: int
    fields: Mapping[str, Any] = field(repr=False)
    identifiers: Sequence[Identifier] = field(repr=False)
    size: int
    weight: int

    @property
    def submitted(self) -> list[Submitted]:
        """What the map has to remember of it."""
        ref = str(self.fields["client_ref"])
        return [Submitted(ref, position, each.type, each.raw) for position, each in enumerate(self.identifiers)]


class Drafter:
    """Turns lines into drafts, under one set of defaults and one map."""

    def __init__(self, defaults: Defaults, map: Map) -> None:
        self._defaults = defaults
        self._map = map
        self._readers = readers(defaults.zone)
        self._known = frozenset(self._readers)

    def draft(self, line: Line) -> Draft:
        """Raise RowRefused, with a code, for a record that cannot be submitted."""
        if line.refused is not None:
            raise RowRefused(line.refused)
        record = {name: value for name, value in line.fields.items() if value is not None}
        identifiers = self._identifiers(record)
        if record.keys() - self._known:
            raise RowRefused("unknown-field")
        clue = dict(self._defaults.fields)
        for name, value in record.items():
            clue[name] = self._readers[name](value)
        for name in ("category", "grade"):
            if name not in clue:
                raise RowRefused("field-missing")
        check_rights_claim(clue)
        if "client_ref" not in clue:
            clue["client_ref"] = self._map.client_ref(line.row, [(each.type, each.canonical) for each in identifiers])
        elif _MOSTLY_DIGITS.fullmatch(clue["client_ref"]) and looks_raw(clue["client_ref"]) == "raw-identifier":
            raise RowRefused("raw-identifier")
        placeholders = {(each.type, each.canonical): _NO_TOKEN for each in identifiers}
        size = len(clue_bytes(clue, identifiers, {each.type: 999 for each in identifiers}, placeholders)) + 1
        weight = sum(len(each.raw) + len(each.canonical) for each in identifiers)
        return Draft(line.number, clue, identifiers, size, weight)

    def _identifiers(self, record: dict[str, Any]) -> list[Identifier]:
        """Take the identifiers out of a record, whichever way it gives them."""
        listed = record.pop("identifiers", None)
        flat = _take_flat(record)
        if listed is not None and (flat or not isinstance(listed, list)):
            raise RowRefused("row-malformed")
        entries = flat if listed is None else listed
        if not entries:
            raise RowRefused("identifiers-missing")
        if len(entries) > MAX_IDENTIFIERS:
            raise RowRefused("identifiers-too-many")
        identifiers = [read_identifier(entry, self._defaults.type, self._defaults.role) for entry in entries]
        if len({(each.type, each.canonical) for each in identifiers}) != len(identifiers):
            raise RowRefused("identifier-repeated")
        return identifiers


def read_identifier(entry: Any, type: str | None, role: str | None) -> Identifier:
    """The identifier an entry {value, type, role} names, with the type and role that hold where it has none."""
    if not isinstance(entry, dict) or entry.keys() - set(IDENTIFIER_NAMES):
        raise RowRefused("unknown-field" if isinstance(entry, dict) else "row-malformed")
    raw, own_type, own_role = (entry.get(name) for name in IDENTIFIER_NAMES)
    if isinstance(raw, int) and not isinstance(raw, bool):
        raw = str(raw)
    if not isinstance(raw, str) or not raw.strip():
        raise RowRefused("identifiers-missing")
    raw = raw.strip()
    if len(raw.encode("utf-8", "replace")) > MAX_RAW_BYTES:
        raise RowRefused("too-large")
    chosen = (own_type.strip() if isinstance(own_type, str) else own_type) or type
    if not isinstance(chosen, str):
        raise RowRefused("type-unknown")
    try:
        canonical = normalize(chosen, raw)
    except UnknownType:
        raise RowRefused("type-unknown") from None
    except InvalidIdentifier as error:
        raise RowRefused(error.code, error.suggested_type) from None
    return Identifier(chosen, canonical, raw, ROLE(own_role) if own_role else role)


def _take_flat(record: dict[str, Any]) -> list[dict[str, Any]]:
    """value, type, role, value_2, type_2, … as a list in order; a place without a value is left out."""
    entries = []
    for number in range(1, MAX_IDENTIFIERS + 1):
        suffix = "" if number == 1 else f"_{number}"
        entry = {name: record.pop(name + suffix) for name in IDENTIFIER_NAMES if name + suffix in record}
        if "value" in entry:
            entries.append(entry)
    return entries


def clue_bytes(
    fields: Mapping[str, Any],
    identifiers: Sequence[Identifier],
    epochs: Mapping[str, int],
    tokens: Mapping[tuple[str, str], bytes],
) -> bytes:
    """The clue as the API takes it, in JSON; `tokens` by (type, canonical)."""
    rows = []
    for each in identifiers:
        row = {
            "type": each.type,
            "epoch": epochs[each.type],
            "token": encoding.encode(tokens[each.type, each.canonical]),
        }
        if each.role is not None:
            row["role"] = each.role
        rows.append(row)
    return json.dumps({**fields, "identifiers": rows}, ensure_ascii=False, separators=(",", ":")).encode()
