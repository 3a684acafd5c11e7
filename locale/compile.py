"""Compile every django.po below this folder to django.mo, without the gettext tools: `python locale/compile.py`.

The result depends on the texts alone, so both files are kept, and a test compares them. What the tools of gettext
can do beyond that (fuzzy entries, contexts, plurals) is refused here: the texts do not use it.
"""

from __future__ import annotations

import re
import struct
from ast import literal_eval
from pathlib import Path

_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"')


def read(text: str) -> dict[str, str]:
    """Return msgid -> msgstr of a .po file; ValueError for anything this file does not know."""
    found: dict[str, str] = {}
    for block in re.split(r"\n\s*\n", text.strip()):
        lines = [line for line in block.splitlines() if not line.startswith("#") or line.startswith("#,")]
        if not lines:
            continue
        body = "\n".join(line for line in lines if not line.startswith("#"))
        entry = re.fullmatch(r"msgid ((?:\"[^\n]*\"\n?)+)\s*msgstr ((?:\"[^\n]*\"\n?)+)", body)
        if entry is None or any("fuzzy" in line for line in lines if line.startswith("#,")):
            raise ValueError(f"cannot compile this entry:\n{block}")
        key, value = ("".join(literal_eval(part) for part in _QUOTED.findall(each)) for each in (entry[1], entry[2]))
        if key in found:
            raise ValueError(f"twice: {key}")
        found[key] = value
    return found


def compiled(messages: dict[str, str]) -> bytes:
    """Return the .mo file (GNU gettext manual, section "The Format of GNU MO Files")."""
    pairs = sorted((key.encode(), value.encode()) for key, value in messages.items() if value)
    keys = b"".join(key + b"\0" for key, _value in pairs)
    values = b"".join(value + b"\0" for _key, value in pairs)
    table_start, header = 28, 28 + 16 * len(pairs)
    key_rows, value_rows, key_at, value_at = b"", b"", header, header + len(keys)
    for key, value in pairs:
        key_rows += struct.pack("<II", len(key), key_at)
        value_rows += struct.pack("<II", len(value), value_at)
        key_at += len(key) + 1
        value_at += len(value) + 1
    top = struct.pack("<7I", 0x950412DE, 0, len(pairs), table_start, table_start + 8 * len(pairs), 0, header)
    return top + key_rows + value_rows + keys + values


def main() -> None:
    """Compile in place."""
    for source in Path(__file__).parent.rglob("*.po"):
        source.with_suffix(".mo").write_bytes(compiled(read(source.read_text(encoding="utf-8"))))


if __name__ == "__main__":
    main()
