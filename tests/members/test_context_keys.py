"""Keys of row security are changed while web goes on: the database learns the new one first."""

from __future__ import annotations

import pytest
from django.core.management import CommandError, call_command

from members.models import AuditEvent
from tests.factories import acting_as, make_institution, make_key
from tests.members.raw_sql import as_institution, count_everywhere

pytestmark = pytest.mark.django_db


@pytest.fixture
def aster():
    made = make_institution("Aster")
    make_key(made)
    return made


def test_keys_change_while_both_count(aster, held, settings, capsys):
    """The database learns the new one first; web goes on with the old one until it is restarted, then with the new one."""
    old, new = dict(settings.AIF_CONTEXT_KEYS), {"c2": b"n" * 32}

    def install(keys):
        settings.AIF_CONTEXT_KEYS = keys
        with acting_as("aif_owner"):
            call_command("install_context_keys")
            return AuditEvent.objects.filter(verb="context-key.install").count()

    def reads(keys):
        settings.AIF_CONTEXT_KEYS = keys
        return count_everywhere(as_institution(aster))["credential"]

    begun = install(old)
    assert install(old | new) == begun + 1
    assert install(old | new) == begun + 1  # nothing changed
    assert (reads(old), reads(old | new), reads(new)) == (1, 1, 1)
    install(new)
    assert "forgotten: c1" in capsys.readouterr().out
    assert (reads(old), reads(new)) == ("forged context", 1)
    with acting_as("aif_owner"):
        newest = AuditEvent.objects.filter(verb="context-key.install").latest("pk")
    assert newest.detail == {"keys": [], "forgotten": ["c1"]} and newest.actor_ref == "install_context_keys"
    for bad in ("c.2", "c" * 17):
        settings.AIF_CONTEXT_KEYS = {bad: b"n" * 32}
        with acting_as("aif_owner"), pytest.raises(CommandError, match="16 letters"):
            call_command("install_context_keys")
    assert reads(new) == 1
