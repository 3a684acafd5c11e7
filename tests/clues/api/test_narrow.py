"""The narrow way of a screening gives the answers of the whole way, and has its effects."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import orjson
import pytest
from django.db import connection
from hypothesis import given, settings
from hypothesis import strategies as st

from aif_share.identifiers import types
from aif_share.vocabulary import purposes
from tests.clues.alliance import token
from tests.clues.api.door import QUESTION, Door, change_key, charged, ledger, make_world, open_door, seen
from tests.clues.api.member import Member
from tests.factories import acting_as


@pytest.fixture(scope="class")
def world(class_database: str) -> list[Member]:
    return make_world()


@pytest.fixture
def aster(world: list[Member]) -> Member:
    return world[0]


@pytest.fixture
def door(aster: Member) -> Door:
    return open_door(aster)


CODES = st.sampled_from(["", "basis", "user-agreement", "13800138000", "a b", "x" * 64, "x" * 65, None, 1])
TOKENS = st.sampled_from(
    [token("bad"), token("none"), token("bad", kind="url"), token("p", kind="cn-mobile"), token("old") | {"epoch": 7}]
    + [token("bad") | {"token": "13800138000"}, token("bad") | {"role": "actor"}, {"type": "domain"}, None, "text"]
    + [token("bad") | {"type": "no-such"}, token("bad") | {"epoch": True}, token("bad") | {"epoch": 1.0}]
)
ANY_TYPE = st.builds(lambda kind: token("bad") | {"type": kind}, st.sampled_from(sorted(types())))
QUESTIONS = st.fixed_dictionaries(
    {
        "purpose": st.sampled_from([*purposes.BY_CODE, "no-such", None]) | st.just("complaint-handling"),
        "tokens": st.lists(TOKENS | ANY_TYPE | st.just(token("bad")), min_size=0, max_size=4),
    },
    optional={"case_ref": CODES, "basis": CODES, "more": st.just(1)},
)
HEADS = st.fixed_dictionaries(
    {},
    optional={
        "HTTP_ACCEPT": st.sampled_from(["*/*", "application/json", "text/csv", "application/json;q=0.5"]),
        "HTTP_ACCEPT_LANGUAGE": st.sampled_from(["en", "zh-CN"]),
        "HTTP_HOST": st.sampled_from(["testserver", "localhost", "nobody.example"]),
        "HTTP_AUTHORIZATION": st.sampled_from(["Bearer x", "Basic eDp5", "bearer aif_live_aaaaaaaa_" + "A" * 43]),
        "CONTENT_TYPE": st.sampled_from(["application/json", "application/json; charset=utf-8", "text/plain"]),
        "HTTP_CONTENT_ENCODING": st.sampled_from(["identity", "gzip"]),
        "QUERY_STRING": st.sampled_from(["", "a=1"]),
        "REQUEST_METHOD": st.sampled_from(["POST", "GET", "PUT"]),
        "HTTP_COOKIE": st.just("a=b"),
        "HTTP_X_FORWARDED_FOR": st.just("10.0.0.1"),
        "HTTP_X_REQUEST_ID": st.just("mine"),
    },
)


class TestTheSame:
    """Answers and effects are those of the whole way."""

    def test_a_plain_screening_does_not_reach_the_application(self, door: Door, aster: Member) -> None:
        with door.goes(whole=False):
            answer = door.ask(aster, QUESTION)
        assert orjson.loads(answer[2])["results"][0]["hit"] is True
        assert seen(answer) == seen(door.ask(aster, QUESTION, whole=True))

    def test_its_ledger_row_and_its_charge(self, door: Door, aster: Member) -> None:
        question = QUESTION | {"case_ref": "2026-C-1"}
        rows, used = ledger(), charged(aster)
        door.ask(aster, question)
        door.ask(aster, question, whole=True)
        more = ledger()[len(rows) :]
        assert len(more) == 2 and more[0] == more[1] and more[0][5:7] == (2, 1)
        assert charged(aster) == used + 4

    def test_each_answer_has_an_id_of_its_own(self, door: Door, aster: Member) -> None:
        ids = {dict(door.ask(aster, QUESTION, HTTP_X_REQUEST_ID="mine")[1])["X-Request-ID"] for _ in range(5)}
        assert len(ids) == 5 and "mine" not in ids

    @pytest.mark.parametrize(
        ("own", "of_institution", "named"),
        [("unspecified", "consent", None), ("contract", "consent", None), ("contract", "consent", "law")],
    )  # fmt: skip
    def test_the_basis_is_the_one_named_or_the_keys_or_the_institutions(
        self, door: Door, aster: Member, own: str, of_institution: str, named: str | None
    ) -> None:
        change_key(aster, "default_basis = %s", own)
        with acting_as("aif_owner"), connection.cursor() as cursor:
            cursor.execute(
                "UPDATE institution SET default_basis = %s WHERE id = %s", [of_institution, aster.institution.pk]
            )
        question = QUESTION | ({} if named is None else {"basis": named})
        with door.goes(whole=False):
            door.ask(aster, question)
        door.ask(aster, question, whole=True)
        narrow_row, whole_row = ledger()[-2:]
        assert narrow_row == whole_row

    def test_ten_thousand_bytes_and_more_tokens(self, door: Door, aster: Member) -> None:
        question = QUESTION | {"tokens": [token(number) for number in range(300)]}
        with door.goes(whole=False):
            answer = door.ask(aster, question)
        assert seen(answer) == seen(door.ask(aster, question, whole=True))

    def test_any_question_with_any_head(self, world: list[Member], scale: Callable[..., int]) -> None:
        """Hypothesis looks for a question that the two ways answer differently."""
        door, member = Door(), world[3]
        ways = {"narrow": 0}

        @settings(max_examples=scale(150, full=2_000))
        @given(QUESTIONS, HEADS)
        def look(question: dict[str, Any], head: dict[str, str]) -> None:
            before, rows = door.whole, len(ledger())
            first = seen(door.ask(member, question, **head))
            between = len(ledger())
            second = seen(door.ask(member, question, whole=True, **head))
            assert first == second
            assert between - rows == len(ledger()) - between
            ways["narrow"] += door.whole == before

        look()
        assert ways["narrow"] > 5 and door.whole > 5
