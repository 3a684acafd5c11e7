"""Which bytes and texts are an element, a scalar, a proof or a token, and which are refused."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aif_share import oprf
from aif_share.errors import InvalidElement, InvalidInput, InvalidScalar, MalformedToken
from aif_share.oprf import encoding, sodium
from aif_share.oprf.suite import ORDER

ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
SHARED = Path(__file__).parents[4] / "shared" / "vectors" / "ristretto255_bad_encodings.json"

# RFC 9496 appendix A.2, one of each group: non-canonical, negative, non-square, negative x·y, s = -1
BAD = [
    "00ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "0100000000000000000000000000000000000000000000000000000000000000",
    "26948d35ca62e643e26a83177332e6b6afeb9d08e4268b650f1f5bbd8d81d371",
    "3eb858e78f5a7254d8c9731174a94f76755fd3941c0ac93735c07ba14579630e",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
]

KEY = oprf.derive_key(bytes(range(32)), b"test")


def an_element(index=0):
    return oprf.blind([b"element %d" % index])[0].element


def refused_everywhere(element):
    assert not sodium.is_usable(element)
    with pytest.raises(InvalidElement) as failure:
        encoding.decode_element(encoding.encode(element), index=3)
    assert failure.value.index == 3
    good = an_element()
    with pytest.raises(InvalidElement) as failure:
        oprf.evaluate(KEY, [good, element])
    assert failure.value.index == 1
    shown = repr(failure.value) + str(failure.value) + repr(failure.value.extra)
    assert not element or (element.hex() not in shown and repr(element) not in shown)


@pytest.mark.parametrize("text", BAD)
def test_invalid_encoding(text):
    refused_everywhere(bytes.fromhex(text))


@pytest.mark.skipif(not SHARED.exists(), reason="the sibling folder shared/vectors is not here")
def test_all_29_invalid_encodings():
    encodings = json.loads(SHARED.read_text())
    assert len(encodings) == 29
    for text in encodings:
        refused_everywhere(bytes.fromhex(text))


def test_bit_255_is_refused_though_libsodium_takes_it():
    for index in range(50):
        element = an_element(index)
        high = element[:31] + bytes([element[31] | 0x80])
        assert sodium.raw_is_valid(high) == 1, "libsodium has learned it: the own check can stay all the same"
        assert sodium.is_usable(element)
        refused_everywhere(high)


def test_the_identity_is_refused():
    assert sodium.raw_is_valid(bytes(32)) == 1
    refused_everywhere(bytes(32))


@pytest.mark.parametrize("length", [0, 1, 31, 33, 64])
def test_lengths_are_checked_before_libsodium_reads(length):
    refused_everywhere((an_element() * 3)[:length])


@pytest.mark.parametrize(
    "scalar",
    [
        bytes(32),
        ORDER.to_bytes(32, "little"),
        (ORDER + 1).to_bytes(32, "little"),
        (int.from_bytes(KEY.secret, "little") + ORDER).to_bytes(32, "little"),
        (int.from_bytes(KEY.secret, "little") | 1 << 255).to_bytes(32, "little"),
        KEY.secret[:31],
        KEY.secret + b"\0",
        b"",
    ],
    ids=["zero", "order", "order+1", "k+order", "bit 255", "short", "long", "empty"],
)
def test_scalars_are_canonical(scalar):
    for use in (
        lambda: oprf.Key.of(scalar),
        lambda: sodium.multiply(scalar, an_element()),
        lambda: oprf.blind([b"x"], _scalars=[scalar]),
        lambda: oprf.finalize([b"x"], [scalar], [an_element()]),
        lambda: oprf.evaluate(KEY, [an_element()], _nonce=scalar),
    ):
        with pytest.raises(InvalidScalar):
            use()


def test_inverses_in_one_go_are_inverses():
    one = (1).to_bytes(32, "little")
    scalars = [sodium.random_scalar() for _ in range(40)]
    for count in (1, 2, 3, 40):
        inverses = sodium.invert_scalars(scalars[:count])
        assert [sodium.multiply_scalars(a, b) for a, b in zip(scalars, inverses, strict=False)] == [one] * count


def test_a_sum_that_is_the_identity_is_refused():
    element = an_element()
    minus_one = (ORDER - 1).to_bytes(32, "little")
    with pytest.raises(InvalidElement):
        sodium.add(element, sodium.multiply(minus_one, element))


@given(st.binary(min_size=32, max_size=32))
def test_one_text_for_one_value(value):
    text = encoding.encode(value)
    assert len(text) == 43
    assert encoding.decode(text) == value
    assert encoding.decode_token(text) == value
    for last in ALPHABET:
        other = text[:42] + last
        if other == text:
            continue
        same_bytes = urlsafe_b64decode(other + "=") == value
        if same_bytes:
            assert encoding.decode_32(other) is None


@pytest.mark.parametrize(
    "spoil",
    [
        lambda text: text + "=",
        lambda text: text[:20] + "\n" + text[20:],
        lambda text: text[:20] + "!" + text[20:],
        lambda text: text + "\n",
        lambda text: " " + text,
        lambda text: text[:42] + chr(ord(text[42]) + 1),
        lambda text: text[:42],
        lambda text: text + "A",
        lambda text: "",
    ],
)
def test_texts_that_a_loose_decoder_would_take(spoil):
    text = encoding.encode(b"\xfb" * 31 + b"\x00")
    bad = spoil(text)
    with pytest.raises(MalformedToken):
        encoding.decode_token(bad)
    with pytest.raises(InvalidElement):
        encoding.decode_element(bad)
    try:
        assert encoding.encode(encoding.decode(bad)) == bad, "another text for bytes that have one"
    except InvalidInput as refused:
        assert not bad or bad not in str(refused)


def test_a_proof_has_86_canonical_characters():
    text = encoding.encode(bytes(range(64)))
    assert encoding.decode_proof(text) == bytes(range(64))
    for bad in (text[:85], text + "A", text[:85] + chr(ord(text[85]) + 1), text + "==", ""):
        with pytest.raises(InvalidInput):
            encoding.decode_proof(bad)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("13800138000", "raw-identifier"),
        ("someone@example.com", "raw-identifier"),
        ("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", "unkeyed-hash"),
        ("?" * 43, "token-malformed"),
    ],
)
def test_what_stands_where_a_token_belongs(text, code):
    with pytest.raises(MalformedToken) as failure:
        encoding.decode_token(text)
    assert failure.value.code == code
    assert text not in str(failure.value) + repr(failure.value)


def test_standard_base64_is_not_base64url():
    text = urlsafe_b64encode(b"\xff" * 31 + b"\xf0").decode().rstrip("=").replace("_", "/")
    with pytest.raises(MalformedToken):
        encoding.decode_token(text)
