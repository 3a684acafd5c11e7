"""The product's own database with a published directory of two real custodians, for tests that tokenize."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

from django.core.management import call_command

from aif_share.client.session import Session
from aif_share.client.tokenize import Canaries, Tokenizer
from aif_share.wire.directory import open_signed
from aif_share.wire.keys import MemberKey
from clues.blinding import directory, epochs
from clues.models import KeyEpoch
from tests.aif_share.client import alliance
from tests.clues.alliance import open_epoch
from tests.factories import acting_as


def publish(chain: list[alliance.CustodianProcess], key: MemberKey, folder: Path) -> Path:
    """Open an epoch of domains and publish who its custodians are; return the file of the member key."""
    key_file = folder / "member.key"
    key_file.write_text(key.text, encoding="ascii")
    epochs._cache.value = None
    with acting_as("aif_desk"):
        open_epoch()
    with acting_as("aif_owner"):
        KeyEpoch.objects.exclude(type="domain").delete()
    with acting_as("aif_desk"):
        call_command(
            "publish_directory", signing_key=folder / "signing.pem", ceremony_key_file=key_file,
            custodian=[f"{one.name}={one.url}" for one in chain], stdout=io.StringIO(),
        )  # fmt: skip
    return key_file


def tokenize(key: MemberKey, *values: str) -> list[dict[str, Any]]:
    """Tokenize domains as a member's program does; raise what it raises."""
    document = directory.get_directory()
    with Session("http://127.0.0.1:1", key, timeout=2, patience=1) as session:
        tokenizer = Tokenizer(session, open_signed(document, document["public_key"]), canaries=Canaries())
        try:
            return [token.identifier() for token in tokenizer.tokenize("domain", list(values))]
        finally:
            tokenizer.close()
