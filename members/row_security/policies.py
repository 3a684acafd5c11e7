"""SQL of policies, for migrations: what aif_web may reach of a table; other roles have their grants alone.

Conditions are written with three functions that the database offers, each NULL where nobody is acted for:
`aif_institution()`, `aif_person()` and `aif_lookup()`. A sub-select lets PostgreSQL ask once a statement.
"""

from __future__ import annotations

from typing import Final

OWNER_AND_OTHERS: Final = "aif_owner, aif_match, aif_desk, aif_audit"
MINE: Final = "(SELECT aif_institution())"
ME: Final = "(SELECT aif_person())"

OWN: Final = f"institution_id = {MINE}"


def looked_up(kind: str, column: str) -> str:
    """Return the condition that this row is what the context looks up."""
    return f"(SELECT aif_lookup()) = '{kind}-' || encode(sha256(convert_to({column}, 'UTF8')), 'hex')"


def child(parent: str, column: str, key: str = "id") -> str:
    """Return the condition that the row's parent can be reached, by the parent's own policy."""
    return f"EXISTS (SELECT 1 FROM {parent} parent WHERE parent.{key} = {column})"  # noqa: S608 - of migrations


OF_VISIBLE_PERSON: Final = child("user_account", "user_id")


def own_child(parent: str, column: str, extra: str = "", key: str = "id") -> str:
    """Return the condition that the row's parent is the institution's own."""
    whose = f"parent.institution_id = {MINE}" + (f" AND {extra}" if extra else "")
    return f"EXISTS (SELECT 1 FROM {parent} parent WHERE parent.{key} = {column} AND {whose})"  # noqa: S608 - of migrations


def protect(table: str, using: str, check: str | None = None) -> str:
    """Return the statements that put a table under row security, for its owner as well.

    `using` says which rows aif_web reaches, `check` which it may write (None: the same). The owner, whose rights the
    SECURITY DEFINER functions have, and the roles of the other processes are held by their grants.
    """
    return f"""
ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
ALTER TABLE {table} FORCE ROW LEVEL SECURITY;
CREATE POLICY web ON {table} TO aif_web USING ({using}) WITH CHECK ({check or using});
CREATE POLICY others ON {table} TO {OWNER_AND_OTHERS} USING (true) WITH CHECK (true);
"""


def expose(table: str) -> str:
    """Return the statements that undo `protect`."""
    return f"""
DROP POLICY others ON {table};
DROP POLICY web ON {table};
ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY;
ALTER TABLE {table} DISABLE ROW LEVEL SECURITY;
"""
