"""The bulletin: each figure against a count in Python, the members' edition by its rule, files that say the same, nothing changed later."""

from __future__ import annotations

import csv
import hashlib
import io
import random
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

import pypdfium2
import pytest
from django.db import ProgrammingError, transaction
from django.utils import timezone

from aif_share.errors import Refusal
from aif_share.vocabulary import outcome_counters
from clues.cases import parties
from clues.models import Statement
from clues.reports.figures import ZONE
from clues.retention import delete
from clues.retention.rules import RULES
from clues.statements import making, periods, queries
from clues.statements.periods import Period
from members.models import AuditEvent
from members.queries import person_of
from tests.clues.procedures.recording import enter
from tests.clues.reports.recount import recount
from tests.clues.scene import Scene, make_case
from tests.factories import acting_as, make_institution, make_user

CRIMINAL, ADMINISTRATIVE = "police-criminal", "police-administrative"
NOW = datetime.fromisoformat("2027-01-05T00:10:00+08:00")  # of Shanghai: December's bulletin is due


def make(month: str = "2026-10-01", *, by: Any) -> tuple[Statement, ...]:
    with acting_as("aif_desk"):
        return making.make_bulletin(month=date.fromisoformat(month), by=by, now=timezone.now())


def values(statement: Statement) -> dict[str, list[str | None]]:
    (section,) = statement.figures
    return {code: list(each) for code, *each in section["rows"]}


def text_of(pdf: bytes) -> str:
    document = pypdfium2.PdfDocument(pdf)
    text = "".join(page.get_textpage().get_text_range() for page in document)
    document.close()
    return text.replace("\r\n", " ")


def enter_some(scene: Scene, seed: int = 1) -> None:
    """Record random proceedings of two years, some voided."""
    case, olga, draw = make_case(scene, at="reported"), scene.cast.olga, random.Random(seed)
    for _turn in range(25):
        day = f"{draw.choice((2025, 2026))}-{draw.choice((3, 9, 10, 11)):02}-{draw.randrange(1, 28):02}"
        if draw.random() < 0.5:
            made = enter(case, olga, CRIMINAL, "submitted", date=day, province=draw.choice(("CN-31", "CN-44")))
            for state, given in (
                ("accepted", {}),
                ("filed", {"gangs": draw.randint(1, 3)}),
                ("coercive-measures", {"persons": 2}),
            ):
                if draw.random() < 0.7:
                    made = enter(case, olga, CRIMINAL, state, proceeding=str(made[0].proceeding), date=day, **given)
                else:
                    break
        else:
            made = enter(case, olga, ADMINISTRATIVE, "accepted", date=day)
            if draw.random() < 0.6:
                enter(case, olga, ADMINISTRATIVE, "penalty", proceeding=str(made[0].proceeding), date=day,
                      persons=draw.randrange(1, 5), persons_detained=1, amount_lost_cny=f"{draw.randrange(10**6)}.50")  # fmt: skip


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_every_figure_is_what_the_entries_add_up_to(scene: Scene, seed: int) -> None:
    """By a second way of counting: rows read plainly, added up in Python, that shares nothing with the statement."""
    enter_some(scene, seed)
    exact, _members = make(by=scene.cast.olga)
    with acting_as("aif_desk"):
        expected = [
            recount(since, date(2026, 11, 1)) for since in (date(2026, 10, 1), date(2026, 1, 1), date(1900, 1, 1))
        ]
    shown = values(exact)
    assert set(shown) == {row.code for row in outcome_counters.ROWS}
    for code, found in shown.items():
        assert [Decimal(each or "nan") for each in found] == [each[code] for each in expected], code
    assert any(any(Decimal(each or 0) for each in found) for found in shown.values())
    assert len({tuple(each.items()) for each in expected}) == 3, "the three spans differ, or one column would do"


def test_members_read_sums_of_five_institutions_at_least(scene: Scene) -> None:
    case = make_case(scene, at="reported")
    for _turn in range(12):
        enter(case, scene.cast.olga, ADMINISTRATIVE, "accepted", date="2026-10-03")
    enter(case, scene.cast.olga, CRIMINAL, "submitted", date="2026-10-03")
    _exact, members = make(by=scene.cast.olga)
    assert {tuple(each) for each in values(members).values()} == {(None, None, None)}, "two institutions are too few"
    with acting_as("aif_desk"):
        parties.add(case, [make_institution().pk for _turn in range(5)], at=timezone.now())
    exact, members = make(by=scene.cast.olga)
    assert values(exact)["cases-administrative"] == ["12"] * 3 and values(exact)["cases-reported"] == ["1"] * 3
    assert values(members)["cases-administrative"] == ["10"] * 3 and values(members)["cases-reported"] == ["<10"] * 3
    assert (exact.version, members.version) == (2, 2)


def test_the_files_say_what_the_figures_say(scene: Scene) -> None:
    enter_some(scene)
    for row in make(by=scene.cast.olga):
        pdf, sheet = bytes(row.pdf), bytes(row.csv)
        assert (row.pdf_sha256, row.csv_sha256) == tuple(hashlib.sha256(each).hexdigest() for each in (pdf, sheet))
        text = text_of(pdf)
        assert "联合处置月报" in text and "2026-10-01" in text and "2026-10-31" in text
        assert all(term.zh[:4] in text for term in outcome_counters.ROWS)
        lines = list(csv.reader(io.StringIO(sheet.decode("utf-8-sig"), newline="")))
        read = {(line[1], line[5]): line[6] for line in lines if line[0] == "outcomes"}
        columns = ("period", "year", "all")
        assert read == {
            (code, column): value or ""
            for code, each in values(row).items()
            for column, value in zip(columns, each, strict=True)
        }


def test_who_may(scene: Scene) -> None:
    exact, members = make(by=scene.cast.olga)
    alice, cy = person_of(scene.cast.alice), person_of(scene.cast.cy)
    for person in (alice, cy):
        assert [row.statement for row in queries.list_statements(viewer=person)] == [members.ref]
        name, body = queries.take_file(statement=members.ref, form="pdf", by=person)
        assert body.startswith(b"%PDF") and name == "aif-bulletin-202610-v1-members.pdf"
        for wrong in (
            partial(queries.get_statement, statement=exact.ref, viewer=person),
            partial(queries.take_file, statement=exact.ref, form="csv", by=person),
            partial(queries.take_file, statement=members.ref, form="exe", by=person),
        ):
            with pytest.raises(queries.StatementNotFound):
                wrong()
    with acting_as("aif_desk"):
        assert queries.take_file_at_desk(statement=exact.pk, form="csv", by=scene.cast.pavel)[1]
        verbs = list(
            AuditEvent.objects.filter(verb__startswith="statement.").order_by("id").values_list("verb", flat=True)
        )
        assert verbs == ["statement.make"] * 2 + ["statement.take"] * 3
    submitter = make_user("submitter", institution=scene.cast.aster)
    for call in (lambda: queries.list_statements(viewer=person_of(submitter)),
                 lambda: make(by=scene.cast.alice),
                 lambda: make("2099-02-01", by=scene.cast.olga)):  # fmt: skip
        with pytest.raises(Refusal) as caught:
            call()
        assert caught.value.code in ("permission-missing", "field-invalid")


@pytest.mark.parametrize("role", ["aif_web", "aif_desk", "aif_match"])
def test_no_role_changes_a_statement(scene: Scene, role: str) -> None:
    make(by=scene.cast.olga)
    with acting_as(role), pytest.raises(ProgrammingError), transaction.atomic():
        Statement.objects.update(version=7)


def test_when_it_is_due() -> None:
    def at(text: str) -> datetime:
        return datetime.fromisoformat(text)

    november, december = Period(date(2026, 11, 1), date(2026, 12, 1)), Period(date(2026, 12, 1), date(2027, 1, 1))
    assert periods.last_due(at("2027-01-04T23:59:59+08:00")) == november
    assert periods.last_due(at("2027-01-04T16:00:00+00:00")) == december, f"days are those of {ZONE}"
    quarter = Period(date(2026, 10, 1), date(2027, 1, 1))
    assert periods.last_due(NOW, quarter=True) == quarter == periods.quarter_of(date(2026, 12, 31))
    assert periods.last_due(at("2027-01-04T12:00:00+08:00"), quarter=True).since == date(2026, 7, 1)
    assert periods.month_of(date(2027, 1, 31)) == Period(date(2027, 1, 1), date(2027, 2, 1))


def test_it_is_kept_for_ten_years(scene: Scene) -> None:
    make(by=scene.cast.olga)
    (rule,) = [each for each in RULES if each.name == "statements"]
    with acting_as("aif_match"):
        assert delete.delete_ended(now=timezone.now() + timedelta(days=3650), rules=(rule,)) == {rule.name: 0}
        assert delete.delete_ended(now=timezone.now() + timedelta(days=rule.days + 1), rules=(rule,)) == {rule.name: 2}
