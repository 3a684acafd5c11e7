"""Five institutions submit five public lists; each is told of exactly the hosts that another one lists too.

Reduced: all 90 shared hosts and a sample of the rest. ``make prove`` runs the whole lists.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from config.stack import Stack
from tests.prove import real_lists

pytestmark = pytest.mark.stack
SAMPLE = 300


def test_five_lists_give_exactly_the_ninety_shared_hosts(stack: Stack, tmp_path: Path) -> None:
    found = real_lists.find_lists()
    source = tmp_path / "lists"
    source.mkdir()
    lists = (
        real_lists.reduce_lists(found, source, sample=SAMPLE)
        if found
        else real_lists.generate_lists(source, hosts=SAMPLE)
    )
    assert len(lists.truth) == 90
    members = real_lists.admit_five(stack, tmp_path)
    answers = real_lists.submit_lists(members, lists)
    assert sum(answer["accepted"] for answer in answers.values()) == lists.hosts
    faults, counts = real_lists.compare(members, lists)
    assert faults == []
    assert sum(counts.values()) == 180

    # The same files again: every clue is known, and nobody is told anything twice.
    answers = real_lists.submit_lists(members, lists)
    assert sum(answer["duplicates"] for answer in answers.values()) == lists.hosts
    assert real_lists.compare(members, lists) == ([], counts)
