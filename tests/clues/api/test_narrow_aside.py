"""The narrow way of a screening steps aside for everything that is not plain, or that something speaks against."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO
from typing import Any

import orjson
import pytest
from django.utils import timezone

from clues.api import narrow
from members.api import rate_limit
from tests.clues.alliance import token
from tests.clues.api.door import QUESTION, Door, change_key, charged, ledger, make_world, open_door, seen
from tests.clues.api.member import Member


@pytest.fixture(scope="class")
def world(class_database: str) -> list[Member]:
    return make_world()


@pytest.fixture
def aster(world: list[Member]) -> Member:
    return world[0]


@pytest.fixture
def door(aster: Member) -> Door:
    return open_door(aster)


class Stops(BytesIO):
    """A body that stops coming, as the server tells it."""

    def read(self, size: int | None = -1) -> bytes:
        raise OSError


BODIES = {
    "not JSON": b"{",
    "a list": b"[]",
    "a name twice": b'{"purpose":"onboarding",' + orjson.dumps(QUESTION)[1:],
    "byte order mark": b"\xef\xbb\xbf" + orjson.dumps(QUESTION),
    "GB18030": '{"purpose":"电话"}'.encode("gb18030"),
    "nothing": b"",
    "a lone surrogate": b'{"purpose":"\\ud800","tokens":[]}',
    "deep": b'{"purpose":' + b"[" * 1_000 + b"]" * 1_000 + b"}",
}
PLAIN_NO_MORE: dict[str, dict[str, Any]] = {
    "repeatable": {"HTTP_IDEMPOTENCY_KEY": "once"},
    "chunked": {"HTTP_TRANSFER_ENCODING": "chunked", "wsgi.input_terminated": True, "CONTENT_LENGTH": None},
    "packed": {"HTTP_CONTENT_ENCODING": "gzip"},
    "another type": {"CONTENT_TYPE": "text/plain"},
    "a charset": {"CONTENT_TYPE": "application/json; charset=gbk"},
    "another answer": {"HTTP_ACCEPT": "text/html"},
    "no key": {"HTTP_AUTHORIZATION": None},
    "parameters": {"QUERY_STRING": "limit=1"},
    "breaks off": {"CONTENT_LENGTH": "100000"},
    "breaks off early": {"CONTENT_LENGTH": "9000"},
    "stops coming": {"wsgi.input": Stops()},
    "unknown host": {"HTTP_HOST": "nobody.example"},
}


class TestStepsAside:
    """Whatever is not plain, or refused, is answered by the application, once and with no effect of ours."""

    @pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
    def test_bodies(self, door: Door, aster: Member, body: bytes) -> None:
        with door.goes(whole=True):
            answer = door.ask(aster, body)
        assert seen(answer) == seen(door.ask(aster, body, whole=True)) and answer[0][0] == "4"

    @pytest.mark.parametrize("extra", PLAIN_NO_MORE.values(), ids=PLAIN_NO_MORE)
    def test_heads(self, door: Door, aster: Member, extra: dict[str, Any]) -> None:
        with door.goes(whole=True):
            answer = door.ask(aster, QUESTION, **extra)
        again = door.ask(aster, QUESTION, whole=True, **extra)
        assert answer[0] == again[0]

    @pytest.mark.parametrize(
        ("text", "values", "status"),
        [
            ("revoked_at = now(), revoked_reason = 'lost'", [], "401"),
            ("not_before = now() - interval '9 days', expires_at = now() - interval '1 day'", [], "401"),
            ("not_before = now() + interval '1 day', expires_at = now() + interval '9 days'", [], "401"),
            ("cidrs = %s", [["10.0.0.0/8", "2001:db8::/32"]], "401"),
            ("scopes = %s", [["read", "submit"]], "403"),
        ],
        ids=["revoked", "expired", "not yet", "address", "scope"],
    )
    def test_a_key_that_no_longer_may(self, world: list[Member], text: str, values: list[Any], status: str) -> None:
        """On the very next request."""
        member, door = Member.join(f"Bank {len(ledger())}", scopes=("screen", "read")), Door()
        door.ask(member, QUESTION)
        with door.goes(whole=False):
            assert door.ask(member, QUESTION)[0] == "200 OK"
        change_key(member, text, *values)
        rows = ledger()
        with door.goes(whole=True):
            answer = door.ask(member, QUESTION)
        assert answer[0].startswith(status)
        assert seen(answer) == seen(door.ask(member, QUESTION, whole=True))
        assert ledger() == rows

    def test_an_institution_that_was_suspended(self, world: list[Member]) -> None:
        member, door = Member.join("Fir Bank"), Door()
        for _ in range(2):
            door.ask(member, QUESTION)
        member.suspend()
        with door.goes(whole=True):
            answer = door.ask(member, QUESTION)
        assert answer[0].startswith("403") and orjson.loads(answer[2])["code"] == "institution-suspended"

    @pytest.mark.parametrize("ip", ["10.1.2.3", "::ffff:10.1.2.3", "2001:db8::5"])
    def test_an_address_that_may(self, door: Door, aster: Member, ip: str) -> None:
        change_key(aster, "cidrs = %s", ["10.0.0.0/8", "2001:db8::/32"])
        try:
            with door.goes(whole=False):
                assert door.ask(aster, QUESTION, REMOTE_ADDR=ip)[0] == "200 OK"
            with door.goes(whole=True):
                assert door.ask(aster, QUESTION, REMOTE_ADDR="192.0.2.1")[0].startswith("401")
                assert door.ask(aster, QUESTION, REMOTE_ADDR="")[0].startswith("401")
        finally:
            change_key(aster, "cidrs = '{}'")

    def test_a_wrong_secret(self, door: Door, aster: Member) -> None:
        bearer = aster.headers["HTTP_AUTHORIZATION"]
        wrong = bearer[:-5] + ("AAAAA" if bearer[-5:] != "AAAAA" else "BBBBA")
        with door.goes(whole=True):
            assert door.ask(aster, QUESTION, HTTP_AUTHORIZATION=wrong)[0].startswith("401")

    def test_a_key_whose_use_is_to_be_noted(self, door: Door, aster: Member) -> None:
        change_key(aster, "last_used_at = %s", timezone.now() - timedelta(hours=2))
        with door.goes(whole=True):
            assert door.ask(aster, QUESTION)[0] == "200 OK"
        with door.goes(whole=False):
            assert door.ask(aster, QUESTION)[0] == "200 OK"

    def test_a_quota_that_is_used_up(self, world: list[Member]) -> None:
        member, door = Member.join("Gum Bank", screen_quota=5), Door()
        answers = [door.ask(member, QUESTION) for _ in range(3)]
        assert [answer[0][:3] for answer in answers] == ["200", "200", "429"]
        assert charged(member) == 4
        assert seen(answers[2])[0] == seen(door.ask(member, QUESTION, whole=True))[0]

    def test_a_purpose_that_the_matrix_does_not_allow(self, door: Door, aster: Member) -> None:
        question = QUESTION | {"tokens": [token("bad"), token("p", kind="resident-id")]}
        rows = ledger()
        with door.goes(whole=True):
            answer = door.ask(aster, question)
        assert orjson.loads(answer[2])["code"] == "lawful-use-unresolved" and ledger() == rows
        assert seen(answer) == seen(door.ask(aster, question, whole=True))

    def test_too_many_requests(self, door: Door, aster: Member, monkeypatch: pytest.MonkeyPatch) -> None:
        def refuse(institution_id: int) -> dict[str, str]:
            assert institution_id == aster.institution.pk
            raise rate_limit.TooManyRequests(7, {})

        door.ask(aster, QUESTION)
        rows = ledger()
        monkeypatch.setattr(rate_limit, "take", refuse)
        with door.goes(whole=True):
            answer = door.ask(aster, QUESTION)
        assert answer[0].startswith("429") and ledger() == rows

    def test_nobody_waits_for_the_body_of_a_stranger(self, door: Door, aster: Member) -> None:
        class Never:
            def read(self, size: int = -1) -> bytes:
                raise AssertionError("a thread would hang here")

            readline = read

        for bearer in ("Bearer x", "Bearer aif_live_aaaaaaaa_" + "A" * 43, aster.headers["HTTP_AUTHORIZATION"] + "A"):
            answer = door.ask(aster, QUESTION, HTTP_AUTHORIZATION=bearer, **{"wsgi.input": Never()})
            assert answer[0].startswith("401")

    def test_the_rate_holds_for_keys_beyond_those_that_can_be_remembered(
        self, world: list[Member], door: Door, aster: Member, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The first answer to a key is given before its request is counted; a second one is not."""
        monkeypatch.setattr(narrow, "MAX_KNOWN", 1)
        for member in world[:2]:
            door.ask(member, QUESTION)
            door.ask(member, QUESTION)

        def refuse(institution_id: int) -> dict[str, str]:
            raise rate_limit.TooManyRequests(7, {})

        monkeypatch.setattr(rate_limit, "take", refuse)
        for member in (world[1], world[0], world[1]):
            door.ask(member, QUESTION)
            assert door.ask(member, QUESTION)[0].startswith("429")

    def test_a_header_that_nobody_knows_here(self, aster: Member) -> None:
        """Who adds a header to answers has to say here whether it is everybody's."""
        door = Door()
        handler = door.handler

        def adding(environ: dict[str, Any], start_response: Any) -> Any:
            return handler(environ, lambda status, headers, *more: start_response(status, [*headers, ("X-Mine", "1")]))

        door.handler = adding  # type: ignore[assignment]
        for _ in range(2):
            with door.goes(whole=True):
                assert door.ask(aster, QUESTION)[0] == "200 OK"

    def test_a_large_question(self, door: Door, aster: Member) -> None:
        question = QUESTION | {"tokens": [token(number) for number in range(1_000)]}
        assert len(orjson.dumps(question)) > narrow.MAX_BODY
        with door.goes(whole=True):
            assert door.ask(aster, question)[0] == "200 OK"
