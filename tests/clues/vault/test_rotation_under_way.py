"""Rotation of the KEK while uploads go on: nothing waits for it, and afterwards nothing needs the old one."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.db import connection
from django.utils import timezone

from clues.models import DataKey, StoredObject
from clues.vault import frames, keys, objects, receiving
from members.permissions import Console
from tests.clues.vault.test_objects import store
from tests.factories import acting_as

UPLOADERS = 2


def upload(content: bytes) -> StoredObject:
    """Receive an object in three pieces, each of which unwraps the key anew."""
    stored = receiving.begin(kind="evidence", bound_to="case:1|party:1", size=len(content), now=timezone.now())
    for _turn in range(3):
        with receiving.Receiver(stored) as receiver:
            start = receiver.received
            receiver.write(content[start : start + frames.FRAME])
            receiver.acknowledge()
        time.sleep(0.01)
    with receiving.Receiver(stored) as receiver:
        return receiver.complete(*receiver.digests())


def test_uploads_go_on(fresh_database: str, evidence_folder: Path, settings: Any, scale: Callable[..., int]) -> None:
    count = scale(150, full=10_000)
    old = [store(f"old evidence {number}".encode()) for number in range(count)]
    settings.AIF_KEKS = {**settings.AIF_KEKS, "k2": os.urandom(32)}
    over, begun, done, failures = threading.Event(), threading.Event(), [], []

    def go_on() -> None:
        try:
            while not over.is_set() or not done:
                content = os.urandom(2 * frames.FRAME + 99)
                done.append((upload(content).pk, content))
                begun.set()
        except Exception as error:
            failures.append(error)
        finally:
            begun.set()
            connection.close()

    threads = [threading.Thread(target=go_on) for _number in range(UPLOADERS)]
    for thread in threads:
        thread.start()
    assert begun.wait(60)
    before, clock = len(done), time.monotonic()
    with acting_as("aif_desk"):
        rotated = keys.rotate(by=Console("rotate_keks"), now=timezone.now())
    seconds = time.monotonic() - clock
    over.set()
    for thread in threads:
        thread.join(120)
    assert failures == []
    assert rotated >= count
    with acting_as("aif_desk"):
        keys.rotate(by=Console("rotate_keks"), now=timezone.now())
        assert set(keys.count_by_kek()) == {"k2"}
    settings.AIF_KEKS = {"k2": settings.AIF_KEKS["k2"]}  # the old one is gone
    assert DataKey.objects.count() == count + len(done)
    for number, stored in enumerate(old):
        row = StoredObject.objects.select_related("key").get(pk=stored.pk)
        assert objects.open_object(row).read(100) == f"old evidence {number}".encode()
    for ident, content in done:
        row = StoredObject.objects.select_related("key").get(pk=ident)
        objects.verify(row)
        assert row.size == len(content)
    print(
        f"{rotated} keys wrapped anew in {seconds:.2f} s; {len(done)} uploads, {len(done) - before} of them meanwhile"
    )
