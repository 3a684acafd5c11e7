"""Raw values of the alliance for commands: read from a file, tokenized through the chain of custodians, never repeated."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError

from aif_share.client.session import Session
from aif_share.client.tokenize import Canaries, Tokenizer
from aif_share.errors import AifShareError
from aif_share.identifiers import normalize, types
from aif_share.wire.directory import open_signed
from aif_share.wire.keys import MemberKey
from clues.blinding import directory
from members.management.embedded import ceremony_key

REF, QUOTA = "ALLIANCE-NOISE", 100_000
Value = tuple[str, str]


def read_values(path: Path) -> Iterator[Value]:
    """Yield (type, value); a line that is wrong is named by its number, never repeated."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        raise CommandError("the file cannot be read as UTF-8; a list of members comes with none") from None
    for number, line in enumerate(lines, start=1):
        kind, _space, value = line.strip().partition(" ")
        if not kind or kind.startswith("#"):
            continue
        if kind not in types():
            raise CommandError(f"line {number}: no such identifier type")
        try:
            normalize(kind, value)
        except AifShareError as error:
            raise CommandError(f"line {number}: {error.code}") from None
        yield kind, value


def tokenize_values(values: list[Value], key_file: Path | None) -> list[dict[str, Any]]:
    """Return the identifiers with their tokens, type by type. Raise AifShareError or CustodianNotReady."""
    by_type: dict[str, list[str]] = {}
    for kind, value in values:
        by_type.setdefault(kind, []).append(value)
    document = directory.get_directory()
    published = open_signed(document, document["public_key"])
    with _key(key_file) as key, Session(settings.AIF_PUBLIC_URL, key) as session:
        tokenizer = Tokenizer(session, published, canaries=Canaries())
        try:
            return [token.identifier() for kind, raws in by_type.items() for token in tokenizer.tokenize(kind, raws)]
        finally:
            tokenizer.close()


def _key(path: Path | None) -> AbstractContextManager[MemberKey]:
    if path is not None:
        return nullcontext(MemberKey.parse(path.read_text(encoding="ascii").strip()))
    if not settings.AIF_EMBEDDED_CUSTODIANS:
        raise CommandError("Give a member key that every custodian knows: --key-file FILE")
    return ceremony_key(REF, evaluate_quota=QUOTA)
