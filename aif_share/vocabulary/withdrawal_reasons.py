"""Reasons of an institution that takes a clue of its own back."""

from __future__ import annotations

from .term import Term, by_code

ROWS = (
    Term("mistake", "上报有误", "Reported by mistake"),
    Term("wrong-person", "对象有误", "The wrong person"),
    Term("resolved", "事项已了结", "The matter is settled"),
    Term("duplicate", "重复上报", "Reported twice"),
    Term("legal-request", "依法要求删除", "A legal request"),
)
BY_CODE = by_code(ROWS)
