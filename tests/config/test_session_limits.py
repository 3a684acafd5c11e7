"""What a session asks for itself, so that no institution's question takes the database from the others."""

from __future__ import annotations

from typing import Any

import psycopg2
import pytest
from django.conf import settings
from django.db import connection


@pytest.mark.parametrize("limit", ["statement_timeout", "idle_in_transaction_session_timeout"])
def test_no_session_asks_without_end(fresh_database: str, database_server: Any, limit: str) -> None:
    """Whatever the server, the database or the role says: half an hour for a command, and less for web."""
    from config.stack import postgres

    with postgres.connected(database_server.superuser_url("postgres")) as cursor:
        cursor.execute(f'ALTER DATABASE "{fresh_database}" SET {limit} = 0')
    target: dict[str, Any] = connection.settings_dict
    session = psycopg2.connect(
        dbname=target["NAME"], user=target["USER"], password=target["PASSWORD"], host=target["HOST"],
        options=settings.DATABASES["default"]["OPTIONS"]["options"],
    )  # fmt: skip
    try:
        with session.cursor() as cursor:
            cursor.execute("SELECT setting::int, source FROM pg_settings WHERE name = %s", [limit])
            milliseconds, source = cursor.fetchone()
    finally:
        session.close()
    assert 0 < milliseconds <= 30 * 60 * 1000 and source == "client"
