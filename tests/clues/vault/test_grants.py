"""What each login role may do with the tables of vault and evidence, asked of PostgreSQL itself."""

from __future__ import annotations

import pytest
from django.db import connection

pytestmark = pytest.mark.django_db

# Written by hand: S select, I insert, U update, u update of some columns, D delete.
EXPECTED = {
    "data_key": {"aif_web": "SIu", "aif_desk": "SIu", "aif_match": "SIuD", "aif_audit": ""},
    "stored_object": {"aif_web": "SIu", "aif_desk": "SIu", "aif_match": "SIuD", "aif_audit": ""},
    "evidence_item": {"aif_web": "SIu", "aif_desk": "Su", "aif_match": "Su", "aif_audit": ""},
    "evidence_upload": {"aif_web": "SIu", "aif_desk": "", "aif_match": "SuD", "aif_audit": ""},
    "custody_entry": {"aif_web": "SI", "aif_desk": "SI", "aif_match": "SI", "aif_audit": ""},
}
# Only a rotation, which the desk's role runs, changes under which KEK a key stands.
KEK_COLUMNS = {"aif_web": False, "aif_desk": True, "aif_match": False}


def ask(sql: str, *values: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return bool(cursor.fetchone()[0])


def rights(role: str, table: str) -> str:
    found = ""
    for letter, privilege in (("S", "SELECT"), ("I", "INSERT"), ("U", "UPDATE"), ("D", "DELETE")):
        if ask("SELECT has_table_privilege(%s, %s, %s)", role, table, privilege):
            found += letter
        elif letter == "U" and ask("SELECT has_any_column_privilege(%s, %s, %s)", role, table, privilege):
            found += "u"
    return found


@pytest.mark.parametrize("table", EXPECTED)
def test_each_role_may_do_this_and_nothing_else(table: str) -> None:
    assert {role: rights(role, table) for role in EXPECTED[table]} == EXPECTED[table]


@pytest.mark.parametrize("role", KEK_COLUMNS)
def test_who_may_put_a_key_under_another_kek(role: str) -> None:
    assert ask("SELECT has_column_privilege(%s, 'data_key', 'kid', 'UPDATE')", role) is KEK_COLUMNS[role]
