"""Which state may follow which: written down by hand for each track, and compared with the table state by state."""

from __future__ import annotations

import pytest

from aif_share.vocabulary import tracks
from clues.procedures.chain import is_in_order, next_states

# What was recorded -> what may come next, in the table's order.
EXPECTED = {
    "police-criminal": {
        "": "in-preparation submitted",
        "in-preparation": "submitted",
        "submitted": "accepted",
        "submitted accepted": "filed refused transferred",
        "submitted accepted refused": "reconsideration supervision",
        "submitted accepted refused reconsideration": "filed supervision",
        "submitted accepted refused supervision": "filed",
        "submitted accepted transferred": "accepted coercive-measures sent-for-prosecution withdrawn",
        "submitted accepted filed": "transferred coercive-measures sent-for-prosecution withdrawn",
        "submitted accepted filed coercive-measures": "transferred coercive-measures sent-for-prosecution withdrawn",
        "submitted accepted filed sent-for-prosecution": "sent-for-prosecution prosecuted not-prosecuted",
        "submitted accepted filed sent-for-prosecution not-prosecuted": "sent-for-prosecution prosecuted not-prosecuted",
        "submitted accepted filed sent-for-prosecution prosecuted":
            "sent-for-prosecution prosecuted not-prosecuted judgment acquitted",
        "submitted accepted filed withdrawn": "",
    },
    "police-administrative": {
        "": "accepted",
        "accepted": "penalty no-penalty turned-criminal",
        "accepted penalty": "penalty no-penalty turned-criminal penalty-revoked",
        "accepted no-penalty": "penalty no-penalty turned-criminal",
        "accepted turned-criminal": "",
    },
    "regulator": {
        "": "accepted refused",
        "refused": "",
        "accepted": "filed measures transferred-to-police",
        "accepted filed": "penalty measures transferred-to-police",
        "accepted filed penalty": "penalty measures transferred-to-police penalty-revoked",
    },
    "platform-telecom": {
        "": "requested",
        "requested": "confirmed",
        "requested confirmed": "removed blocked",
        "requested confirmed removed": "removed blocked re-appeared",
        "requested confirmed removed re-appeared": "requested removed blocked re-appeared",
    },
    "civil": {
        "": "mediation suit",
        "mediation": "suit agreement",
        "suit": "agreement judgment",
        "suit judgment": "",
        "mediation suit agreement": "",
    },
}  # fmt: skip
CASES = [(track, states.split(), after.split()) for track, rows in EXPECTED.items() for states, after in rows.items()]


@pytest.mark.parametrize(("track", "states", "after"), CASES)
def test_what_may_come_next(track: str, states: list[str], after: list[str]) -> None:
    assert [state.code for state in next_states(tracks.BY_CODE[track], states)] == after


def test_a_record_that_lost_a_line() -> None:
    track = tracks.POLICE_CRIMINAL
    assert is_in_order(track, ["submitted", "accepted", "filed"])
    assert not is_in_order(track, ["submitted", "filed"])
    assert not is_in_order(track, ["accepted"])
    assert is_in_order(track, [])
