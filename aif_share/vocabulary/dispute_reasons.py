"""Reasons of a dispute: why something reported is said to be wrong."""

from __future__ import annotations

from .term import Term, by_code

ROWS = (
    Term("wrong-person", "对象有误", "The wrong person"),
    Term("recycled-number", "号码已二次放号", "The number has a new holder"),
    Term("shared-device", "设备或网络多人共用", "Shared device or network"),
    Term("victim-not-actor", "系受害人，非行为人", "A victim, not an actor"),
    Term("legally-cleared", "经法定程序排除", "Cleared by a legal procedure"),
    Term("consumer-complaint", "消费者申诉", "A consumer's complaint"),
    Term("other", "其他", "Other"),
)
BY_CODE = by_code(ROWS)
