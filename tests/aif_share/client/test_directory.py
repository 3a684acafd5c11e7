"""The directory: pinned at first use, and nothing goes on under another signing key."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from aif_share.client import Client
from aif_share.errors import PinError, ProofError
from aif_share.oprf import encoding
from aif_share.wire.keys import MemberKey

from . import alliance


def opened(platform: alliance.Platform, key: MemberKey, home: Path, pin: str | None = None) -> tuple[Client, list[str]]:
    notices: list[str] = []
    return Client(platform.url, key, data_home=home, pin=pin, on_notice=notices.append), notices


def public_key(platform: alliance.Platform) -> str:
    return encoding.encode(platform.signing.public_key().public_bytes_raw())


def test_first_use_pins_and_says_so_once(platform: alliance.Platform, key: MemberKey, tmp_path: Path) -> None:
    for expected in (1, 0):
        client, notices = opened(platform, key, tmp_path)
        with client:
            assert {entry.type for entry in client.directory().entries} == set(alliance.TYPES)
        assert len(notices) == expected
        assert all(public_key(platform) in notice for notice in notices)
    path = tmp_path / key.id / "pin.json"
    assert json.loads(path.read_text()) == {platform.url: public_key(platform)}
    assert path.stat().st_mode & 0o777 == 0o600


def test_another_signing_key_stops(platform: alliance.Platform, key: MemberKey, tmp_path: Path) -> None:
    with opened(platform, key, tmp_path)[0] as client:
        client.directory()
    before = (tmp_path / key.id / "pin.json").read_text()
    platform.signing = Ed25519PrivateKey.generate()
    with opened(platform, key, tmp_path)[0] as client, pytest.raises(PinError, match="another key"):
        client.tokenize("domain", ["example.com"])
    assert (tmp_path / key.id / "pin.json").read_text() == before


def test_a_pin_given_beforehand_counts_from_the_first_use(
    platform: alliance.Platform, key: MemberKey, tmp_path: Path
) -> None:
    other = encoding.encode(Ed25519PrivateKey.generate().public_key().public_bytes_raw())
    with opened(platform, key, tmp_path, pin=other)[0] as client, pytest.raises(PinError):
        client.directory()
    client, notices = opened(platform, key, tmp_path, pin=public_key(platform))
    with client:
        client.directory()
    assert notices == [] and not (tmp_path / key.id / "pin.json").exists()


def test_a_pin_file_that_cannot_be_read_is_no_first_use(
    platform: alliance.Platform, key: MemberKey, tmp_path: Path
) -> None:
    path = tmp_path / key.id / "pin.json"
    path.parent.mkdir()
    for text in ("", "[]", "{"):
        path.write_text(text)
        with opened(platform, key, tmp_path)[0] as client, pytest.raises(PinError, match=r"pin\.json"):
            client.directory()
        assert path.read_text() == text


def test_pins_of_two_platforms_stand_beside_each_other(
    chain: list[alliance.CustodianProcess], platform: alliance.Platform, key: MemberKey, tmp_path: Path
) -> None:
    with alliance.platform(chain) as second:
        for one in (platform, second, platform):
            with opened(one, key, tmp_path)[0] as client:
                client.directory()
        pins = json.loads((tmp_path / key.id / "pin.json").read_text())
    assert pins == {platform.url: public_key(platform), second.url: public_key(second)}


def test_a_changed_directory_is_refused(platform: alliance.Platform, key: MemberKey, tmp_path: Path) -> None:
    document = platform.directory()
    document["signed"] = document["signed"].replace("domain", "domaim")
    platform.fail = lambda method, path, count: (200, {}, document) if path.endswith("directory") else None
    with opened(platform, key, tmp_path)[0] as client, pytest.raises(ProofError, match="signature"):
        client.directory()
    assert not (tmp_path / key.id / "pin.json").exists()
