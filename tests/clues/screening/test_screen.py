"""Screening: who gets an answer, what it says, and that quota and ledger go with it."""

import dataclasses
import threading
from typing import Any

import pytest
from django.db import connection, connections

from aif_share.errors import Refusal
from clues import quotas
from clues.matching.run import match_pending
from clues.screening.screen import screen
from tests.clues.alliance import clue, join, open_epoch, submit, token
from tests.clues.reviewing import confirm


@pytest.fixture
def members(fresh_database: Any, as_role: Any) -> list[Any]:
    """Five live institutions, the first of which asks; the fifth belongs to its group."""
    with as_role("aif_desk"):
        open_epoch()
        first = join("Asker", group="Own")
        return [first, *(join(f"Institution {n}") for n in range(3)), join("Sister", group="Own")]


def ask(member: Any, *tokens: dict[str, Any], **fields: Any) -> Any:
    return screen(
        request={"purpose": "complaint-handling", "case_ref": "T-1", "tokens": list(tokens)} | fields,
        by=member,
    )


def ledger(as_role: Any) -> list[tuple[Any, ...]]:
    """Return (purpose, tokens, hits) of every screening, and the units charged."""
    with as_role("aif_desk"), connection.cursor() as cursor:
        cursor.execute("SELECT purpose, tokens, hits FROM screening ORDER BY id")
        rows = list(cursor.fetchall())
        cursor.execute("SELECT coalesce(sum(used), 0) FROM quota_use WHERE kind = 'screen'")
        return [*rows, (int(cursor.fetchone()[0]),)]


def report(as_role: Any, member: Any, *identifiers: dict[str, Any], **fields: Any) -> None:
    submit(member, [clue(*identifiers, **fields)])
    with as_role("aif_match"):
        match_pending(limit=10)
    confirm(member)


def test_answers_in_order_and_explains_the_score(members: Any, as_role: Any) -> None:
    report(as_role, members[1], token("a"), grade="B1")
    report(as_role, members[2], token("a"), category="spam-sms")
    answer = ask(members[0], token("x"), token("a"), token("y"))
    assert [result.hit for result in answer.results] == [False, True, False]
    hit = answer.results[1]
    assert (hit.index, hit.band, hit.best_grade) == (1, "2-4", "B1")
    assert hit.categories == ["spam-sms", "telecom-fraud"]
    assert hit.score == sum(term.points for term in hit.terms)
    assert {term.term for term in hit.terms} == {
        "independent-groups", "grade", "source-quality", "recency", "specificity",
    }  # fmt: skip
    miss = answer.results[0]
    assert (miss.band, miss.categories, miss.best_grade, miss.score) == (None, (), None, None)
    assert ledger(as_role) == [("complaint-handling", 3, 1), (3,)]


@pytest.mark.parametrize("fields", [{"grade": "C"}, {"role": "victim"}, {"role": "recognized-representative"}])
def test_what_never_answers(members: Any, as_role: Any, fields: dict[str, str]) -> None:
    """Grade C and roles that never score."""
    role = {"role": fields.pop("role")} if "role" in fields else {}
    report(as_role, members[1], token("a") | role, **fields)
    assert not ask(members[0], token("a")).results[0].hit


def test_ones_own_group_is_no_hit(members: Any, as_role: Any) -> None:
    report(as_role, members[0], token("a"))
    report(as_role, members[4], token("a"))
    assert not ask(members[0], token("a")).results[0].hit
    assert ask(members[1], token("a")).results[0].band == "1"


def test_no_band_in_a_small_alliance(members: Any, as_role: Any) -> None:
    report(as_role, members[1], token("a"))
    with as_role("aif_desk"), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE institution SET state = 'suspended', suspended_at = now(), suspended_reason = 'test' WHERE id = %s",
            [members[3].institution_id],
        )
    hit = ask(members[0], token("a")).results[0]
    assert hit.hit and hit.band is None


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"purpose": "collection"}, "purpose-unknown"),
        ({"purpose": None}, "purpose-unknown"),
        ({"purpose": ["onboarding"]}, "purpose-unknown"),
        ({"case_ref": "a b"}, "case-ref-invalid"),
        ({"case_ref": "13800138000"}, "raw-identifier"),
        ({"basis": "§ 16"}, "basis-invalid"),
        ({"who": 1}, "unknown-field"),
        ({"tokens": []}, "field-missing"),
        ({"tokens": "x"}, "field-missing"),
        ({"tokens": [token("a")] * 10_001}, "too-large"),
        ({"tokens": [token("a"), {}]}, "malformed"),
        ({"tokens": [token("a") | {"role": "actor"}]}, "unknown-field"),
        ({"tokens": [token("a") | {"type": "no"}]}, "type-unknown"),
        ({"tokens": [token("a", epoch=7)]}, "epoch-retired"),
        ({"tokens": [token("a") | {"token": "13800138000"}]}, "raw-identifier"),
        ({"tokens": [token("a") | {"token": "0" * 64}]}, "unkeyed-hash"),
        ({"tokens": [token("a") | {"token": "0" * 43 + "="}]}, "token-malformed"),
    ],
)
def test_a_refused_screening_leaves_no_trace(members: Any, as_role: Any, fields: dict[str, Any], code: str) -> None:
    with pytest.raises(Refusal) as refusal:
        ask(members[0], token("a"), **fields)
    assert refusal.value.code == code
    assert "13800138000" not in str(refusal.value)
    assert ledger(as_role) == [(0,)]


def test_the_quota_refuses_all_of_a_request(members: Any, as_role: Any) -> None:
    small = dataclasses.replace(members[0], screen_quota=3)
    ask(small, token(1), token(2))
    with pytest.raises(quotas.QuotaExhausted):
        ask(small, token(3), token(4))
    assert ledger(as_role)[-1] == (2,)
    assert len(ledger(as_role)) == 2


def test_fifty_at_the_edge_never_overshoot(members: Any, as_role: Any) -> None:
    """Red when the charge reads before it writes."""
    small = dataclasses.replace(members[0], screen_quota=20)
    refused: list[int] = []

    def run(number: int) -> None:
        try:
            ask(small, token(number))
        except quotas.QuotaExhausted:
            refused.append(number)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=[n]) for n in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert len(refused) == 30
    assert ledger(as_role)[-1] == (20,)


def test_the_web_role_cannot_read_the_hub(members: Any) -> None:
    """Only the function answers; the table of others' identifiers stays closed."""
    from django.db import ProgrammingError

    with pytest.raises(ProgrammingError), connection.cursor() as cursor:
        cursor.execute("SELECT * FROM identifier")
