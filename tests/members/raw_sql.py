"""Raw SQL as web asks it that has been broken into: every protected table, under a context that it makes itself."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import psycopg2
from django.db import connection

from members.row_security import act_for, context, leave

if TYPE_CHECKING:
    from members.models import Institution

Seen = Mapping[str, int | str]
"""By table: how many rows were seen, or the first line of the refusal."""


def rows(statement: str, *values: object) -> list[tuple[Any, ...]]:
    """Ask in the way of the product."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall())


def protected_tables() -> list[str]:
    """Every table under row security."""
    return [
        name
        for (name,) in rows(
            "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relrowsecurity ORDER BY 1"
        )
    ]


def count_everywhere(value: str = "") -> dict[str, int | str]:
    """What each protected table shows to raw SQL that sets the context itself."""
    found: dict[str, int | str] = {}
    with connection.connection.cursor() as cursor:  # beside Django's, which would set its own
        for name in protected_tables():
            cursor.execute("SAVEPOINT each")
            try:
                cursor.execute("SELECT set_config(%s, %s, true)", [context.SETTING, value])
                cursor.execute(f'SELECT count(*) FROM "{name}"')
                found[name] = cursor.fetchone()[0]
            except psycopg2.ProgrammingError as error:
                found[name] = str(error).partition("\n")[0]
            cursor.execute("ROLLBACK TO SAVEPOINT each")
    return found


def list_open(seen: Seen) -> list[str]:
    """The tables that showed a row, or refused for another reason than the context or a grant that web has not."""
    return [
        name
        for name, each in seen.items()
        if each != 0 and not (isinstance(each, str) and ("permission denied" in each or "context" in each))
    ]


def as_institution(institution: Institution, *, age: float = 0) -> str:
    """A context that holds, as the product signs it for this connection; `age` seconds ago, it holds no more."""
    act_for(institution=institution.pk)
    value = context.signed(connection.connection.info.backend_pid, lambda: time.time() - age)
    leave()
    return value


def bent(value: str) -> str:
    """Its signature differs by a digit."""
    return value[:-1] + ("0" if value[-1] != "0" else "1")


def for_somebody_else(value: str) -> str:
    """Another institution's number under the same signature."""
    parts = value.split(".")
    return ".".join([*parts[:3], str(int(parts[3]) + 1), *parts[4:]])


FORGED: tuple[Callable[[str], str], ...] = (
    bent,
    for_somebody_else,
    lambda value: value + ".1",
    lambda _value: "c1",
    lambda _value: ".",
)
"""Ways to change a context that holds."""
