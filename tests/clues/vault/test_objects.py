"""Objects: what was written comes back, anywhere in it; what was given up leaves nothing."""

from __future__ import annotations

import hashlib
import io
import os
import zipfile
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.hashes import SM3, Hash
from django.db import DatabaseError, transaction
from django.utils import timezone

from aif_share.errors import Refusal
from clues.models import DataKey, StoredObject
from clues.vault import files, frames, keys, objects
from tests.factories import acting_as

pytestmark = pytest.mark.django_db
NOW = timezone.now()
MIB = frames.FRAME


def store(data: bytes, *, bound_to: str = "CASE-1", kind: str = "evidence", version: int = 1) -> StoredObject:
    with objects.create(kind=kind, bound_to=bound_to, now=NOW, version=version) as out:
        for start in range(0, len(data), 700_001):
            out.write(data[start : start + 700_001])
        return out.finish()


def everything(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


@pytest.mark.parametrize("size", [0, 1, MIB - 1, MIB, MIB + 1, 3 * MIB, 3 * MIB + 17])
def test_what_was_written_comes_back_with_its_digests(size: int) -> None:
    data = os.urandom(size)
    stored = store(data)
    stored = StoredObject.objects.select_related("key").get(pk=stored.pk)
    assert (stored.size, stored.frames, stored.state) == (size, max(1, -(-size // MIB)), "complete")
    sm3 = Hash(SM3())
    sm3.update(data)
    assert (stored.sha256, stored.sm3) == (hashlib.sha256(data).hexdigest(), sm3.finalize().hex())
    assert io.BufferedReader(objects.open_object(stored)).read() == data
    objects.verify(stored)


def test_a_reader_goes_anywhere() -> None:
    data = os.urandom(3 * MIB + 5)
    with objects.open_object(store(data)) as raw:
        reader = io.BufferedReader(raw)
        for position in (2 * MIB - 3, 0, 3 * MIB + 1, MIB):
            reader.seek(position)
            assert reader.read(10) == data[position : position + 10]
        assert raw.seek(-2, os.SEEK_END) == len(data) - 2
        assert raw.seek(10**9) == 10**9
        assert raw.read(1) == b""


def test_a_zip_is_written_as_a_stream_and_read_in_place() -> None:
    with objects.create(kind="package", bound_to="CASE-1", now=NOW) as out:
        with zipfile.ZipFile(out, "w") as archive:
            archive.writestr("a.txt", "a" * 2_000_000)
        stored = out.finish()
    with zipfile.ZipFile(objects.open_object(stored)) as archive:
        assert archive.read("a.txt") == b"a" * 2_000_000


def test_nothing_of_the_content_or_its_key_lies_open(evidence_folder: Path) -> None:
    canary = b"CANARY-6217000010001234567"
    stored = store(canary * 50_000)
    (path,) = everything(evidence_folder)
    assert canary not in path.read_bytes()
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    secret = keys.unwrap(stored.key)
    assert secret not in path.read_bytes() + bytes(DataKey.objects.get().wrapped)


def test_given_up_or_failed_it_leaves_nothing(evidence_folder: Path) -> None:
    out = objects.create(kind="package", bound_to="CASE-1", now=NOW)
    out.write(b"x" * 3 * MIB)
    out.abort()
    with pytest.raises(RuntimeError), objects.create(kind="package", bound_to="CASE-1", now=NOW) as out:
        out.write(b"x" * 3 * MIB)
        raise RuntimeError
    # The rows were undone after the file was whole.
    with pytest.raises(RuntimeError), objects.create(kind="package", bound_to="CASE-1", now=NOW) as out:
        out.write(b"x")
        with transaction.atomic():
            out.finish()
            raise RuntimeError
    assert everything(evidence_folder) == []
    assert (DataKey.objects.count(), StoredObject.objects.count()) == (0, 0)


def test_a_full_disk_leaves_nothing(evidence_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_arguments: object) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "pwrite", full)
    with pytest.raises(Refusal) as caught:
        store(b"x")
    assert caught.value.code == "unavailable"
    assert everything(evidence_folder) == []


def test_the_file_of_an_object_that_stands_survives_an_error_after_it(evidence_folder: Path) -> None:
    with pytest.raises(RuntimeError), objects.create(kind="package", bound_to="CASE-1", now=NOW) as out:
        out.write(b"x")
        stored = out.finish()
        raise RuntimeError
    objects.verify(stored)


def test_a_version_is_written_once() -> None:
    store(b"one", kind="package")
    store(b"two", kind="package", version=2)
    with pytest.raises(DatabaseError), transaction.atomic():
        store(b"another", kind="package", version=2)


def test_destroying_the_key_is_the_end_of_it(evidence_folder: Path, django_capture_on_commit_callbacks) -> None:
    stored, other = store(b"secret"), store(b"stays")
    with django_capture_on_commit_callbacks(execute=True):
        objects.destroy(stored, NOW)
    row = StoredObject.objects.select_related("key").get(pk=stored.pk)
    assert (row.state, bytes(row.key.wrapped), row.key.destroyed_at) == ("destroyed", b"", NOW)
    with pytest.raises(Refusal) as caught:
        objects.open_object(row)
    assert caught.value.code == "evidence-destroyed"
    assert everything(evidence_folder) == [files.path_of(other)]
    objects.verify(other)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE data_key SET destroyed_at = NULL, wrapped = 'x' WHERE destroyed_at IS NOT NULL",
        "UPDATE stored_object SET state = 'complete' WHERE state = 'destroyed'",
        "UPDATE stored_object SET sha256 = repeat('0', 64) WHERE state = 'complete'",
        "UPDATE stored_object SET bound_to = 'CASE-2'",
        "DELETE FROM stored_object WHERE state = 'complete'",
        "DELETE FROM data_key WHERE destroyed_at IS NULL",
    ],
)
def test_the_database_refuses_to_bring_back_or_change(statement: str) -> None:
    stored, _other = store(b"secret"), store(b"stays")
    objects.destroy(stored, NOW)
    with acting_as("aif_owner"), pytest.raises(DatabaseError), transaction.atomic():
        from django.db import connection

        with connection.cursor() as cursor:
            cursor.execute(statement)


def test_the_sweep_takes_old_files_that_no_row_counts(evidence_folder: Path) -> None:
    kept, gone = store(b"kept"), store(b"gone")
    objects.destroy(gone, NOW)
    lost = evidence_folder / "00" / "00000000-0000-4000-8000-000000000000.1"
    fresh = evidence_folder / "00" / "00000000-0000-4000-8000-000000000001.1"
    lost.parent.mkdir(exist_ok=True)
    for path in (lost, fresh):
        path.write_bytes(b"x")
    for path in everything(evidence_folder):
        if path != fresh:
            os.utime(path, ((NOW - timedelta(days=2)).timestamp(),) * 2)
    assert files.sweep(now=NOW) == 2
    assert everything(evidence_folder) == sorted([files.path_of(kept), fresh])
