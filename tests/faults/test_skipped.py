"""A fault that could not be made is no fault that held."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest

from tests.faults import fault_09, fault_10
from tests.faults.__main__ import is_whole, list_skipped
from tests.faults.load import Load

HELD: dict[str, Any] = {"holds": True, "wrong": {}}
SKIPPED: dict[str, Any] = {"skipped": "not here", "holds": False, "wrong": {}}
NOBODY = cast(Load, SimpleNamespace())


def test_without_libfaketime_the_clocks_are_skipped_and_do_not_hold(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fault_09, "LIBRARIES", "/nowhere/*.so")
    result = fault_09.run(NOBODY, 1)
    assert result["skipped"] and not result["holds"]


def test_without_a_small_disk_the_full_ones_are_skipped_and_do_not_hold(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fault_10.full_disk, "why_not", lambda: "only root can mount a small disk")
    result = fault_10.run(NOBODY, 1)
    assert result["skipped"] and not result["holds"]


def test_a_run_with_a_skipped_fault_passes_only_where_that_is_allowed() -> None:
    results = {"1": HELD, "9": SKIPPED}
    assert list_skipped(results) == ["9"]
    assert not is_whole(results, allow_skipped=False)
    assert is_whole(results, allow_skipped=True)


@pytest.mark.parametrize("broken", [SKIPPED | {"wrong": {"I1": ["lost"]}}, HELD | {"holds": False}])
def test_what_did_not_hold_is_never_allowed(broken: dict[str, Any]) -> None:
    assert not is_whole({"1": HELD, "9": broken}, allow_skipped=True)
