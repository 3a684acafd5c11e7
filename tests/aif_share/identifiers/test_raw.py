"""What looks like a raw identifier or an unkeyed hash is noticed; what is a token, or a harmless reference, passes."""

import base64
import hashlib
import random
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aif_share.identifiers import instead_of_token, looks_raw, raw_kind
from aif_share.identifiers.raw import IN_REFERENCE


def b64(data):
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("13800138000", "cn-mobile"),
        ("+8613800138000", "cn-mobile"),
        ("138 0013 8000", "cn-mobile"),
        ("138-0013-8000", "cn-mobile"),
        ("１３８００１３８０００", "cn-mobile"),
        ("ref-13800138000", "cn-mobile"),
        ("张三13800138000", "cn-mobile"),
        ("case 13800138000 / 2", "cn-mobile"),
        ("010-62345678", "cn-landline"),
        ("+85291234567", "phone"),
        ("11010519491231002X", "resident-id"),
        ("11010519491231002x", "resident-id"),
        ("id:11010519491231002X", "resident-id"),
        ("110105 19491231 002X", "resident-id"),
        ("6222021234567890127", None),  # its check digit is wrong: no card
        ("6222021234567890128", "bank-card"),
        ("4111111111111111", "bank-card"),
        ("4111 1111 1111 1111", "bank-card"),
        ("zhang.san@example.com", "email"),
        ("https://evil.example/login", "url"),
        ("evil-bank.com", "domain"),
        ("WWW.Evil-Bank.com.cn.", "domain"),
        ("bücher.de", "domain"),
        ("203.0.113.7", "ip"),
        ("2001:db8::1", "ip"),
    ],
)
def test_raw_identifiers_are_noticed(text, kind):
    assert raw_kind(text) == kind
    assert looks_raw(text) == (None if kind is None else "raw-identifier")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("13800138000", "raw-identifier"),
        ("110101199003071234", "raw-identifier"),  # its check digit is wrong, it is an ID all the same
        ("11010119900307123x", "raw-identifier"),
        ("6217 0012 3456 7890 123", "raw-identifier"),
        ("４１１１１１１１１１１１１１１２", "raw-identifier"),
        ("95588", "raw-identifier"),
        ("+86 (10) 6234.5678", "raw-identifier"),
        ("0" * 64, "unkeyed-hash"),
        ("1" * 42, "token-malformed"),
        ("0" * 43 + "=", "token-malformed"),
        ("short", "token-malformed"),
        ("", "token-malformed"),
    ],
)
def test_any_number_in_the_place_of_a_token_is_an_identifier(text, code):
    assert instead_of_token(text) == code


@pytest.mark.parametrize("name", ["md5", "sha1", "sha256", "sha384", "sha512"])
def test_an_unkeyed_hash_is_noticed(name):
    digest = hashlib.new(name, b"+8613800138000").hexdigest()
    assert looks_raw(digest) == looks_raw(digest.upper()) == looks_raw(f"{name}:{digest}") == "unkeyed-hash"
    assert looks_raw(digest[:-1] + "g") is None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "A1",
        "CASE-2026-000123",
        "2026-11-22",
        "2026-11-22T08:00:00Z",
        "20261122000001",
        "1763800000000",
        "550e8400-e29b-41d4-a716-446655440000",
        "B-7F3K9QX2",
        "row 17",
        "v1.2.3",
        "95588",
        "10086",
        "投诉-0017",
        "a" * 100_000,
        "report.pdf",
    ],
)
def test_a_harmless_reference_passes(text):
    assert looks_raw(text) is None


@settings(max_examples=300)
@given(st.binary(min_size=32, max_size=32))
def test_a_canonical_token_is_never_flagged(token):
    assert looks_raw(b64(token)) is None


def test_a_token_of_digits_alone_is_never_flagged():
    assert looks_raw("1" * 10 + "13800138000" + "0" * 21 + "0") is None


def test_clients_own_references_are_not_flagged_by_chance():
    drawn = random.Random(7)
    references = [b64(drawn.randbytes(32))[:22] for _ in range(50_000)]
    assert [each for each in references if looks_raw(each)] == []


def test_references_refuse_numbers_but_not_hosts():
    assert IN_REFERENCE == {"cn-mobile", "cn-landline", "phone", "resident-id", "bank-card"}
    assert raw_kind("13800138000") in IN_REFERENCE
    assert raw_kind("evil-bank.com") not in IN_REFERENCE


def test_a_huge_text_costs_no_more_than_a_long_one():
    started = time.perf_counter()
    for piece in ("1", "1-", "a.", "a@", ":", "(1", "9 "):
        looks_raw(piece * 2_000_000)
    assert time.perf_counter() - started < 2
