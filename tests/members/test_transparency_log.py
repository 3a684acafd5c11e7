"""The transparency log: places in the order of commits, proofs that a stranger's code accepts, and who may touch it."""

from __future__ import annotations

import random
import threading

import pytest
from django.db import DatabaseError, connection, transaction

from aif_share.audit import merkle, note
from members import audit
from members.audit import leaves, sequencing
from members.audit.tree import Tree
from members.models import AuditEvent, AuditLeaf, AuditPending, AuditTile
from tests.factories import CONSOLE, acting_as
from tests.members.log_keeper import SIGNER, drain


def write(count: int) -> None:
    with transaction.atomic():
        for number in range(count):
            audit.record("case.open", actor=CONSOLE, subject_ref=f"CASE-{number}", detail={"n": number, "why": "立案"})


def hashes() -> list[bytes]:
    return [bytes(each) for each in AuditLeaf.objects.order_by("seq").values_list("hash", flat=True)]


def grow(size: int) -> None:
    """Leaves of no event: the tree does not ask."""
    rows = (AuditLeaf(seq=seq, event_id=-seq - 1, hash=merkle.leaf_hash(b"%d" % seq)) for seq in range(size))
    AuditLeaf.objects.bulk_create(rows, batch_size=10_000)


@pytest.mark.django_db
def test_events_get_their_places_once_and_the_checkpoint_says_so():
    with acting_as("aif_web"):
        write(3)
    with acting_as("aif_audit"):
        drain()
        assert sequencing.sequence() == 0
        signed = sequencing.sign_checkpoint(SIGNER)
        assert sequencing.sign_checkpoint(SIGNER) is None
        found = list(AuditEvent.objects.order_by("pk"))
        assert [leaves.leaf_hash(leaves.content(event)) for event in found] == hashes()
        assert not AuditPending.objects.exists()
    head = note.open_checkpoint(signed.note, verifier=note.Verifier.parse(SIGNER.verifier))
    assert (head.size, head.root) == merkle.root_of(hashes())
    assert head.size == len(found)


@pytest.mark.django_db
def test_leaves_of_the_same_event_differ_by_their_salt():
    write(2)
    with acting_as("aif_audit"):
        first, second = AuditEvent.objects.order_by("-pk")[:2]
    assert first.salt != second.salt
    second.pk, second.at, second.subject_ref, second.detail = first.pk, first.at, first.subject_ref, first.detail
    assert leaves.content(first) != leaves.content(second)


@pytest.mark.django_db
def test_proofs_hold_across_tiles_and_without_them():
    """More leaves than two levels of tiles hold, written as plain rows; every stored tile is one that was full."""
    chance, size = random.Random(6962), 70_000
    with acting_as("aif_audit"):
        grow(size)
        AuditTile.objects.bulk_create(Tree(size).full_tiles(0))
    assert AuditTile.objects.count() == size // 256 + size // 65_536
    known = hashes()
    root = merkle.root_of(known)[1]
    assert Tree(size).root() == root
    for index in [0, 255, 256, 65_535, 65_536, size - 1, *chance.sample(range(size), 10)]:
        path = Tree(size).inclusion(index)
        merkle.check_inclusion(leaf=known[index], index=index, size=size, path=path, root=root)
    for old in [1, 255, 256, 257, 65_535, 65_536, 65_537, size, *chance.sample(range(1, size), 10)]:
        old_root = merkle.root_of(known[:old])[1]
        assert Tree(old).root() == old_root  # as it was then, though tiles beyond it are full by now
        path = Tree(size).consistency(old)
        merkle.check_consistency(old_size=old, old_root=old_root, size=size, root=root, path=path)


@pytest.mark.django_db
@pytest.mark.parametrize("size", [1, 2, 3, 7, 8, 255, 256, 257, 300])
def test_tiles_become_full_whatever_the_steps(size):
    with acting_as("aif_audit"):
        grow(size)
    stepwise = [tile.number for step in range(size) for tile in Tree(step + 1).full_tiles(step)]
    assert stepwise == list(range(size // 256))


@pytest.mark.django_db
@pytest.mark.parametrize("role", ["aif_web", "aif_desk", "aif_match", "aif_audit"])
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_leaf SET hash = ''",
        "DELETE FROM audit_leaf",
        "DELETE FROM audit_tile",
        "UPDATE audit_checkpoint SET size = 0",
        "DELETE FROM audit_checkpoint",
        "UPDATE audit_event SET salt = gen_random_uuid()",
        "INSERT INTO audit_pending VALUES (1)",
    ],
)
def test_nobody_rewrites_the_log(role, statement):
    with acting_as(role), pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_two_sequencers_give_every_event_one_place(fresh_database):
    write(400)

    def work() -> None:
        try:
            with acting_as("aif_audit"):
                for _ in range(200):
                    sequencing.sequence(limit=7)
        finally:
            connection.close()

    both = [threading.Thread(target=work) for _ in range(2)]
    for each in both:
        each.start()
    for each in both:
        each.join()
    with acting_as("aif_audit"):
        drain()
        events = AuditEvent.objects.count()
        assert events >= 400
        assert list(AuditLeaf.objects.order_by("seq").values_list("seq", flat=True)) == list(range(events))
        assert AuditLeaf.objects.values("event_id").distinct().count() == events
