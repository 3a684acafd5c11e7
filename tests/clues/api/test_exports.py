"""`GET /exports/…`: the form by Accept, the days by the query, refusals as problems."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from django.db import connection

from tests.clues.alliance import clue, token
from tests.clues.api.member import Member, problem
from tests.clues.scene import work
from tests.factories import acting_as

STIX = "application/stix+json"


@pytest.mark.parametrize(
    ("accept", "form"),
    [("*/*", "text/csv; charset=utf-8"), ("text/csv", "text/csv; charset=utf-8"), (STIX, f"{STIX};version=2.1"),
     ("application/json", f"{STIX};version=2.1"), ("text/csv;q=0.1, application/stix+json", f"{STIX};version=2.1")],
)  # fmt: skip
def test_the_form_is_what_was_asked_for(aster: Member, accept: str, form: str) -> None:
    answer = aster.get("/exports/clues", HTTP_ACCEPT=accept)
    assert (answer.status_code, answer["Content-Type"]) == (200, form)
    assert answer["Content-Disposition"].startswith('attachment; filename="aif-clues-2')
    assert answer["Cache-Control"] == "no-store" and answer.streaming and answer.getvalue()


def test_rows(aster: Member, birch: Member, settings: Any) -> None:
    settings.AIF_DISCLOSURE_TICK = 0.05
    for member in (aster, birch):
        member.submit([clue(token("bad"), client_ref=f"of-{member.institution.pk}")])
    work()
    for what in ("clues", "matches"):
        content = aster.get(f"/exports/{what}").getvalue().decode("utf-8-sig")
        (row,) = csv.DictReader(io.StringIO(content, newline=""))
        assert row.get("client_ref", row.get("client_refs")) == f"of-{aster.institution.pk}"
        assert "" == aster.get(f"/exports/{what}?until=2020-01-01").getvalue().decode("utf-8-sig").partition("\r\n")[2]


def test_ten_thousand_rows_are_all_there_and_all_own(aster: Member, birch: Member) -> None:
    """The file is read piece by piece after the view has answered: as whom it was asked for, to the last row."""
    aster.submit([clue(token(f"of aster {number}")) for number in range(10_000)])
    birch.submit([clue(token(f"of birch {number}"), client_ref=f"birch-{number}") for number in range(300)])
    work()
    # Rows that nobody has committed count as none to autovacuum: what it saw of these tables may plan a page for hours.
    with acting_as("aif_owner"), connection.cursor() as cursor:
        cursor.execute("ANALYZE clue, sighting")
    answer = aster.get("/exports/clues")
    assert answer.streaming
    rows = list(csv.DictReader(io.StringIO(answer.getvalue().decode("utf-8-sig"), newline="")))
    assert len({row["client_ref"] for row in rows}) == len(rows) == 10_000
    assert not any(row["client_ref"].startswith("birch") for row in rows)


def test_what_is_refused(aster: Member) -> None:
    problem(aster.get("/exports/tokens"), 404, "not-found")
    assert problem(aster.get("/exports/clues?since=today"), 422, "field-invalid")["field"] == "since"
    assert (
        problem(aster.get("/exports/clues?since=2026-11-02&until=2026-11-01"), 422, "field-invalid")["field"] == "until"
    )
    problem(aster.get("/exports/clues", HTTP_ACCEPT="application/xml"), 406, "not-acceptable")
