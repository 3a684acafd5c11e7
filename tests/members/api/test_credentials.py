"""`/credentials`: the keys of an institution, by a key with the scope `keys`."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from aif_share.wire import keys
from members.models import AuditEvent, Credential, OutboxMessage
from tests.factories import acting_as, bearer, make_institution, make_key

pytestmark = pytest.mark.django_db
PATH = "/api/v1/credentials"


class Caller:
    """An institution's program with one key."""

    def __init__(self, institution: Any = None, *, scopes: tuple[str, ...] = keys.SCOPES, cidrs: Any = ()) -> None:
        self.institution = institution or make_institution()
        self.key = make_key(self.institution, scopes=scopes, cidrs=cidrs)

    @property
    def row(self) -> Credential:
        return Credential.objects.get(key_id=self.key.id)

    def get(self, path: str = "") -> Any:
        return Client().get(PATH + path, **bearer(self.key))

    def post(self, path: str, body: Any, *, repeat: str = "", key: keys.MemberKey | None = None) -> Any:
        headers = bearer(key or self.key) | {"HTTP_IDEMPOTENCY_KEY": repeat or uuid4().hex}
        return Client().post(PATH + path, body, content_type="application/json", **headers)


@pytest.fixture
def aster() -> Caller:
    return Caller()


def new(**fields: Any) -> dict[str, Any]:
    made = keys.MemberKey.new()
    return {"key_id": made.id, "verifier": keys.verifier(made.bearer_for("platform")), "scopes": ["read"]} | fields


def code(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


def audited() -> list[tuple[str, str, str]]:
    with acting_as("aif_audit"):
        rows = AuditEvent.objects.filter(actor_kind="key").exclude(verb="api.refuse").order_by("id")
        return [(row.verb, row.actor_ref, row.detail["key_id"]) for row in rows]


class TestRegister:
    def test_it_works_and_the_new_key_opens(self, aster: Caller) -> None:
        made = keys.MemberKey.new()
        body = {
            "key_id": made.id,
            "verifier": keys.verifier(made.bearer_for("platform")),
            "custodian_verifier": keys.verifier(made.bearer_for("custodian:platform")),
            "scopes": ["screen", "evaluate", "keys"],
            "cidrs": ["127.0.0.1/32"],
            "default_basis": "contract",
            "expires_at": (timezone.now() + timedelta(days=30)).isoformat(),
        }
        answer = aster.post("", body, repeat="k-1")
        assert answer.status_code == 201
        shown = answer.json()
        assert (shown["key_id"], shown["scopes"], shown["cidrs"], shown["default_basis"], shown["state"]) == (
            made.id, ["evaluate", "screen", "keys"], ["127.0.0.1/32"], "contract", "live",
        )  # fmt: skip
        assert shown["evaluates"] is True and shown["last_used_at"] is None
        assert body["verifier"] not in answer.content.decode()
        row = Credential.objects.get(key_id=made.id)
        assert (row.created_by, row.ref) == (None, shown["credential"])
        assert audited() == [("credential.register", aster.key.id, made.id)]
        assert aster.post("", body, repeat="k-1").content == answer.content
        me = Client().get("/api/v1/me", **bearer(made)).json()
        assert (me["default_basis"], me["key"]["default_basis"], me["key"]["cidrs"]) == (
            "unspecified", "contract", ["127.0.0.1/32"],
        )  # fmt: skip

    def test_the_custodian_is_told(self, aster: Caller) -> None:
        verifier = "c" * 64
        assert aster.post("", new(custodian_verifier=verifier, scopes=["evaluate"])).status_code == 201
        with acting_as("aif_match"):
            payload = OutboxMessage.objects.filter(channel="custodian").latest("id").payload
        assert verifier in [each["verifier"] for each in payload["verifiers"]]

    @pytest.mark.parametrize(
        ("change", "status", "expected"),
        [
            ({"key_id": "ABC"}, 422, "key-malformed"),
            ({"key_id": 12345678}, 422, "field-invalid"),
            ({"key_id": "abcd\x00fg1"}, 422, "field-invalid"),
            ({"verifier": "x"}, 422, "verifier-malformed"),
            ({"custodian_verifier": "x"}, 422, "verifier-malformed"),
            ({"scopes": []}, 422, "field-invalid"),
            ({"scopes": ["root"]}, 422, "field-invalid"),
            ({"scopes": "read"}, 422, "field-invalid"),
            ({"cidrs": ["10.0.0.1/8"]}, 422, "field-invalid"),
            ({"cidrs": ["example.com"]}, 422, "field-invalid"),
            ({"cidrs": [f"10.0.{n}.0/24" for n in range(101)]}, 422, "field-invalid"),
            ({"expires_at": "2020-01-01T00:00:00Z"}, 422, "field-invalid"),
            ({"expires_at": "2999-01-01T00:00:00Z"}, 422, "field-invalid"),
            ({"expires_at": "2027-01-01T00:00:00"}, 422, "field-invalid"),
            ({"expires_at": "tomorrow"}, 422, "field-invalid"),
            ({"default_basis": "Free text"}, 422, "basis-invalid"),
            ({"default_basis": "13800138000"}, 422, "raw-identifier"),
            ({"institution": "I-1"}, 400, "unknown-field"),
            ({"verifier": None}, 422, "field-invalid"),
        ],
    )
    def test_bad_fields(self, aster: Caller, change: dict[str, Any], status: int, expected: str) -> None:
        before = Credential.objects.count()
        assert code(aster.post("", new(**change))) == (status, expected)
        assert Credential.objects.count() == before and audited() == []

    def test_fields_that_are_missing(self, aster: Caller) -> None:
        answer = aster.post("", {"key_id": "abcd1234", "scopes": ["read"]})
        assert code(answer) == (400, "field-missing") and answer.json()["field"] == "verifier"

    def test_two_live_keys_and_no_third(self, aster: Caller) -> None:
        assert aster.post("", new()).status_code == 201
        assert code(aster.post("", new())) == (409, "key-limit")

    def test_an_id_that_is_taken(self, aster: Caller) -> None:
        assert code(aster.post("", new(key_id=aster.key.id))) == (409, "key-id-taken")

    def test_no_scope_that_it_lacks(self) -> None:
        narrow = Caller(scopes=("keys", "read"))
        answer = narrow.post("", new(scopes=["read", "screen"]))
        assert code(answer) == (403, "scope-missing") and answer.json()["scope"] == "screen"
        assert narrow.post("", new(scopes=["read"])).status_code == 201

    def test_no_network_outside_of_its_own(self) -> None:
        narrow = Caller(cidrs=["127.0.0.0/8", "10.0.0.0/8"])
        for outside in (["192.0.2.0/24"], [], ["127.0.0.0/7"], ["10.1.0.0/16", "::/0"]):
            answer = narrow.post("", new(cidrs=outside))
            assert code(answer) == (422, "field-invalid") and answer.json()["field"] == "cidrs"
        assert narrow.post("", new(cidrs=["10.1.0.0/16"])).json()["cidrs"] == ["10.1.0.0/16"]

    def test_its_own_networks_unless_it_names_some(self) -> None:
        assert Caller(cidrs=["127.0.0.0/8"]).post("", new()).json()["cidrs"] == ["127.0.0.0/8"]


class TestRotate:
    def test_it_works(self, aster: Caller) -> None:
        made = new()
        del made["scopes"]
        answer = aster.post(f"/{aster.row.ref}/rotate", made)
        assert answer.status_code == 201 and answer.json()["scopes"] == list(keys.SCOPES)
        assert aster.row.expires_at <= timezone.now() + timedelta(days=7)
        assert aster.get().status_code == 200, "the old key is good for the overlap"
        assert audited() == [("credential.rotate", aster.key.id, made["key_id"])]

    def test_a_key_that_may_do_more(self, aster: Caller) -> None:
        narrow = Caller(aster.institution, scopes=("keys",))
        made = new()
        del made["scopes"]
        assert code(narrow.post(f"/{aster.row.ref}/rotate", made)) == (403, "scope-missing")
        assert audited() == []

    def test_one_that_ended(self, aster: Caller) -> None:
        other = Caller(aster.institution)
        assert aster.post(f"/{other.row.ref}/revoke", {"reason": "lost"}).status_code == 200
        made = new()
        del made["scopes"]
        assert code(aster.post(f"/{other.row.ref}/rotate", made)) == (409, "transition-refused")


class TestRevoke:
    def test_it_works(self, aster: Caller) -> None:
        other = Caller(aster.institution)
        answer = aster.post(f"/{other.row.ref}/revoke", {"reason": "laptop stolen"}, repeat="k-1")
        assert answer.status_code == 200
        shown = answer.json()
        assert (shown["state"], shown["revoked_reason"]) == ("revoked", "laptop stolen")
        assert code(other.get()) == (401, "key-revoked")
        assert audited() == [("credential.revoke", aster.key.id, other.key.id)]
        assert aster.post(f"/{other.row.ref}/revoke", {"reason": "laptop stolen"}, repeat="k-1").json() == shown
        assert code(aster.post(f"/{other.row.ref}/revoke", {"reason": "again"})) == (409, "transition-refused")

    def test_itself_only_when_it_means_it(self, aster: Caller) -> None:
        path = f"/{aster.row.ref}/revoke"
        for sent in ({}, {"confirm_self": False}):
            answer = aster.post(path, {"reason": "end"} | sent)
            assert code(answer) == (400, "field-missing") and answer.json()["field"] == "confirm_self"
        assert aster.get().status_code == 200
        assert aster.post(path, {"reason": "end", "confirm_self": True}).status_code == 200
        assert code(aster.get()) == (401, "key-revoked")

    @pytest.mark.parametrize(
        ("body", "expected"),
        [
            ({"reason": ""}, "field-invalid"),
            ({"reason": "x" * 501}, "field-invalid"),
            ({"reason": 7}, "field-invalid"),
            ({"reason": "13800138000"}, "raw-identifier"),
            ({"reason": "x", "confirm_self": "yes"}, "field-invalid"),
        ],
    )
    def test_bad_fields(self, aster: Caller, body: dict[str, Any], expected: str) -> None:
        answer = aster.post(f"/{aster.row.ref}/revoke", body)
        assert answer.json()["code"] == expected and b"13800138000" not in answer.content
        assert aster.get().status_code == 200


class TestReads:
    def test_pages(self, aster: Caller) -> None:
        other = Caller(aster.institution)
        first = aster.get("?limit=1").json()
        assert [row["key_id"] for row in first["results"]] == [other.key.id]
        rest = Client().get(first["next"], **bearer(aster.key)).json()
        assert [row["key_id"] for row in rest["results"]] == [aster.key.id] and rest["next"] is None
        assert aster.get(f"/{other.row.ref}").json() == first["results"][0] | {
            "last_used_at": first["results"][0]["last_used_at"]
        }

    def test_no_verifier_is_shown(self, aster: Caller) -> None:
        for answer in (aster.get(), aster.get(f"/{aster.row.ref}")):
            assert aster.row.verifier not in answer.content.decode()
            assert aster.row.custodian_verifier not in answer.content.decode()

    def test_the_last_use(self, aster: Caller) -> None:
        assert parse_datetime(aster.get(f"/{aster.row.ref}").json()["last_used_at"]) == pytest.approx(
            timezone.now(), abs=timedelta(seconds=60)
        )

    def test_a_stranger_learns_nothing(self, aster: Caller) -> None:
        birch = Caller()
        made = new()
        del made["scopes"]
        for path, body in (("", None), ("/rotate", made), ("/revoke", {"reason": "x"})):
            for ref in (aster.row.ref, "K-" + "A" * 26, "K-1"):
                answer = birch.get(f"/{ref}") if body is None else birch.post(f"/{ref}{path}", body)
                assert code(answer) == (404, "not-found")
        assert aster.get().status_code == 200
        assert [row["key_id"] for row in birch.get().json()["results"]] == [birch.key.id]


def test_only_keys_with_the_scope() -> None:
    without = Caller(scopes=("evaluate", "submit", "read", "screen", "audit"))
    for answer in (without.get(), without.get(f"/{without.row.ref}"), without.post("", new())):
        assert code(answer) == (403, "scope-missing") and answer.json()["scope"] == "keys"


def test_quota(aster: Caller) -> None:
    shown = Client().get("/api/v1/quota", **bearer(aster.key)).json()
    assert shown["quotas"]["submit"] == {"limit": 50_000, "used": 0, "remaining": 50_000}
    assert shown["quotas"]["evaluate"] == {"limit": 50_000, "used": None, "remaining": None}
    assert shown["rate"] == {"limit": 200_000, "window": 60}
    assert shown["resets_at"].endswith("T00:00:00.000Z") and shown["day"] < shown["resets_at"]
