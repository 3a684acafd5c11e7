"""PostgreSQL: that it keeps what it acknowledges, who may do what, and that what guards it stands."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from django.conf import settings
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from clues.doctor import guards
from clues.doctor.durability import DURABLE, weak_settings
from clues.doctor.finding import Finding, good, wrong
from members.row_security.logins import LOGIN_OF

LOGINS: Final = ("aif_web", "aif_desk", "aif_match", "aif_audit")
# By what a login may do in the end, through PUBLIC and other roles too; a view of grants shows each login its own alone.
TRUNCATE: Final = """
SELECT DISTINCT r.rolname FROM pg_roles r CROSS JOIN pg_class c
WHERE r.rolname = ANY (%s) AND NOT r.rolsuper AND NOT pg_has_role(r.oid, 'aif_owner', 'MEMBER')
    AND c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
    AND (has_table_privilege(r.oid, c.oid, 'TRUNCATE') OR has_table_privilege(r.oid, c.oid, 'TRIGGER')
        OR has_table_privilege(r.oid, c.oid, 'REFERENCES'))
ORDER BY 1
"""
# A table with an institution, or with a policy for web, must be held row by row, for its owner as well.
NOT_ROW_BY_ROW: Final = """
SELECT c.relname FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
    AND NOT (c.relrowsecurity AND c.relforcerowsecurity)
    AND (EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = c.oid) OR EXISTS (SELECT FROM pg_attribute a
        WHERE a.attrelid = c.oid AND a.attname = 'institution_id' AND NOT a.attisdropped))
"""


def look() -> Iterator[Finding]:
    """Yield what was found; the login of this process has to be able to read the catalog."""
    yield _login()
    yield from _durability()
    yield from _roles()
    yield _grants()
    yield _row_security()
    yield from guards.look()
    yield _migrations()


def is_held_row_by_row() -> bool:
    """Whether this login sees only the rows of whom it acts for, which is nobody here."""
    ((name,),) = _rows("SELECT current_user")
    return bool(name == "aif_web")  # others are under the policies as well, and pass them all


def _login() -> Finding:
    """The doctor has connected, so a process that serves has its own login; a command by itself may have any."""
    ((name,),) = _rows("SELECT current_user")
    if settings.AIF_PROCESS in LOGIN_OF:
        return good("database.login", f"{settings.AIF_PROCESS} logs in as {name}, and could not serve by another login")
    if name not in {*LOGINS, "aif_owner"}:
        return wrong(
            "database.login", "DATABASE_URL names a login of no process",
            f"Name one of {', '.join(LOGINS)}; web, desk, worker, beat and sequencer refuse to serve by any but their own.",
        )  # fmt: skip
    return good("database.login", f"this command logs in as {name}")


def _durability() -> Iterator[Finding]:
    settings = [(name, value) for name in DURABLE for (value,) in _rows(f"SHOW {name}")]
    overrides = [tuple(text.split("=", 1)) for (text,) in _rows("SELECT unnest(setconfig) FROM pg_db_role_setting")]
    weak = sorted({name for name, _value in weak_settings([*settings, *overrides])})
    for name in weak:
        yield wrong(
            f"database.{name}", f"{name} is off for the server, a database or a role",
            "Turn it on: what members were told is stored may be lost in a crash.",
        )  # fmt: skip
    if not weak:
        yield good("database.durable", "what is acknowledged survives a crash")


def _roles() -> Iterator[Finding]:
    rows = {name: rest for name, *rest in _rows(
        "SELECT rolname, rolcanlogin, rolsuper, rolbypassrls, rolcreaterole, rolcreatedb FROM pg_roles"
        " WHERE rolname LIKE 'aif\\_%%'"
    )}  # fmt: skip
    for name in LOGINS:
        if name not in rows:
            yield wrong(
                "database.role", f"the login {name} is missing", "Run `manage.py migrate`, then `config.roles`."
            )
        elif any(rows[name][1:]):
            yield wrong(
                "database.role", f"{name} is a superuser, passes row security, or makes roles or databases",
                f"ALTER ROLE {name} NOSUPERUSER NOBYPASSRLS NOCREATEROLE NOCREATEDB.",
            )  # fmt: skip
    if rows.get("aif_owner", [False])[0]:
        yield wrong(
            "database.owner", "aif_owner can log in", "ALTER ROLE aif_owner NOLOGIN: only migrations become it."
        )
    members = [name for (name,) in _rows(
        "SELECT rolname FROM pg_roles WHERE rolname = ANY (%s) AND NOT rolsuper AND pg_has_role(oid, 'aif_owner', 'MEMBER')",
        list(LOGINS),
    )] if "aif_owner" in rows else []  # fmt: skip
    for name in members:
        yield wrong("database.owner", f"{name} may become the owner of the tables", f"REVOKE aif_owner FROM {name}.")
    if set(LOGINS) <= rows.keys() and not members and not any(any(rows[name][1:]) for name in LOGINS):
        yield good("database.roles", "every process has a login of its own, and none may more than it needs")


def _grants() -> Finding:
    too_much = [name for (name,) in _rows(TRUNCATE, list(LOGINS))]
    if too_much:
        return wrong(
            "database.grants", f"{', '.join(too_much)} may empty tables or put triggers on them",
            "Revoke TRUNCATE, TRIGGER and REFERENCES; the migrations grant neither.",
        )  # fmt: skip
    return good("database.grants", "no login may empty a table")


def _row_security() -> Finding:
    open_ones = sorted(name for (name,) in _rows(NOT_ROW_BY_ROW))
    if open_ones:
        return wrong(
            "database.row-security", f"not held row by row: {', '.join(open_ones)}",
            "ALTER TABLE … ENABLE ROW LEVEL SECURITY, then FORCE. Find out who took it away, and what was read meanwhile.",
        )  # fmt: skip
    return good("database.row-security", "web reaches the rows of whom it acts for, and no others")


def _migrations() -> Finding:
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if plan:
        return wrong("database.migrations", f"{len(plan)} migrations are not applied", "Run `manage.py migrate`.")
    return good("database.migrations", "the tables are those of this release")


def _rows(statement: str, *values: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, list(values))
        found: list[tuple[Any, ...]] = cursor.fetchall()
        return found
