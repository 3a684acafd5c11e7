"""A custodian's home folder: its name, one seed for each epoch, the quota store, the operator's token.

name             what the directory and the members' bearers call it
seed-epoch-<n>   64 hex digits, mode 0600; whoever has it can evaluate, whoever loses it loses the epoch
operator.token   only if the platform keeps the list of members here; without it there is no operator endpoint. While it
                 is changed it holds two, one a line, and both count
quota.sqlite     members, verifiers and the day's use

A seed may lie elsewhere: whoever starts the custodian names it as AIF_CUSTODIAN_SEED_EPOCH_<n>_FILE or …_COMMAND
(aif_share.secret_source). Not in the home: its files belong to the custodian's user, and a command in one of them would be
run by whoever starts it, root maybe.
"""

from __future__ import annotations

import os
import re
import secrets
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from aif_share import secret_source
from aif_share.errors import Refusal

SEED_BYTES: Final = 32
_NAME: Final = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?")
_SEED: Final = re.compile(r"[0-9a-f]{64}")
_SEED_FILE: Final = re.compile(r"seed-epoch-([1-9][0-9]{0,8})")
_SEED_VARIABLE: Final = re.compile(r"(AIF_CUSTODIAN_SEED_EPOCH_([1-9][0-9]{0,8}))(?:_FILE|_COMMAND)?")
TOKEN_LENGTH: Final = 32
"""Characters that an operator's token has at least."""


@dataclass(frozen=True, slots=True)
class Home:
    """The folder of one custodian; raise Refusal `home-invalid` for one that is not complete or too open."""

    path: Path

    @property
    def store(self) -> Path:
        """The file of the quota store."""
        return self.path / "quota.sqlite"

    @property
    def name(self) -> str:
        """The custodian's name."""
        name = self._read("name")
        if not _NAME.fullmatch(name):
            raise Refusal("home-invalid", "the file `name` does not hold a custodian's name")
        return name

    def seeds(self) -> dict[int, bytes]:
        """The seed of each epoch, 32 bytes each; never empty."""
        found = _seeds_elsewhere()
        for file in self.path.iterdir():
            match = _SEED_FILE.fullmatch(file.name)
            if match and (epoch := int(match[1])) in found:
                raise Refusal("home-invalid", f"the seed of epoch {epoch} is here and in a variable; keep one")
            if match:
                found[epoch] = _seed(self._read_private(file.name), file.name)
        if not found:
            raise Refusal("home-invalid", "there is no seed here; make one with `aif-share custodian init`")
        return found

    def operator_tokens(self) -> tuple[str, ...]:
        """The bearers that the platform which keeps the members here may come with; none if no platform does."""
        if not (self.path / "operator.token").exists():
            return ()
        tokens = tuple(self._read_private("operator.token").split())
        if not 1 <= len(tokens) <= 2 or any(len(token) < TOKEN_LENGTH for token in tokens):
            raise Refusal("home-invalid", f"operator.token holds no one or two tokens of {TOKEN_LENGTH} characters")
        return tokens

    def set_operator_token(self, token: str, *, beside: bool) -> None:
        """Let another token count from the next start on; `beside`: the one there was counts as well. Raise Refusal."""
        check_operator_token(token)
        kept = self.operator_tokens()[:1] if beside else ()
        fresh = self.path / ".operator.token.new"
        fresh.unlink(missing_ok=True)
        _write(fresh, "\n".join(dict.fromkeys((token, *kept))))
        if os.geteuid() == 0:
            os.chown(fresh, *self.owner(), follow_symlinks=False)
        fresh.replace(self.path / "operator.token")

    def owner(self) -> tuple[int, int]:
        """The user and group ids the folder belongs to."""
        status = self.path.stat()
        return status.st_uid, status.st_gid

    def give_to(self, uid: int, gid: int) -> None:
        """Let the folder and every file of a custodian in it belong to one user. Needs root."""
        for path in (self.path, *self.path.iterdir()):
            if path == self.path or stat.S_ISREG(path.lstat().st_mode):
                os.chown(path, uid, gid)

    def _read(self, name: str) -> str:
        try:
            return (self.path / name).read_text(encoding="ascii").strip()
        except (OSError, UnicodeDecodeError):
            raise Refusal("home-invalid", f"{self.path / name} cannot be read") from None

    def _read_private(self, name: str) -> str:
        if (self.path / name).stat().st_mode & 0o077:
            raise Refusal("home-invalid", f"{name} is open to others than its owner; chmod it to 600")
        return self._read(name)


def check_operator_token(token: str) -> None:
    """Raise Refusal for a token that is too short, or more than one word."""
    if len(token) < TOKEN_LENGTH or token.split() != [token]:
        raise Refusal("token-short", f"an operator's token is one word of at least {TOKEN_LENGTH} characters")


def make_home(
    path: Path, *, name: str, epoch: int = 1, operator_token: str | None = None, seed_here: bool = True
) -> Home:
    """Make a home, or add a later epoch's seed to one. Never overwrites a seed. Raise Refusal.

    Without `seed_here` none is drawn: it lies elsewhere, where a variable says.
    """
    if not _NAME.fullmatch(name):
        raise Refusal("name-invalid", "a custodian's name has lower-case letters, digits and inner hyphens, at most 64")
    if not 1 <= epoch <= 999_999_999:
        raise Refusal("epoch-unknown", "an epoch is a number from 1")
    if operator_token is not None:
        check_operator_token(operator_token)
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    home = Home(path)
    if (path / "name").exists() and home.name != name:
        raise Refusal("name-taken", f"this home belongs to the custodian {home.name}")
    if seed_here and (path / f"seed-epoch-{epoch}").exists():
        raise Refusal("epoch-taken", f"the seed of epoch {epoch} is here already; it is never overwritten")
    if seed_here:
        _write(path / f"seed-epoch-{epoch}", secrets.token_hex(SEED_BYTES))
    if not (path / "name").exists():
        _write(path / "name", name)
    if operator_token is not None:
        (path / "operator.token").unlink(missing_ok=True)
        _write(path / "operator.token", operator_token)
    if os.geteuid() == 0:
        home.give_to(*home.owner())
    return home


def _seed(text: str, place: str) -> bytes:
    if not _SEED.fullmatch(text):
        raise Refusal("home-invalid", f"{place} does not hold 64 hex digits")
    return bytes.fromhex(text)


def _seeds_elsewhere() -> dict[int, bytes]:
    found = {}
    for name in os.environ:
        match = _SEED_VARIABLE.fullmatch(name)
        if match and int(match[2]) not in found:
            try:
                found[int(match[2])] = _seed(secret_source.read(match[1]).strip(), match[1])
            except secret_source.SourceError as why:
                raise Refusal("home-invalid", str(why)) from None
    return found


def _write(path: Path, text: str) -> None:
    # O_EXCL: an existing file is never followed or replaced. Durable before anybody relies on the key.
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        os.write(descriptor, text.encode("ascii") + b"\n")
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
