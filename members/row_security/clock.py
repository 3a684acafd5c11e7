"""The time by the clock of the database: one for all processes, whatever the clocks of their machines say."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, cast

from django.db import connection


def now() -> datetime:
    """Return it, aware; at most some seconds old where that clock was set meanwhile (`config.postgresql`)."""
    return datetime.fromtimestamp(cast(Any, connection).database_time(), UTC)
