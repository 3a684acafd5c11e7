"""No setting of PostgreSQL makes an acknowledgment come before the disk."""

from typing import Any

import psycopg2
from django.conf import settings
from django.db import connection


def ask_for_synchronous_commit(options: str) -> tuple[str, str]:
    target: dict[str, Any] = connection.settings_dict
    session = psycopg2.connect(
        dbname=target["NAME"], user=target["USER"], password=target["PASSWORD"], host=target["HOST"], options=options
    )
    try:
        with session.cursor() as cursor:
            cursor.execute("SELECT setting, source FROM pg_settings WHERE name = 'synchronous_commit'")
            return cursor.fetchone()
    finally:
        session.close()


def test_a_database_that_says_off_is_not_listened_to(fresh_database: str, database_server: Any) -> None:
    from config.stack import postgres

    with postgres.connected(database_server.superuser_url("postgres")) as cursor:
        cursor.execute(f'ALTER DATABASE "{fresh_database}" SET synchronous_commit = off')
    assert ask_for_synchronous_commit("")[0] == "off", "the test must be able to fail"
    ours = settings.DATABASES["default"]["OPTIONS"]["options"]
    assert ask_for_synchronous_commit(ours) == ("on", "client")
