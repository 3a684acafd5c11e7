"""Signed checkpoints: the example of the specification, and what is changed, foreign or of another form."""

from __future__ import annotations

import base64

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from aif_share.audit.note import Checkpoint, Verifier, open_checkpoint
from aif_share.errors import ProofError

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
LOG = Verifier("aif-share.example/log", KEY.public_key().public_bytes_raw())
HEAD = Checkpoint(LOG.name, 7, bytes(32))
# https://c2sp.org/signed-note, "Verifier keys" and "Example".
PUBLISHED_KEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
PUBLISHED_NOTE = (
    "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n\n"
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)


def sign(text: str, key: Ed25519PrivateKey = KEY, name: str = LOG.name, ident: bytes | None = None) -> str:
    """A note with one signature."""
    ident = Verifier(name, key.public_key().public_bytes_raw()).key_id if ident is None else ident
    return f"{text}\n— {name} {base64.b64encode(ident + key.sign(text.encode())).decode()}\n"


def test_a_checkpoint_opens_and_says_what_was_signed() -> None:
    assert open_checkpoint(sign(str(HEAD)), verifier=LOG) == HEAD
    assert Verifier.parse(str(LOG)) == LOG


def test_the_published_signature_holds() -> None:
    """It is no checkpoint; but its signature is checked before that is seen."""
    verifier = Verifier.parse(PUBLISHED_KEY)
    with pytest.raises(ProofError, match="not of this log"):
        open_checkpoint(PUBLISHED_NOTE, verifier=verifier)
    with pytest.raises(ProofError, match="does not hold"):
        open_checkpoint(PUBLISHED_NOTE.replace("cryptography", "steganography"), verifier=verifier)


def test_signatures_of_witnesses_are_passed_over() -> None:
    witness = Ed25519PrivateKey.from_private_bytes(bytes(32))
    added = sign(str(HEAD), witness, "witness.example").rpartition("\n\n")[2]
    assert open_checkpoint(sign(str(HEAD)) + added, verifier=LOG) == HEAD


@pytest.mark.parametrize(
    "note",
    [
        "",
        str(HEAD),
        sign(str(HEAD)).replace("\n7\n", "\n8\n"),
        sign(str(HEAD))[:-1],
        sign(str(HEAD), Ed25519PrivateKey.from_private_bytes(bytes(32))),
        sign(str(HEAD), Ed25519PrivateKey.from_private_bytes(bytes(32)), ident=LOG.key_id),
        sign(str(HEAD), name="another.example/log"),
        sign(str(Checkpoint("another.example/log", 7, bytes(32)))),
        sign(f"{LOG.name}\n07\n{base64.b64encode(bytes(32)).decode()}\n"),
        sign(f"{LOG.name}\n7\n{base64.b64encode(bytes(31)).decode()}\n"),
        sign(f"{LOG.name}\n7\n"),
        sign(str(HEAD)) + "— no signature\n",
    ],
)
def test_anything_else_is_refused(note: str) -> None:
    with pytest.raises(ProofError):
        open_checkpoint(note, verifier=LOG)


@pytest.mark.parametrize("text", ["", "name", "name+00000000+AAAA", str(LOG).replace("+", "-"), "x" + str(LOG)])
def test_only_keys_are_keys(text: str) -> None:
    with pytest.raises(ProofError):
        Verifier.parse(text)
