"""Rows that come as lines: NDJSON, one clue a line. Read as a stream, so that memory does not grow with the upload.

A line that cannot be read is a refused row and no more. Only what says that the whole is something else than it
claims (an archive, UTF-16, a line without an end) refuses the whole.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import orjson

from aif_share.errors import Refusal
from aif_share.wire.limits import MAX_LINE, MAX_STREAM_CLUES

from .chunks import Unreadable
from .repeated_names import has_repeated_name

ENDLESS = 1024 * 1024
"""Bytes without a line's end: these are no lines."""

BOM = b"\xef\xbb\xbf"
ARCHIVES = (b"PK\x03\x04", b"PK\x05\x06", b"\x1f\x8b", b"BZh", b"\xfd7zXZ", b"7z\xbc\xaf", b"\x28\xb5\x2f\xfd", b"Rar!")
UTF_16 = (b"\xff\xfe", b"\xfe\xff")

TOO_LONG, MALFORMED, NOT_UTF_8 = Unreadable("too-large"), Unreadable("row-malformed"), Unreadable("charset")


def lines_of(blocks: Iterable[bytes]) -> Iterator[bytes | None]:
    """Yield each line without its end, None for one longer than MAX_LINE, of which nothing is kept.

    Raise Refusal: `media-type` for an archive, `charset` for UTF-16, `too-large` for a line without an end and for more
    lines than there may be rows, blank ones twice over.
    """
    rest, skipped, lines, start = b"", 0, 0, True
    for block in blocks:
        if start:
            _check_start(block)
            start = False
        parts = (rest + block).split(b"\n")
        rest = parts.pop()
        lines += len(parts)
        if lines > 2 * MAX_STREAM_CLUES:
            raise Refusal("too-large", "The upload has too many lines.", limit=MAX_STREAM_CLUES)
        if parts and skipped:  # the end of a line of which nothing was kept
            yield None
            parts, skipped = parts[1:], 0
        for line in parts:
            yield line if len(line) <= MAX_LINE else None
        if skipped or len(rest) > MAX_LINE:
            skipped += len(rest)
            rest = b""
            if skipped > ENDLESS:
                raise Refusal("too-large", "A line has no end: send one row a line.", limit=MAX_LINE)
    if skipped:
        yield None
    elif rest:
        yield rest


def _check_start(block: bytes) -> None:
    if block.startswith(ARCHIVES):
        raise Refusal("media-type", "This is an archive. Send the rows as they are.")
    if block.startswith(UTF_16):
        raise Refusal("charset", "The body is not UTF-8. Send it in UTF-8.")


def ndjson_rows(lines: Iterable[bytes | None]) -> Iterator[Any]:
    """Yield the value of each line, or Unreadable: `too-large`, `charset`, `row-malformed`. Blank lines are no rows."""
    for line in lines:
        if line is None:
            yield TOO_LONG
            continue
        if not line:  # millions of them must cost nothing
            continue
        try:
            value = orjson.loads(line)
            yield MALFORMED if has_repeated_name(line, value) else value
        except orjson.JSONDecodeError:
            if line.strip():
                yield why_unreadable(line)
        except orjson.JSONEncodeError:  # nested too deeply
            yield MALFORMED


def why_unreadable(line: bytes) -> Unreadable:
    """Return why a line is not JSON: not in UTF-8 (a byte order mark says so too), or no JSON at all."""
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        return NOT_UTF_8
    return NOT_UTF_8 if line.startswith(BOM) else MALFORMED
