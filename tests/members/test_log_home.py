"""A restored database signs nothing until somebody says so, and never a second log under the first one's name."""

from __future__ import annotations

from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction

from aif_share.errors import Refusal
from members import audit
from members.audit import homes, sequencing
from members.audit.notes import Signer
from members.models import AuditCheckpoint, AuditEvent, AuditHome, AuditLeaf, AuditPending
from members.operations import restores
from tests.factories import CONSOLE, acting_as
from tests.members.log_keeper import SIGNER, catch_up

OTHER = "7300000000000000000/00000001"


def write(count: int) -> None:
    with acting_as("aif_web"), transaction.atomic():
        for number in range(count):
            audit.record("case.open", actor=CONSOLE, subject_ref=f"CASE-{number}")


def restore() -> None:
    """What the log's row says after a restore: the server that it was signed on, which is not the one that answers."""
    with acting_as("aif_owner"):
        AuditHome.objects.create(cluster=OTHER, kept=0)


def declare(*checkpoints: str, complete: bool = False) -> restores.Restored:
    with acting_as("aif_owner"):
        return restores.declare(checkpoints=checkpoints, complete=complete, by=CONSOLE)


def newest_note() -> str:
    with acting_as("aif_audit"):
        return AuditCheckpoint.objects.order_by("-size").values_list("note", flat=True)[0]


@pytest.fixture
def log(fresh_database: str) -> Iterator[None]:
    write(5)
    catch_up()
    yield


def state() -> tuple[Any, ...]:
    with acting_as("aif_owner"), connection.cursor() as cursor:
        cursor.execute("SELECT last_value FROM audit_event_id_seq")
        (number,) = cursor.fetchone()
        return AuditHome.objects.count(), AuditEvent.objects.count(), number


def test_where_it_was_made_it_is_signed(log: None) -> None:
    with acting_as("aif_audit"):
        assert homes.is_home() and homes.get_origin() == settings.AIF_LOG_ORIGIN
        assert AuditHome.objects.get().cluster == homes.get_cluster()


def test_a_restored_database_signs_nothing_and_loses_no_event(log: None) -> None:
    restore()
    write(3)
    with acting_as("aif_audit"):
        before = AuditLeaf.objects.count()
        for act in (sequencing.sequence, lambda: sequencing.sign_checkpoint(SIGNER)):
            with pytest.raises(homes.Moved):
                act()
        assert (AuditLeaf.objects.count(), AuditPending.objects.count()) == (before, 3)


def test_the_process_says_so_and_ends(log: None, settings: Any) -> None:
    restore()
    settings.AIF_LOG_KEYS = [bytes(range(32))]
    with acting_as("aif_audit"), pytest.raises(CommandError, match="declare_restore"):
        call_command("sequence_log", "--once")


def test_what_was_replayed_to_its_end_goes_on_under_its_name(log: None) -> None:
    note, (_homes, _events, number) = newest_note(), state()
    restore()
    done = declare(note, complete=True)
    assert (done.lost, done.origin) == (0, settings.AIF_LOG_ORIGIN)
    assert state()[2] >= number + restores.SKIPPED, "what was handed out is never handed out again"
    with acting_as("aif_audit"):
        event = AuditEvent.objects.get(verb="log.restore")
        assert event.detail["since"], "the time of the last event that is kept"
        assert (event.detail["kept"], event.detail["seen"], event.detail["complete"]) == (done.kept, done.seen, True)
    catch_up()
    with acting_as("aif_audit"):
        assert AuditCheckpoint.objects.order_by("-size")[0].size == done.kept + 1


def test_what_lost_its_end_goes_on_under_another_name(log: None) -> None:
    ahead = Signer(SIGNER.name, SIGNER.key).sign(1_000, "A" * 43 + "=")
    restore()
    done = declare(ahead)
    assert (done.seen, done.lost, done.origin) == (1_000, 1_000 - done.kept, f"{settings.AIF_LOG_ORIGIN}/2")
    with acting_as("aif_audit"):
        assert homes.is_home() and homes.get_origin() == done.origin
    restore()
    with acting_as("aif_owner"):
        AuditHome.objects.create(cluster=OTHER, branch=1)
    assert declare().origin == f"{settings.AIF_LOG_ORIGIN}/3", "each branch has a name of its own"


def test_complete_is_not_believed_against_a_checkpoint(log: None) -> None:
    signed = newest_note().split("\n")
    other_root = SIGNER.sign(int(signed[1]), "A" * 43 + "=")
    for note in (SIGNER.sign(1_000, "A" * 43 + "="), other_root):
        restore()
        before = state()
        with pytest.raises(Refusal) as refused:
            declare(newest_note(), note, complete=True)
        assert refused.value.code == "conflict" and state() == before


def test_nothing_is_declared_where_nothing_was_restored(log: None) -> None:
    before = state()
    for notes in ((), (newest_note(),)):
        with pytest.raises(Refusal) as refused:
            declare(*notes)
        assert refused.value.code == "conflict"
    assert state() == before


def test_a_checkpoint_that_turns_up_later_parts_the_log_after_all(log: None) -> None:
    restore()
    declare(complete=True)
    assert declare(SIGNER.sign(1_000, "A" * 43 + "=")).origin == f"{settings.AIF_LOG_ORIGIN}/2"


def test_a_checkpoint_of_nobody_is_refused(log: None) -> None:
    restore()
    before = state()
    stranger = Signer(SIGNER.name, Ed25519PrivateKey.from_private_bytes(bytes(32)))
    for note in (stranger.sign(3, "A" * 43 + "="), "no note", ""):
        with pytest.raises(Refusal) as refused:
            declare(note)
        assert refused.value.code == "field-invalid" and state() == before


def test_the_command_reads_files_and_refuses_what_it_cannot_read(log: None, tmp_path: Path) -> None:
    restore()
    note = tmp_path / "checkpoint"
    note.write_text(newest_note(), encoding="utf-8")
    with acting_as("aif_owner"):
        with pytest.raises(CommandError) as refused:
            call_command("declare_restore", "--checkpoint", str(tmp_path / "missing"))
        assert refused.value.returncode == 2
        call_command("declare_restore", "--checkpoint", str(note), "--complete", stdout=StringIO())
        assert homes.is_home()


@pytest.mark.parametrize("role", ["aif_web", "aif_desk", "aif_match", "aif_audit"])
def test_no_process_can_declare_it(log: None, role: str) -> None:
    with acting_as(role), pytest.raises(DatabaseError), transaction.atomic():
        AuditHome.objects.create(cluster=OTHER)


def test_what_was_declared_stays(log: None) -> None:
    with acting_as("aif_owner"), pytest.raises(DatabaseError), transaction.atomic():
        AuditHome.objects.update(cluster=OTHER)
