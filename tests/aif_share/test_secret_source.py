"""Secrets from a variable, a file or a command: what is wrong names the variable, and nothing else."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

import pytest

from aif_share import secret_source
from aif_share.secret_source import CommandFailed, SourceError

SECRET = "canary-5ec4e7"


def program(folder: Path, text: str) -> str:
    """Return a command line of a small program that knows the secret."""
    path = folder / f"adapter-{SECRET}.py"
    path.write_text(f"import os, sys, time, subprocess\nSECRET = {SECRET!r}\n{text}\n")
    return f"{sys.executable} '{path}'"


def test_each_way_gives_the_same(tmp_path: Path) -> None:
    (tmp_path / "file").write_text(SECRET + "\n")
    for given in (
        {"NAME": SECRET},
        {"NAME_FILE": str(tmp_path / "file")},
        {"NAME_COMMAND": program(tmp_path, "print(SECRET)")},
    ):
        assert secret_source.read("NAME", given) == SECRET
    assert secret_source.read("NAME", {"NAME": "", "OTHER": SECRET}) == ""


def test_a_secret_in_two_places_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="NAME_FILE and NAME_COMMAND are set") as caught:
        secret_source.read("NAME", {"NAME_FILE": "/a", "NAME_COMMAND": SECRET})
    assert SECRET not in repr(caught.value)


def test_an_empty_file_is_no_value_and_no_default(tmp_path: Path) -> None:
    """Red if a half-written mount reads as "none was given": new seals would be made under another key."""
    (tmp_path / "file").write_text("\n")
    with pytest.raises(SourceError, match="NAME_FILE: the file is empty"):
        secret_source.read("NAME", {"NAME_FILE": str(tmp_path / "file")})


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("sys.stderr.write(SECRET); sys.stdout.write(SECRET); sys.exit(3)", "NAME_COMMAND: the command ended with status 3"),
        ("os.kill(os.getpid(), 9)", "NAME_COMMAND: the command ended with status -9"),
        ("pass", "NAME_COMMAND: the command said nothing"),
        ("print()", "NAME_COMMAND: the command said nothing"),
        ("sys.stdout.buffer.write(b'\\xff' + SECRET.encode())", "NAME_COMMAND: what the command said is no text"),
        ("sys.stdout.write(SECRET * 10_000)", "NAME_COMMAND: the command says more than 64 KiB"),
    ],
)  # fmt: skip
def test_a_command_that_fails_is_named_by_its_variable(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], text: str, says: str
) -> None:
    with pytest.raises(SourceError) as caught:
        secret_source.read("NAME", {"NAME_COMMAND": program(tmp_path, text)})
    assert str(caught.value) == says
    assert SECRET not in repr(caught.value) + "".join(capfd.readouterr())


@pytest.mark.parametrize("line", ["/nonexistent/canary-5ec4e7", "'", "canary-5ec4e7-not-installed x", "''"])
def test_what_is_no_command_is_named_by_its_variable(line: str) -> None:
    with pytest.raises(CommandFailed, match=r"^NAME_COMMAND") as caught:
        secret_source.read("NAME", {"NAME_COMMAND": line})
    assert SECRET not in str(caught.value)


def test_no_shell_reads_the_line(tmp_path: Path) -> None:
    line = program(tmp_path, "print(sys.argv[1:])")
    said = secret_source.read("NAME", {"NAME_COMMAND": f"{line} $HOME ; 'a b' | cat"})
    assert said == "['$HOME', ';', 'a b', '|', 'cat']"


@pytest.mark.parametrize(
    "text",
    [
        "time.sleep(60)",
        "subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)']); print(SECRET)",  # holds the pipe
        "os.close(1); time.sleep(60)",  # says that it is done, and goes on
    ],
)
def test_a_command_that_hangs_is_killed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setattr(secret_source, "LIMIT_S", 1.0)
    begun = time.monotonic()
    with pytest.raises(CommandFailed, match="NAME_COMMAND: the command took longer than 1 s"):
        secret_source.read("NAME", {"NAME_COMMAND": program(tmp_path, text)})
    assert time.monotonic() - begun < 20


def test_it_learns_none_of_our_secrets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AIF_PEPPERS", "DATABASE_URL", "REDIS_URL"):
        monkeypatch.setenv(name, SECRET)
    monkeypatch.setenv("VAULT_ADDR", "https://vault.example")
    said = secret_source.read("NAME", {"NAME_COMMAND": program(tmp_path, "print(dict(os.environ), sys.stdin.read())")})
    assert "VAULT_ADDR" in said and SECRET not in said and "PATH" in said
    assert os.environ["AIF_PEPPERS"] == SECRET


def test_what_it_is_given_goes_to_its_standard_input(tmp_path: Path) -> None:
    line = program(tmp_path, "sys.stdout.write(sys.argv[1] + sys.stdin.read())")
    assert secret_source.run(line, "wrap", name="NAME", given=b"abc") == b"wrapabc"
    assert secret_source.run(program(tmp_path, "print(1)"), name="NAME", given=b"x" * 60_000) == b"1\n"
