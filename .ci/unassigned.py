"""Write config/frontend/identifiers/unassigned.js, the code points without a character in Unicode 14, or --check it.

Python 3.11 knows Unicode 14; a browser knows a later one, and would fold or compose characters that Python leaves as
they are. The browser's code leaves these alone too. A Python that knows another Unicode cannot make the file.
"""

from __future__ import annotations

import sys
import unicodedata
from pathlib import Path

DOCUMENT = Path(__file__).resolve().parents[1] / "config" / "frontend" / "identifiers" / "unassigned.js"
UNICODE = "14.0.0"
DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


def base36(number: int) -> str:
    """The number as JavaScript's toString(36) writes it."""
    text = ""
    while number or not text:
        number, digit = divmod(number, 36)
        text = DIGITS[digit] + text
    return text


def make() -> str:
    """The module: lengths of runs, assigned and unassigned by turns, in base 36."""
    runs, unassigned = [0], False
    for code in range(0x110000):
        if (unicodedata.category(chr(code)) == "Cn") != unassigned:
            runs.append(0)
            unassigned = not unassigned
        runs[-1] += 1
    words = " ".join(base36(run) for run in runs)
    lines = [words[at : at + 112] for at in range(0, len(words), 112)]
    return (
        "// Made by .ci/unassigned.py from Unicode 14: lengths of the runs of assigned and unassigned code points by\n"
        "// turns, from U+0000, in base 36. Do not edit.\n"
        "export const RUNS =\n  " + " +\n  ".join(f'"{line}"' for line in lines) + ";\n"
    )


def main() -> int:
    """Write, or check."""
    if unicodedata.unidata_version != UNICODE:
        print(f"this Python knows Unicode {unicodedata.unidata_version}; the file needs one that knows {UNICODE}")
        return 0 if "--check" in sys.argv[1:] else 1
    made = make()
    if "--check" not in sys.argv[1:]:
        DOCUMENT.write_text(made, encoding="ascii")
        return 0
    if DOCUMENT.exists() and DOCUMENT.read_text(encoding="ascii") == made:
        return 0
    print("config/frontend/identifiers/unassigned.js is not what .ci/unassigned.py makes; run it.")
    return 1


if __name__ == "__main__":
    sys.exit(main())
