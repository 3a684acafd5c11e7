"""Statements in the portal and at the desk: lists, pages, files as they were made; strangers get 404."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from clues.models import Statement
from clues.statements import making
from clues.statements.periods import begin_of, quarter_of
from tests.clues.scene import Scene
from tests.factories import acting_as, make_user

LIST = "/portal/statements"


@pytest.fixture
def made(scene: Scene) -> Scene:
    with acting_as("aif_match"):
        making.make_due(limit=100, now=begin_of(quarter_of(timezone.localdate()).due) + timedelta(hours=1))
    return scene


def test_lists_pages_and_files(made: Scene, portal: Any, audited: Any) -> None:
    browser = portal(made.cast.alice)
    own = Statement.objects.get(institution=made.cast.aster)
    exact, bulletin = Statement.objects.filter(kind="bulletin").order_by("edition")
    listed = browser.get(LIST).content.decode()
    assert own.ref in listed and bulletin.ref in listed and exact.ref not in listed
    for row in (own, bulletin):
        page = browser.get(f"{LIST}/{row.ref}").content.decode()
        assert row.pdf_sha256 in page and f"/{row.ref}/pdf" in page
        for form, kind in (("pdf", "application/pdf"), ("csv", "text/csv; charset=utf-8")):
            answer = browser.get(f"{LIST}/{row.ref}/{form}")
            assert answer.content == bytes(getattr(row, form)) and answer["Content-Type"] == kind
            assert "attachment" in answer["Content-Disposition"]
    assert (
        "Who met our clues, by sector" in page
        or "Who met our clues, by sector" in browser.get(f"{LIST}/{own.ref}").content.decode()
    )
    assert audited("statement.take") == [made.cast.alice.ref] * 4


def test_what_is_not_ones_own(made: Scene, portal: Any) -> None:
    own = Statement.objects.get(institution=made.cast.aster)
    exact = Statement.objects.get(edition="exact")
    browser = portal(made.cast.bea)
    for address in (own.ref, f"{own.ref}/pdf", exact.ref, f"{exact.ref}/csv", "ST-NONE", "ST-NONE/pdf"):
        assert browser.get(f"{LIST}/{address}").status_code == 404, address
    assert browser.get(f"{LIST}/{Statement.objects.get(edition='members').ref}/exe").status_code == 404
    submitter = portal(make_user("submitter", institution=made.cast.aster))
    assert submitter.get(LIST).status_code == submitter.get(f"{LIST}/{own.ref}/pdf").status_code == 403


def test_before_there_is_one(scene: Scene, portal: Any) -> None:
    assert "No statement yet" in portal(scene.cast.alice).get(LIST).content.decode()
