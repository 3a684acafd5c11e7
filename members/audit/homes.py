"""Where the log is signed. A database that was restored from a backup may hold less than was signed, and cannot know it.

Whoever goes on signing there signs a second log under the same name: what the first one said of those sizes stands with
witnesses. So the database's identity, which every restore changes, is compared before anything is signed; and until somebody
said what was restored (`members.operations.restores`), nothing is.
"""

from __future__ import annotations

from typing import Final

from django.conf import settings
from django.db import connection

from members.models import AuditHome

LOCK: Final = 0x6C6F67
"""The number of the advisory lock that whoever signs holds, and whoever says where and under which name it is signed."""


class Moved(Exception):
    """This database is a restored one, or another one than the log was signed on, and nobody said so yet."""


class Renamed(Exception):
    """The log goes on under another name than that of the keys at hand."""


def hold() -> None:
    """Until the end of this transaction, let nobody sign, or say where and under which name it is signed; wait for whoever does."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])


def check_name(name: str) -> None:
    """Raise Renamed, unless this is what the log is called; for who holds the lock: else it is another one a moment later."""
    if name != get_origin():
        raise Renamed("the log has another name meanwhile: start again")


def check_home() -> None:
    """Raise Moved, unless the log may be signed on this database."""
    if not is_home():
        raise Moved("the database was restored or moved: run `manage.py declare_restore`, or nothing is signed")


def is_home() -> bool:
    """Whether the newest row names the PostgreSQL that answers, its timeline included."""
    newest = AuditHome.objects.order_by("-pk").values_list("cluster", flat=True).first()
    return newest == get_cluster()


def get_cluster() -> str:
    """Return what names this PostgreSQL: its system identifier, and the timeline of its log (8 hex digits)."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT audit_cluster()")
        return str(cursor.fetchone()[0])


def get_origin(home: AuditHome | None = None) -> str:
    """Return what the log is called in its checkpoints: AIF_LOG_ORIGIN, and more once it lost something of what was signed.

    The more is the branch's number, from 2, and the mark that no other one has; `home` is the newest row if not given.
    """
    home = home or AuditHome.objects.order_by("-pk").first()
    if home is None or not home.branch:
        return settings.AIF_LOG_ORIGIN
    return f"{settings.AIF_LOG_ORIGIN}/{home.branch + 1}" + (f".{home.mark}" if home.mark else "")
