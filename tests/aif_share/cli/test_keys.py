"""`aif-share keys` and the profile: the secret stays, servers get what is derived from it."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from pathlib import Path

import pytest

from aif_share.client.profile import ProfileError, load_profile
from aif_share.wire.keys import MemberKey

from .conftest import run_process

SECRET = bytes(range(32))
KEY = "aif_live_abcd2345_" + base64.urlsafe_b64encode(SECRET).rstrip(b"=").decode()


def expected_bearer(server: str) -> str:
    """The contract's derivation by hand: HKDF-SHA256 (RFC 5869), empty salt, one block of output."""
    extracted = hmac.new(bytes(32), SECRET, hashlib.sha256).digest()
    part = hmac.new(extracted, b"aif1|bearer|" + server.encode() + b"\x01", hashlib.sha256).digest()
    return "aif_live_abcd2345_" + base64.urlsafe_b64encode(part).rstrip(b"=").decode()


@pytest.mark.parametrize("server", ["platform", "custodian:partner"])
def test_bearer_and_verifier(server: str, tmp_path: Path) -> None:
    environment = {"HOME": str(tmp_path), "AIF_SHARE_KEY": KEY}
    bearer = run_process(environment, "keys", "bearer", "--for", server)
    verifier = run_process(environment, "keys", "verifier", "--for", server, "--json")
    assert bearer.stdout == expected_bearer(server) + "\n"
    assert json.loads(verifier.stdout) == {
        "server": server,
        "id": "abcd2345",
        "verifier": hashlib.sha256(expected_bearer(server).encode()).hexdigest(),
    }
    assert KEY not in bearer.stdout + bearer.stderr + verifier.stdout + verifier.stderr


def test_new_keys_differ_and_can_be_read(tmp_path: Path) -> None:
    texts = {run_process({"HOME": str(tmp_path)}, "keys", "new").stdout.strip() for _ in range(3)}
    assert len(texts) == 3 and len({MemberKey.parse(text).id for text in texts}) == 3


def test_a_new_key_in_a_file_is_for_its_owner_and_replaces_none(tmp_path: Path) -> None:
    path = tmp_path / "key"
    done = run_process({"HOME": str(tmp_path)}, "keys", "new", "--out", str(path), "--json")
    key = MemberKey.parse(path.read_text())
    assert json.loads(done.stdout) == {"id": key.id} and path.stat().st_mode & 0o777 == 0o600
    again = run_process({"HOME": str(tmp_path)}, "keys", "new", "--out", str(path))
    assert again.returncode == 2 and MemberKey.parse(path.read_text()) == key
    bearer = run_process(
        {"HOME": str(tmp_path), "AIF_SHARE_KEY_FILE": str(path)}, "keys", "bearer", "--for", "platform"
    )
    assert bearer.stdout.strip() == key.bearer_for("platform")


def profile(tmp_path: Path, text: str, **environ: str) -> object:
    path = tmp_path / "config.toml"
    path.write_text(text)
    return load_profile({"AIF_SHARE_CONFIG": str(path), **environ})


def test_the_profile_is_read_and_the_environment_wins(tmp_path: Path) -> None:
    (tmp_path / "key").write_text(KEY + "\n")
    text = 'url = "https://one.example/"\nkey_file = "key"\npin = "p"\n'
    read = profile(tmp_path, text)
    assert (read.url, read.key.text, read.pin) == ("https://one.example", KEY, "p")
    other = MemberKey.new()
    read = profile(tmp_path, text, AIF_SHARE_URL="https://two.example", AIF_SHARE_KEY=other.text, AIF_SHARE_PIN="q")
    assert (read.url, read.key, read.pin) == ("https://two.example", other, "q")
    assert KEY not in repr(read) and other.text not in repr(read)


@pytest.mark.parametrize(
    "text",
    [f"key = {KEY}", f'kee = "{KEY}"', 'url = "share.example"', f'key = ["{KEY}"]', 'key_file = "none"', "url ="],
)
def test_a_wrong_profile_is_told_without_the_key(tmp_path: Path, text: str) -> None:
    with pytest.raises(ProfileError) as caught:
        profile(tmp_path, text if "url" in text else 'url = "https://one.example"\n' + text)
    assert KEY[-20:] not in str(caught.value)


def test_a_new_key_with_what_to_register_it_with(tmp_path: Path) -> None:
    path = tmp_path / "key"
    asked = ("keys", "new", "--out", str(path), "--scope", "evaluate", "--custodian", "partner")
    made = json.loads(run_process({"HOME": str(tmp_path)}, *asked, "--json").stdout)
    key = MemberKey.parse(path.read_text())
    servers = ("platform", "custodian:platform", "custodian:partner")
    assert made == {
        "id": key.id,
        "scopes": ["evaluate"],
        "verifiers": {each: hashlib.sha256(key.bearer_for(each).encode()).hexdigest() for each in servers},
    }
    path.unlink()
    shown = run_process({"HOME": str(tmp_path)}, *asked)
    key = MemberKey.parse(path.read_text())
    lines = [f"{each}  {hashlib.sha256(key.bearer_for(each).encode()).hexdigest()}" for each in servers]
    assert shown.stdout.splitlines() == [key.id, *lines]
    assert key.text not in shown.stdout + shown.stderr


def test_custodians_hear_only_of_keys_that_evaluate(tmp_path: Path) -> None:
    environment = {"HOME": str(tmp_path)}
    made = json.loads(run_process(environment, "keys", "new", "--scope", "read", "--json").stdout)
    assert list(made["verifiers"]) == ["platform"] and MemberKey.parse(made["key"]).id == made["id"]
    assert run_process(environment, "keys", "new", "--custodian", "partner").returncode == 2
    assert run_process(environment, "keys", "new", "--scope", "evaluate", "--custodian", "No Name").returncode == 2
