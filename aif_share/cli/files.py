"""Files that a verb writes: new ones only, there once they are whole."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import click


@contextmanager
def saved(output: Path) -> Iterator[IO[bytes]]:
    """Open a new file for writing; it takes its name when the block ends well, and is gone when it does not."""
    if output.exists():
        raise click.UsageError("the file exists already; name a new one with --output")
    partial = output.with_name(output.name + ".part")
    try:
        with partial.open("xb") as file:
            yield file
        partial.rename(output)
    finally:
        partial.unlink(missing_ok=True)
