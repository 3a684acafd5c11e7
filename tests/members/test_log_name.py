"""What a log is called after a restore: no name is given twice, nothing is signed under one that it has no more."""

from __future__ import annotations

import base64
from importlib import import_module
from pathlib import Path
from typing import Any

import psycopg2
import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import OperationalError, connection, transaction

from aif_share.client.witness import WitnessStore
from aif_share.errors import LogRestored, Refusal
from members.audit import homes, sequencing
from members.audit.notes import Signer
from members.audit.tree import Tree
from members.management.commands import sequence_log
from members.models import AuditCheckpoint, AuditEvent, AuditHome
from members.operations import restores
from tests.factories import CONSOLE, acting_as
from tests.members.log_keeper import SIGNER, catch_up
from tests.members.test_log_home import (
    OTHER,
    at_work,
    declare,
    log,
    look,
    named,
    newest_note,
    platform,
    restore,
    store,
    write,
)
from tests.members.test_log_keys import Platform

__all__ = ["log", "platform", "store"]
SOME_ROOT = "A" * 43 + "="


def state() -> tuple[int, int]:
    with acting_as("aif_owner"):
        return AuditHome.objects.count(), AuditEvent.objects.count()


class Undone(Exception):
    """Ends a transaction, as a restore from a backup that is older ends all that came after it."""


def take_up_name() -> None:
    """As the sequencer's process does once the log has another name."""
    with acting_as("aif_audit"), transaction.atomic():
        signer = Signer(homes.get_origin(), SIGNER.key)
        sequencing.follow_restore(signer)
    catch_up(signer)


def declare_and_lose(*checkpoints: str) -> str:
    """Declare a restore, sign under the new name, and lose it all again: back to the same backup. Return a note of that log."""
    with pytest.raises(Undone), transaction.atomic():
        declare(*checkpoints)
        write(2)
        take_up_name()
        note = newest_note()
        raise Undone
    return note


def test_a_restore_done_over_gives_another_name(log: None) -> None:
    restore()
    before = state()
    first = declare_and_lose()
    assert state() == before, "what the first restore said is in no backup from before it"
    assert declare().origin != first.split("\n")[0]


def test_a_checkpoint_of_a_name_that_is_lost_counts(log: None) -> None:
    restore()
    lost = declare_and_lose()
    before = state()
    with pytest.raises(Refusal) as refused:
        declare(lost, complete=True)
    assert refused.value.code == "conflict" and state() == before, "something was signed that is not here"
    done = declare(lost)
    assert (done.seen, done.lost) == (int(lost.split("\n")[1]), int(lost.split("\n")[1]) - done.kept)


def test_whoever_declares_a_restore_goes_by_the_names_that_signed(log: None, monkeypatch: pytest.MonkeyPatch) -> None:
    restore()
    lost = declare_and_lose()
    monkeypatch.setattr(settings, "AIF_LOG_ORIGIN", "desk.example/log")  # of a process that was told another one
    assert declare(lost).seen == int(lost.split("\n")[1])


def test_a_name_that_changes_again_is_taken_up(log: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """A vanished name was published with the restore, and stays in its row."""
    restore()
    declare(declare_and_lose())
    for origin in (settings.AIF_LOG_ORIGIN, "aif.example/log"):
        monkeypatch.setattr(settings, "AIF_LOG_ORIGIN", origin)
        write(1)
        take_up_name()
        assert newest_note().startswith(f"{origin}/2.")


def test_one_that_leads_here_and_has_another_name_is_evidence_all_the_same(log: None) -> None:
    with acting_as("aif_audit"):
        root = base64.b64encode(Tree(2).root()).decode()
    elsewhere = Signer(f"{settings.AIF_LOG_ORIGIN}/2.{'0' * 16}", SIGNER.key).sign(2, root)
    restore()
    with pytest.raises(Refusal):
        declare(elsewhere, complete=True)


@pytest.mark.parametrize("name", ["aif.example/log/2.0000000000000000", "testserver/logs", "testserver/log2"])
def test_names_of_other_logs_count_for_nothing(log: None, name: str) -> None:
    restore()
    with pytest.raises(Refusal) as refused:
        declare(Signer(name, SIGNER.key).sign(3, SOME_ROOT))
    assert refused.value.code == "field-invalid"


@pytest.mark.parametrize("late", [False, True])
def test_a_witness_of_a_name_that_is_lost_can_go_on(platform: Platform, store: WitnessStore, late: bool) -> None:
    restore()
    with pytest.raises(Undone), transaction.atomic():
        declare()
        at_work()
        look(store, platform)
        lost = newest_note()
        raise Undone
    if late:
        declare()
        at_work()
        at_work()
    done = declare(lost)
    at_work()
    with pytest.raises(LogRestored):
        look(store, platform)
    seen = look(store, platform, accept=True)
    assert (seen.restored, seen.now.origin) == (True, done.origin)
    assert seen.lost == 2, "the event of that restore, and what was done after it"


def test_a_checkpoint_that_turns_up_later_parts_the_log_after_all(log: None) -> None:
    restore()
    declare(complete=True)
    assert named(declare(SIGNER.sign(1_000, "A" * 43 + "=")).origin) == 2


def test_nothing_is_signed_under_a_name_that_the_log_has_no_more(log: None) -> None:
    ahead = SIGNER.sign(1_000, SOME_ROOT)
    write(1)
    declare(ahead)  # on the database that it is signed on: a checkpoint turned up late
    with acting_as("aif_audit"):
        while sequencing.sequence():
            pass
        before = AuditCheckpoint.objects.count()
        with pytest.raises(homes.Renamed):
            sequencing.sign_checkpoint(SIGNER)
        assert AuditCheckpoint.objects.count() == before


def test_the_process_takes_the_new_name_up(log: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(settings, "AIF_LOG_KEYS", [SIGNER.key.private_bytes_raw()])
    monkeypatch.setattr(sequence_log, "PAUSE", 0)
    monkeypatch.setattr(sequence_log, "CHECKPOINT_SECONDS", 0)
    sign, names = sequencing.sign_checkpoint, []

    class Stop:
        def is_set(self) -> bool:
            return len(names) == 2

        def wait(self, seconds: float) -> None:
            """At once."""

    def sign_late(*signers: Signer) -> Any:
        if not names:
            write(1)
            names.append(declare(SIGNER.sign(1_000, SOME_ROOT)).origin)
        made = sign(*signers)
        names.append(signers[0].name)
        return made

    monkeypatch.setattr(sequencing, "sign_checkpoint", sign_late)
    with acting_as("aif_audit"):
        sequence_log.Command()._run(Stop(), None)  # type: ignore[arg-type]
    assert names[0] == names[1] == newest_note().split("\n")[0]


def test_nothing_is_declared_while_somebody_signs(log: None, database_server: Any) -> None:
    restore()
    before = state()
    signing = psycopg2.connect(database_server.superuser_url(connection.settings_dict["NAME"]))
    try:
        signing.cursor().execute("SELECT pg_advisory_xact_lock(%s)", [homes.LOCK])
        with acting_as("aif_owner"), pytest.raises(OperationalError), transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SET LOCAL lock_timeout = '200ms'")
            restores.declare(checkpoints=(), complete=False, by=CONSOLE)
    finally:
        signing.close()
    assert state() == before


# ---- a backup from before anything said where the log was signed ----

IN_DOUBT = import_module("members.migrations.0023_log_names").IN_DOUBT


def upgrade(cluster: str | None = None) -> bool:
    """Migrations 0022 and 0023 on what is there now, on that server; whether the log may be signed afterwards."""
    with acting_as("aif_owner"), connection.cursor() as cursor:
        cursor.execute("ALTER TABLE audit_home DISABLE TRIGGER audit_home_append_only")
        AuditHome.objects.all().delete()
        cursor.execute("ALTER TABLE audit_home ENABLE ALWAYS TRIGGER audit_home_append_only")
        AuditHome.objects.create(cluster=cluster or homes.get_cluster(), kept=5)
        cursor.execute(IN_DOUBT)
        return AuditHome.objects.count() == 1


def backdate(days: int) -> None:
    with acting_as("aif_owner"), connection.cursor() as cursor:
        cursor.execute("ALTER TABLE audit_event DISABLE TRIGGER audit_event_append_only")
        cursor.execute("UPDATE audit_event SET at = at - make_interval(days => %s)", [days])
        cursor.execute("ALTER TABLE audit_event ENABLE ALWAYS TRIGGER audit_event_append_only")


def test_a_platform_that_was_never_restored_asks_nobody(log: None) -> None:
    assert upgrade()


def test_a_new_one_asks_nobody(fresh_database: str) -> None:
    assert upgrade(OTHER.replace("00000001", "00000002"))


def test_what_came_from_a_dump_is_in_doubt(log: None) -> None:
    backdate(days=10_000)  # older than the server
    assert not upgrade()
    with acting_as("aif_audit"), pytest.raises(homes.Moved):
        sequencing.sequence()
    assert declare(complete=True).origin == settings.AIF_LOG_ORIGIN
    catch_up()


def test_what_was_recovered_is_in_doubt(log: None) -> None:
    with acting_as("aif_owner"):
        cluster = homes.get_cluster()
    assert not upgrade(cluster.rpartition("/")[0] + "/00000002")


def test_what_was_signed_since_is_a_platform_at_work(log: None) -> None:
    backdate(days=10_000)
    upgrade()
    with acting_as("aif_owner"):
        AuditCheckpoint.objects.create(size=1_000, root=bytes(32), note="")
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE audit_home DISABLE TRIGGER audit_home_append_only")
            cursor.execute("DELETE FROM audit_home WHERE cluster = ''")
            cursor.execute("ALTER TABLE audit_home ENABLE ALWAYS TRIGGER audit_home_append_only")
            cursor.execute(IN_DOUBT)
        assert AuditHome.objects.count() == 1


def test_who_said_so_already_is_not_asked_again(log: None) -> None:
    restore()
    declare()
    with acting_as("aif_owner"):
        before = AuditHome.objects.count()
        with connection.cursor() as cursor:
            cursor.execute(IN_DOUBT)
        assert AuditHome.objects.count() == before


def test_a_second_start_finds_the_name_as_it_is(platform: Platform) -> None:
    restore()
    origin = declare().origin
    for _ in range(2):
        at_work()
    with acting_as("aif_audit"):
        call_command("sequence_log", "--once")
        assert homes.get_origin() == origin == newest_note().split("\n")[0]
