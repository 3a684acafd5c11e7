"""What the desk decides about rings: undo a merger, set clues or an identifier apart, and lift that again.

Each decision is a row with its reason; the builder applies it within its next turn (rings/parting.py).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime

from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext_noop

from aif_share.errors import Refusal
from clues.models import Ring, RingCut, RingEdge, RingMerge, Sighting
from clues.notes import checked_note
from clues.rings.queries import RingNotFound
from members import audit
from members.models import User, reference
from members.permissions import Permission, check

MOST_CLUES = 200
IDENTIFIER = re.compile(r"\s*(C-[A-Z2-7]{26})/(\d{1,2})\s*")
MEETS_ANOTHER = """
SELECT EXISTS (SELECT 1 FROM ring_edge e JOIN ring_edge o ON o.type = e.type AND o.epoch = e.epoch AND o.token = e.token
    AND o.shade = e.shade AND o.component = e.component AND o.clue_id <> e.clue_id
    WHERE e.clue_id = %(clue)s AND e.type = %(type)s AND e.epoch = %(epoch)s AND e.token = %(token)s)
"""


class MergerNotFound(Refusal):
    """No such merger of this ring, or it does not stand any more."""

    def __init__(self) -> None:
        super().__init__("not-found", gettext_noop("There is no such merger of this ring now."))


class ClueNotInRing(Refusal):
    """What is to be set apart is not in the ring."""

    def __init__(self, field: str = "clues") -> None:
        super().__init__(
            "field-invalid", gettext_noop("Take what stands in this ring now, as its page says it."), field=field
        )


class NothingWouldBeLeft(Refusal):
    """All of the ring's clues at once cannot be set apart from each other."""

    def __init__(self) -> None:
        super().__init__(
            "field-invalid",
            gettext_noop("Leave clues in the ring: these would be set apart from nothing."),
            field="clues",
        )


class AlreadyUnderWay(Refusal):
    """This was decided already."""

    def __init__(self) -> None:
        super().__init__("conflict", gettext_noop("This is decided already; the ring is being built anew."))


class CutNotFound(Refusal):
    """No such separation in this ring that could be lifted."""

    def __init__(self) -> None:
        super().__init__("not-found", gettext_noop("There is no such separation that stands."))


@transaction.atomic
def unmerge(*, ring: str, merger: int, reason: str, by: User, now: datetime) -> RingCut:
    """Undo a recorded merger of `R-…`: both rings as they were, under their references.

    `merger` is the number the ring's page shows. Raise MergerNotFound, AlreadyUnderWay, RingNotFound, NoteRefused or
    PermissionMissing; then nothing is written.
    """
    reason = _checked(reason, by)
    found = _open_ring(ring)
    merge = RingMerge.objects.filter(pk=merger, component=found.component, undone_at__isnull=True).first()
    if merge is None:
        raise MergerNotFound
    cut = RingCut(ring=found, kind=RingCut.UNMERGE, merge=merge, reason=reason, decided_by=by, decided_at=now)
    return _decide(cut, "ring.unmerge", clues=len(merge.clues))


@transaction.atomic
def part_clues(*, ring: str, clues: Sequence[str], reason: str, by: User, now: datetime) -> RingCut:
    """Set clues (`C-…`, MOST_CLUES at most) apart from the rest of the ring. Raise ClueNotInRing too, and as `unmerge`."""
    reason = _checked(reason, by)
    found = _open_ring(ring)
    numbers = {reference.decode("C", each) or 0 for each in clues}
    inside = RingEdge.objects.filter(component=found.component)
    known = set(inside.filter(clue_id__in=numbers).values_list("clue_id", flat=True))
    if not numbers or len(numbers) > MOST_CLUES or known != numbers:
        raise ClueNotInRing
    if not inside.exclude(clue_id__in=numbers).exists():
        raise NothingWouldBeLeft
    cut = RingCut(ring=found, kind=RingCut.CLUES, clues=sorted(numbers), reason=reason, decided_by=by, decided_at=now)
    return _decide(cut, "ring.split", clues=len(numbers))


@transaction.atomic
def part_identifier(*, ring: str, identifier: str, reason: str, by: User, now: datetime) -> RingCut:
    """Let an identifier join nobody any more, in this ring or another.

    `identifier` is `C-…/n`, the n-th identifier of a clue in the ring that another clue in it shares: the desk never
    holds a token. Raise ClueNotInRing too, and as `unmerge`.
    """
    reason = _checked(reason, by)
    found = _open_ring(ring)
    named = IDENTIFIER.fullmatch(identifier)
    clue = reference.decode("C", named[1]) if named else None
    if named is None or clue is None:
        raise ClueNotInRing("identifier")
    sighting = Sighting.objects.filter(clue_id=clue, position=int(named[2])).first()
    inside = RingEdge.objects.filter(clue_id=clue, component=found.component)
    if (
        sighting is None
        or not inside.filter(type=sighting.type, epoch=sighting.epoch, token=sighting.token).exists()
        or not _meets_another(sighting)
    ):
        raise ClueNotInRing("identifier")
    cut = RingCut(
        ring=found,
        kind=RingCut.IDENTIFIER,
        type=sighting.type,
        epoch=sighting.epoch,
        token=sighting.token,
        reason=reason,
        decided_by=by,
        decided_at=now,
    )
    return _decide(cut, "ring.split", type=sighting.type)


@transaction.atomic
def lift(*, cut: int, reason: str, by: User, now: datetime, ring: str | None = None) -> RingCut:
    """Lift a separation, by the number the page shows; what belongs together joins again. Raise CutNotFound as well."""
    reason = _checked(reason, by)
    rows = RingCut.objects.select_for_update(of=("self",)).filter(pk=cut, lifted_at__isnull=True)
    found = rows.filter(ring_id=reference.decode("R", ring) or 0).first() if ring is not None else rows.first()
    if found is None:
        raise CutNotFound
    found.lifted_by, found.lifted_at, found.lift_reason = by, now, reason
    found.save(update_fields=["lifted_by", "lifted_at", "lift_reason"])
    audit.record(
        "ring.rejoin", actor=by, subject_ref=str(found.ring), detail={"kind": found.kind, "separation": found.pk}
    )
    return found


def _checked(reason: str, by: User) -> str:
    check(by, Permission.DESK_VIEW)
    check(by, Permission.RING_REVIEW)
    return checked_note(reason, required=True)


def _open_ring(ring: str) -> Ring:
    found = Ring.objects.filter(pk=reference.decode("R", ring) or 0, state=Ring.OPEN).first()
    if found is None:
        raise RingNotFound
    return found


def _meets_another(sighting: Sighting) -> bool:
    names = {"clue": sighting.clue_id, "type": sighting.type, "epoch": sighting.epoch, "token": str(sighting.token)}
    with connection.cursor() as cursor:
        cursor.execute(MEETS_ANOTHER, names)
        return bool(cursor.fetchone()[0])


def _decide(cut: RingCut, verb: str, **detail: object) -> RingCut:
    try:
        with transaction.atomic():
            cut.save(force_insert=True)
    except IntegrityError as error:
        if "ring_cut_undoes_once" not in str(error):
            raise
        raise AlreadyUnderWay from None
    audit.record(verb, actor=cut.decided_by, subject_ref=str(cut.ring), detail={"separation": cut.pk, **detail})
    return cut
