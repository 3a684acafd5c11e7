"""The text of a lawful-use matrix: what it means cell by cell, and which line is wrong."""

from __future__ import annotations

import importlib
from itertools import product

import pytest
from django.utils import translation

from clues.screening.lawful_use.cells import Cell, blocks, count_by_class, expand, may_ever_answer
from clues.screening.lawful_use.rules import CATEGORIES, GRADES, PURPOSES, TYPES, RulesInvalid, parse

EVERYTHING = "allowed * * * *"


def test_all_but_what_purposes_forbid() -> None:
    """Onboarding: three categories, B2 or better; every other purpose anything. Grade C nowhere."""
    cells = expand(parse(EVERYTHING))
    assert {cell.grade for cell in cells} == {"A", "B1", "B2"}
    onboarding = {cell.category for cell in cells if cell.purpose == "onboarding"}
    assert onboarding == {"account-theft", "telecom-fraud", "loan-broker-fraud"}
    others = len(PURPOSES) - 1
    assert len(cells) == len(TYPES) * len(GRADES) * (others * len(CATEGORIES) + 3)


def test_a_matrix_cannot_lift_a_purpose_s_own_limits() -> None:
    assert not expand(parse("allowed onboarding illegal-gambling * *"))
    assert not may_ever_answer(Cell("onboarding", "domain", "illegal-gambling", "A"))


@pytest.mark.parametrize(
    ("text", "allowed"),
    [
        ("allowed investigation spam-sms A domain", True),
        ("allowed investigation spam-sms A domain\nrefused * * * *", False),
        ("refused * * * *\nallowed investigation spam-sms A domain", True),
        ("allowed * * * non-personal\nunresolved * spam-sms * *", False),
        ("allowed * * * non-personal\nunresolved * spam-sms B1 *", True),
        ("allowed * * * personal", False),
        ("allowed investigation * * domain # refused\n", True),
        ("  allowed   investigation\t* A domain   -- a ground, with # and --", True),
        ("allowed police-assistance * * domain", False),
        ("unresolved * * * *", False),
    ],
)
def test_the_last_rule_that_matches_decides(text: str, allowed: bool) -> None:
    assert (Cell("investigation", "domain", "spam-sms", "A") in expand(parse(text))) is allowed


def test_grounds_stay_with_their_rule() -> None:
    (rule,) = parse("# one\n\nallowed * * * domain  --  PIPL 13(1)(3)  ")
    assert (rule.line, rule.ground) == (3, "PIPL 13(1)(3)")


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("", None),
        ("# nothing\n\n", None),
        ("allowed * * *", 1),
        ("\nallowed * * * * *", 2),
        ("allowed * * * *\nforbidden * * * *", 2),
        ("allowed debt-collection * * *", 1),
        ("allowed * gossip * *", 1),
        ("allowed * * C *", 1),
        ("allowed * * D *", 1),
        ("allowed * * * 13800138000", 1),
        ("allowed * * * Domain", 1),
        (" -- a ground alone", 1),
        ("allowed * * * * -- " + "x" * 301, 1),
        ("allowed * * * *\n" * 1001, None),
        ("#" * 50_001, None),
    ],
)
def test_errors_name_the_line_and_not_the_word(text: str, line: int | None) -> None:
    with pytest.raises(RulesInvalid) as refusal, translation.override("en"):
        parse(text)
    assert refusal.value.line == line
    assert refusal.value.code == "rules-invalid" and refusal.value.extra["field"] == "rules"
    assert "13800138000" not in refusal.value.detail
    if line:
        assert refusal.value.detail.startswith(f"Line {line}:")


@pytest.mark.parametrize(
    "text",
    [
        EVERYTHING,
        "allowed * * * non-personal\nrefused * spam-sms B1 domain\nallowed inbound-call harassing-call * cn-mobile",
        "allowed onboarding * A qq\nallowed investigation * * wechat\nrefused * malware * *",
    ],
)
def test_blocks_say_every_cell_once(text: str) -> None:
    cells = expand(parse(text))
    said = [
        Cell(*each)
        for block in blocks(cells)
        for each in product(block.purposes, block.types, block.categories, block.grades)
    ]
    assert len(said) == len(set(said)) and set(said) == cells
    assert sum(block.cells for block in blocks(cells)) == len(cells)
    assert len(blocks(cells)) < 10


def test_the_summary_counts_what_is_open() -> None:
    rows = {row[:3]: row[3:] for row in count_by_class(expand(parse("allowed * * A non-personal")))}
    assert rows["onboarding", "non-personal", "A"] == (14 * 3, 14 * 3)
    assert rows["investigation", "non-personal", "B1"] == (0, 14 * len(CATEGORIES))
    assert rows["investigation", "personal", "A"][0] == 0


def test_the_shipped_matrix_is_its_own_text() -> None:
    """Red when the vocabulary has grown: ship a further matrix with a new migration then."""
    migration = importlib.import_module("clues.migrations.0010_lawful_use")
    shipped = {
        Cell(*each)
        for each in product(migration.PURPOSES, migration.TYPES, migration.CATEGORIES, migration.GRADES)
        if each[0] != "onboarding" or each[2] in migration.ONBOARDING_ONLY
    }
    assert expand(parse(migration.RULES)) == shipped
