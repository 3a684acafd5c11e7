"""The alliance of the client's tests, and the command line as a member runs it: a process with an environment."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from aif_share.wire.keys import MemberKey
from tests.aif_share.client import alliance
from tests.aif_share.client.conftest import chain, key, platform

__all__ = ["chain", "key", "platform"]

Run = Callable[..., "subprocess.CompletedProcess[str]"]


def run_process(environment: dict[str, str], *arguments: str, stdin: bytes = b"") -> subprocess.CompletedProcess[str]:
    """One command to its end."""
    command = [sys.executable, "-m", "aif_share.cli", *arguments]
    done = subprocess.run(command, env=environment, input=stdin, capture_output=True, timeout=120)
    return subprocess.CompletedProcess(command, done.returncode, done.stdout.decode(), done.stderr.decode())


@pytest.fixture
def run(platform: alliance.Platform, key: MemberKey, tmp_path: Path) -> Run:
    """`run("submit", "f.txt", …, stdin=b"")` as the member `key`, with its data below tmp_path; `env` changes some."""

    def start(*arguments: str, stdin: bytes = b"", **env: str) -> subprocess.CompletedProcess[str]:
        return run_process(alliance.environment(platform.url, key, tmp_path) | env, *arguments, stdin=stdin)

    return start
