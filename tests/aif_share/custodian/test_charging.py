"""What a request costs: the whole day's quota, its edge, races at it, and repeats."""

import sqlite3
import threading
from datetime import UTC, datetime, timedelta

import pytest

from aif_share.custodian import app as app_module
from aif_share.custodian import charging
from aif_share.custodian.app import Custodian
from aif_share.custodian.keyring import Keyring
from aif_share.custodian.store import Store, Verifier
from aif_share.errors import Refusal
from aif_share.oprf import encoding
from aif_share.wire.keys import MemberKey, verifier

from .conftest import NAME, blinded

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
DIGEST = "ab" * 32


@pytest.fixture
def store(tmp_path):
    store = Store(tmp_path / "quota.sqlite")
    store.prepare()
    store.add_verifier("I-1", Verifier(DIGEST), evaluate_quota=100, default_quota=1)
    yield store
    store.close()


def test_a_quota_is_used_to_its_end_and_no_further(custodian):
    member = custodian.member(quota=5)
    assert member.evaluate(blinded("a", "b", "c")).status == 200
    refused = member.evaluate(blinded("a", "b", "c"))
    assert (refused.status, refused.code) == (429, "quota-exhausted")
    assert 1 <= int(refused.headers["retry-after"]) <= 86_400
    assert (refused.json["limit"], refused.json["used"]) == (5, 3)
    assert member.used() == 3
    assert member.evaluate(blinded("a", "b")).status == 200
    assert member.evaluate(blinded("a")).code == "quota-exhausted"
    assert custodian.member(quota=0).evaluate(blinded("a")).code == "quota-exhausted"
    assert custodian.member(quota=1).evaluate(blinded("a", "b")).code == "quota-exhausted"


def test_a_commit_that_fails_lets_go_of_the_lock(store):
    """Red when the transaction stays open: this thread fails for ever, and everybody else waits for it."""
    with pytest.raises(sqlite3.IntegrityError), store.writing() as connection:
        connection.execute("PRAGMA defer_foreign_keys = ON")  # found out at the COMMIT
        connection.execute("INSERT INTO usage VALUES ('I-nobody', '2026-11-22', 1)")
    assert charging.charge(store, DIGEST, 1, now=NOON) == 1


def test_the_same_element_twice_costs_twice(member):
    [element] = blinded("a")
    member.evaluate([element, element])
    member.evaluate([element])
    assert member.used() == 3


def test_fifty_at_the_edge_never_overshoot(custodian):
    member = custodian.member(quota=1_000)
    custodian.store.connection.execute(
        "INSERT INTO usage VALUES (?, ?, ?)", (member.ref, datetime.now(UTC).date().isoformat(), 920)
    )
    elements = blinded("a", "b", "c")
    answers = []
    gate = threading.Barrier(50)

    def ask():
        gate.wait()
        answers.append(member.evaluate(elements).status)

    threads = [threading.Thread(target=ask) for _ in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [200] * 26 + [429] * 24
    assert member.used() == 998


def test_fifty_threads_with_a_connection_each(tmp_path, store):
    done, gate = [], threading.Barrier(50)

    def work():
        own = Store(tmp_path / "quota.sqlite")
        gate.wait()
        try:
            done.append(charging.charge(own, DIGEST, 7, now=NOON))
        except Refusal as refusal:
            done.append(refusal.code)
        finally:
            own.close()

    threads = [threading.Thread(target=work) for _ in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert done.count(7) == 14
    assert done.count("quota-exhausted") == 36
    assert store.get_used("I-1", "2026-11-22") == 98


def test_the_day_is_utc(store):
    shanghai = datetime.fromisoformat("2026-11-23T07:59:00+08:00")
    charging.charge(store, DIGEST, 100, now=shanghai)
    with pytest.raises(Refusal) as refused:
        charging.charge(store, DIGEST, 1, now=shanghai)
    assert refused.value.extra["retry_after"] == 60
    assert charging.charge(store, DIGEST, 100, now=shanghai + timedelta(minutes=1)) == 100


def test_the_charge_is_committed_before_anything_is_evaluated(store, tmp_path, monkeypatch):
    key = MemberKey.new()
    bearer = key.bearer_for(f"custodian:{NAME}")
    store.add_verifier("I-2", Verifier(verifier(bearer)), evaluate_quota=10, default_quota=1)
    seen = []

    def evaluate(key, elements):
        with sqlite3.connect(tmp_path / "quota.sqlite") as other:
            seen.append(other.execute("SELECT used FROM usage WHERE ref = 'I-2'").fetchone())
        other.close()
        assert not store.connection.in_transaction
        raise RuntimeError("stop here")

    monkeypatch.setattr(app_module, "evaluate_checked", evaluate)
    application = Custodian(name=NAME, keyring=Keyring({1: bytes(32)}, ["domain"]), store=store, clock=lambda: NOON)
    status, _ = call(application, "/evaluate", bearer, {"type": "domain", "epoch": 1, "elements": texts("a", "b")})
    assert status == 500
    assert seen == [(2,)]
    assert store.get_used("I-2", "2026-11-22") == 2


def texts(*inputs):
    return [encoding.encode(each) for each in blinded(*inputs)]


def call(application, path, bearer, body):
    import io
    import json

    data = json.dumps(body).encode()
    statuses = []
    answer = application(
        {
            "REQUEST_METHOD": "POST",
            "PATH_INFO": path,
            "HTTP_AUTHORIZATION": f"Bearer {bearer}",
            "CONTENT_TYPE": "application/json",
            "CONTENT_LENGTH": str(len(data)),
            "wsgi.input": io.BytesIO(data),
        },
        lambda status, headers: statuses.append(int(status.split()[0])),
    )
    return statuses[0], json.loads(b"".join(answer))


def test_a_repeat_is_not_charged_again(member):
    elements = blinded("a", "b")
    header = {"Idempotency-Key": "k-1"}
    first = member.evaluate(elements, headers=header)
    second = member.evaluate(elements, headers=header)
    assert (first.status, second.status) == (200, 200)
    assert first.json["elements"] == second.json["elements"]
    assert member.used() == 2
    for other in (
        member.evaluate(blinded("a", "b"), headers=header),
        member.evaluate(elements[::-1], headers=header),
        member.evaluate(elements[:1], headers=header),
        member.evaluate(elements, headers=header, type="email"),
        member.evaluate(elements, headers=header, epoch=3),
    ):
        assert (other.status, other.code) == (409, "idempotency-conflict")
    assert member.used() == 2
    assert member.evaluate(elements, headers={"Idempotency-Key": "k-2"}).status == 200
    assert member.used() == 4


def test_an_idempotency_key_belongs_to_one_institution(custodian, member):
    other = custodian.member()
    header = {"Idempotency-Key": "shared"}
    member.evaluate(blinded("a"), headers=header)
    assert other.evaluate(blinded("b"), headers=header).status == 200
    assert other.used() == 1


@pytest.mark.parametrize("key", ["", "a b", "x" * 256, "a\tb", "é"])
def test_a_strange_idempotency_key(member, key):
    answer = member.evaluate(blinded("a"), headers={"Idempotency-Key": key.encode("latin-1")})
    assert (answer.status, answer.code) == (400, "idempotency-key-invalid")
    assert member.used() == 0


def test_a_refused_request_leaves_its_idempotency_key_free(custodian):
    member = custodian.member(quota=1)
    header = {"Idempotency-Key": "k"}
    assert member.evaluate(blinded("a", "b"), headers=header).code == "quota-exhausted"
    assert member.evaluate(blinded("c"), headers=header).status == 200


def test_repeats_end_after_ten_minutes_and_after_sixteen_times(store):
    repeat = charging.Repeat.of("k", "domain", 1, blinded("a"))
    assert charging.charge(store, DIGEST, 3, now=NOON, repeat=repeat) == 3
    for _ in range(charging.MAX_REPEATS):
        assert charging.charge(store, DIGEST, 3, now=NOON + timedelta(minutes=9, seconds=59), repeat=repeat) == 0
    with pytest.raises(Refusal) as refused:
        charging.charge(store, DIGEST, 3, now=NOON + timedelta(minutes=9, seconds=59), repeat=repeat)
    assert refused.value.code == "too-many-requests"
    assert charging.charge(store, DIGEST, 3, now=NOON + timedelta(minutes=10), repeat=repeat) == 3
    assert store.get_used("I-1", "2026-11-22") == 6


def test_old_use_is_forgotten(store):
    charging.charge(store, DIGEST, 1, now=NOON - timedelta(days=401))
    charging.charge(store, DIGEST, 1, now=NOON)
    charging.forget_old_use(store, now=NOON)
    assert store.connection.execute("SELECT day FROM usage").fetchall() == [("2026-11-22",)]


def test_the_store_is_durable(store):
    assert store.connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    assert store.connection.execute("PRAGMA synchronous").fetchone() == (2,)
