"""HTTP: what is repeated and how, and what each failure becomes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from aif_share.client.addresses import normalize_url
from aif_share.client.session import Session
from aif_share.errors import AuthenticationError, NetworkError, QuotaError, RefusedError
from aif_share.wire.keys import MemberKey

from . import loopback


class Recorder:
    """A server that gives prepared answers in turn and keeps what it was sent; the last one stays."""

    def __init__(self, *answers: Any) -> None:
        self.answers = list(answers)
        self.seen: list[tuple[str, dict[str, str], bytes]] = []

    def fail(self, method: str, path: str) -> Any:
        wish = self.answers[0] if len(self.answers) == 1 else self.answers.pop(0)
        return wish if isinstance(wish, str) else None if wish[0] == 200 else wish

    def answer(self, method: str, path: str, headers: Any, body: bytes) -> Any:
        self.seen.append((path, dict(headers), body))
        return 200, {}, {"path": path}


@contextmanager
def session(recorder: Recorder, **options: Any) -> Iterator[tuple[Session, list[float]]]:
    """A session against the recorder, and the pauses it makes."""
    pauses: list[float] = []

    def answer(method: str, path: str, headers: Any, body: bytes) -> Any:
        return recorder.answer(method, path, headers, body)

    with (
        loopback.serve(answer, recorder.fail) as url,
        Session(url, MemberKey.new(), sleep=pauses.append, **options) as made,
    ):
        yield made, pauses


GOOD = (200, {}, {})


def problem(status: int, code: str, **headers: str) -> tuple[int, dict[str, str], dict[str, Any]]:
    return status, headers, {"code": code, "status": status, "title": "T", "detail": "D", "limit": 7}


@pytest.mark.parametrize("status", [502, 503, 504])
def test_a_server_that_is_away_for_a_moment_is_asked_again(status: int) -> None:
    recorder = Recorder(problem(status, "unavailable"), problem(status, "unavailable"), GOOD)
    with session(recorder) as (made, pauses):
        assert made.get("me") == {"path": "/api/v1/me"}
    assert len(pauses) == 2 and pauses[0] < pauses[1]


def test_retry_after_is_kept_to() -> None:
    with session(Recorder(problem(429, "too-many-requests", **{"Retry-After": "7"}), GOOD)) as (made, pauses):
        made.get("me")
    assert pauses == [7.0]


def test_a_wait_beyond_patience_is_a_quota_error_at_once() -> None:
    recorder = Recorder(problem(429, "quota-exhausted", **{"Retry-After": "3600"}))
    with session(recorder) as (made, pauses), pytest.raises(QuotaError) as caught:
        made.post("batches", b"{}", idempotency_key="k")
    assert pauses == [] and caught.value.retry_after == 3600 and caught.value.extra["limit"] == 7


def test_an_answer_that_is_lost_is_asked_for_again_under_the_same_key_and_bytes() -> None:
    recorder = Recorder("lose", "drop", GOOD)
    with session(recorder) as (made, _):
        made.post("batches", b'{"a":1}', idempotency_key="key-1")
    sent = [(headers["Idempotency-Key"], headers["X-Request-ID"], body) for _, headers, body in recorder.seen]
    assert len(sent) == 2 and len(set(sent)) == 1


def test_a_write_without_a_key_is_never_repeated() -> None:
    recorder = Recorder("lose")
    with session(recorder) as (made, pauses), pytest.raises(NetworkError):
        made.request("POST", made.url + "/x", body=b"{}")
    assert len(recorder.seen) == 1 and pauses == []


@pytest.mark.parametrize(("named", "taken"), [("a1" * 16, True), ("no id, but 13800138000", False), ("", False)])
def test_an_error_names_the_request_as_the_other_side_does(named: str, taken: bool) -> None:
    recorder = Recorder(problem(404, "not-found", **{"X-Request-ID": named}))
    with session(recorder) as (made, _), pytest.raises(RefusedError) as caught:
        made.get("clues/C-NONE")
    request_id = caught.value.extra["request_id"]
    assert (request_id == named) is taken and len(request_id) == 32


def test_patience_ends() -> None:
    with (
        session(Recorder("drop"), patience=5.0) as (made, pauses),
        pytest.raises(NetworkError, match="no answer from http"),
    ):
        made.get("me")
    assert 0 < sum(pauses) <= 5


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (401, AuthenticationError),
        (403, AuthenticationError),
        (404, RefusedError),
        (409, RefusedError),
        (500, RefusedError),
    ],
)
def test_a_refusal_is_typed_and_not_repeated(status: int, kind: type[Exception]) -> None:
    with session(Recorder(problem(status, "some-code"))) as (made, pauses), pytest.raises(kind) as caught:
        made.get("me")
    error: Any = caught.value
    assert (error.status, error.code, error.title, error.detail) == (status, "some-code", "T", "D")
    assert pauses == [] and error.extra["server"] == "platform" and error.extra["request_id"]


def test_a_body_that_is_no_problem_document_is_not_repeated_to_anybody() -> None:
    with session(Recorder((404, {}, b"<html>13800138000</html>"))) as (made, _), pytest.raises(RefusedError) as caught:
        made.get("me")
    assert caught.value.code == "http-404" and "138" not in str(caught.value) + repr(caught.value.extra)


def test_each_server_gets_a_bearer_of_its_own_and_never_the_secret() -> None:
    key = MemberKey.new()
    recorder = Recorder(GOOD)
    with loopback.serve(recorder.answer) as url, Session(url, key) as made:
        made.get("me")
        made.request("GET", f"{url}/me", server="custodian:partner")
    bearers = [headers["Authorization"] for _, headers, _ in recorder.seen]
    assert bearers == [f"Bearer {key.bearer_for(server)}" for server in ("platform", "custodian:partner")]
    assert bearers[0] != bearers[1] and key.text not in " ".join(bearers) and key.text not in repr(made)


def test_a_next_page_elsewhere_is_not_followed() -> None:
    recorder = Recorder(GOOD)
    with loopback.serve(recorder.answer) as other, session(Recorder(GOOD)) as (made, _):
        with pytest.raises(NetworkError, match="another server"):
            made.get(f"{other}/api/v1/matches?cursor=x")
    assert recorder.seen == []


def test_a_redirect_is_not_followed() -> None:
    recorder = Recorder(GOOD)
    with loopback.serve(recorder.answer) as other:
        with session(Recorder((302, {"Location": f"{other}/me"}, {}))) as (made, _), pytest.raises(RefusedError):
            made.get("me")
    assert recorder.seen == []


def test_a_proxy_of_the_environment_is_not_used_for_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    with session(Recorder(GOOD)) as (made, _):
        assert made.get("me")


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("https://Share.example/", "https://share.example"),
        ("https://share.example/api/v1/", "https://share.example"),
        ("http://127.0.0.1:8000/aif/api/v1", "http://127.0.0.1:8000/aif"),
    ],
)
def test_addresses_come_to_one_form(given: str, kept: str) -> None:
    assert normalize_url(given) == kept


@pytest.mark.parametrize("given", ["share.example", "ftp://x", "https://", "https://u:p@x", "https://x?a=b"])
def test_an_address_that_is_none_is_refused(given: str) -> None:
    with pytest.raises(ValueError, match="looks like"):
        normalize_url(given)
