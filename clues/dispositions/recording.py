"""Record what the institution did, or asked somebody to do, about a clue of its own, a match or a case it is party of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db import IntegrityError, transaction
from django.db.models.functions import Now
from django.utils.translation import gettext_noop

from aif_share.errors import Refusal
from aif_share.vocabulary import categories, dispositions
from clues.cases import queries as cases
from clues.matching.queries import get_match, list_some
from clues.models import Clue, Disposition, DispositionStep, Match, Sighting
from clues.notes import checked_note
from members import audit
from members.permissions import Permission, check
from members.queries import Member

from . import fields, grounds
from .workflow import RECORDED

SUBJECTS: Final = ("match", "client_ref", "case")
FIELDS: Final = frozenset(
    {
        *SUBJECTS,
        "identifier",
        "kind",
        "category",
        "state",
        "done_at",
        "document_no",
        "review_date",
        "note",
        *fields.EFFECTS,
    }
)
_ONCE: Final = ("disposition_once_a_match", "disposition_once_an_identifier")


class SectorRefused(Refusal):
    """Institutions of this sector do not take this measure."""

    def __init__(self) -> None:
        super().__init__(
            "sector-refused", gettext_noop("Institutions of your sector do not take this measure."), field="kind"
        )


class RecordedAlready(Refusal):
    """The same measure about the same thing is in force already."""

    def __init__(self) -> None:
        super().__init__("conflict", gettext_noop("You have recorded this measure about it already; change that one."))


@dataclass(frozen=True, slots=True)
class _About:
    """What the measure is about: columns of the row, since when one could act, and the category of the own clue."""

    columns: Mapping[str, Any]
    started_at: datetime
    category: str | None


def record(*, request: Mapping[str, Any], by: Member, now: datetime) -> Disposition:
    """Record a disposition and return it. Raise Refusal; then nothing is stored.

    `request` has a `kind` and exactly one of `match` (`M-…`), `client_ref` (with `identifier`, its place in the clue from 0)
    and `case` (`CASE-…`); and maybe `state` (requested, or done as a rule), `done_at`, `category`, `document_no`,
    `review_date`, `note` and effects. Others are not told.
    """
    check(by, Permission.CLUE_SUBMIT)
    fields.check_names(request, FIELDS)
    kind = dispositions.BY_CODE[fields.read_code(request, "kind", dispositions.BY_CODE)]
    if kind.sectors and by.sector not in kind.sectors:
        raise SectorRefused
    state = fields.read_code(request, "state", RECORDED) if request.get("state") else Disposition.DONE
    note = checked_note(_text(request.get("note")), required=False)
    document_no = fields.read_document_no(request.get("document_no"), required=kind.document_required)
    about = _about(request, by)
    row = Disposition(
        institution_id=by.institution_id,
        kind=kind.code,
        category=_category(request, about),
        state=state,
        document_no=document_no,
        started_at=about.started_at,
        review_date=fields.read_review_date(request.get("review_date"), days=kind.review_days, now=now),
        recorded_by_ref=by.audit_ref,
        recorded_at=now,
        changed_at=now,
        **about.columns,
        **fields.read_effects(request),
    )
    if state == Disposition.DONE:
        fields.put_done(row, fields.read_done_at(request.get("done_at"), now=now))
    with transaction.atomic():
        try:
            with transaction.atomic():
                row.save(force_insert=True)
        except IntegrityError as error:
            if not any(name in str(error) for name in _ONCE):
                raise
            raise RecordedAlready from None
        DispositionStep.objects.create(
            disposition=row, action="record", to_state=state, note=note, by_ref=by.audit_ref, at=now
        )
        audit.record(
            "disposition.record",
            actor=by,
            subject_ref=row.ref,
            institution_id=by.institution_id,
            detail={"kind": kind.code, "subject": row.subject, "state": state},
        )
    return row


def _about(request: Mapping[str, Any], by: Member) -> _About:
    given = [name for name in SUBJECTS if request.get(name)]
    if len(given) != 1:
        raise Refusal("field-missing", gettext_noop("Give exactly one of `match`, `client_ref` and `case`."))
    (name,) = given
    if not isinstance(request[name], str):
        raise Refusal("field-invalid", gettext_noop("This is a reference."), field=name)
    if "identifier" in request and name != "client_ref":
        raise Refusal("field-invalid", gettext_noop("`identifier` goes with `client_ref`."), field="identifier")
    if name == "match":
        return _about_match(request["match"], by)
    return _about_case(request["case"], by) if name == "case" else _about_clue(request, by)


def _about_match(match: str, by: Member) -> _About:
    found = get_match(match=match, viewer=by)
    own = found.mine[0] if found.mine else None
    category = None
    if own is not None:
        category = Clue.objects.values_list("category", flat=True).get(
            institution_id=by.institution_id, client_ref=own.client_ref
        )
    columns = {
        "subject": Disposition.MATCH,
        "match_id": found.id,
        "type": found.type,
        "client_ref": "" if own is None else own.client_ref,
        "position": 0 if own is None else own.identifier,
        **grounds.shown_of(found),
    }
    return _About(columns, found.released_at, category)


def _about_case(case: str, by: Member) -> _About:
    found = cases.get_case(case=case, viewer=by)
    category = None if found.match is None else _about_match_of(found.match, by)
    return _About({"subject": Disposition.CASE, "case_id": found.id}, found.released_at, category)


def _about_match_of(match: str, by: Member) -> str | None:
    try:
        return _about_match(match, by).category
    except Refusal:  # undone since the case was opened
        return None


def _about_clue(request: Mapping[str, Any], by: Member) -> _About:
    place = request.get("identifier", 0)
    if isinstance(place, bool) or not isinstance(place, int):
        raise Refusal("field-invalid", gettext_noop("The clue has no identifier in this place."), field="identifier")
    clue = Clue.objects.filter(institution_id=by.institution_id, client_ref=request["client_ref"]).first()
    if clue is None:
        raise Refusal("not-found", gettext_noop("You have no such clue."))
    if clue.state in (Clue.WITHDRAWN, Clue.EXPIRED):
        raise Refusal("transition-refused", gettext_noop("The clue has ended; it is no ground for a measure."))
    own = Sighting.objects.filter(clue=clue, position=place).first()
    if own is None:
        raise Refusal("field-invalid", gettext_noop("The clue has no identifier in this place."), field="identifier")
    match = Match.objects.filter(
        type=own.type,
        epoch=own.epoch,
        token=own.token,
        parties__institution_id=by.institution_id,
        parties__released_at__lte=Now(),
    ).values_list("pk", flat=True)
    seen = list_some(matches=list(match), viewer=by)
    columns = {
        "subject": Disposition.CLUE,
        "clue_id": clue.pk,
        "client_ref": clue.client_ref,
        "position": place,
        "match_id": seen[0].id if seen else None,
        "type": own.type,
        **(grounds.shown_of(seen[0]) if seen else {}),
    }
    return _About(columns, clue.received_at, clue.category)


def _category(request: Mapping[str, Any], about: _About) -> str:
    if request.get("category"):
        return fields.read_code(request, "category", categories.BY_CODE)
    if about.category is None:
        raise Refusal("field-missing", gettext_noop("Say which category it is about."), field="category")
    return about.category


def _text(value: Any) -> str:
    if value is None:
        return ""
    if not isinstance(value, str):
        raise Refusal("field-invalid", gettext_noop("A note is text."), field="note")
    return value
