"""The signed directory: read back as written, and refused as soon as anything was touched."""

import json
from datetime import UTC, datetime, timedelta, timezone

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from aif_share import oprf
from aif_share.errors import PinError, ProofError
from aif_share.oprf import encoding
from aif_share.wire.directory import CustodianKey, Directory, DirectoryEntry, open_signed, to_signed

NOW = datetime(2026, 11, 22, 8, 30, tzinfo=UTC)
SIGNER = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
KEY = oprf.derive_key(bytes(32), b"x")
PUBLIC = encoding.encode(KEY.public)
TOKEN = encoding.encode(b"t" * 32)


def an_entry(epoch=1, type="domain", **changes):
    parts = {
        "type": type,
        "epoch": epoch,
        "custodians": (
            CustodianKey("platform", "https://a.example", PUBLIC),
            CustodianKey("partner", "https://b.example", PUBLIC),
        ),
        "not_before": NOW,
        "not_after": NOW + timedelta(days=30),
        "canary_input": "例子.example",
        "canary_token": TOKEN,
    }
    return DirectoryEntry(**(parts | changes))


DIRECTORY = Directory(NOW, (an_entry(), an_entry(2, not_after=None), an_entry(type="email")))


def sign(text):
    return {
        "signed": text,
        "public_key": encoding.encode(SIGNER.public_key().public_bytes_raw()),
        "signature": encoding.encode(SIGNER.sign(text.encode())),
    }


def test_there_and_back():
    document = json.loads(json.dumps(to_signed(DIRECTORY, SIGNER)))
    assert set(document) == {"signed", "public_key", "signature"}
    assert open_signed(document, None) == DIRECTORY
    assert open_signed(document, document["public_key"]) == DIRECTORY
    assert DIRECTORY.entries[0].custodians[0].public == KEY.public


def test_the_shape_that_is_signed():
    body = json.loads(to_signed(Directory(NOW, (an_entry(),)), SIGNER)["signed"])
    assert body == {
        "version": 1,
        "issued_at": "2026-11-22T08:30:00Z",
        "entries": [
            {
                "type": "domain",
                "epoch": 1,
                "suite": "ristretto255-SHA512",
                "custodians": [
                    {"name": "platform", "url": "https://a.example", "public_key": PUBLIC},
                    {"name": "partner", "url": "https://b.example", "public_key": PUBLIC},
                ],
                "not_before": "2026-11-22T08:30:00Z",
                "not_after": "2026-12-22T08:30:00Z",
                "canary": {"input": "例子.example", "token": TOKEN},
            }
        ],
    }


def test_times_are_written_in_utc():
    shanghai = NOW.astimezone(timezone(timedelta(hours=8)))
    assert to_signed(Directory(shanghai, ()), SIGNER) == to_signed(Directory(NOW, ()), SIGNER)
    with pytest.raises(ValueError, match="zone"):
        to_signed(Directory(NOW.replace(tzinfo=None), ()), SIGNER)


def test_another_signer_than_the_pinned_one():
    other = Ed25519PrivateKey.generate()
    pinned = to_signed(DIRECTORY, SIGNER)["public_key"]
    with pytest.raises(PinError):
        open_signed(to_signed(DIRECTORY, other), pinned)


def test_anything_touched():
    document = to_signed(DIRECTORY, SIGNER)
    pinned = document["public_key"]
    other = to_signed(DIRECTORY, Ed25519PrivateKey.generate())
    for changes in (
        {"signed": document["signed"].replace("a.example", "c.example")},
        {"signed": document["signed"] + " "},
        {"signed": json.dumps(json.loads(document["signed"]))},
        {"signature": other["signature"]},
        {"signature": ""},
        {"signature": document["signature"][:-1]},
        {"signature": None},
        {"signed": json.loads(document["signed"])},
        {"signed": "\ud800"},
    ):
        with pytest.raises(ProofError):
            open_signed(document | changes, pinned)
        with pytest.raises(ProofError):
            open_signed(document | changes, None)
    for changes in ({"public_key": other["public_key"]}, {"public_key": ""}, {"public_key": "AA"}):
        with pytest.raises(ProofError):
            open_signed(document | changes, None)
        with pytest.raises(PinError):
            open_signed(document | changes, pinned)
    with pytest.raises(ProofError):
        open_signed({}, None)


def test_signed_but_wrong():
    body = json.loads(to_signed(DIRECTORY, SIGNER)["signed"])
    entry = body["entries"][0]
    hop = entry["custodians"][0]
    for wrong in (
        body | {"version": 2},
        body | {"entries": None},
        body | {"issued_at": "2026-11-22T08:30:00"},
        {"version": 1},
        [],
        body | {"entries": [entry, entry]},
        body | {"entries": [entry | {"epoch": 0}]},
        body | {"entries": [entry | {"epoch": True}]},
        body | {"entries": [entry | {"epoch": "1"}]},
        body | {"entries": [entry | {"custodians": []}]},
        body | {"entries": [entry | {"custodians": [hop, hop]}]},
        body | {"entries": [entry | {"custodians": [hop | {"url": "file:///etc/passwd"}]}]},
        body | {"entries": [entry | {"custodians": [hop | {"name": "A B"}]}]},
        body | {"entries": [entry | {"custodians": [hop | {"public_key": PUBLIC[:-1] + "B"}]}]},
        body | {"entries": [entry | {"canary": {"input": "", "token": TOKEN}}]},
        body | {"entries": [entry | {"canary": {"input": "x"}}]},
        body | {"entries": [entry | {"not_before": "soon"}]},
    ):
        with pytest.raises(ProofError):
            open_signed(sign(json.dumps(wrong)), None)
    for text in ("", "{", "[" * 100_000):
        with pytest.raises(ProofError):
            open_signed(sign(text), None)
    extended = body | {"note": "a later version may say more"}
    assert open_signed(sign(json.dumps(extended)), None) == DIRECTORY


def test_which_entry_counts():
    assert DIRECTORY.entry("domain", 1) == an_entry()
    assert DIRECTORY.entry("domain", 3) is None
    assert DIRECTORY.current("domain", NOW).epoch == 2
    assert DIRECTORY.current("email", NOW + timedelta(days=30)) is None
    assert DIRECTORY.current("email", NOW - timedelta(seconds=1)) is None
    foreign = Directory(NOW, (an_entry(), an_entry(2, suite="P256-SHA256")))
    assert foreign.current("domain", NOW).epoch == 1
