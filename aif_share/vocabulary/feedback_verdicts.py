"""Verdicts of a party on a match: what it turned out to be, or what was done with it."""

from __future__ import annotations

from dataclasses import dataclass

from .term import Term, by_code


@dataclass(frozen=True)
class Verdict(Term):
    """`quality` is what the verdict says of the others who reported: 1 confirmed, -1 refuted, 0 nothing."""

    quality: int = 0


ROWS = (
    Verdict("confirm", "确认命中", "Confirmed", quality=1),
    Verdict("false-positive", "误报", "False positive", quality=-1),
    Verdict("acted", "已处置", "Acted on"),
    Verdict("no-action", "不作处置", "No action"),
    Verdict("enriched", "已补充信息", "Enriched"),
)
BY_CODE = by_code(ROWS)
