"""What a test left committed in the database that all tests of its process share.

Tests roll back; those that commit ask for a database of their own (`fresh_database`, `class_database`). One that does
neither makes others fail, much later and only in some orders. So after each test the rows of a few tables are counted,
to which nearly all that the platform does adds; the test that added some fails itself.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import psycopg2
import pytest

from tests.embedded import TestServer

TABLES = (
    "audit_event",
    "audit_pending",
    "django_session",
    "institution",
    "user_account",
    "key_epoch",
    "batch",
    "event",
)
_COUNT = "SELECT " + ", ".join(f'(SELECT count(*) FROM "{table}")' for table in TABLES)


class LeftBehind:
    """A plugin while the process has its shared database: counts its rows on a connection of its own."""

    def __init__(self, server: TestServer, database: str) -> None:
        self.connection = psycopg2.connect(server.superuser_url(database))
        self.connection.autocommit = True
        self.seen = self.count()

    def count(self) -> tuple[int, ...]:
        """Return how many rows each table has."""
        with self.connection.cursor() as cursor:
            cursor.execute(_COUNT)
            found: tuple[int, ...] = cursor.fetchone()
        return found

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_teardown(self) -> Iterator[None]:
        """Fail the test after which there are more rows than before; once, the next one starts from there."""
        before = self.seen
        try:
            yield
        finally:
            if not self.connection.closed:  # it is after the last test
                self.seen = self.count()
        left = {table: now - then for table, now, then in zip(TABLES, self.seen, before, strict=True) if now > then}
        if left:
            pytest.fail(f"rows left in the database of all tests, {left}: ask for fresh_database", pytrace=False)


@contextlib.contextmanager
def watched(plugins: pytest.PytestPluginManager, server: TestServer, database: str) -> Iterator[None]:
    """Watch a database as long as it lasts."""
    watch = LeftBehind(server, database)
    plugins.register(watch)
    try:
        yield
    finally:
        plugins.unregister(watch)
        watch.connection.close()
