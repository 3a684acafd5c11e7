"""Whoever holds disk and database, but no KEK: every change, exchange, cut and step back is noticed, and loudly."""

from __future__ import annotations

import os
import random

import pytest
from django.db import connection
from django.utils import timezone

from aif_share.errors import Refusal
from clues.models import StoredObject
from clues.vault import files, frames, objects, records
from members.models import AuditEvent
from tests.clues.vault.test_objects import store
from tests.factories import acting_as

pytestmark = pytest.mark.django_db
NOW = timezone.now()
MIB = frames.FRAME


def again(stored: StoredObject) -> StoredObject:
    return StoredObject.objects.select_related("key").get(pk=stored.pk)


def refused(stored: StoredObject, what: str = "", *, digests: bool = False) -> None:
    """Reading it must fail: at the frames, without a look at the digests, for a reader of one part makes none."""
    with pytest.raises(Refusal) as caught:
        objects.verify(again(stored), digests=digests)
    assert caught.value.code == "integrity-failed"
    if what:
        with acting_as("aif_owner"):
            assert AuditEvent.objects.filter(verb="vault.integrity").latest("id").detail["what"] == what


def as_thief(sql: str, *values: object) -> None:
    """Change rows as somebody who owns the server would, past every trigger."""
    with acting_as("aif_owner"), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in ("data_key", "stored_object"):
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        cursor.execute(sql, values)


def test_any_flipped_byte_is_noticed() -> None:
    stored = store(os.urandom(MIB + 1000))
    path = files.path_of(stored)
    clean = path.read_bytes()
    drawn = random.Random(6)
    for at in [0, 15, 16, 27, 28, len(clean) - 1, *drawn.sample(range(len(clean)), 20)]:
        broken = bytearray(clean)
        broken[at] ^= 1 << drawn.randrange(8)
        path.write_bytes(broken)
        refused(stored)
    path.write_bytes(clean)
    objects.verify(again(stored))


def test_a_cut_or_longer_file_and_frames_in_another_order_are_noticed() -> None:
    stored = store(os.urandom(3 * MIB))
    path = files.path_of(stored)
    clean = path.read_bytes()
    one, two, three = (clean[frames.position(n) : frames.position(n + 1)] for n in range(3))
    for broken in (
        clean[:-1], clean[: frames.position(2)], clean[: frames.position(1)], clean + b"\0", b"",
        frames.HEADER + two + one + three, frames.HEADER + one + two + two, frames.HEADER + one + three + two,
    ):  # fmt: skip
        path.write_bytes(broken)
        refused(stored)
    # The row says it, too: one frame less, and the file cut to match.
    path.write_bytes(clean[: frames.position(2)])
    as_thief("UPDATE stored_object SET size = %s, frames = 2", 2 * MIB)
    refused(stored)
    path.unlink()
    refused(stored)


def test_objects_keys_and_versions_are_not_exchanged() -> None:
    old, new = (store(os.urandom(5000), kind="package", version=version) for version in (1, 2))
    paths = files.path_of(old), files.path_of(new)
    first, second = (path.read_bytes() for path in paths)
    paths[1].write_bytes(first)  # back to version 1
    refused(new)
    paths[1].write_bytes(second)
    wraps = {row.pk: bytes(row.key.wrapped) for row in (old, new)}
    as_thief("UPDATE data_key SET wrapped = %s WHERE id = %s", wraps[old.pk], new.key_id)
    refused(new, "key")
    # With the file of the other one, too: the wrap says whose it is.
    paths[1].write_bytes(first)
    refused(new, "key")
    as_thief("UPDATE data_key SET wrapped = %s WHERE id = %s", wraps[new.pk], new.key_id)
    # The whole key of the other one, with its file: the frames say which object they are of.
    as_thief("UPDATE stored_object SET key_id = %s WHERE id = %s", old.key_id, new.pk)
    refused(new)
    objects.verify(again(old))


@pytest.mark.parametrize(
    "change", ["bound_to = 'CASE-2'", "version = 7", "kind = 'document'", "sha256 = repeat('0', 64)"]
)
def test_what_an_object_says_of_itself_is_held_against_it(change: str) -> None:
    stored = store(b"x" * 5000)
    path = files.path_of(stored)
    as_thief(f"UPDATE stored_object SET {change}")
    if "version" in change:
        path.rename(files.path_of(again(stored)))
    refused(stored, digests="sha256" in change)


def test_a_record_opens_only_where_it_was_sealed() -> None:
    key, other = store(b"1").key, store(b"2").key
    sealed = records.seal("张三".encode(), key=key, about="title")
    assert records.unseal(sealed, key=key, about="title").decode() == "张三"
    assert sealed != records.seal("张三".encode(), key=key, about="title")
    for wrong_key, about, data in (
        (key, "note", sealed), (other, "title", sealed), (key, "title", sealed[:-1]), (key, "title", b""),
    ):  # fmt: skip
        with pytest.raises(Refusal) as caught:
            records.unseal(data, key=wrong_key, about=about)
        assert caught.value.code == "integrity-failed"


def test_the_alarm_is_on_the_trail_and_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    stored = store(b"words of a witness")
    path = files.path_of(stored)
    path.write_bytes(path.read_bytes()[:-1] + b"?")
    refused(stored)
    with acting_as("aif_owner"):
        event = AuditEvent.objects.get(verb="vault.integrity")
    assert (event.actor_ref, event.detail) == ("vault", {"what": "frame", "object": str(stored.pk)})
    assert [record.levelname for record in caplog.records if record.name.endswith("failures")] == ["ERROR"]
