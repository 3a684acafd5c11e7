"""`GET /oprf/directory`: the stored signed text, to any key."""

from __future__ import annotations

from datetime import UTC, datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.utils import timezone

from aif_share.oprf import encoding
from aif_share.wire.directory import CustodianKey, Directory, DirectoryEntry, open_signed, to_signed
from clues.blinding import directory
from tests.clues.api.member import Member, problem
from tests.factories import CONSOLE, acting_as


def make(url: str) -> dict[str, str]:
    """Return a signed directory of one type."""
    text = encoding.encode(bytes(range(32)))
    entry = DirectoryEntry(
        type="domain",
        epoch=1,
        custodians=(CustodianKey("platform", url, text),),
        not_before=datetime(2026, 1, 1, tzinfo=UTC),
        not_after=None,
        canary_input="example.com",
        canary_token=text,
    )
    return to_signed(Directory(datetime(2026, 1, 1, tzinfo=UTC), (entry,)), Ed25519PrivateKey.generate())


def test_none_published(aster: Member) -> None:
    answer = aster.get("/oprf/directory")
    problem(answer, 503, "directory-missing")
    assert answer["Retry-After"]


def test_the_newest_as_it_was_signed(aster: Member) -> None:
    """Byte for byte, for a key without any of the platform's scopes too; the signature holds for the client."""
    older, newer = make("https://old.example"), make("https://new.example")
    with acting_as("aif_desk"):
        for document in (older, newer):
            directory.publish(document=document, by=CONSOLE, now=timezone.now())
    answer = aster.with_scopes("evaluate").get("/oprf/directory")
    assert answer.status_code == 200 and answer.json() == newer
    opened = open_signed(answer.json(), newer["public_key"])
    assert opened.entries[0].custodians[0].url == "https://new.example"
