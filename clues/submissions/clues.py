"""Reads of an institution's own clues: what it reported, how it stands, what became of it. Never a token."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from django.db import connection

from aif_share.errors import Refusal
from clues.models import Clue, ClueChange, Sighting
from members.models import reference
from members.permissions import Permission, Viewer, check

STATES = (Clue.ACTIVE, Clue.WITHDRAWN, Clue.DISPUTED, Clue.EXPIRED)


@dataclass(frozen=True, slots=True)
class IdentifierView:
    """One identifier of a clue, in its place; `counted` tells whether it takes part in matching at present.

    `epoch` is the newest key epoch it stands in, `epochs` all of them, oldest first.
    """

    type: str
    epoch: int
    role: str
    counted: bool
    epochs: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class ClueView:
    """A clue as its own institution sees it; the amount is in yuan with two decimals.

    `review` is `none` (grade C needs none), `waiting`, `confirmed` or `returned`; `at_desk`: it waits for the alliance.
    `answering` names the places of the identifiers that answer screenings at present.
    """

    id: int
    clue: str
    client_ref: str
    category: str
    level: str | None
    grade: str
    channel: str | None
    observed_at: datetime | None
    region: str | None
    amount_cny: str | None
    crime_indicator: bool
    indicators: tuple[str, ...] | None
    consumer_contacted: str | None
    tlp: str
    evidence_sha256: str | None
    basis: str
    state: str
    version: int
    received_at: datetime
    expires_at: datetime
    batch: str
    identifiers: tuple[IdentifierView, ...]
    review: str
    at_desk: bool
    answering: tuple[int, ...]
    batch_id: int

    @property
    def answers_screenings(self) -> bool:
        """Whether any of its identifiers answers a screening at present."""
        return bool(self.answering)


@dataclass(frozen=True, slots=True)
class ChangeView:
    """One step in the life of a clue: which version it made, what was done, why, to which fields, and by whom.

    `actor` is a person's reference (`U-…`), a key's id, or the name of a job.
    """

    id: int
    version: int
    change: str
    reason: str | None
    at: datetime
    fields: tuple[str, ...] = ()
    actor: str = ""


class ClueNotFound(Refusal):
    """No such clue, or not this institution's."""

    def __init__(self) -> None:
        super().__init__("not-found", "No such clue.")


def list_clues(
    *,
    viewer: Viewer,
    state: str | None = None,
    category: str | None = None,
    client_ref: str | None = None,
    before: int | None = None,
    limit: int = 100,
) -> list[ClueView]:
    """Return the viewer's clues, newest first, `before` a clue's id (exclusive), `limit` at most."""
    check(viewer, Permission.CLUE_VIEW)
    found = Clue.objects.filter(institution_id=viewer.institution_id).order_by("-id")
    for name, value in (("state", state), ("category", category), ("client_ref", client_ref)):
        if value is not None:
            found = found.filter(**{name: value})
    if before is not None:
        found = found.filter(pk__lt=before)
    return show(found[:limit])


def get_clue(*, clue: str, viewer: Viewer) -> ClueView:
    """Return one clue. Raise ClueNotFound, for strangers too."""
    check(viewer, Permission.CLUE_VIEW)
    return show([_get(clue, viewer)])[0]


def list_history(*, clue: str, viewer: Viewer, after: int | None = None, limit: int = 100) -> list[ChangeView]:
    """Return what was done with the clue, oldest first, behind the id `after`. Raise ClueNotFound, for strangers too."""
    check(viewer, Permission.CLUE_VIEW)
    changes = ClueChange.objects.filter(clue_id=_get(clue, viewer).pk, pk__gt=after or 0).order_by("id")
    return [
        ChangeView(
            change.pk,
            change.version,
            change.kind,
            change.reason or None,
            change.created_at,
            (*sorted(change.before), *(("identifiers",) if change.identifiers is not None else ())),
            change.actor_ref,
        )
        for change in changes[:limit]
    ]


def show(clues: Iterable[Clue]) -> list[ClueView]:
    """Return clues of one institution as it sees them, with the identifiers that stand or are about to."""
    found = list(clues)
    identifiers: dict[int, list[tuple[int, IdentifierView]]] = {clue.pk: [] for clue in found}
    numbers = list(identifiers)
    for sighting in Sighting.objects.filter(clue_id__in=numbers):
        seen = IdentifierView(sighting.type, sighting.epoch, sighting.role, sighting.counted)
        identifiers[sighting.clue_id].append((sighting.position, seen))
    # The last list that waits to be applied is what the clue says now; it does not count yet.
    for clue_id, lines in _waiting(numbers):
        identifiers[clue_id] = [
            (int(position), IdentifierView(kind, int(epoch), role, False))
            for position, kind, epoch, _token, role, *_ in (line.split("\t") for line in lines.splitlines())
        ]
    answering: dict[int, list[int]] = {}
    if found:
        with connection.cursor() as cursor:
            cursor.execute("SELECT * FROM aif_own_answering(%s, %s)", [found[0].institution_id, numbers])
            for clue_id, position in cursor.fetchall():
                answering.setdefault(clue_id, []).append(position)
    return [_view(clue, identifiers[clue.pk], answering.get(clue.pk, [])) for clue in found]


def _waiting(clues: list[int]) -> list[tuple[int, str]]:
    waiting = ClueChange.objects.filter(clue_id__in=clues, applied_at__isnull=True, identifiers__isnull=False)
    return [(clue, lines or "") for clue, lines in waiting.order_by("id").values_list("clue_id", "identifiers")]


def _get(clue: str, viewer: Viewer) -> Clue:
    try:
        return Clue.objects.get(pk=reference.decode("C", clue) or 0, institution_id=viewer.institution_id)
    except Clue.DoesNotExist:
        raise ClueNotFound from None


def _view(clue: Clue, identifiers: list[tuple[int, IdentifierView]], answering: Iterable[int]) -> ClueView:
    return ClueView(
        id=clue.pk,
        clue=reference.encode("C", clue.pk),
        client_ref=clue.client_ref,
        category=clue.category,
        level=clue.level,
        grade=clue.grade,
        channel=clue.channel,
        observed_at=clue.observed_at,
        region=clue.region,
        amount_cny=None if clue.amount_cny is None else f"{clue.amount_cny:.2f}",
        crime_indicator=clue.crime_indicator,
        indicators=None if clue.indicators is None else tuple(clue.indicators),
        consumer_contacted=clue.consumer_contacted,
        tlp=clue.tlp,
        evidence_sha256=None if clue.evidence_sha256 is None else bytes(clue.evidence_sha256).hex(),
        basis=clue.basis,
        state=clue.state,
        version=clue.version,
        received_at=clue.received_at,
        expires_at=clue.expires_at,
        batch=reference.encode("B", clue.batch_id),
        identifiers=_places(identifiers),
        review=_shown_review(clue),
        at_desk=clue.review == Clue.AT_DESK and clue.grade != "C",
        answering=tuple(answering),
        batch_id=clue.batch_id,
    )


def _places(identifiers: list[tuple[int, IdentifierView]]) -> tuple[IdentifierView, ...]:
    """One view for each place of a clue, whose token may stand there in two key epochs."""
    by_place: dict[int, list[IdentifierView]] = {}
    for place, seen in sorted(identifiers, key=lambda each: (each[0], each[1].epoch)):
        by_place.setdefault(place, []).append(seen)
    return tuple(
        replace(seen[-1], counted=any(each.counted for each in seen), epochs=tuple(each.epoch for each in seen))
        for seen in by_place.values()
    )


def _shown_review(clue: Clue) -> str:
    if clue.grade == "C":
        return "none"
    return Clue.WAITING if clue.review == Clue.AT_DESK else clue.review
