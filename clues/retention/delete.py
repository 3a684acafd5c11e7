"""Apply the rules of retention: each slice is a transaction of its own, so that nobody waits for a long one."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction

from members import audit
from members.permissions import Job

from .rules import RULES, Rule

SLICE = 20_000


def delete_ended(*, now: datetime, rules: tuple[Rule, ...] = RULES) -> dict[str, int]:
    """Delete what every rule says has had its time; return how many rows by rule. May be killed and run again."""
    return {rule.name: _apply(rule, now) for rule in rules}


def _apply(rule: Rule, now: datetime) -> int:
    names: dict[str, Any] = {"before": now - timedelta(days=rule.days), "limit": SLICE}
    total = 0
    while True:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(rule.statement, names)
            gone = int(cursor.fetchone()[0])
            if gone:
                audit.record("retention.delete", actor=Job("retention"), detail={"rule": rule.name, "rows": gone})
        total += gone
        if gone == 0 or "LIMIT" not in rule.statement:
            return total
