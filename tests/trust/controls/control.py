"""A control, how it is taken away, and the test that misses it."""

from __future__ import annotations

from dataclasses import dataclass

from tests.trust.controls.kill import Kill


@dataclass(frozen=True)
class Control:
    """`name` begins with the row's number."""

    name: str
    kill: Kill
    test: str
