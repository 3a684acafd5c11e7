"""Reads of batches; strangers get nothing, not even the difference to a missing batch."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from django.db.models import Case, F, Max, Q, QuerySet, When
from django.db.models.functions import Now

from aif_share.errors import Refusal
from clues.models import Batch
from members.models import reference
from members.permissions import Viewer


@dataclass(frozen=True)
class BatchView:
    """A batch as its own institution sees it.

    `matched` stays 0 until the batch is released; clues of rows that are tried again count from their own tick on.
    """

    id: int
    batch: str
    state: str
    clues: int
    accepted: int
    duplicates: int
    refused: int
    quarantined: int
    matched: int
    released: bool
    digest: str
    received_at: datetime
    done_at: datetime | None

    @property
    def is_refused(self) -> bool:
        """Whether no row was taken at the door: rejected by its own rows, and not by the alliance, which holds none of those."""
        return self.state == Batch.REJECTED and self.clues == 0

    @property
    def progress(self) -> int:
        """Rows with an outcome, in percent of all rows."""
        rows = max(self.accepted + self.duplicates + self.refused + self.quarantined, 0)
        return 100 if self.done_at else min(99, rows * 100 // max(self.clues, 1))


@dataclass(frozen=True)
class RowResult:
    """The outcome of one row: accepted, duplicate, refused or quarantined (with its code)."""

    row: int
    client_ref: str | None
    outcome: str
    code: str | None


class BatchNotFound(Refusal):
    """No such batch, or not this institution's."""

    def __init__(self) -> None:
        super().__init__("not-found", "No such batch.")


def _with_release(viewer: Viewer) -> QuerySet[Any]:
    return Batch.objects.filter(institution_id=viewer.institution_id).annotate(
        unreleased=Max(
            "batchchunk__id",
            filter=Q(batchchunk__released_at__isnull=True) | Q(batchchunk__released_at__gt=Now()),
        ),
        told=F("matched") + Case(When(matched_later_at__lte=Now(), then=F("matched_later")), default=0),
    )


def _view(batch: Batch) -> BatchView:
    over = batch.state in (Batch.DONE, Batch.REJECTED)
    released = over and batch.unreleased is None  # type: ignore[attr-defined]
    return BatchView(
        id=batch.id,
        batch=reference.encode("B", batch.id),
        state=batch.state,
        clues=batch.clues,
        accepted=batch.accepted,
        duplicates=batch.duplicates,
        refused=batch.refused,
        quarantined=batch.quarantined,
        matched=batch.told if released else 0,  # type: ignore[attr-defined]
        released=released,
        digest=batch.digest,
        received_at=batch.received_at,
        done_at=batch.done_at,
    )


def get_batch(*, batch: str, viewer: Viewer) -> BatchView:
    """Return one batch. Raise BatchNotFound, for strangers too."""
    return _view(_get(batch, viewer))


def _get(batch: str, viewer: Viewer) -> Batch:
    try:
        return cast(Batch, _with_release(viewer).get(pk=reference.decode("B", batch) or 0))
    except Batch.DoesNotExist:
        raise BatchNotFound from None


def list_batches(*, viewer: Viewer, before: int | None = None, limit: int = 50) -> list[BatchView]:
    """Return the newest batches first, `before` a batch id (exclusive), `limit` at most."""
    batches = _with_release(viewer).order_by("-id")
    if before is not None:
        batches = batches.filter(pk__lt=before)
    return [_view(batch) for batch in batches[:limit]]
