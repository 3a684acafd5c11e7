"""A restored database signs nothing until somebody says so, and never a second log under the first one's name."""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction

from aif_share.client.resources.log import LogHead
from aif_share.client.witness import Witnessed, WitnessStore, witness
from aif_share.errors import LogRestored, PinError, ProofError, Refusal
from members import audit
from members.audit import homes, sequencing
from members.audit.notes import Signer
from members.models import AuditCheckpoint, AuditEvent, AuditHome, AuditLeaf, AuditPending
from members.operations import restores
from tests.factories import CONSOLE, acting_as
from tests.members.log_keeper import SIGNER, catch_up
from tests.members.test_log_keys import URL, Platform

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


def named(origin: str) -> int:
    """The number in the name that a log has after a restore."""
    found = re.fullmatch(re.escape(settings.AIF_LOG_ORIGIN) + r"/(\d+)\.[0-9a-f]{16}", origin)
    assert found
    return int(found[1])


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
    assert (done.seen, done.lost, named(done.origin)) == (1_000, 1_000 - done.kept, 2)
    with acting_as("aif_audit"):
        assert homes.is_home() and homes.get_origin() == done.origin
    restore()
    with acting_as("aif_owner"):
        AuditHome.objects.create(cluster=OTHER, branch=1)
    assert named(declare().origin) == 3, "each branch has a name of its own"


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


# ---- what members' systems make of it ----


def at_work() -> None:
    """As the sequencer's process does on this database, after something happened."""
    write(1)
    with acting_as("aif_audit"):
        call_command("sequence_log", "--once")


@pytest.fixture
def platform(fresh_database: str, settings: Any) -> Platform:
    settings.AIF_LOG_KEYS = [SIGNER.key.private_bytes_raw()]
    at_work()
    return Platform()


@pytest.fixture
def store(tmp_path: Path) -> WitnessStore:
    return WitnessStore(tmp_path, "abcd1234")


def look(store: WitnessStore, platform: Platform, *, accept: bool = False) -> Witnessed:
    return witness(platform, url=URL, store=store, accept_restore=accept)  # type: ignore[arg-type]


def see_more(store: WitnessStore, more: int) -> None:
    """Let the store keep a checkpoint of a log that went on, on the machine that died then."""
    known = json.loads(store.path.read_text(encoding="utf-8"))
    size = int(known[URL]["checkpoint"].split("\n")[1]) + more
    known[URL]["checkpoint"] = Signer(settings.AIF_LOG_ORIGIN, SIGNER.key).sign(size, "A" * 43 + "=")
    store.path.write_text(json.dumps(known), encoding="utf-8")


def test_who_saw_more_than_was_kept_is_told_and_keeps_the_evidence(platform: Platform, store: WitnessStore) -> None:
    look(store, platform)
    see_more(store, 7)
    evidence = store.path.read_text(encoding="utf-8")
    restore()
    declare(json.loads(evidence)[URL]["checkpoint"])
    at_work()
    with pytest.raises(LogRestored):
        look(store, platform)
    assert store.path.read_text(encoding="utf-8") == evidence, "nothing is overwritten before somebody accepts"
    seen = look(store, platform, accept=True)
    assert (seen.restored, seen.lost, named(seen.now.origin)) == (True, 7, 2)
    kept = json.loads(store.path.read_text(encoding="utf-8"))[URL]
    assert kept["former"] == [json.loads(evidence)[URL]]
    at_work()
    again = look(store, platform)
    assert (again.restored, again.lost, again.now.size) == (False, 0, seen.now.size + 1)
    assert json.loads(store.path.read_text(encoding="utf-8"))[URL]["former"] == kept["former"]


def test_who_saw_less_loses_nothing_and_accepts_all_the_same(platform: Platform, store: WitnessStore) -> None:
    look(store, platform)
    at_work()
    restore()
    declare()
    at_work()
    with pytest.raises(LogRestored):
        look(store, platform)
    assert look(store, platform, accept=True).lost == 0


def test_a_complete_restore_asks_nobody(platform: Platform, store: WitnessStore) -> None:
    look(store, platform)
    restore()
    declare(complete=True)
    at_work()
    seen = look(store, platform)
    assert not seen.restored and seen.successor is None


FORGED = {
    "of nobody": lambda head: Signer(settings.AIF_LOG_ORIGIN, STRANGER).sign(*said(head)),
    "changed": lambda head: head.successions[-1].replace("\n1\n", "\n2\n").replace("\n0\n", "\n9\n"),
    "without a root": lambda head: Signer(settings.AIF_LOG_ORIGIN, SIGNER.key).sign(
        "restored", 1, "A", 0, head.verifier
    ),
    "under the old name": lambda head: Signer(settings.AIF_LOG_ORIGIN, SIGNER.key).sign(
        *said(head)[:4], Signer(settings.AIF_LOG_ORIGIN, STRANGER).verifier
    ),
    "nothing": lambda head: "",
}
STRANGER = Ed25519PrivateKey.from_private_bytes(bytes(32))


def said(head: LogHead) -> list[str]:
    return head.successions[-1].split("\n")[1:6]


@pytest.mark.parametrize("how", FORGED)
def test_a_restore_is_believed_of_the_pinned_key_alone(platform: Platform, store: WitnessStore, how: str) -> None:
    look(store, platform)
    evidence = store.path.read_text(encoding="utf-8")
    restore()
    declare()
    at_work()
    platform.change = lambda head: dataclasses.replace(head, successions=(FORGED[how](head),))
    with pytest.raises(PinError) as refused:
        look(store, platform, accept=True)
    assert not isinstance(refused.value, LogRestored) and store.path.read_text(encoding="utf-8") == evidence


def test_what_was_kept_has_to_lead_to_what_is_signed(platform: Platform, store: WitnessStore) -> None:
    look(store, platform)
    see_more(store, 7)
    restore()
    declare()
    at_work()
    lie = Signer(settings.AIF_LOG_ORIGIN, SIGNER.key)
    platform.change = lambda head: dataclasses.replace(
        head, successions=(lie.sign(*said(head)[:2], "A" * 43 + "=", *said(head)[3:]),)
    )
    with pytest.raises(ProofError):
        look(store, platform, accept=True)
