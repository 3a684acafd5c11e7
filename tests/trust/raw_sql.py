"""A row in every protected table, so that one that shows nothing is closed and not just empty."""

from __future__ import annotations

from typing import Any

from django.db import connection

from members.models import Institution
from tests.factories import acting_as
from tests.members.raw_sql import protected_tables, rows

VALUES = {
    "bigint": "1", "integer": "1", "smallint": "1", "numeric": "1", "double precision": "1", "real": "1",
    "boolean": "false", "text": "'x'", "character varying": "'x'", "bytea": "'\\x00'::bytea", "uuid": "gen_random_uuid()",
    "timestamp with time zone": "now()", "date": "current_date", "jsonb": "'{}'", "inet": "'127.0.0.1'",
    "interval": "interval '1 second'",
}  # fmt: skip
"""A value of each type, in SQL; arrays are empty."""
_COLUMNS = """
SELECT a.attname, format_type(a.atttypid, NULL), f.confrelid::regclass::text, r.attname
FROM pg_attribute a
LEFT JOIN pg_constraint f ON f.conrelid = a.attrelid AND f.contype = 'f' AND f.conkey = ARRAY[a.attnum]
LEFT JOIN pg_attribute r ON r.attrelid = f.confrelid AND r.attnum = f.confkey[1]
WHERE a.attrelid = %s::regclass AND a.attnum > 0 AND NOT a.attisdropped AND a.attidentity = '' AND a.attgenerated = ''
  AND (a.attnotnull AND NOT a.atthasdef OR a.attname = 'institution_id')
ORDER BY a.attnum
"""
_LOOSEN = """
SELECT format('ALTER TABLE %%I DROP CONSTRAINT %%I', c.relname, conname)
FROM pg_constraint JOIN pg_class c ON c.oid = conrelid WHERE conrelid = %s::regclass AND contype IN ('c', 'f')
UNION ALL SELECT format('ALTER TABLE %%I DISABLE TRIGGER USER', %s)
"""


def list_empty() -> list[str]:
    """The protected tables without a row, as their owner sees it."""
    with acting_as("aif_owner"):
        return [name for name in protected_tables() if rows(f'SELECT NOT EXISTS (SELECT FROM "{name}")')[0][0]]


def fill(names: list[str], institution: Institution) -> None:
    """Put one row into each, of this institution where it says whose, hanging from rows that are there.

    What such a row must look like is let go for it, inside the test's transaction: here it only has to exist.
    """
    with acting_as("aif_owner"), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        columns = {name: rows(_COLUMNS, f'"{name}"') for name in names}
        for name in names:
            for (statement,) in rows(_LOOSEN, f'"{name}"', name):
                cursor.execute(statement)
        for name in _parents_first(columns):
            listed = ", ".join(f'"{column}"' for column, *_rest in columns[name])
            values = ", ".join(_value(*column, institution) for column in columns[name])
            cursor.execute(f'INSERT INTO "{name}" ({listed}) VALUES ({values})')


def _parents_first(columns: dict[str, list[tuple[Any, ...]]]) -> list[str]:
    ordered: list[str] = []

    def add(name: str) -> None:
        if name in columns and name not in ordered:
            for _column, _type, parent, _key in columns[name]:
                if parent != name:
                    add(parent)
            ordered.append(name)

    for name in columns:
        add(name)
    return ordered


def _value(column: str, type_: str, parent: str | None, key: str | None, institution: Institution) -> str:
    if column == "institution_id":
        return str(institution.pk)
    if parent is not None:
        return f'(SELECT min("{key}"::text) FROM {parent})::{type_}'
    return "'{}'" if type_.endswith("[]") else VALUES[type_]
