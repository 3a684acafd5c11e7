"""`GET /statements`: a page, figures, files by Accept; strangers get 404."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from clues.models import Statement
from clues.statements import making
from clues.statements.periods import begin_of, quarter_of
from tests.clues.api.member import Member, bytes_of, problem
from tests.factories import acting_as


@pytest.fixture
def made(aster: Member, birch: Member) -> Any:
    """Return Aster's own statement."""
    with acting_as("aif_match"):
        making.make_due(limit=100, now=begin_of(quarter_of(timezone.localdate()).due) + timedelta(hours=1))
    return Statement.objects.get(institution=aster.institution)


def test_a_page_and_one(aster: Member, made: Statement) -> None:
    rows = aster.get("/statements").json()["results"]
    assert {row["kind"] for row in rows} == {"bulletin", "quarterly"} and len(rows) == 2
    assert rows[0].keys() == {"statement", "kind", "since", "last", "version", "as_of", "pdf_sha256", "csv_sha256"}
    body = aster.get(f"/statements/{made.ref}").json()
    assert [section["section"] for section in body["sections"]][:2] == ["given", "given-by-category"]
    assert {"line": "clues", "values": ["0"]} in body["sections"][0]["lines"]


def test_files_by_accept(aster: Member, made: Statement) -> None:
    for accept, form in (("application/pdf", "pdf"), ("text/csv", "csv")):
        answer = aster.get(f"/statements/{made.ref}", HTTP_ACCEPT=accept)
        assert answer.content == bytes(getattr(made, form)) and answer["Content-Type"].startswith(accept)
        assert "attachment" in answer["Content-Disposition"] and answer["Cache-Control"] == "no-store"


def test_strangers(birch: Member, made: Statement) -> None:
    exact = Statement.objects.get(edition="exact").ref
    missing = bytes_of(birch.get("/statements/ST-NONE"))
    for ref in (made.ref, exact):
        problem(birch.get(f"/statements/{ref}"), 404, "not-found")
        assert bytes_of(birch.get(f"/statements/{ref}")) == missing
        problem(birch.get(f"/statements/{ref}", HTTP_ACCEPT="application/pdf"), 404, "not-found")
