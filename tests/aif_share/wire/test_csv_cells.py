"""No cell of our CSV is a formula, and what was written is what a parser reads, but for the mark."""

from __future__ import annotations

import csv

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aif_share.wire.csv_cells import quoted_cell


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1", "＝1", "＋1", "－1", "＠a"])
def test_formulas_are_marked(text: str) -> None:
    assert quoted_cell(text) == f'"\'{text}"'


@given(st.text(st.characters(exclude_characters="\r\n\x00")))
def test_the_rest_is_as_it_was(text: str) -> None:
    ((read,),) = csv.reader([quoted_cell(text)], strict=True)
    assert read.removeprefix("'") == text.removeprefix("'") and read.strip()[:1] not in tuple("=+-@＝＋－＠")


def test_nothing() -> None:
    assert (quoted_cell(None), quoted_cell("")) == ("", '""')
