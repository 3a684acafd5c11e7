"""Backup and restore on the health page: how old the newest backup is, and a log that stands still."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.management import call_command
from django.utils.translation import override

from members.admin import health
from members.models import AuditHome
from tests.factories import acting_as

pytestmark = pytest.mark.django_db


def signs(part: str) -> dict[str, tuple[str, bool]]:
    with acting_as("aif_desk"), override("en"):
        return {str(sign.label): (str(sign.value), sign.is_bad) for sign in health.PARTS[part].look()}


def test_the_newest_backup_is_shown(settings: Any) -> None:
    assert signs("database")["Newest backup"] == ("none", False)
    settings.PRODUCTION = True
    assert signs("database")["Newest backup"] == ("none", True)
    with acting_as("aif_desk"):
        call_command("record_backup", name="one", bytes=1, verbosity=0)
    value, bad = signs("database")["Newest backup"]
    assert value.endswith("ago") and not bad


def test_a_restored_database_is_shown_until_somebody_says_so() -> None:
    assert "Database restored from a backup" not in signs("log")
    with acting_as("aif_owner"):
        AuditHome.objects.create(cluster="7300000000000000000/00000001")
    assert signs("log")["Database restored from a backup"] == ("yes", True)
