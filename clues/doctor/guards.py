"""What guards in the database, compared with what the migrations of this release made: guards.txt, written by .ci/guards.py.

One line each: kind, name, how it stands, and a digest of its text. The text of a function is as it was written; that of a
trigger, a policy or a view is rendered by PostgreSQL: where another major version shows another one, that is unsure, not wrong.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from django.db import connection

from clues.doctor.finding import Finding, good, unsure, wrong

PATH: Final = Path(__file__).with_name("guards.txt")
MOST_NAMED: Final = 8


class Guard(NamedTuple):
    """One line; a trigger's and a policy's name begins with its table's."""

    kind: str
    name: str
    how: str
    digest: str


GOOD: Final[Mapping[str, str]] = MappingProxyType(
    {
        "trigger": "all triggers of the migrations are in force, and no others",
        "policy": "all policies of the migrations are in force, and no others",
        "view": "views have the text, the options and the owners that the migrations gave them",
        "function": "functions have the text, the owners and the callers that the migrations gave them",
    }
)
"""Each kind, with what is said where all of it is as it was made."""
PLURAL: Final[Mapping[str, str]] = MappingProxyType(
    {"trigger": "triggers", "policy": "policies", "view": "views", "function": "functions"}
)

VERSION: Final = "SELECT current_setting('server_version_num')::int / 10000"
# What a view asks and what a function does with its owner's rights passes row security; what an extension brought is not ours.
GUARDS: Final = """
WITH ours (kind, name, how, said) AS (
    SELECT 'trigger', c.relname || '.' || t.tgname, t.tgenabled::text, pg_get_triggerdef(t.oid)
    FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
    WHERE c.relnamespace = 'public'::regnamespace AND NOT t.tgisinternal
    UNION ALL
    SELECT 'policy', c.relname || '.' || p.polname, p.polcmd::text || CASE WHEN p.polpermissive THEN '' ELSE '!' END || ':' || (
            SELECT string_agg(CASE WHEN r = 0 THEN 'PUBLIC' ELSE pg_get_userbyid(r)::text END, ',' ORDER BY pg_get_userbyid(r)::text)
            FROM unnest(p.polroles) r),
        concat(pg_get_expr(p.polqual, c.oid), '|', pg_get_expr(p.polwithcheck, c.oid))
    FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid WHERE c.relnamespace = 'public'::regnamespace
    UNION ALL
    SELECT 'view', c.relname, concat(coalesce(array_to_string(c.reloptions, ','), '-'), ':', pg_get_userbyid(c.relowner)),
        pg_get_viewdef(c.oid)
    FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('v', 'm')
        AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e')
    UNION ALL
    SELECT 'function', format('%s(%s)', f.proname, replace(pg_get_function_identity_arguments(f.oid), ' ', '_')),
        concat(CASE WHEN f.prosecdef THEN 'definer' ELSE 'caller' END, ':', pg_get_userbyid(f.proowner), ':', (
            SELECT string_agg(concat(CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE pg_get_userbyid(a.grantee)::text END,
                CASE WHEN a.is_grantable THEN '*' END), ',' ORDER BY a.grantee = 0, pg_get_userbyid(a.grantee)::text COLLATE "C")
            FROM aclexplode(coalesce(f.proacl, acldefault('f', f.proowner))) a)),
        concat(f.prosrc, '|', array_to_string(f.proconfig, ','), '|', pg_get_function_sqlbody(f.oid))
    FROM pg_proc f WHERE f.pronamespace = 'public'::regnamespace
        AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = f.oid AND d.deptype = 'e')
)
SELECT kind, name, how, left(encode(sha256(convert_to(said, 'UTF8')), 'hex'), 16) FROM ours ORDER BY kind, name
"""
# By the triggers that stand behind them: ALTER TABLE … DISABLE TRIGGER ALL takes them out of force.
WITHOUT_KEYS: Final = """
SELECT DISTINCT c.relname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
WHERE c.relnamespace = 'public'::regnamespace AND t.tgisinternal AND t.tgenabled <> 'O' ORDER BY 1
"""


def read() -> tuple[int, list[Guard]]:
    """Return the major version of PostgreSQL that rendered the texts, and the guards of this release."""
    first, *lines = PATH.read_text(encoding="utf-8").splitlines()
    return int(first.rpartition(" ")[2]), [Guard(*line.split(" ")) for line in lines]


def write(cursor: Any) -> None:
    """Write the file, from a database that was just migrated."""
    cursor.execute(VERSION)
    (version,) = cursor.fetchone()
    cursor.execute(GUARDS)
    lines = [f"postgresql {version}", *(" ".join(row) for row in cursor.fetchall())]
    PATH.write_text("\n".join(lines) + "\n", encoding="utf-8")


def look() -> Iterator[Finding]:
    """Yield one finding for each kind."""
    rendered_by, made = read()
    ((version,),) = _rows(VERSION)
    found = [Guard(*row) for row in _rows(GUARDS)]
    rendered_otherwise: list[str] = []
    for kind in GOOD:
        pair = [{each.name: each for each in guards if each.kind == kind} for guards in (made, found)]
        if kind != "function" and version != rendered_by:
            rendered_otherwise += _differing(*pair)
            pair = [{name: each._replace(digest="") for name, each in guards.items()} for guards in pair]
        yield _compare(kind, *pair)
    if rendered_otherwise:
        # All of them: behind "and more" the one could hide that somebody changed.
        yield unsure(
            "database.texts",
            f"PostgreSQL is {version}, and shows other texts than {rendered_by} did: {', '.join(rendered_otherwise)}",
            "Their names, roles and commands are right; run the doctor on the major version of the release to compare their texts.",
        )  # fmt: skip
    if tables := [name for (name,) in _rows(WITHOUT_KEYS)]:
        yield wrong(
            "database.keys", f"foreign keys out of force: {_named(tables)}",
            "ALTER TABLE … ENABLE TRIGGER ALL, as a superuser; find out who took them away, and what was written meanwhile.",
        )  # fmt: skip


def _differing(made: Mapping[str, Guard], found: Mapping[str, Guard]) -> list[str]:
    return sorted(name for name in made.keys() & found.keys() if made[name].digest != found[name].digest)


def _compare(kind: str, made: Mapping[str, Guard], found: Mapping[str, Guard]) -> Finding:
    gone = sorted(made.keys() - found.keys())
    added = sorted(found.keys() - made.keys())
    changed = sorted(name for name in made.keys() & found.keys() if made[name] != found[name])
    code = f"database.{PLURAL[kind]}"
    if not (gone or added or changed):
        return good(code, GOOD[kind])
    parts = {"gone": gone, "changed or out of force": changed, "of no migration": added}
    said = "; ".join(f"{what}: {_named(names)}" for what, names in parts.items() if names)
    return wrong(
        code, f"{PLURAL[kind]} are not those of this release: {said}",
        "If migrations wait, run them. Else somebody did it by hand: find out who and why; then restore them, and verify the log.",
    )  # fmt: skip


def _named(names: Iterable[str]) -> str:
    names = list(names)
    rest = len(names) - MOST_NAMED
    return ", ".join(names[:MOST_NAMED]) + (f" and {rest} more" if rest > 0 else "")


def _rows(statement: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement)  # without values, so that a percent sign is one
        found: list[tuple[Any, ...]] = cursor.fetchall()
        return found
