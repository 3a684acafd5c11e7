"""What somebody asks to be recorded, field by field: a request of the API, or the values of a form, as a checked draft."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date as Day
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_noop

from aif_share.errors import Refusal
from aif_share.vocabulary import regions, tracks
from aif_share.vocabulary.tracks import RECEIPT, State, Track
from clues.days import read_day
from clues.notes import checked_note
from clues.submissions.rows import names_of
from clues.submissions.verdicts import read_document_no

FIELDS = frozenset(
    {
        "track", "proceeding", "state", "authority", "document_no", "date", "received_date", "persons",
        "persons_detained", "gangs", "items", "amount_claimed_cny", "amount_lost_cny", "amount_prevented_cny",
        "province", "self_reported", "note",
    }
)  # fmt: skip
AMOUNT = re.compile(r"(?:0|[1-9]\d{0,15})(?:\.\d{1,2})?")
MOST_PERSONS = 1_000_000
EARLIEST = Day(1997, 10, 1)  # when the present criminal code came into force


@dataclass(frozen=True, slots=True)
class Draft:
    """A state to record, each field checked by itself and against its state."""

    track: Track
    state: State
    authority: str
    document_no: str
    date: Day
    received_date: Day | None
    persons: int | None
    persons_detained: int | None
    gangs: int | None
    items: int | None
    amount_claimed_cny: Decimal | None
    amount_lost_cny: Decimal | None
    amount_prevented_cny: Decimal | None
    province: str
    self_reported: bool
    note: str


def read_draft(request: Mapping[str, Any], *, track: Track, today: Day) -> Draft:
    """Return the draft. Raise Refusal `unknown-field`, `field-missing`, `field-invalid`, `raw-identifier` with `field`."""
    unknown = request.keys() - FIELDS
    if unknown:
        raise Refusal("unknown-field", gettext_noop("The body has fields that do not exist."), fields=names_of(unknown))
    state = _state(track, request.get("state"))
    draft = Draft(
        track=track,
        state=state,
        authority=_authority(request.get("authority")),
        document_no=read_document_no(_text(request.get("document_no"), "document_no")),
        date=_date(request.get("date"), "date", today=today),
        received_date=_received(request.get("received_date"), today=today),
        persons=_number(request.get("persons"), "persons"),
        persons_detained=_number(request.get("persons_detained"), "persons_detained"),
        gangs=_number(request.get("gangs"), "gangs"),
        items=_number(request.get("items"), "items"),
        amount_claimed_cny=_amount(request.get("amount_claimed_cny"), "amount_claimed_cny"),
        amount_lost_cny=_amount(request.get("amount_lost_cny"), "amount_lost_cny"),
        amount_prevented_cny=_amount(request.get("amount_prevented_cny"), "amount_prevented_cny"),
        province=_province(request.get("province")),
        self_reported=_flag(request.get("self_reported")),
        note=checked_note(_text(request.get("note"), "note"), required=False),
    )
    _check_against_state(draft)
    return draft


def read_track(code: object) -> Track:
    """Return the track of this code. Raise Refusal."""
    if code is None or code == "":
        raise Refusal("field-missing", gettext_noop("Say which track it is."), field="track")
    if not isinstance(code, str) or code not in tracks.BY_CODE:
        raise Refusal("field-invalid", gettext_noop("There is no such track."), field="track")
    return tracks.BY_CODE[code]


def _check_against_state(draft: Draft) -> None:
    state = draft.state
    if state.document_required and not draft.document_no:
        raise Refusal(
            "field-missing",
            gettext_noop("This state needs the number of the authority's document."),
            field="document_no",
        )
    if state.persons and draft.persons is None:
        raise Refusal("field-missing", gettext_noop("Say how many persons it concerns."), field="persons")
    for name, counted in (("persons", state.persons), ("persons_detained", state.detains), ("items", state.items)):
        if getattr(draft, name) is not None and not counted:
            raise Refusal("field-invalid", gettext_noop("This state does not count that; leave it out."), field=name)
    if (draft.persons_detained or 0) > (draft.persons or 0):
        raise Refusal("field-invalid", gettext_noop("Those detained are among the persons."), field="persons_detained")
    if draft.received_date is not None and draft.received_date < draft.date:
        raise Refusal("field-invalid", gettext_noop("It was received before its own date."), field="received_date")
    if draft.received_date is not None and (state.deadline is None or state.deadline.runs_from != RECEIPT):
        raise Refusal(
            "field-invalid", gettext_noop("This state does not count that; leave it out."), field="received_date"
        )


def _state(track: Track, code: object) -> State:
    if code is None or code == "":
        raise Refusal("field-missing", gettext_noop("Say which state was reached."), field="state")
    for state in track.states:
        if state.code == code:
            return state
    raise Refusal("field-invalid", gettext_noop("The track has no such state."), field="state")


def _authority(value: object) -> str:
    if value is None or value == "":
        raise Refusal("field-missing", gettext_noop("Say which authority it is."), field="authority")
    if not isinstance(value, str):
        raise Refusal(
            "field-invalid", gettext_noop("There is no such authority in the list in force."), field="authority"
        )
    return value


def _text(value: object, field: str) -> str:
    if value is None:
        return ""
    if not isinstance(value, str):
        raise Refusal("field-invalid", gettext_noop("This field is a text."), field=field)
    return value


def _date(value: object, field: str, *, today: Day) -> Day:
    if value is None or value == "":
        raise Refusal("field-missing", gettext_noop("Say on which day."), field=field)
    try:
        found = read_day(value)
    except ValueError:
        found = None
    if found is None or not EARLIEST <= found <= today:
        raise Refusal("field-invalid", gettext_noop("A day of the past or today, as YYYY-MM-DD."), field=field)
    return found


def _received(value: object, *, today: Day) -> Day | None:
    return None if value is None or value == "" else _date(value, "received_date", today=today)


def _number(value: object, field: str) -> int | None:
    if value is None or value == "":
        return None
    if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= MOST_PERSONS:
        raise Refusal("field-invalid", gettext_noop("A whole number from 1 to 1,000,000."), field=field)
    return value


def _amount(value: object, field: str) -> Decimal | None:
    if value is None or value == "":
        return None
    if not isinstance(value, str) or AMOUNT.fullmatch(value) is None:
        raise Refusal("field-invalid", gettext_noop('An amount in CNY as text, like "1000.00".'), field=field)
    return Decimal(value)


def _province(value: object) -> str:
    if value is None or value == "":
        return ""
    if not isinstance(value, str) or value not in regions.BY_CODE:
        raise Refusal("field-invalid", gettext_noop("Take a code of the list `regions`."), field="province")
    return value


def _flag(value: object) -> bool:
    if value is None:
        return False
    if not isinstance(value, bool):
        raise Refusal("field-invalid", gettext_noop("This field is true or false."), field="self_reported")
    return value
