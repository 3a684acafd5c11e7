"""Where a secret comes from: a variable NAME, a file (NAME_FILE), or a command (NAME_COMMAND).

A command is what speaks to a vault, a key management service or a hardware module: a list of words, split as a shell
splits them and run without one; what it writes to its standard output is the secret. It gets the environment without the
variables of this product, and nothing on its standard input. What it complains of is thrown away, for a tool may quote
what it read. A trailing newline is dropped from what a file or a command says.

No message holds a value, a path or a word of a command: only the name of the variable.
"""

from __future__ import annotations

import contextlib
import os
import selectors
import shlex
import signal
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from aif_share.errors import AifShareError

LIMIT_S: Final = 10.0
"""A command that has not ended by then is killed."""
MOST: Final = 64 * 1024
"""Bytes that a command may say."""
_OURS: Final = ("AIF_", "DATABASE_", "REDIS_")


class SourceError(AifShareError):
    """A secret cannot be had from where the variable says. The message names the variable and what went wrong."""

    code = "secret-source"


class CommandFailed(SourceError):
    """The command could not be run, took too long, or ended with `status` (None if it did not end by itself)."""

    def __init__(self, message: str, status: int | None = None) -> None:
        super().__init__(message)
        self.status = status


def read(name: str, environ: Mapping[str, str] | None = None) -> str:
    """Return the secret that a variable gives, "" if none does. Raise SourceError; given in two ways is an error as well."""
    environ = os.environ if environ is None else environ
    ways = {way: value for way in ("", "_FILE", "_COMMAND") if (value := environ.get(name + way, ""))}
    if len(ways) > 1:
        given = " and ".join(name + way for way in ways)
        raise SourceError(f"{given} are set: keep one, so that it is plain which value counts")
    for way, value in ways.items():
        if way == "_FILE":
            return _from_file(name + way, value)
        if way == "_COMMAND":
            return _from_command(name + way, value)
        return value
    return ""


def run(line: str, *words: str, name: str, given: bytes = b"") -> bytes:
    """Run a command line with further `words` and return what it wrote, at most 64 KiB. Raise CommandFailed.

    `name` is the variable that holds the line, `given` (at most 64 KiB) goes to its standard input.
    """
    try:
        argv = [*shlex.split(line), *words]
    except ValueError:
        raise CommandFailed(f"{name} is no command line: a quote is not closed") from None
    kept = {each: value for each, value in os.environ.items() if not each.startswith(_OURS)}
    try:
        process = subprocess.Popen(
            argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=kept,
            start_new_session=True, bufsize=0,
        )  # fmt: skip
    except (OSError, ValueError):
        raise CommandFailed(f"{name}: there is no such program, or it may not be run") from None
    with process:
        try:
            said = _talk(process, name, given)
        except BaseException:
            _kill(process)
            raise
    if process.returncode:
        raise CommandFailed(f"{name}: the command ended with status {process.returncode}", process.returncode)
    return said


def _from_file(name: str, path: str) -> str:
    try:
        value = Path(path).read_text(encoding="utf-8").rstrip("\r\n")
    except OSError as why:
        raise SourceError(f"{name} cannot be read: {why.strerror}") from None
    except UnicodeDecodeError:
        raise SourceError(f"{name} cannot be read: it is no text") from None
    if not value:  # a half-written mount must not read as "none was given"
        raise SourceError(f"{name}: the file is empty")
    return value


def _from_command(name: str, line: str) -> str:
    try:
        value = run(line, name=name).decode("utf-8").rstrip("\r\n")
    except UnicodeDecodeError:
        raise SourceError(f"{name}: what the command said is no text") from None
    if not value:
        raise SourceError(f"{name}: the command said nothing")
    return value


def _talk(process: subprocess.Popen[bytes], name: str, given: bytes) -> bytes:
    until, said = time.monotonic() + LIMIT_S, b""
    late = CommandFailed(f"{name}: the command took longer than {LIMIT_S:.0f} s")
    assert process.stdin is not None and process.stdout is not None  # noqa: S101 # nosec B101 - both are pipes
    with contextlib.suppress(BrokenPipeError):  # one that does not read what it is given
        process.stdin.write(given)
    process.stdin.close()
    with selectors.DefaultSelector() as waiting:
        waiting.register(process.stdout, selectors.EVENT_READ)
        while True:
            if not waiting.select(max(0.0, until - time.monotonic())):
                raise late
            part = os.read(process.stdout.fileno(), MOST)
            if not part:
                break
            said += part
            if len(said) > MOST:
                raise CommandFailed(f"{name}: the command says more than {MOST // 1024} KiB")
    try:
        process.wait(max(0.01, until - time.monotonic()))
    except subprocess.TimeoutExpired:
        raise late from None
    return said


def _kill(process: subprocess.Popen[bytes]) -> None:
    """End the command and what it started: all of it is one session."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
