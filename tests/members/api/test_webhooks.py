"""`/webhooks`: register, change, delete, test, rotate, replay, by a key with the scope `keys`."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import orjson
import pytest
from django.test import Client
from django.utils import timezone

from members.models import AuditEvent, WebhookDelivery, WebhookEndpoint
from members.operations import webhooks
from tests.factories import acting_as, bearer, make_institution, make_key

pytestmark = pytest.mark.django_db
PATH = "/api/v1/webhooks"
URL = "https://hooks.aster.example/aif"
# Address below PATH, and the method; all take the scope `keys` and hide what is another institution's.
ONE = (
    ("GET", ""), ("PATCH", ""), ("DELETE", ""), ("POST", "/test"), ("POST", "/rotate-secret"), ("GET", "/deliveries"),
    ("POST", "/deliveries/WD-NONE/replay"), ("POST", "/replay"),
)  # fmt: skip


class Member:
    """An institution's program with one key."""

    def __init__(self, institution: Any = None, *, scopes: tuple[str, ...] = ("keys",)) -> None:
        self.institution = institution or make_institution()
        self.headers = bearer(make_key(self.institution, scopes=scopes))

    def call(self, method: str, path: str = "", body: Any = None, *, key: str = "", match: str = "") -> Any:
        headers = dict(self.headers)
        if method != "GET":
            headers["HTTP_IDEMPOTENCY_KEY"] = key or uuid4().hex
        if match:
            headers["HTTP_IF_MATCH"] = match
        content = b"" if body is None else orjson.dumps(body)
        kind = "" if body is None else "application/json"
        return Client(raise_request_exception=False).generic(method, PATH + path, content, kind, **headers)

    def register(self, **fields: Any) -> Any:
        answer = self.call("POST", "", {"url": URL} | fields)
        assert answer.status_code == 201, answer.content
        return answer.json()

    def listed(self) -> list[dict[str, Any]]:
        return self.call("GET").json()["results"]


@pytest.fixture
def aster() -> Member:
    return Member()


def code(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


def audited() -> list[tuple[str, dict[str, Any]]]:
    with acting_as("aif_audit"):
        rows = AuditEvent.objects.filter(verb__startswith="webhook.").order_by("id")
        return [(row.verb, row.detail) for row in rows]


def deliver(delivery: str, state: str) -> None:
    """Let a delivery end, as the worker does."""
    from members.models import reference

    with acting_as("aif_match"):
        WebhookDelivery.objects.filter(pk=reference.decode("WD", delivery)).update(
            state=state, done_at=timezone.now(), attempts=3, last_status=500, last_error="status"
        )


def test_the_secret_is_shown_once_and_again_to_the_same_key(aster: Member) -> None:
    body = {"url": "HTTPS://Hooks.Aster.Example:443/aif", "kinds": ["match.released"], "description": "case system"}
    first = aster.call("POST", "", body, key="one")
    made = first.json()
    assert (first.status_code, made["url"], made["kinds"], made["state"], made["version"]) == (
        201, URL, ["match.released"], "enabled", 1,
    )  # fmt: skip
    assert made["secret"].startswith("whsec_") and len(made["secret"]) == 50
    again = aster.call("POST", "", body, key="one")
    assert (again.json(), again["Idempotency-Replayed"]) == (made, "true")
    assert WebhookEndpoint.objects.count() == 1
    for answer in (aster.call("GET"), aster.call("GET", f"/{made['webhook']}")):
        assert made["secret"] not in answer.content.decode() and "secret" not in answer.json()
    assert aster.listed() == [{name: value for name, value in made.items() if name != "secret"}]
    assert audited() == [("webhook.create", {"kinds": ["match.released"]})]


@pytest.mark.parametrize(
    ("body", "status", "problem"),
    [
        ({}, 400, "field-missing"),
        ({"url": URL, "secret": "mine"}, 400, "unknown-field"),
        ({"url": 7}, 422, "field-invalid"),
        ({"url": "https://127.0.0.1/"}, 422, "webhook-url-refused"),
        ({"url": "https://169.254.169.254/latest"}, 422, "webhook-url-refused"),
        ({"url": "http://hooks.aster.example/"}, 422, "webhook-url-refused"),
        ({"url": URL, "kinds": "match.released"}, 422, "field-invalid"),
        ({"url": URL, "kinds": ["match.rumored"]}, 422, "field-invalid"),
        ({"url": URL, "kinds": ["webhook.test"]}, 422, "field-invalid"),
        ({"url": URL, "kinds": [[]]}, 422, "field-invalid"),
        ({"url": URL, "description": "x" * 101}, 422, "field-invalid"),
        ({"url": URL, "description": "a\nb"}, 422, "field-invalid"),
        ([], 400, "malformed"),
    ],
)
def test_what_is_not_registered(aster: Member, body: Any, status: int, problem: str) -> None:
    assert code(aster.call("POST", "", body)) == (status, problem)
    assert not WebhookEndpoint.objects.exists() and audited() == []


def test_ten_at_most(aster: Member) -> None:
    made = [aster.register() for _ in range(webhooks.MAX_ENDPOINTS)]
    assert code(aster.call("POST", "", {"url": URL})) == (409, "webhook-limit")
    assert aster.call("DELETE", f"/{made[0]['webhook']}", match='"1"').status_code == 204
    aster.register()
    Member().register()
    pages = [aster.call("GET", "?limit=6").json()]
    pages.append(aster.call("GET", "?" + pages[0]["next"].partition("?")[2]).json())
    assert [len(page["results"]) for page in pages] == [6, 4] and pages[1]["next"] is None


def test_edits_take_the_version(aster: Member) -> None:
    path = f"/{aster.register()['webhook']}"
    assert code(aster.call("PATCH", path, {"state": "disabled"})) == (428, "precondition-required")
    assert code(aster.call("PATCH", path, {"state": "disabled"}, match='"2"')) == (412, "version-changed")
    assert code(aster.call("DELETE", path)) == (428, "precondition-required")
    changed = aster.call("PATCH", path, {"state": "disabled", "kinds": ["batch.done", "batch.done"]}, match='"1"')
    assert (changed.status_code, changed["ETag"], changed.json()["state"], changed.json()["kinds"]) == (
        200, '"2"', "disabled", ["batch.done"],
    )  # fmt: skip
    for body, expected in (
        ({"state": "paused"}, (422, "field-invalid")),
        ({"state": []}, (422, "field-invalid")),
        ({"url": "https://[::1]/"}, (422, "webhook-url-refused")),
        ({"version": 9}, (400, "unknown-field")),
        ({"failures": 0}, (400, "unknown-field")),
    ):
        assert code(aster.call("PATCH", path, body, match='"2"')) == expected
    known = Client().get(PATH + path, HTTP_IF_NONE_MATCH='"2"', **aster.headers)
    assert (known.status_code, known.content) == (304, b"")
    gone = aster.call("DELETE", path, match='"2"', key="bye")
    assert (gone.status_code, gone.content) == (204, b"")
    assert aster.call("DELETE", path, match='"2"', key="bye")["Idempotency-Replayed"] == "true"
    assert code(aster.call("GET", path)) == (404, "not-found") and aster.listed() == []
    assert [verb for verb, _detail in audited()] == ["webhook.create", "webhook.change", "webhook.delete"]


def test_a_test_goes_to_one_endpoint_and_into_no_feed(aster: Member) -> None:
    made, other = aster.register(), aster.register()
    answer = aster.call("POST", f"/{made['webhook']}/test")
    assert answer.status_code == 202
    (row,) = aster.call("GET", f"/{made['webhook']}/deliveries").json()["results"]
    assert (row["delivery"], row["kind"], row["state"], row["events"], row["attempts"]) == (
        answer.json()["delivery"], "webhook.test", "pending", [], 0,
    )  # fmt: skip
    assert aster.call("GET", f"/{other['webhook']}/deliveries").json()["results"] == []
    aster.call("PATCH", f"/{made['webhook']}", {"state": "disabled"}, match='"1"')
    assert code(aster.call("POST", f"/{made['webhook']}/test")) == (409, "transition-refused")


def test_deliveries_are_listed_by_state_and_sent_again(aster: Member) -> None:
    path = f"/{aster.register()['webhook']}"
    first, second, third = (aster.call("POST", f"{path}/test").json()["delivery"] for _ in range(3))
    deliver(first, "dead")
    deliver(second, "delivered")

    def states() -> list[str]:
        return [row["state"] for row in aster.call("GET", f"{path}/deliveries").json()["results"]]

    assert states() == ["pending", "delivered", "dead"]
    (dead,) = aster.call("GET", f"{path}/deliveries?state=dead").json()["results"]
    assert (dead["delivery"], dead["status"], dead["error"], dead["next_attempt_at"]) == (first, 500, "status", None)
    assert code(aster.call("GET", f"{path}/deliveries?state=lost")) == (422, "field-invalid")
    again = aster.call("POST", f"{path}/deliveries/{first}/replay")
    assert (again.status_code, again.json()) == (202, {"delivery": first})
    assert states() == ["pending", "delivered", "pending"]
    assert aster.call("GET", f"{path}/deliveries").json()["results"][2]["attempts"] == 0
    deliver(third, "blocked")
    since = (timezone.now() - timedelta(hours=1)).isoformat()
    answer = aster.call("POST", f"{path}/replay", {"since": since})
    assert (answer.status_code, answer.json()["deliveries"]) == (202, 2)
    assert states() == ["pending"] * 3
    for body, expected in (
        ({}, "field-missing"), ({"since": "yesterday"}, "field-invalid"), ({"since": 7}, "field-invalid"),
        ({"since": "2026-11-01T00:00:00"}, "field-invalid"), ({"since": since, "until": since}, "unknown-field"),
    ):  # fmt: skip
        assert aster.call("POST", f"{path}/replay", body).json()["code"] == expected
    assert code(aster.call("POST", f"{path}/deliveries/WD-NONE/replay")) == (404, "not-found")


def test_a_new_secret(aster: Member) -> None:
    made = aster.register()
    answer = aster.call("POST", f"/{made['webhook']}/rotate-secret")
    rotated = answer.json()
    assert (answer.status_code, rotated["version"]) == (200, 2)
    assert rotated["secret"] != made["secret"] and rotated["old_secret_until"] is not None


@pytest.mark.parametrize(("method", "path"), ONE)
def test_strangers_other_scopes_and_repetitions(aster: Member, method: str, path: str) -> None:
    made, stranger = aster.register(), Member()
    body = {"since": "2026-11-01T00:00:00Z"} if path == "/replay" else {"kinds": []} if method == "PATCH" else None
    for ref, who in ((made["webhook"], stranger), ("H-NONE", aster), (made["webhook"].replace("H-", "WD-"), aster)):
        assert code(who.call(method, f"/{ref}{path}", body, match='"1"')) == (404, "not-found")
    reader = Member(aster.institution, scopes=("read", "submit", "screen", "evaluate", "audit"))
    answer = reader.call(method, f"/{made['webhook']}{path}", body, match='"1"')
    assert (code(answer), answer.json()["scope"]) == ((403, "scope-missing"), "keys")
    if method != "GET":
        headers = {name: value for name, value in aster.headers.items()} | {"HTTP_IF_MATCH": '"1"'}
        bare = Client().generic(
            method, f"{PATH}/{made['webhook']}{path}", orjson.dumps(body) if body else b"",
            "application/json" if body else "", **headers,
        )  # fmt: skip
        assert code(bare) == (400, "idempotency-key-missing")
    row = WebhookEndpoint.objects.get()
    assert (row.version, row.deleted_at, WebhookDelivery.objects.count()) == (1, None, 0)
