"""Merge a case into another one, which takes over its parties and goes on."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_noop

from aif_share.errors import Refusal
from clues import events
from clues.cases import parties
from clues.events import telling
from clues.matching.release import next_tick
from clues.models import Case, CaseStep
from members import audit
from members.models import User
from members.permissions import Actor


def check_into(into: Case, case: Case) -> None:
    """Raise Refusal `field-invalid` unless `into`, which is locked, can take `case` over."""
    if into.pk == case.pk or into.state not in parties.JOIN:
        raise Refusal(
            "field-invalid", gettext_noop("Name another case whose evidence is still being gathered."), field="into"
        )


def absorb(case: Case, *, into: Case, by: Actor, now: datetime) -> None:
    """Make the parties of `case` parties of `into`, tell them and those it has; both rows are locked."""
    known = set(into.parties.values_list("institution_id", flat=True))
    fresh = [
        number
        for number in case.parties.order_by("institution_id").values_list("institution_id", flat=True)
        if number not in known
    ]
    parties.add(into, fresh, at=next_tick())
    told = [(number, events.CASE_OPENED) for number in fresh]
    told += [(number, events.CASE_MOVED) for number in sorted(known)]
    telling.tell("CASE", into.pk, told, now=now)
    into.version, into.changed_at = into.version + 1, now
    into.save(update_fields=["version", "changed_at"])
    CaseStep.objects.create(
        case=into,
        action="absorb",
        from_state=into.state,
        to_state=into.state,
        by_id=by.pk if isinstance(by, User) else None,
        actor_ref=by.audit_ref,
        at=now,
    )
    audit.record("case.absorb", actor=by, subject_ref=into.ref, detail={"case": case.ref, "version": into.version})
