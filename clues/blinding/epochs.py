"""Key epochs: which (type, epoch) pairs are live, and which pepper each stored token carries."""

import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection, transaction
from django.utils.translation import gettext_noop

from aif_share.errors import Refusal
from aif_share.identifiers import types
from aif_share.oprf import SUITE
from clues.events import EPOCH_ANNOUNCED, EPOCH_OPENED
from clues.models import KeyEpoch
from members import audit
from members.permissions import Actor, Console, Job
from members.row_security.logins import is_embedded

LIFETIME = timedelta(days=3 * 365)
CACHE_SECONDS = 2.0
SHORTEST_OVERLAP = timedelta(days=14)
"""Custodians charge by the day: a member with many clues needs days to make its tokens anew."""
JOB = Job("key-epochs")
TELL = """
INSERT INTO event (institution_id, kind, subject_kind, subject_id, created_at)
SELECT id, %(kind)s, 'EP', %(epoch)s, %(now)s FROM institution WHERE state = 'live' ORDER BY id
"""


Peppers = Mapping[tuple[str, int], bytes]
"""The pepper of each (type, epoch) in force; what is not there is retired, or was never opened."""


class _Cache(threading.local):
    value: Peppers | None = None
    read_at: float = 0.0
    database: str = ""


_cache = _Cache()


def get_epochs() -> Peppers:
    """Return the epochs in force, at most two seconds old; the matcher checks them once more."""
    database = str(connection.settings_dict["NAME"])
    fresh = time.monotonic() - _cache.read_at < CACHE_SECONDS and _cache.database == database
    if _cache.value is None or not fresh:
        _cache.value = read_epochs()
        _cache.read_at = time.monotonic()
        _cache.database = database
    return _cache.value


def read_epochs() -> Peppers:
    """Return the epochs in force as the database holds them now.

    Raise Refusal (`pepper-missing`) when the configuration lacks a pepper that an epoch names:
    storing under another would lose every match of that epoch.
    """
    peppers: dict[tuple[str, int], bytes] = {}
    for row in KeyEpoch.objects.filter(state__in=KeyEpoch.IN_FORCE):
        if row.pepper_id not in settings.AIF_PEPPERS:
            raise Refusal(
                "pepper-missing",
                f"AIF_PEPPERS holds no pepper named {row.pepper_id}, which epoch {row.epoch} needs.",
            )
        peppers[row.type, row.epoch] = settings.AIF_PEPPERS[row.pepper_id]
    return peppers


@transaction.atomic
def open_epoch(*, epoch: int, by: Actor, now: datetime) -> int:
    """Open an epoch for every identifier type that has none of that number; return how many.

    The first epoch, and new types of one that is there, need nobody else; a further one does (`clues.blinding.rotation`).
    """
    _check_rotation(KeyEpoch.objects.exclude(epoch=epoch).exists() and not _is_known(epoch), by)
    pepper_id = list(settings.AIF_PEPPERS)[-1]
    known = set(KeyEpoch.objects.filter(epoch=epoch).values_list("type", flat=True))
    KeyEpoch.objects.filter(state=KeyEpoch.ACTIVE, epoch__lt=epoch).update(state=KeyEpoch.OVERLAP)
    fresh = [code for code in types() if code not in known]
    KeyEpoch.objects.bulk_create(
        KeyEpoch(
            type=code,
            epoch=epoch,
            suite=SUITE,
            pepper_id=pepper_id,
            not_before=now,
            not_after=now + LIFETIME,
        )
        for code in fresh
    )
    if fresh:
        audit.record("epoch.open", actor=by, subject_ref=f"epoch-{epoch}", detail={"types": len(fresh)})
    return len(fresh)


@transaction.atomic
def retire_epoch(*, epoch: int, by: Actor, now: datetime) -> int:
    """Retire an epoch: its tokens are refused from now on. Return how many types it had."""
    _check_rotation(_is_known(epoch), by)
    changed = KeyEpoch.objects.filter(epoch=epoch).exclude(state=KeyEpoch.RETIRED)
    count = changed.update(state=KeyEpoch.RETIRED, not_after=now)
    if count:
        audit.record("epoch.retire", actor=by, subject_ref=f"epoch-{epoch}", detail={"types": count})
    return count


@transaction.atomic
def announce_epoch(*, epoch: int, opens_at: datetime, overlaps_until: datetime, by: Actor, now: datetime) -> int:
    """Announce the next epoch of every type, and the end of those in force; return of how many types.

    From `opens_at` on members make their tokens in it, and until `overlaps_until` both match and are screened. The
    directory names it as soon as it is published anew. Raise Refusal `field-invalid` for dates that leave no time.
    """
    _check_rotation(True, by)
    check_dates(opens_at, overlaps_until, now=now)
    pepper_id = list(settings.AIF_PEPPERS)[-1]
    KeyEpoch.objects.bulk_create(
        KeyEpoch(
            type=code,
            epoch=epoch,
            suite=SUITE,
            state=KeyEpoch.ANNOUNCED,
            pepper_id=pepper_id,
            not_before=opens_at,
            not_after=opens_at + LIFETIME,
        )
        for code in types()
    )
    KeyEpoch.objects.filter(state__in=KeyEpoch.IN_FORCE).update(not_after=overlaps_until)
    detail = {"types": len(types()), "opens_at": opens_at.isoformat(), "overlaps_until": overlaps_until.isoformat()}
    _tell(EPOCH_ANNOUNCED, epoch, now)
    audit.record("epoch.announce", actor=by, subject_ref=f"epoch-{epoch}", detail=detail)
    return len(types())


def check_dates(opens_at: datetime, overlaps_until: datetime, *, now: datetime) -> None:
    """Raise Refusal `field-invalid` unless members have notice and time to report again."""
    if opens_at < now:
        raise Refusal("field-invalid", gettext_noop("The day it opens has to lie ahead."), field="opens_at")
    if overlaps_until < opens_at + SHORTEST_OVERLAP:
        raise Refusal(
            "field-invalid", gettext_noop("Both epochs have to stand side by side for two weeks at least."),
            field="overlaps_until",
        )  # fmt: skip


def turn(*, now: datetime) -> dict[str, int]:
    """Do what was announced for an hour that has come: open what is announced, retire what overlapped. In the matcher's role.

    Return how many epochs of a type were opened and retired; audited, so that a second run finds nothing to do.
    """
    with transaction.atomic():
        due = KeyEpoch.objects.select_for_update().filter(state=KeyEpoch.ANNOUNCED, not_before__lte=now)
        numbers = sorted(set(due.values_list("epoch", flat=True)))
        opened = 0
        for number in numbers:
            older = KeyEpoch.objects.filter(state=KeyEpoch.ACTIVE, epoch__lt=number)
            older.update(state=KeyEpoch.OVERLAP)
            count = KeyEpoch.objects.filter(state=KeyEpoch.ANNOUNCED, epoch=number).update(state=KeyEpoch.ACTIVE)
            _tell(EPOCH_OPENED, number, now)
            audit.record("epoch.open", actor=JOB, subject_ref=f"epoch-{number}", detail={"types": count})
            opened += count
        over = KeyEpoch.objects.select_for_update().filter(state=KeyEpoch.OVERLAP, not_after__lte=now)
        retired = 0
        for number in sorted(set(over.values_list("epoch", flat=True))):
            count = over.filter(epoch=number).update(state=KeyEpoch.RETIRED)
            audit.record("epoch.retire", actor=JOB, subject_ref=f"epoch-{number}", detail={"types": count})
            retired += count
    return {"opened": opened, "retired": retired}


@dataclass(frozen=True, slots=True)
class Rotation:
    """A rotation under way: `epoch` is the coming one, or the present one while an older one stands beside it."""

    epoch: int
    opens_at: datetime
    overlaps_until: datetime
    is_open: bool


def get_rotation() -> Rotation | None:
    """Return the rotation that members have to know of, the one that ends first; None when none is under way."""
    rows = KeyEpoch.objects.filter(state__in=(KeyEpoch.ANNOUNCED, *KeyEpoch.IN_FORCE))
    newest = rows.order_by("-epoch").first()
    older = None if newest is None else rows.filter(epoch__lt=newest.epoch).order_by("not_after").first()
    if newest is None or older is None:
        return None
    return Rotation(newest.epoch, newest.not_before, older.not_after, newest.state == KeyEpoch.ACTIVE)


def _tell(kind: str, epoch: int, now: datetime) -> None:
    with connection.cursor() as cursor:
        cursor.execute(TELL, {"kind": kind, "epoch": epoch, "now": now})


def _is_known(epoch: int) -> bool:
    return KeyEpoch.objects.filter(epoch=epoch).exclude(state=KeyEpoch.RETIRED).exists()


def _check_rotation(is_one: bool, by: Actor) -> None:
    """But on an embedded stack the console alone rotates nothing: a second person approves at the desk."""
    if is_one and isinstance(by, Console) and not is_embedded():
        raise Refusal("four-eyes", gettext_noop("Propose this at the desk, where a second person decides."))
