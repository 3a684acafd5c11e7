"""A member's key and what each server gets of it."""

import base64
import copy
import hashlib
import hmac
import pickle

import pytest

from aif_share.errors import MalformedKey
from aif_share.wire.keys import MemberKey, bearer_id, custodian_server, is_verifier, verifier

SECRET = bytes(range(32))
TEXT = "aif_live_abcd1234_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8"


def by_hand(secret, server):
    """HKDF-SHA256 of RFC 5869 with an empty salt and one block, from the standard library alone."""
    extracted = hmac.digest(b"\0" * 32, secret, "sha256")
    part = hmac.digest(extracted, b"aif1|bearer|" + server.encode() + b"\x01", "sha256")
    return base64.urlsafe_b64encode(part).decode().rstrip("=")


def test_a_key_as_the_contract_writes_it():
    key = MemberKey.parse(TEXT)
    assert (key.id, key.secret, key.text) == ("abcd1234", SECRET, TEXT)
    assert MemberKey.parse(TEXT + "\n") == key


@pytest.mark.parametrize("server", ["platform", "custodian:platform", "custodian:partner"])
def test_a_bearer_is_derived_for_one_server(server):
    bearer = MemberKey.parse(TEXT).bearer_for(server)
    assert bearer == f"aif_live_abcd1234_{by_hand(SECRET, server)}"
    assert verifier(bearer) == hashlib.sha256(bearer.encode()).hexdigest()
    assert is_verifier(verifier(bearer))
    assert bearer_id(bearer) == "abcd1234"


def test_fixed_values():
    """So that another implementation can be checked against them."""
    bearer = MemberKey.parse(TEXT).bearer_for("platform")
    assert bearer == "aif_live_abcd1234_CCTMUfQRyeqR5g_fGDgEghfjy27z9I0HtyYRerOQM94"
    assert verifier(bearer) == "823569a5d32256a418e26414ee74723eb4c587240cd09b4601e8f20a8aaf39a0"


def test_every_server_gets_another():
    key = MemberKey.parse(TEXT)
    bearers = {key.bearer_for(server) for server in ("platform", "custodian:platform", "custodian:partner")}
    assert len(bearers | {TEXT}) == 4


def test_new_keys():
    keys = [MemberKey.new() for _ in range(200)]
    assert len({key.id for key in keys}) == len({key.secret for key in keys}) == 200
    for key in keys:
        assert MemberKey.parse(key.text) == key


@pytest.mark.parametrize(
    "text",
    [
        "",
        "aif_live_abcd1234",
        TEXT[:-1],
        TEXT + "A",
        TEXT[:-1] + "9",
        TEXT.replace("live", "test"),
        TEXT.replace("abcd1234", "ABCD1234"),
        TEXT.replace("abcd1234", "abcd123"),
        TEXT.replace("abcd1234", "abcd12345"),
        TEXT.replace("_AAE", "-AAE"),
        TEXT + "=",
        TEXT.replace("A", "é", 1),
    ],
)
def test_what_is_no_key(text):
    with pytest.raises(MalformedKey) as failure:
        MemberKey.parse(text)
    assert not text or text not in str(failure.value) + repr(failure.value)


def test_a_secret_may_hold_underscores():
    key = MemberKey("abcd1234", b"\xff" * 32)
    assert key.text.count("_") > 3
    assert MemberKey.parse(key.text) == key


@pytest.mark.parametrize("server", ["", "Platform", "custodian", "custodian:", "custodian:A", "custodian:a|b", "x"])
def test_no_other_server_names(server):
    with pytest.raises(MalformedKey):
        MemberKey.parse(TEXT).bearer_for(server)


def test_custodian_names():
    assert custodian_server("partner") == "custodian:partner"


def test_the_secret_stays_inside():
    key = MemberKey.parse(TEXT)
    for shown in (repr(key), str(key), f"{key}"):
        assert TEXT[18:] not in shown
        assert SECRET.hex() not in shown
        assert repr(SECRET)[2:10] not in shown
    for attempt in (pickle.dumps, copy.copy, copy.deepcopy):
        with pytest.raises(TypeError):
            attempt(key)
