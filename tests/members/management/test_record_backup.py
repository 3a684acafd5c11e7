"""`manage.py record_backup`: what it notes, and what it refuses."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.management import CommandError, call_command

from members.models import AuditEvent
from members.operations import backups

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("as_desk")]


def test_it_records_one_event_and_the_newest_is_found() -> None:
    assert backups.get_newest() is None
    call_command("record_backup", name="20261129T100000Z", bytes=4096, files=7, seconds=1.26, verbosity=0)
    event = AuditEvent.objects.get(verb="backup.record")
    assert event.detail == {"name": "20261129T100000Z", "bytes": 4096, "files": 7, "seconds": 1.3}
    assert (event.actor_kind, event.actor_ref, event.institution_id) == ("command", "record_backup", None)
    assert backups.get_newest() == event.at


@pytest.mark.parametrize(
    "given", [{"name": "a b"}, {"name": ""}, {"name": "x" * 65}, {"bytes": 0}, {"files": -1}, {"seconds": -1.0}]
)
def test_what_is_no_backup_is_refused_and_not_recorded(given: dict[str, Any]) -> None:
    with pytest.raises(CommandError) as refused:
        call_command("record_backup", **({"name": "n", "bytes": 1, "verbosity": 0} | given))
    assert refused.value.returncode == 2
    assert not AuditEvent.objects.filter(verb="backup.record").exists()
