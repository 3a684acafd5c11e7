"""The migrations on a server that knows the roles already, as a mere owner of the database (tests.embedded: as superuser)."""

from __future__ import annotations

import subprocess
from pathlib import Path
from urllib.parse import quote

import psycopg2
import pytest

ROOT = Path(__file__).resolve().parents[2]
ADMIN = "test_admin"


@pytest.fixture
def empty(database_server):
    """An empty database of an administrator who is no superuser; yields its name and the administrator's address."""
    name, secret = "migrated_again", "only-for-this-test"
    session = psycopg2.connect(database_server.superuser_url("postgres"))
    session.autocommit = True
    cursor = session.cursor()
    cursor.execute(f"CREATE ROLE {ADMIN} LOGIN CREATEROLE PASSWORD %s", [secret])
    cursor.execute(f"GRANT aif_owner TO {ADMIN}")
    cursor.execute(f"CREATE DATABASE {name} OWNER {ADMIN}")
    sockets = quote(str(database_server.plan.sockets), safe="")
    yield name, f"postgresql://{ADMIN}:{secret}@/{name}?host={sockets}"
    cursor.execute(f"DROP DATABASE {name} WITH (FORCE)")
    cursor.execute(f"DROP ROLE {ADMIN}")
    session.close()


def migrate(server, address: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        server.plan.python("-m", "config.stack.bootstrap", "migrate"),
        env=server.plan.env("manage") | {"AIF_DB_OWNER": "1", "DATABASE_ADMIN_URL": address},
        cwd=ROOT,
        capture_output=True,
        text=True,
    )


def test_a_second_database_of_the_same_server(database_server, empty):
    name, address = empty
    for turn in ("first", "again"):
        done = migrate(database_server, address)
        assert done.returncode == 0, f"{turn}: {done.stderr[-2000:]}"
    session = psycopg2.connect(database_server.superuser_url(name))
    cursor = session.cursor()
    cursor.execute(
        "SELECT DISTINCT pg_get_userbyid(relowner) FROM pg_class"
        " WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'"
    )
    assert cursor.fetchall() == [("aif_owner",)]
    cursor.execute("SELECT has_table_privilege('aif_web', 'institution', 'SELECT')")
    assert cursor.fetchall() == [(True,)]
    session.close()
