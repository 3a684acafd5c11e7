"""Short ways to record for the tests: by the desk, with whatever a state needs filled in."""

from __future__ import annotations

import itertools
from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from aif_share.vocabulary import tracks
from clues.models import Case, ProcedureEntry
from clues.procedures import record
from members.models import User
from tests.factories import acting_as

_numbers = itertools.count(1001)
AUTHORITIES = {
    "police-criminal": "police-economic-crime",
    "police-administrative": "police-public-order",
    "regulator": "nfra-branch",
    "platform-telecom": "platform",
    "civil": "court-county",
}


def fields(track: str, state: str, **given: Any) -> dict[str, Any]:
    """Return a request for a state with what it has to have."""
    row = tracks.BY_CODE[track].state(state)
    made: dict[str, Any] = {
        "track": track,
        "state": state,
        "authority": AUTHORITIES[track],
        "date": (date.today() - timedelta(days=2)).isoformat(),
    }
    if row.document_required:
        made["document_no"] = f"X-{next(_numbers)}"
    if row.persons:
        made["persons"] = 1
    return made | given


def enter(case: Case, by: User, track: str, *states: str, proceeding: str = "", **given: Any) -> list[ProcedureEntry]:
    """Record states of one proceeding, one behind another; `given` belongs to the last. Open one unless it is named."""
    made = []
    with acting_as("aif_desk"):
        for turn, state in enumerate(states, start=1):
            request = fields(track, state, **(given if turn == len(states) else {}))
            if proceeding:
                request["proceeding"] = proceeding
            made.append(record.record(case=case.ref, request=request, by=by, now=timezone.now()))
            proceeding = str(made[-1].proceeding)
    return made
