"""The doctor on backups: their age, and the archive of the log."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from clues.doctor import backups
from clues.doctor.examination import examine
from clues.doctor.finding import Level
from config.stack.postgres import connected
from tests.factories import acting_as


def backup_level() -> Level:
    with acting_as("aif_desk"):
        return next(finding.level for finding in examine() if finding.code == "backups.age")


def test_a_backup_counts_for_a_day(fresh_database: str, database_server: Any, settings: Any) -> None:
    assert backup_level() is Level.UNSURE, "fine for trying, and said all the same"
    settings.PRODUCTION = True
    assert backup_level() is Level.WRONG
    with acting_as("aif_desk"):
        call_command("record_backup", name="20261129T100000Z", bytes=1, verbosity=0)
    assert backup_level() is Level.GOOD
    with connected(database_server.superuser_url(connection.settings_dict["NAME"])) as cursor:
        cursor.execute("ALTER TABLE audit_event DISABLE TRIGGER audit_event_append_only")
        cursor.execute("UPDATE audit_event SET at = at - interval '27 hours' WHERE verb = 'backup.record'")
    assert backup_level() is Level.WRONG


def test_an_archive_that_fails_is_named(fresh_database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    now = timezone.now()
    for mode, archived, failed, level in (
        ("off", None, None, Level.UNSURE),
        ("on", now, now - timedelta(hours=1), Level.GOOD),
        ("on", now - timedelta(hours=1), now, Level.WRONG),
        ("on", None, now, Level.WRONG),
        ("on", now - timedelta(hours=27), None, Level.UNSURE),
    ):
        monkeypatch.setattr(backups, "archiver", lambda found=(mode, archived, failed): found)
        with acting_as("aif_desk"):
            assert next(f.level for f in backups.look() if f.code == "backups.archive") is level
