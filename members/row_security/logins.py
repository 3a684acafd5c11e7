"""Who a process is to the database, and whether that database is an embedded stack's: facts there, which no variable changes.

Policies hold `aif_web` and nobody else, so a web that logged in as another role would be held by nothing and notice nothing.
And what is fit for one machine alone (AIF_ENV other than `production`, one person who admits and rotates) depends on a mark
that the embedded stack writes on the database it made. ADR 0058.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from django.db import OperationalError, connection

LOGIN_OF: Final[Mapping[str, str]] = MappingProxyType(
    {"web": "aif_web", "desk": "aif_desk", "worker": "aif_match", "beat": "aif_match", "sequencer": "aif_audit"}
)
"""Process (AIF_PROCESS) -> the only login it works with. `manage` is no process: its commands say what they need."""

MARK: Final = "AIF-Share: an embedded stack"
"""The comment of its database. The owner of a database may write one, and none of the logins is that."""

# By the session's user, to whom a RESET ROLE leads back; and by every role that it may become, whose policies count too.
_WHO: Final = r"""
SELECT session_user = %(login)s AND current_user = session_user,
    EXISTS (SELECT FROM pg_roles r WHERE pg_has_role(session_user, r.oid, 'MEMBER')
        AND (r.rolsuper OR r.rolbypassrls OR (r.rolname LIKE 'aif\_%%' AND r.rolname <> session_user)))
"""
_IS_MARKED: Final = """
SELECT coalesce(shobj_description(oid, 'pg_database') = %s, false) FROM pg_database WHERE datname = current_database()
"""


class Unfit(OperationalError):
    """This process may not work on this database, by this login. The text names neither address nor password."""


def told(why: Exception) -> str:
    """Return what a log may say of an error of the database: the text of ours, of another one its kind alone."""
    return str(why) if isinstance(why, Unfit) else type(why).__name__


def check(cursor: Any, process: str, *, is_production: bool) -> None:
    """Raise Unfit unless a new connection of this process is by its own login, with no more rights than that has.

    A process that is not of production moreover works on the database of an embedded stack only.
    """
    if process not in LOGIN_OF:
        return
    login = LOGIN_OF[process]
    cursor.execute(_WHO, {"login": login})
    is_own, may_more = cursor.fetchone()
    if not is_own:
        raise Unfit(f"the process {process} must log in as {login}: see DATABASE_URL")
    if may_more:
        raise Unfit(f"{login} is a superuser, passes row security or may become another role: run the doctor")
    if not is_production and not _is_marked(cursor):
        raise Unfit("this database is not an embedded stack's: set AIF_ENV=production")


def is_embedded() -> bool:
    """Whether an embedded stack made the database that this process works on."""
    with connection.cursor() as cursor:
        return _is_marked(cursor)


def _is_marked(cursor: Any) -> bool:
    cursor.execute(_IS_MARKED, [MARK])
    (marked,) = cursor.fetchone()
    return bool(marked)


def mark(cursor: Any, *, own: bool) -> bool:
    """Say of the database, as its owner, that it is an embedded stack's; return whether it may be.

    It may, if the stack runs the server itself (`own`), if it is marked already, or if it holds no member.
    """
    if _is_marked(cursor):
        return True
    cursor.execute("SELECT to_regclass('public.institution') IS NOT NULL, quote_ident(current_database())")
    is_used, name = cursor.fetchone()
    if is_used and not own:
        cursor.execute("SELECT EXISTS (SELECT FROM public.institution)")
        if cursor.fetchone()[0]:
            return False
    cursor.execute(f"COMMENT ON DATABASE {name} IS %s", [MARK])
    return True
