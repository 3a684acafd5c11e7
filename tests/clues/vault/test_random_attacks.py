"""Random attacks of whoever holds disk and database but no KEK: each is noticed by every reader it concerns."""

from __future__ import annotations

import os
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone

from aif_share.errors import Refusal
from clues.models import DataKey, StoredObject
from clues.vault import files, frames, objects
from tests.clues.vault.test_attacks import again
from tests.clues.vault.test_objects import store
from tests.factories import acting_as

pytestmark = pytest.mark.django_db
NOW = timezone.now()
SIZES = (1, 700, frames.FRAME - 1, frames.FRAME, frames.FRAME + 1, 3 * frames.FRAME + 12_345)
Attack = Callable[[random.Random, list[StoredObject]], list[StoredObject]]


def sql(statement: str, *values: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def flip(drawn: random.Random, found: list[StoredObject]) -> list[StoredObject]:
    stored = drawn.choice(found)
    path = files.path_of(stored)
    broken = bytearray(path.read_bytes())
    broken[drawn.randrange(len(broken))] ^= 1 << drawn.randrange(8)
    path.write_bytes(broken)
    return [stored]


def swap_objects(drawn: random.Random, found: list[StoredObject]) -> list[StoredObject]:
    one, two = drawn.sample(found, 2)
    first, second = (files.path_of(each) for each in (one, two))
    content = first.read_bytes()
    first.write_bytes(second.read_bytes())
    second.write_bytes(content)
    return [one, two]


def truncate(drawn: random.Random, found: list[StoredObject]) -> list[StoredObject]:
    stored = drawn.choice(found)
    path = files.path_of(stored)
    os.truncate(path, drawn.randrange(path.stat().st_size))
    return [stored]


def cut_frames_and_say_so(drawn: random.Random, found: list[StoredObject]) -> list[StoredObject]:
    stored = drawn.choice([each for each in found if each.frames > 1])
    left = drawn.randrange(1, stored.frames)
    os.truncate(files.path_of(stored), frames.position(left))
    sql("UPDATE stored_object SET size = %s, frames = %s WHERE id = %s", left * frames.FRAME, left, stored.pk)
    return [stored]


def append(drawn: random.Random, found: list[StoredObject]) -> list[StoredObject]:
    stored = drawn.choice(found)
    with files.path_of(stored).open("ab") as file:
        file.write(os.urandom(drawn.randrange(1, 100)))
    return [stored]


def swap_frames(drawn: random.Random, found: list[StoredObject]) -> list[StoredObject]:
    stored = drawn.choice([each for each in found if each.frames > 2])
    content = bytearray(files.path_of(stored).read_bytes())
    one, two = drawn.sample(range(stored.frames - 1), 2)
    a, b = (slice(frames.position(each), frames.position(each + 1)) for each in (one, two))
    content[a], content[b] = content[b], content[a]
    files.path_of(stored).write_bytes(content)
    return [stored]


def roll_back(drawn: random.Random, found: list[StoredObject]) -> list[StoredObject]:
    """Put the file of version 1 in the place of version 2, with its row's figures, and half the time with its key."""
    old, new = (next(each for each in found if each.kind == "package" and each.version == n) for n in (1, 2))
    files.path_of(new).write_bytes(files.path_of(old).read_bytes())
    sql(
        "UPDATE stored_object n SET size = o.size, frames = o.frames, sha256 = o.sha256, sm3 = o.sm3 FROM stored_object o "
        "WHERE n.id = %s AND o.id = %s",
        new.pk,
        old.pk,
    )
    if drawn.random() < 0.5:
        sql("UPDATE stored_object SET key_id = %s WHERE id = %s", old.key_id, new.pk)
    return [new]


def swap_wraps(drawn: random.Random, found: list[StoredObject]) -> list[StoredObject]:
    """Exchange two wrapped keys; half the time the files, too, as if two whole objects changed places."""
    one, two = drawn.sample(found, 2)
    wraps = [bytes(DataKey.objects.get(pk=each.key_id).wrapped) for each in (two, one)]
    for stored, wrapped in zip((one, two), wraps, strict=True):
        sql("UPDATE data_key SET wrapped = %s WHERE id = %s", wrapped, stored.key_id)
    if drawn.random() < 0.5:
        swap_objects(random.Random(0), [one, two])
    return [one, two]


def swap_keys(drawn: random.Random, found: list[StoredObject]) -> list[StoredObject]:
    one, two = drawn.sample(found, 2)
    sql("UPDATE stored_object SET key_id = %s WHERE id = %s", two.key_id, one.pk)
    sql("UPDATE stored_object SET key_id = %s WHERE id = %s", one.key_id, two.pk)
    return [one, two]


def flip_wrap(drawn: random.Random, found: list[StoredObject]) -> list[StoredObject]:
    stored = drawn.choice(found)
    wrapped = bytearray(DataKey.objects.get(pk=stored.key_id).wrapped)
    wrapped[drawn.randrange(len(wrapped))] ^= 1 << drawn.randrange(8)
    sql("UPDATE data_key SET wrapped = %s WHERE id = %s", bytes(wrapped), stored.key_id)
    return [stored]


def retell(drawn: random.Random, found: list[StoredObject]) -> list[StoredObject]:
    """Change what the row says of the object."""
    stored = drawn.choice([each for each in found if each.kind == "evidence"])
    change = drawn.choice(
        ["bound_to = 'case:2|party:9'", "kind = 'document'", "sha256 = repeat('a', 64)", "sm3 = repeat('b', 64)",
         "size = size + 1", "frames = frames + 1"]
    )  # fmt: skip
    sql(f"UPDATE stored_object SET {change} WHERE id = %s", stored.pk)
    return [stored]


ATTACKS: tuple[Attack, ...] = (
    flip, flip, flip, swap_objects, truncate, cut_frames_and_say_so, append, swap_frames, roll_back, swap_wraps, swap_keys,
    flip_wrap, retell,
)  # fmt: skip


def test_every_attack_is_noticed(scale: Callable[..., int], evidence_folder: Path) -> None:
    drawn = random.Random(6_2)
    found = [store(os.urandom(size), bound_to=f"case:1|party:{number % 2}") for number, size in enumerate(SIZES)]
    found += [store(os.urandom(5_000), kind="package", bound_to="CASE-1", version=version) for version in (1, 2)]
    clean = {path: path.read_bytes() for path in evidence_folder.rglob("*") if path.is_file()}
    count, done = scale(100, full=1_000), dict.fromkeys((attack.__name__ for attack in ATTACKS), 0)
    sql("SET CONSTRAINTS ALL IMMEDIATE")
    with acting_as("aif_owner"):
        for table in ("data_key", "stored_object"):
            sql(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        for number in range(count):
            attack = ATTACKS[number % len(ATTACKS)]
            with transaction.atomic():
                concerned = attack(drawn, found)
                for stored in concerned:
                    notices(stored, attack.__name__)
                transaction.set_rollback(True)
            for path, content in clean.items():
                if path.stat().st_size != len(content) or path.read_bytes() != content:
                    path.write_bytes(content)
            done[attack.__name__] += 1
        for stored in found:  # what was attacked and put back opens: the alarm was about the attack
            objects.verify(again(stored))
    print(f"{sum(done.values())} attacks, each noticed: {done}")


def notices(stored: StoredObject, attack: str) -> None:
    with pytest.raises(Refusal) as caught:
        objects.verify(again(stored))
    assert caught.value.code == "integrity-failed", attack


def test_the_harness_sees_an_attack_that_is_not_noticed(monkeypatch: Any) -> None:
    """Were frames not bound to their place, the exchange of two would pass: then `notices` fails."""
    monkeypatch.setattr(frames.Sealer, "_bound", lambda self, index, last: b"")
    stored = store(os.urandom(3 * frames.FRAME))
    swap_frames(random.Random(1), [stored])
    monkeypatch.setattr(objects.Digests, "finish", lambda self: (stored.sha256, stored.sm3))
    with pytest.raises(pytest.fail.Exception):
        notices(stored, "swap_frames")
