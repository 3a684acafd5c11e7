"""The counters of outcomes as SQL: what each proceeding adds to each of them. The row is the rule.

A proceeding is summed up from its entries that stand (`RUN`): every value below is of one proceeding, so that the same
expression gives the sum, and the cases behind it.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

# What stands: states that were not voided, and of members' those that the desk confirmed.
STANDING: Final = """
SELECT p.case_id, p.track::text AS track, e.* FROM procedure_entry e JOIN proceeding p ON p.id = e.proceeding_id
WHERE e.kind = 'state'
    AND NOT EXISTS (SELECT 1 FROM procedure_entry v WHERE v.about_id = e.id AND v.kind = 'void')
    AND (e.institution_id IS NULL
        OR EXISTS (SELECT 1 FROM procedure_entry c WHERE c.about_id = e.id AND c.kind = 'confirmation'))
"""


def _latest(name: str) -> str:
    """The last entry that says it counts: what it says takes the place of what was said before."""
    return f"(array_agg({name} ORDER BY number DESC) FILTER (WHERE {name} IS NOT NULL))[1]"


def _self_reported(name: str) -> str:
    part = f"CASE WHEN self_reported THEN {name} ELSE 0 END"
    return f"(array_agg({part} ORDER BY number DESC) FILTER (WHERE {name} IS NOT NULL))[1]"


def _sum(name: str, *states: str) -> str:
    listed = ", ".join(f"'{state}'" for state in states)
    return f"coalesce(sum({name}) FILTER (WHERE state IN ({listed})), 0)"


RUN: Final = f"""
SELECT proceeding_id, case_id, track, min(date) AS began, array_agg(state::text) AS states,
    (array_agg(state::text ORDER BY number DESC))[1] AS last,
    array_remove(array_agg(DISTINCT province::text), '') AS provinces,
    {_sum("persons", "coercive-measures")} AS coercive, {_sum("persons", "sent-for-prosecution")} AS sent,
    {_sum("persons", "prosecuted")} AS prosecuted, {_sum("persons", "judgment")} AS convicted,
    {_sum("persons", "penalty")} AS penalized, {_sum("persons_detained", "penalty")} AS detained,
    {_sum("coalesce(items, 1)", "requested")} AS requested, {_sum("coalesce(items, 1)", "removed", "blocked")} AS removed,
    {_sum("coalesce(items, 1)", "re-appeared")} AS reappeared, {_latest("gangs")} AS gangs,
    {_latest("amount_claimed_cny")} AS claimed, {_self_reported("amount_claimed_cny")} AS claimed_self,
    {_latest("amount_lost_cny")} AS lost, {_self_reported("amount_lost_cny")} AS lost_self,
    {_latest("amount_prevented_cny")} AS prevented, {_self_reported("amount_prevented_cny")} AS prevented_self
FROM standing GROUP BY proceeding_id, case_id, track
"""  # noqa: S608 - put together from literals


def _of(track: str, condition: str = "true") -> str:
    return f"(track = '{track}' AND {condition})::int"


def _reached(track: str, *states: str) -> str:
    return _of(track, f"states && ARRAY[{', '.join(repr(state) for state in states)}]")


CRIMINAL, ADMINISTRATIVE = "police-criminal", "police-administrative"
REGULATOR, CIVIL = "regulator", "civil"
VALUES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "cases-pushed": _of(CRIMINAL),
        "cases-in-preparation": _of(CRIMINAL, "last = 'in-preparation'"),
        "cases-reported": _reached(CRIMINAL, "submitted"),
        "cases-accepted": _reached(CRIMINAL, "accepted"),
        "cases-filed": _reached(CRIMINAL, "filed"),
        "cases-refused": _reached(CRIMINAL, "refused"),
        "cases-administrative": _reached(ADMINISTRATIVE, "accepted"),
        "cases-police": f"{_reached(CRIMINAL, 'filed')} + {_reached(ADMINISTRATIVE, 'accepted')}",
        "cases-gang": "(gangs >= 1)::int",
        "cases-withdrawn": _reached(CRIMINAL, "withdrawn"),
        "cases-judged": _reached(CRIMINAL, "judgment"),
        "regulator-accepted": _reached(REGULATOR, "accepted"),
        "regulator-penalties": _reached(REGULATOR, "penalty"),
        "civil-settled": _reached(CIVIL, "agreement", "judgment"),
        "persons-coercive": f"coercive * {_of(CRIMINAL)}",
        "persons-detained": f"detained * {_of(ADMINISTRATIVE)}",
        "persons-penalized": f"penalized * {_of(ADMINISTRATIVE)}",
        "persons-sent": f"sent * {_of(CRIMINAL)}",
        "persons-prosecuted": f"prosecuted * {_of(CRIMINAL)}",
        "persons-convicted": f"convicted * {_of(CRIMINAL)}",
        "gangs": "gangs",
        "provinces": "cardinality(provinces)",
        "content-requested": "requested",
        "content-removed": "removed",
        "content-re-appeared": "reappeared",
        "amount-claimed": "claimed",
        "amount-lost": "lost",
        "amount-prevented": "prevented",
        "amount-claimed-self-reported": "claimed_self",
        "amount-lost-self-reported": "lost_self",
        "amount-prevented-self-reported": "prevented_self",
    }
)
"""Code of the counter -> what one proceeding adds to it."""

DONE: Final = "SELECT d.* FROM disposition d WHERE d.state <> 'lifted' AND d.done_at IS NOT NULL"
DONE_VALUES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "calls-flagged": "calls_flagged",
        "persons-warned": "persons_warned",
        "dissuasions": "(kind = 'dissuasion')::int",
        "amount-prevented-by-dispositions": "amount_prevented_cny",
    }
)
"""Code of the counter -> what one disposition that was carried out adds to it."""

# A province that ten cases touch is one province.
TOTALS: Final[Mapping[str, str]] = MappingProxyType(
    {"provinces": "(SELECT count(DISTINCT each) FROM run r, unnest(r.provinces) AS each)"}
)
"""Where the sum over the proceedings is not what is counted."""


def total_of(code: str) -> str:
    """The expression that gives the whole counter, over `run` and beside it `done`."""
    if code in DONE_VALUES:
        return f"(SELECT coalesce(sum({DONE_VALUES[code]}), 0) FROM done)"  # noqa: S608
    return TOTALS.get(code, f"coalesce(sum({VALUES[code]}), 0)")
