"""POST /evaluate of a real process: the right answer, and for everything else a stable code and no charge."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from aif_share import oprf
from aif_share.oprf import encoding
from aif_share.oprf.suite import SUITE
from aif_share.wire.keys import MemberKey

from .conftest import NAME, blinded

# The generator (RFC 9496, appendix A.1): the same on every run, so that the names of the tests are, too.
GENERATOR = bytes.fromhex("e2f2ae0a6abc4e71a884a961c500515f58e30b6aa582dd8db6a65945e08d2d76")
GOOD = encoding.encode(GENERATOR)
HIGH_BIT = encoding.encode(GENERATOR[:31] + bytes([GENERATOR[31] | 0x80]))


def published(custodian, type="domain", epoch=1):
    keys = custodian.ask("GET", f"/keys?epoch={epoch}").json["keys"]
    [key] = [encoding.decode(each["public_key"]) for each in keys if each["type"] == type]
    return key


def test_the_answer_verifies_and_finalizes(custodian, member):
    inputs = [oprf.token_input("domain", f"host{n}.example") for n in range(70)]
    made = oprf.blind(inputs)
    elements = [each.element for each in made]
    answer = member.evaluate(elements)
    assert answer.status == 200
    body = answer.json
    assert {name: body[name] for name in ("type", "epoch", "custodian")} == {
        "type": "domain",
        "epoch": 1,
        "custodian": NAME,
    }
    assert set(body) == {"type", "epoch", "custodian", "elements", "proof"}
    evaluated = [encoding.decode_element(each) for each in body["elements"]]
    oprf.verify(published(custodian), elements, evaluated, encoding.decode_proof(body["proof"]))
    outputs = oprf.finalize(inputs, [each.blind for each in made], evaluated)
    key = oprf.derive_key(custodian.home.seeds()[1], b"aif1|ristretto255-SHA512|domain|1")
    again = oprf.blind(inputs)
    own = oprf.evaluate(key, [each.element for each in again])
    assert outputs == oprf.finalize(inputs, [each.blind for each in again], own.elements)
    assert member.used() == 70


def test_public_keys_differ_by_type_and_epoch(custodian):
    everything = custodian.ask("GET", "/keys").json
    assert (everything["custodian"], everything["suite"]) == (NAME, SUITE)
    assert {each["epoch"] for each in everything["keys"]} == {1, 3}
    keys = [each["public_key"] for each in everything["keys"]]
    assert len(set(keys)) == len(keys) > 20
    for epoch in ("2", "4", "0"):
        assert custodian.ask("GET", f"/keys?epoch={epoch}").code == "epoch-retired"
    for epoch in ("x", "", "-1", "1" * 40):
        assert custodian.ask("GET", f"/keys?epoch={epoch}").code == "epoch-unknown"
    assert custodian.ask("GET", "/keys?type=domain").code == "unknown-field"


def test_me(custodian):
    member = custodian.member(quota=12)
    member.evaluate(blinded("a", "b"))
    body = custodian.ask("GET", "/me", bearer=member.bearer).json
    assert body == {
        "custodian": NAME,
        "institution": member.ref,
        "quota": {"evaluate": {"limit": 12, "used": 2, "day": datetime.now(UTC).date().isoformat()}},
    }


def valid(**changes):
    return json.dumps({"type": "domain", "epoch": 1, "elements": [GOOD], **changes}).encode()


BODIES = {
    "not JSON": (b"{", 400, "malformed"),
    "empty": (b"", 400, "malformed"),
    "an array": (b"[]", 400, "malformed"),
    "NaN": (b'{"type":"domain","epoch":NaN,"elements":[]}', 400, "malformed"),
    "deep nesting": (b"[" * 60_000, 400, "malformed"),
    "a long number": (b'{"type":"domain","epoch":' + b"9" * 9000 + b',"elements":[]}', 400, "malformed"),
    "GB18030": (valid().replace(b"domain", "域名".encode("gb18030")), 400, "charset"),
    "BOM": (b"\xef\xbb\xbf" + valid(), 400, "charset"),
    "UTF-16": (valid().decode().encode("utf-16"), 400, "charset"),
    "too large": (valid(type="x" * 140_000), 413, "too-large"),
    "unknown field": (valid(note="x"), 400, "unknown-field"),
    "missing field": (b'{"type":"domain","epoch":1}', 400, "field-missing"),
    "type is a number": (valid(type=1), 422, "field-invalid"),
    "epoch is text": (valid(epoch="1"), 422, "field-invalid"),
    "epoch is true": (valid(epoch=True), 422, "field-invalid"),
    "epoch is 1.0": (valid(epoch=1.0), 422, "field-invalid"),
    "epoch is huge": (valid(epoch=2**80), 422, "field-invalid"),
    "elements is text": (valid(elements=GOOD), 422, "field-invalid"),
    "no elements": (valid(elements=[]), 400, "empty"),
    "1001 elements": (valid(elements=[GOOD] * 1001), 413, "too-large"),
    "unknown type": (valid(type="13800138000"), 422, "type-unknown"),
    "epoch in future": (valid(epoch=4), 422, "epoch-retired"),
    "epoch 0": (valid(epoch=0), 422, "epoch-retired"),
    "retired epoch": (valid(epoch=2), 422, "epoch-retired"),
}


@pytest.mark.parametrize("name", BODIES)
def test_bad_body(custodian, member, name):
    body, status, code = BODIES[name]
    answer = custodian.ask("POST", "/evaluate", body, bearer=member.bearer)
    assert (answer.status, answer.code) == (status, code)
    assert b"13800138000" not in answer.raw
    assert member.used() == 0


@pytest.mark.parametrize(
    "bad",
    [
        encoding.encode(bytes(32)),
        HIGH_BIT,
        encoding.encode(bytes.fromhex("00" + "ff" * 31)),
        GOOD[:42],
        GOOD + "A",
        GOOD + "=",
        GOOD[:42] + chr(ord(GOOD[42]) + 1),
        "13800138000",
        "",
        None,
        7,
        [],
        {},
        "\ud800",
    ],
    ids=repr,
)
@pytest.mark.parametrize(("before", "after"), [(0, 0), (2, 1), (300, 40)])
def test_an_invalid_element_refuses_the_whole_request(custodian, member, bad, before, after):
    second = [bad] if after > 1 else []
    elements = [GOOD] * before + [bad] + second + [GOOD] * after
    body = json.dumps({"type": "domain", "epoch": 1, "elements": elements}).encode()
    answer = custodian.ask("POST", "/evaluate", body, bearer=member.bearer)
    assert (answer.status, answer.code, answer.json["index"]) == (422, "element-invalid", before)
    assert not isinstance(bad, str) or len(bad) < 5 or bad.encode() not in answer.raw
    assert member.used() == 0


@pytest.mark.parametrize(
    ("content_type", "status", "code"),
    [
        ("text/plain", 415, "media-type"),
        ("application/x-www-form-urlencoded", 415, "media-type"),
        ("application/json; charset=gb18030", 400, "charset"),
        ('application/json; charset="GBK"', 400, "charset"),
    ],
)
def test_content_type(custodian, member, content_type, status, code):
    answer = custodian.ask("POST", "/evaluate", valid(), bearer=member.bearer, headers={"Content-Type": content_type})
    assert (answer.status, answer.code) == (status, code)
    fine = {"Content-Type": "application/json; charset=UTF-8"}
    assert custodian.ask("POST", "/evaluate", valid(), bearer=member.bearer, headers=fine).status == 200


def test_repeated_json_keys_are_no_way_around(custodian, member):
    body = b'{"type":"domain","epoch":1,"elements":["x"],"elements":["%s"]}' % GOOD.encode()
    assert custodian.ask("POST", "/evaluate", body, bearer=member.bearer).status == 200
    assert member.used() == 1


def test_an_unknown_field_is_named_unless_it_is_no_name(custodian, member):
    answer = member.evaluate([GOOD], note="x", **{"13800138000": 1})
    assert answer.json["fields"] == ["?", "note"]


def test_who_is_not_let_in(custodian, member):
    stranger = MemberKey.new().bearer_for(f"custodian:{NAME}")
    elsewhere = member.key.bearer_for("custodian:partner")
    for bearer in (
        stranger,
        elsewhere,
        member.key.bearer_for("platform"),
        member.key.text,
        "x",
        "",
        member.bearer + "A",
    ):
        answer = member.evaluate([GOOD], bearer=bearer or " ")
        assert (answer.status, answer.code) == (401, "unauthenticated")
        assert answer.headers["www-authenticate"].startswith("Bearer")
    for headers in ({}, {"Authorization": f"Basic {member.bearer}"}, {"Authorization": member.bearer}):
        assert custodian.ask("POST", "/evaluate", valid(), headers=headers).code == "unauthenticated"
        assert custodian.ask("GET", "/me", headers=headers).code == "unauthenticated"
    assert member.used() == 0


def test_a_change_counts_from_the_next_request(custodian, member):
    assert member.evaluate([GOOD]).status == 200
    custodian.store.set_state(member.ref, "suspended")
    for answer in (member.evaluate([GOOD]), custodian.ask("GET", "/me", bearer=member.bearer)):
        assert (answer.status, answer.code) == (403, "institution-suspended")
    custodian.store.set_state(member.ref, "live")
    assert member.evaluate([GOOD]).status == 200
    [key] = custodian.store.get_member(member.ref).verifiers
    custodian.store.remove_verifier(member.ref, key.verifier)
    assert member.evaluate([GOOD]).code == "unauthenticated"


def test_a_key_ends(custodian):
    now = datetime.now(UTC)
    assert custodian.member(expires_at=now + timedelta(minutes=5)).evaluate([GOOD]).status == 200
    assert custodian.member(expires_at=now - timedelta(seconds=1)).evaluate([GOOD]).code == "unauthenticated"


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/", 404, "not-found"),
        ("GET", "/evaluate/", 404, "not-found"),
        ("GET", "/13800138000", 404, "not-found"),
        ("GET", "/evaluate", 405, "method-not-allowed"),
        ("DELETE", "/me", 405, "method-not-allowed"),
        ("POST", "/keys", 405, "method-not-allowed"),
        ("OPTIONS", "/evaluate", 405, "method-not-allowed"),
        ("GET", "/operator/members/I-1", 405, "method-not-allowed"),
        ("PUT", "/operator/members/", 404, "not-found"),
        ("PUT", "/operator/members/a/b", 404, "not-found"),
    ],
)
def test_nothing_else_is_here(custodian, method, path, status, code):
    answer = custodian.ask(method, path, headers={"Content-Length": "0"})
    assert (answer.status, answer.code) == (status, code)
    assert b"13800138000" not in answer.raw
    assert custodian.ask("HEAD", path).raw == b""
