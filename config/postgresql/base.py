"""The back end itself; the setting BECOME names the role to take, where it exists."""

from __future__ import annotations

import select
import time
from typing import Any

from django.conf import settings
from django.db.backends.postgresql import base
from psycopg2.extensions import TRANSACTION_STATUS_INERROR, cursor

from members.row_security import context, logins

# Roles belong to the server, tables to a database: in a new database of a server that knows us already, the owner
# owns nothing before the first migration has run, and could not even note that it ran.
_MAY_BE_TAKEN = """
SELECT 1 FROM pg_roles r, pg_namespace n
WHERE r.rolname = %s AND n.nspname = 'public' AND (r.rolcanlogin OR n.nspowner = r.oid)
"""
CLOCK_ASKED_ANEW_S = 15.0
# Signed values are made of [A-Za-z0-9.-]; LOCAL, so that nothing outlives the transaction on a connection that is kept.
# SET and not set_config(): it is neither planned nor answered with a row.
_SET = f"SET LOCAL {context.SETTING} = '{{}}'; "


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection that takes the role named by DATABASES[…]["BECOME"], once a migration has made it.

    `role` on one connection goes before the setting, and outlives a reconnection.
    """

    role: str | None = None
    health_check_done: bool
    in_force: str | None = ""
    """The signed context that the open transaction has; None when that is not known."""
    clock: tuple[float, float] | None = None
    """When the server was asked for its time, by the monotonic clock, and what it said."""

    def get_new_connection(self, conn_params: Any) -> Any:
        """Connect; raise logins.Unfit, and keep nothing, where this process may not work by this login or on this database."""
        made = super().get_new_connection(conn_params)
        try:
            with made.cursor() as bare:
                logins.check(bare, settings.AIF_PROCESS, is_production=settings.PRODUCTION)
            made.rollback()
        except BaseException:
            made.close()
            raise
        return made

    def create_cursor(self, name: str | None = None) -> Any:
        """Return a cursor whose statements carry the context in force (members.row_security)."""
        if name is not None or not context.is_kept():
            return super().create_cursor(name)
        made = self.connection.cursor(cursor_factory=ContextCursor)
        made.wrapper = self
        made.tzinfo_factory = self.tzinfo_factory if settings.USE_TZ else None
        return made

    def before_statement(self) -> str:
        """Return what must go before the next statement: nothing, where the transaction has the right context already."""
        if self.connection.get_transaction_status() == TRANSACTION_STATUS_INERROR:
            return ""  # only a rollback can follow, and nothing may stand before it
        value = context.signed(self.connection.get_backend_pid(), self.database_time)
        if self.connection.autocommit:  # a transaction of its own
            return _SET.format(value) if value else ""
        if value == self.in_force:
            return ""
        self.in_force = value
        return _SET.format(value)

    def database_time(self) -> float:
        """Return the seconds since 1970 by the clock of the server, asked anew every CLOCK_ASKED_ANEW_S seconds.

        In between the monotonic clock counts: neither a wrong clock of this machine nor its being set matters.
        """
        self.close_if_health_check_failed()  # as before any statement of Django's: what is asked first may be this
        self.ensure_connection()
        asked_at, told = self.clock or (0.0, 0.0)
        if self.clock is None or time.monotonic() - asked_at > CLOCK_ASKED_ANEW_S:
            # Wrapped as Django's own cursors are: a server that is gone is an OperationalError of Django's, hence 503.
            with self.wrap_database_errors, self.connection.cursor() as bare:
                asked_at = time.monotonic()  # before: never behind, or a key made just now would not be valid yet
                bare.execute("SELECT extract(epoch FROM clock_timestamp())::float8")
                told = bare.fetchone()[0]
            self.clock = asked_at, told
        return told + time.monotonic() - asked_at

    def _forget_context(self) -> None:
        self.in_force = ""

    def _set_autocommit(self, autocommit: bool) -> None:
        self._forget_context()
        super()._set_autocommit(autocommit)  # type: ignore[misc]

    def _commit(self) -> None:
        self._forget_context()
        super()._commit()  # type: ignore[misc]

    def _rollback(self) -> None:
        self._forget_context()
        super()._rollback()  # type: ignore[misc]

    def _savepoint_rollback(self, sid: str) -> None:
        super()._savepoint_rollback(sid)  # type: ignore[misc]
        self.in_force = None  # what was set inside went with it

    def _close(self) -> None:
        self._forget_context()
        self.clock = None
        super()._close()  # type: ignore[misc]

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


class ContextCursor(cursor):  # type: ignore[misc]
    """Sends the context before the first statement of each transaction, in the same message: no round trip is added."""

    wrapper: DatabaseWrapper

    def execute(self, query: Any, vars: Any = None) -> None:
        """Execute one statement; its own result is what the cursor has."""
        super().execute(self.wrapper.before_statement() + query, vars)

    def executemany(self, query: Any, vars_list: Any) -> None:
        """Execute it for each row."""
        for each in vars_list:
            self.execute(query, each)


def _has_news(descriptor: int) -> bool:
    poll = select.poll()
    poll.register(descriptor, select.POLLIN | select.POLLPRI)
    return bool(poll.poll(0))
