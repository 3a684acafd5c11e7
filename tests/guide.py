"""Run a page of documentation as written: its fenced blocks of bash and python, in order, in one shell.

A fence says the language, and behind it, if anything, what the block is: ```` ```python receiver.py ```` is a file that
the reader saves, ```` ```bash operator ```` is for the platform's operator and is not run here.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

FENCE: Final = re.compile(r"^```(\w*)(?: +(\S+))?[ ]*\n(.*?)^```[ ]*$", re.MULTILINE | re.DOTALL)
OPERATOR: Final = "operator"
END: Final = "END_OF_BLOCK"


@dataclass(frozen=True)
class Block:
    """One fenced block: its language, its label ("" without), its text, and the line it starts in."""

    language: str
    label: str
    code: str
    line: int


def read_blocks(text: str) -> list[Block]:
    """Every fenced block of a page in order."""
    return [
        Block(found[1], found[2] or "", found[3], text.count("\n", 0, found.start()) + 1)
        for found in FENCE.finditer(text)
    ]


def make_script(blocks: Iterable[Block]) -> str:
    """One bash script of all bash and python blocks; it stops at the first command that fails and says where it was."""
    parts = ["set -euo pipefail"]
    for block in blocks:
        if block.label == OPERATOR or block.language not in ("bash", "python"):
            continue
        parts.append(f"echo '--- line {block.line}' >&2")
        if block.language == "bash":
            parts.append(block.code)
        else:
            target = f"cat > {block.label}" if block.label else "python -"
            parts.append(f"{target} <<'{END}'\n{block.code}{END}")
    return "\n".join(parts) + "\n"


def run_page(
    path: Path, *, folder: Path, env: Mapping[str, str], timeout: float = 300
) -> subprocess.CompletedProcess[str]:
    """Run a page in `folder`; everything it started ends with it."""
    script = folder / "page.sh"
    script.write_text(make_script(read_blocks(path.read_text(encoding="utf-8"))), encoding="utf-8")
    with (folder / "out.txt").open("w+") as out, (folder / "err.txt").open("w+") as err:
        process = subprocess.Popen(
            ["bash", str(script)],
            cwd=folder,
            env=dict(env),
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=err,
            start_new_session=True,
        )
        try:
            code = process.wait(timeout)
        except subprocess.TimeoutExpired:
            code = 124
        finally:
            try:
                os.killpg(process.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
            process.wait()
        out.seek(0)
        err.seek(0)
        return subprocess.CompletedProcess(["bash", str(path)], code, out.read(), err.read())


def reader_env(home: Path, programs: Path, **values: str) -> dict[str, str]:
    """What a reader of a page has: programs of their own, a home of their own, and the values they were given."""
    kept = {name: os.environ[name] for name in ("LANG", "LC_ALL", "TMPDIR") if name in os.environ}
    path = os.pathsep.join([str(programs), "/usr/local/bin", "/usr/bin", "/bin"])
    own = {"HOME": str(home), "PATH": path, "PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_ROOT_USER_ACTION": "ignore"}
    return kept | own | values
