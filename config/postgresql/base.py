"""The back end itself; the setting BECOME names the role to take, where it exists."""

import select

from django.db.backends.postgresql import base

# Roles belong to the server, tables to a database: in a new database of a server that knows us already, the owner
# owns nothing before the first migration has run, and could not even note that it ran.
_MAY_BE_TAKEN = """
SELECT 1 FROM pg_roles r, pg_namespace n
WHERE r.rolname = %s AND n.nspname = 'public' AND (r.rolcanlogin OR n.nspowner = r.oid)
"""


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection that takes the role named by DATABASES[…]["BECOME"], once a migration has made it.

    `role` on one connection goes before the setting, and outlives a reconnection.
    """

    role: str | None = None
    health_check_done: bool

    def init_connection_state(self) -> None:
        """Take the role right after connecting; before the very first migration there is none to take."""
        super().init_connection_state()
        role = self.role or self.settings_dict.get("BECOME")
        if not role:
            return
        with self.connection.cursor() as cursor:
            cursor.execute(_MAY_BE_TAKEN, [role])
            if cursor.fetchone():
                cursor.execute(f"SET ROLE {self.ops.quote_name(role)}")
        if not self.get_autocommit():
            self.connection.commit()

    def close_if_health_check_failed(self) -> None:
        """Ask the server whether it lives only when there is something to read on the idle connection.

        A server that stops or drops us says so and closes; silence means that nothing happened. Django's own check
        is a query of its own before every request.
        """
        if self.connection is None or self.health_check_done:
            return
        if not _has_news(self.connection.fileno()):
            self.health_check_done = True
            return
        super().close_if_health_check_failed()


def _has_news(descriptor: int) -> bool:
    poll = select.poll()
    poll.register(descriptor, select.POLLIN | select.POLLPRI)
    return bool(poll.poll(0))
