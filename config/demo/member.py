"""One institution as its own IT sees it: a key, files, and the ``aif-share`` command."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

COMMAND = str(Path(sys.executable).parent / "aif-share")
TIMEOUT_S = 600


class MemberError(Exception):
    """``aif-share`` ended with an error; the message is what it said."""


@dataclass(frozen=True, slots=True)
class Member:
    """An institution's own machine: everything it keeps lies in ``home``."""

    code: str
    url: str
    key: str = field(repr=False)
    home: Path

    @property
    def map(self) -> Path:
        """The file that says which raw value stands behind which clue."""
        return self.home / "map.sqlite"

    @property
    def env(self) -> dict[str, str]:
        """What the command gets: two variables suffice, and a data folder of its own keeps members apart."""
        own = {"AIF_SHARE_URL": self.url, "AIF_SHARE_KEY": self.key, "XDG_DATA_HOME": str(self.home / "share")}
        return {**os.environ, **own, "XDG_CONFIG_HOME": str(self.home / "config")}

    def run(self, *arguments: str, timeout: float = TIMEOUT_S) -> Any:
        """Run ``aif-share <arguments> --json`` and return what it printed; raise MemberError on any other exit than 0."""
        done = subprocess.run(
            [COMMAND, *arguments, "--json"],
            env=self.env,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=timeout,
        )
        if done.returncode:
            raise MemberError(
                f"{self.code}: aif-share {arguments[0]} ended with {done.returncode}: {done.stderr.strip()[-800:]}"
            )
        return json.loads(done.stdout)

    def submit(self, path: Path, *options: str) -> dict[str, Any]:
        """Submit a file and wait until all of it is released."""
        return dict(self.run("submit", str(path), "--map", str(self.map), "--wait", *options))

    def list_matches(self) -> list[dict[str, Any]]:
        """Every match this member sees, each with the raw value its own map knows."""
        return list(self.run("matches", "--map", str(self.map)))
