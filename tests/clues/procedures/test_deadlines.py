"""Statutory periods: the first day is not counted, a day off at the end moves it on (刑事诉讼法 art. 105)."""

from __future__ import annotations

from datetime import date

import pytest

from aif_share.vocabulary.tracks import APPLY_FOR_RECONSIDERATION, DECIDE_ON_RECONSIDERATION
from clues.procedures.deadlines import due_date

# Reckoned with a paper calendar.
RECEIVED = {
    date(2026, 11, 2): date(2026, 11, 9),  # Monday to Monday
    date(2026, 11, 7): date(2026, 11, 16),  # ends on Saturday the 14th
    date(2026, 9, 24): date(2026, 10, 8),  # ends on National Day, whose holidays last until the 7th
}


@pytest.mark.parametrize(("received", "due"), RECEIVED.items())
def test_seven_days_from_receipt(received: date, due: date) -> None:
    assert due_date(APPLY_FOR_RECONSIDERATION, on=date(2026, 9, 1), received=received) == due


def test_without_receipt_from_the_document() -> None:
    assert due_date(APPLY_FOR_RECONSIDERATION, on=date(2026, 11, 2), received=None) == date(2026, 11, 9)


def test_thirty_days_from_the_application() -> None:
    assert due_date(DECIDE_ON_RECONSIDERATION, on=date(2026, 11, 3), received=None) == date(2026, 12, 3)
