"""Make the packages that were asked for: a worker gathers, writes into the vault, and stores the version; all or nothing.

Whoever makes one holds a lock of its database session, so that a version has one maker; it goes with a killed worker, and the
next turn begins anew. Nothing is written but the encrypted object, which does not count before it is finished.
"""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any, BinaryIO, Final, cast

from django.db import connection, transaction
from django.utils import timezone

from aif_share.errors import Refusal
from clues.evidence import custody
from clues.models import EvidenceItem, Package
from clues.packages import archive, gather, signing, standing
from clues.packages.asking import IN_THE_MAKING, record
from clues.vault import objects
from members.models import reference
from members.permissions import Job

log = logging.getLogger(__name__)

JOB: Final = Job("packages")
MOST_ATTEMPTS: Final = 3
_LOCK: Final = 0x504B  # "PK", the first of the two numbers of an advisory lock


def make_pending(*, now: datetime | None = None) -> int:
    """Make what waits, the oldest first; return how many were made or refused."""
    waiting = Package.objects.filter(state__in=IN_THE_MAKING).order_by("id").values_list("id", flat=True)
    done = 0
    for number in list(waiting[:10]):
        with _alone(number) as is_alone:
            if is_alone:
                done += _make(number, now or timezone.now())
    return done


@contextmanager
def _alone(number: int) -> Iterator[bool]:
    """Hold the session's lock of a package; False if another worker has it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [_LOCK, number % 2**31])
        (held,) = cursor.fetchone()
    try:
        yield held
    finally:
        if held:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [_LOCK, number % 2**31])


def _make(number: int, now: datetime) -> int:
    package = Package.objects.filter(pk=number, state__in=IN_THE_MAKING).first()
    if package is None:
        return 0
    if package.attempts >= MOST_ATTEMPTS:
        _fail(package, "internal", "")
        return 1
    package.attempts += 1
    package.state = Package.BUILDING
    package.save(update_fields=["attempts", "state"])
    try:
        _write(package, now)
    except Refusal as refusal:
        about = str(refusal.extra.get("about") or refusal.extra.get("evidence") or "")
        _fail(package, refusal.code, about)
    return 1


def _write(package: Package, now: datetime) -> None:
    signer = signing.load_signer(now=now)
    sources = standing.read_sources(package.case_id)
    _enter_custody(package, sources.evidence, now)
    contents = gather.gather(package, sources, now=now)
    with objects.create(
        kind="package", bound_to=f"package|{package.case_id}", now=now, version=package.version
    ) as target:
        with _Opened(sources.evidence) as opened:
            manifest = archive.write(target, contents, signer=signer, open_evidence=opened)
        with transaction.atomic():
            standing.check(package.case_id, sources.as_document())
            stored = target.finish()
            package.state, package.object, package.sources = Package.BUILT, stored, sources.as_document()
            package.size, package.sha256, package.manifest_sha256 = stored.size, stored.sha256, manifest.hex()
            package.signer_sha256, package.built_at = signer.fingerprint, now
            package.save(
                update_fields=["state", "object", "sources", "size", "sha256", "manifest_sha256", "signer_sha256",
                               "built_at"]
            )  # fmt: skip
            record("package.make", package, by=JOB, detail={"sha256": stored.sha256, "evidence": len(sources.evidence)})


def _enter_custody(package: Package, numbers: tuple[int, ...], now: datetime) -> None:
    """Say in the chain of every item that it goes into this package, before a byte of it is read."""
    with transaction.atomic():
        rows = EvidenceItem.objects.select_for_update(no_key=True, of=("self",)).filter(pk__in=numbers)
        for item in rows.order_by("id"):
            custody.add(item, "packaged", by=JOB, now=now, institution_id=None, note=package.ref)


class _Opened:
    """Opens the items of a package one after the other, by reference, and closes what is open in the end."""

    def __init__(self, numbers: tuple[int, ...]) -> None:
        self._numbers = set(numbers)
        self._open: list[Any] = []

    def __enter__(self) -> _Opened:
        return self

    def __exit__(self, *_error: object) -> None:
        for each in self._open:
            each.close()

    def __call__(self, evidence: str) -> BinaryIO:
        """Open one of them. Raise `standing.EvidenceGone`, KekMissing, IntegrityFailed."""
        number = reference.decode("EV", evidence) or 0
        item = EvidenceItem.objects.select_related("object__key").filter(pk__in=self._numbers, pk=number).first()
        if item is None or item.state == EvidenceItem.DESTROYED:
            raise standing.EvidenceGone(evidence)
        self._open.append(objects.open_object(item.object))
        return cast("BinaryIO", io.BufferedReader(self._open[-1], buffer_size=archive.BLOCK))


def _fail(package: Package, code: str, about: str) -> None:
    """Store why it was not made; what was written of it is gone already."""
    with transaction.atomic():
        package.state, package.failure, package.failure_about = Package.FAILED, code, about
        package.save(update_fields=["state", "failure", "failure_about"])
        record("package.fail", package, by=JOB, detail={"code": code, "about": about})
    log.warning("a package was not made: %s", code)
