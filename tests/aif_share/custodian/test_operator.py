"""The platform keeps the members of its own custodian: full states with a version, never an older one."""

import pytest

from aif_share.custodian.home import make_home
from aif_share.wire.keys import MemberKey, custodian_server, verifier

from .conftest import NAME, TOKEN, blinded, start


def state(key, *, version=1, **changes):
    bearer = key.bearer_for(custodian_server(NAME))
    body = {
        "version": version,
        "state": "live",
        "evaluate_quota": 10,
        "verifiers": [{"verifier": verifier(bearer), "expires_at": None}],
    }
    return body | changes


def put(custodian, ref, body, token=TOKEN):
    return custodian.ask("PUT", f"/operator/members/{ref}", body, bearer=token)


@pytest.fixture
def key():
    return MemberKey.new()


def evaluate(custodian, key, *inputs):
    from aif_share.oprf import encoding

    body = {"type": "domain", "epoch": 1, "elements": [encoding.encode(each) for each in blinded(*inputs)]}
    return custodian.ask("POST", "/evaluate", body, bearer=key.bearer_for(custodian_server(NAME)))


def test_a_member_comes_is_suspended_and_comes_back(custodian, key):
    ref = f"I-{key.id}"
    answer = put(custodian, ref, state(key))
    assert (answer.status, answer.json) == (200, {"institution": ref, "version": 1, "applied": True})
    assert evaluate(custodian, key, "a").status == 200
    put(custodian, ref, state(key, version=2, state="suspended"))
    assert evaluate(custodian, key, "a").code == "institution-suspended"
    assert put(custodian, ref, state(key, version=1)).json["applied"] is False
    assert evaluate(custodian, key, "a").code == "institution-suspended"
    put(custodian, ref, state(key, version=3, evaluate_quota=2))
    assert evaluate(custodian, key, "a").status == 200
    assert evaluate(custodian, key, "a").code == "quota-exhausted"
    put(custodian, ref, state(key, version=4, verifiers=[]))
    assert evaluate(custodian, key, "a").code == "unauthenticated"


def test_the_same_state_again_is_fine(custodian, key):
    for _ in range(2):
        assert put(custodian, f"I-{key.id}", state(key)).json["applied"] is True


def test_two_keys_while_one_is_rotated(custodian, key):
    second = MemberKey.new()
    both = state(key)["verifiers"] + state(second)["verifiers"]
    put(custodian, f"I-{key.id}", state(key, verifiers=both))
    assert evaluate(custodian, key, "a").status == evaluate(custodian, second, "a").status == 200


def test_an_expiry_counts(custodian, key):
    past = [{"verifier": state(key)["verifiers"][0]["verifier"], "expires_at": "2020-01-01T00:00:00Z"}]
    put(custodian, f"I-{key.id}", state(key, verifiers=past))
    assert evaluate(custodian, key, "a").code == "unauthenticated"


@pytest.mark.parametrize("token", ["", "x", TOKEN[:-1], TOKEN + "x", TOKEN.upper(), "é"])
def test_only_the_operator(custodian, key, token):
    answer = put(custodian, f"I-{key.id}", state(key), token=token.encode().decode("latin-1") or None)
    assert (answer.status, answer.code) == (401, "unauthenticated")
    assert custodian.store.get_member(f"I-{key.id}") is None


def test_a_member_is_no_operator(custodian, member, key):
    assert put(custodian, "I-x", state(key), token=member.bearer).code == "unauthenticated"
    assert evaluate(custodian, MemberKey.new(), "a").code == "unauthenticated"
    assert custodian.ask("GET", "/me", bearer=TOKEN).code == "unauthenticated"


DIGEST = "ab" * 32


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"version": "1"}, "field-invalid"),
        ({"version": -1}, "field-invalid"),
        ({"state": "applied"}, "field-invalid"),
        ({"state": None}, "field-invalid"),
        ({"evaluate_quota": -1}, "field-invalid"),
        ({"evaluate_quota": 1.5}, "field-invalid"),
        ({"verifiers": {}}, "field-invalid"),
        ({"verifiers": [DIGEST]}, "field-invalid"),
        ({"verifiers": [{"verifier": DIGEST, "scopes": []}]}, "field-invalid"),
        ({"verifiers": [{"verifier": DIGEST.upper()}]}, "verifier-malformed"),
        ({"verifiers": [{"verifier": DIGEST[:63]}]}, "verifier-malformed"),
        ({"verifiers": [{"verifier": DIGEST, "expires_at": "tomorrow"}]}, "field-invalid"),
        ({"verifiers": [{"verifier": DIGEST, "expires_at": "2027-01-01T00:00:00"}]}, "field-invalid"),
        ({"verifiers": [{"verifier": DIGEST}, {"verifier": DIGEST}]}, "field-invalid"),
        ({"verifiers": [{"verifier": f"{n:064x}"} for n in range(17)]}, "field-invalid"),
        ({"name": "x"}, "unknown-field"),
    ],
)
def test_a_bad_state_changes_nothing(custodian, key, changes, code):
    answer = put(custodian, f"I-{key.id}", state(key, **changes))
    assert answer.code == code
    assert custodian.store.get_member(f"I-{key.id}") is None


def test_a_verifier_of_another_institution_is_refused(custodian, member, key):
    [taken] = custodian.store.get_member(member.ref).verifiers
    answer = put(custodian, f"I-{key.id}", state(key, verifiers=[{"verifier": taken.verifier}]))
    assert (answer.status, answer.code) == (409, "conflict")
    assert custodian.store.get_member(f"I-{key.id}") is None
    assert member.evaluate(blinded("a")).status == 200


def test_an_independent_custodian_has_no_operator(tmp_path, key):
    with start(make_home(tmp_path / "home", name=NAME), tmp_path) as independent:
        assert put(independent, "I-1", state(key)).code == "not-found"
        assert put(independent, "I-1", state(key), token="").code == "not-found"
