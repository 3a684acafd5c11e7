"""The side bar: no two pages answer to the same keys."""

from __future__ import annotations

from collections import Counter

from config.navigation import GROUPS


def test_every_page_has_keys_of_its_own() -> None:
    keys = Counter(entry.shortcut for _label, entries in GROUPS for entry in entries)
    assert [each for each, times in keys.items() if times > 1] == []
