"""What a superuser may do to the transparency log: one function each, by SQL, with every trigger out of the way.

Each takes a source of chance and the size that the witness keeps, and changes what stands below it.
"""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from django.db import connection

from members.audit import leaves
from members.audit.tree import Tree
from members.models import AuditEvent, AuditLeaf, AuditTile

Attack = Callable[[Random, int], None]


def sql(statement: str, *values: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, list(values))


def change_field(chance: Random, size: int) -> None:
    column, value = chance.choice(
        [("verb", "'case.close'"), ("actor_ref", "'U-SOMEBODY'"), ("subject_ref", "'CASE-OTHER'"), ("at", "at - interval '1 s'"),
         ("institution_id", "424242"), ("detail", """'{"n": -1}'"""), ("salt", "gen_random_uuid()"), ("actor_kind", "'job'")]
    )  # fmt: skip
    sql(f"UPDATE audit_event SET {column} = {value} WHERE id = %s", event_at(chance, size))


def change_event_and_leaf(chance: Random, size: int) -> None:
    """The event, its leaf and every tile over it, as if it had always been so."""
    number = event_at(chance, size)
    sql("UPDATE audit_event SET subject_ref = 'CASE-OTHER' WHERE id = %s", number)
    fresh = leaves.leaf_hash(leaves.content(AuditEvent.objects.get(pk=number)))
    sql("UPDATE audit_leaf SET hash = %s WHERE event_id = %s", fresh, number)
    rebuild_tiles()


def delete_event(chance: Random, size: int) -> None:
    sql("DELETE FROM audit_event WHERE id = %s", event_at(chance, size))


def take_out(chance: Random, size: int) -> None:
    """An event with its leaf; those behind it move up, tiles and checkpoints are made to fit."""
    seq = chance.randrange(size)
    sql("DELETE FROM audit_event WHERE id = (SELECT event_id FROM audit_leaf WHERE seq = %s)", seq)
    sql("DELETE FROM audit_leaf WHERE seq = %s", seq)
    sql("UPDATE audit_leaf SET seq = -seq WHERE seq > %s", seq)
    sql("UPDATE audit_leaf SET seq = -seq - 1 WHERE seq < 0")
    rebuild_tiles()


def put_in(chance: Random, size: int) -> None:
    """An event that never was, with a leaf between others."""
    seq = chance.randrange(size)
    sql("UPDATE audit_leaf SET seq = -seq - 2 WHERE seq >= %s", seq)
    sql("UPDATE audit_leaf SET seq = -seq - 1 WHERE seq < 0")
    sql(
        "INSERT INTO audit_event (verb, actor_kind, actor_ref, subject_ref, detail) "
        "VALUES ('case.close', 'user', 'U-SOMEBODY', 'CASE-OTHER', '{}')"
    )
    forged = AuditEvent.objects.latest("pk")
    sql("DELETE FROM audit_pending WHERE event_id = %s", forged.pk)
    sql(
        "INSERT INTO audit_leaf (seq, event_id, hash) VALUES (%s, %s, %s)",
        seq,
        forged.pk,
        leaves.leaf_hash(leaves.content(forged)),
    )
    rebuild_tiles()


def swap(chance: Random, size: int) -> None:
    """Two events change places."""
    one, other = chance.sample(range(size), 2)
    sql("UPDATE audit_leaf SET seq = -1 WHERE seq = %s", one)
    sql("UPDATE audit_leaf SET seq = %s WHERE seq = %s", one, other)
    sql("UPDATE audit_leaf SET seq = %s WHERE seq = -1", other)
    rebuild_tiles()


def flip_leaf(chance: Random, size: int) -> None:
    raw = bytearray(AuditLeaf.objects.get(seq=chance.randrange(size)).hash)
    seq = chance.randrange(size)
    raw[chance.randrange(32)] ^= 1 << chance.randrange(8)
    sql("UPDATE audit_leaf SET hash = %s WHERE seq = %s", bytes(raw), seq)
    rebuild_tiles()


def flip_tile(chance: Random, size: int) -> None:
    """Proofs are made of tiles: a wrong one makes them wrong."""
    tile = AuditTile.objects.filter(level=0).order_by("number").first()
    assert tile is not None
    raw = bytearray(tile.hashes)
    raw[chance.randrange(len(raw))] ^= 1 << chance.randrange(8)
    sql("UPDATE audit_tile SET hashes = %s WHERE id = %s", bytes(raw), tile.pk)


def cut_off(chance: Random, size: int) -> None:
    """The end, with its events, tiles and every checkpoint over it: nothing is left that would contradict."""
    keep = chance.randrange(size)
    sql("DELETE FROM audit_event WHERE id IN (SELECT event_id FROM audit_leaf WHERE seq >= %s)", keep)
    sql("DELETE FROM audit_pending WHERE event_id NOT IN (SELECT id FROM audit_event)")
    sql("DELETE FROM audit_leaf WHERE seq >= %s", keep)
    sql("DELETE FROM audit_checkpoint WHERE size > %s", keep)
    rebuild_tiles()


ATTACKS: tuple[Attack, ...] = (
    change_field, change_event_and_leaf, delete_event, take_out, put_in, swap, flip_leaf, flip_tile, cut_off,
)  # fmt: skip


def event_at(chance: Random, size: int) -> int:
    return AuditLeaf.objects.get(seq=chance.randrange(size)).event_id


def rebuild_tiles() -> None:
    sql("DELETE FROM audit_tile")
    AuditTile.objects.bulk_create(Tree(AuditLeaf.objects.count()).full_tiles(0))
