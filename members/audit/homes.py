"""Where the log is signed. A database that was restored from a backup may hold less than was signed, and cannot know it.

Whoever goes on signing there signs a second log under the same name: what the first one said of those sizes stands with
witnesses. So the database's identity, which every restore changes, is compared before anything is signed; and until somebody
said what was restored (`members.operations.restores`), nothing is.
"""

from __future__ import annotations

from django.conf import settings
from django.db import connection

from members.models import AuditHome


class Moved(Exception):
    """This database is a restored one, or another one than the log was signed on, and nobody said so yet."""


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


def get_origin(branch: int | None = None) -> str:
    """Return what the log is called in its checkpoints: AIF_LOG_ORIGIN, and a number once it lost something of what was signed."""
    if branch is None:
        branch = AuditHome.objects.order_by("-pk").values_list("branch", flat=True).first() or 0
    return settings.AIF_LOG_ORIGIN + (f"/{branch + 1}" if branch else "")
