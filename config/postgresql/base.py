"""The back end itself; the setting BECOME names the role to take, where it exists."""

from django.db.backends.postgresql import base


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection that takes the role named by DATABASES[…]["BECOME"], once a migration has made it.

    `role` on one connection goes before the setting, and outlives a reconnection.
    """

    role: str | None = None

    def init_connection_state(self) -> None:
        """Take the role right after connecting; before the very first migration there is none to take."""
        super().init_connection_state()
        role = self.role or self.settings_dict.get("BECOME")
        if not role:
            return
        with self.connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role])
            if cursor.fetchone():
                cursor.execute(f"SET ROLE {self.ops.quote_name(role)}")
        if not self.get_autocommit():
            self.connection.commit()
