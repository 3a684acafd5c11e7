"""Opaque references: one row, one reference, of one kind."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from members.models import reference

NUMBERS = st.integers(0, 2**63 - 1)


@given(st.sampled_from(sorted(reference.KINDS)), NUMBERS)
def test_a_reference_leads_back_to_its_row(kind, number):
    ref = reference.encode(kind, number)
    assert re.fullmatch(rf"{kind}-[A-Z2-7]{{26}}", ref)
    assert reference.decode(kind, ref) == number


@given(NUMBERS)
def test_another_kind_opens_nothing(number):
    body = reference.encode("B", number).partition("-")[2]
    for kind in reference.KINDS:
        assert (reference.decode(kind, f"{kind}-{body}") == number) == (kind == "B")


@given(NUMBERS, st.integers(0, 25), st.sampled_from("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"))
def test_a_changed_character_opens_nothing(number, place, letter):
    ref = reference.encode("M", number)
    changed = ref[: 2 + place] + letter + ref[3 + place :]
    assert changed == ref or reference.decode("M", changed) is None


def test_every_kind_has_a_number_of_its_own():
    assert len(set(reference.KINDS.values())) == len(reference.KINDS)


def test_one_row_has_one_reference():
    """The last character carries two bits more than the block has."""
    ref = reference.encode("M", 99)
    same = [letter for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567" if reference.decode("M", ref[:-1] + letter) == 99]
    assert same == [ref[-1]]


def test_neighbors_look_unrelated():
    first, second = (reference.encode("I", number) for number in (1, 2))
    assert sum(a == b for a, b in zip(first[2:], second[2:], strict=True)) < 10


def test_the_key_decides(settings):
    ref = reference.encode("I", 7)
    settings.AIF_REFERENCE_KEY = "ff" * 32
    assert reference.decode("I", ref) is None


@pytest.mark.parametrize(
    "text",
    ["", "I-", "I", "7", "I-7", "i-" + "A" * 26, "I-" + "A" * 26, "I-" + "a" * 26, "I-" + "A" * 27, "I-" + "é" * 26],
)
def test_anything_else_is_none(text):
    assert reference.decode("I", text) is None
