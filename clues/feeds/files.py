"""A feed as a file: CSV, or a response policy zone for resolvers with the domains that are listed."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Final

from aif_share.wire.csv_cells import quoted_cell

from .pulling import LISTED, Pulled

BOM: Final = "\ufeff"
HEADS: Final = ("entry", "type", "value", "platform", "category", "state", "since", "until", "outcome", "reason")
_NAME: Final = re.compile(r"(?=.{1,253}$)(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.)+[a-z0-9-]{2,63}")


def as_csv(entries: Sequence[Pulled], *, now: datetime) -> bytes:
    """Return the feed as a sheet; no cell is run by a spreadsheet."""
    lines = [HEADS, *([_text(getattr(entry, name)) for name in HEADS] for entry in entries)]
    return (BOM + "".join(",".join(quoted_cell(cell) for cell in line) + "\r\n" for line in lines)).encode()


def as_rpz(entries: Sequence[Pulled], *, now: datetime) -> bytes:
    """Return a response policy zone (ISC's draft vixie-dnsop-dns-rpz): each listed domain, and all below it, does not exist.

    The serial is the second in which it was made, so that secondaries see every pull as newer.
    """
    serial = int(now.timestamp()) % 2**32
    head = [
        "$TTL 300",
        f"@ IN SOA localhost. hostmaster.localhost. {serial} 300 60 86400 300",
        "@ IN NS localhost.",
    ]
    names = sorted({entry.value for entry in entries if entry.type == "domain" and entry.state == LISTED})
    # A name that is none would break the zone, and with it every other: canonical domains never are.
    lines = [line for name in names if _NAME.fullmatch(name) for line in (f"{name} CNAME .", f"*.{name} CNAME .")]
    return ("\n".join([*head, *lines]) + "\n").encode("ascii")


FORMS: Final[Mapping[str, tuple[str, Callable[..., bytes], str]]] = MappingProxyType(
    {"csv": ("text/csv; charset=utf-8", as_csv, "csv"), "rpz": ("text/dns", as_rpz, "rpz.zone")}
)
"""Form -> content type, what writes it, and how the file's name ends."""


def _text(value: str | datetime | None) -> str | None:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    return value
