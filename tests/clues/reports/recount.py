"""The counters of outcomes a second way: plain rows, added up in Python, sharing nothing with the statement that is tested."""

from __future__ import annotations

from collections import Counter
from datetime import date
from decimal import Decimal

from clues.models import Disposition, ProcedureEntry
from clues.reports import outcomes
from clues.reports.figures import day_of

CRIMINAL, ADMINISTRATIVE = "police-criminal", "police-administrative"


def recount(since: date = date.min, until: date = date.max) -> dict[str, Decimal]:
    """Count again from the rows, read plainly and added up here, without the statement under test: what began in a span."""
    found: Counter[str] = Counter()
    rows = list(ProcedureEntry.objects.select_related("proceeding").order_by("proceeding_id", "number"))
    said = {(row.about_id, row.kind) for row in rows}
    stand: dict[int, list[ProcedureEntry]] = {}
    for row in rows:
        void = (row.pk, "void") in said
        waits = row.institution_id is not None and (row.pk, "confirmation") not in said
        if row.kind == "state" and not void and not waits:
            stand.setdefault(row.proceeding_id, []).append(row)
    provinces = set()
    for entries in stand.values():
        if not since <= min(entry.date for entry in entries) < until:
            continue
        track, states = entries[0].proceeding.track, [entry.state for entry in entries]
        provinces |= {entry.province for entry in entries} - {""}
        if track == CRIMINAL:
            found["cases-pushed"] += 1
            found["cases-in-preparation"] += states[-1] == "in-preparation"
            for code, state in (
                ("cases-reported", "submitted"), ("cases-accepted", "accepted"), ("cases-filed", "filed"),
                ("cases-refused", "refused"), ("cases-withdrawn", "withdrawn"), ("cases-judged", "judgment"),
                ("cases-police", "filed"),
            ):  # fmt: skip
                found[code] += state in states
            for code, state in (
                ("persons-coercive", "coercive-measures"), ("persons-sent", "sent-for-prosecution"),
                ("persons-prosecuted", "prosecuted"), ("persons-convicted", "judgment"),
            ):  # fmt: skip
                found[code] += sum(entry.persons or 0 for entry in entries if entry.state == state)
        if track == ADMINISTRATIVE:
            found["cases-administrative"] += 1
            found["cases-police"] += 1
            for entry in entries:
                if entry.state == "penalty":
                    found["persons-penalized"] += entry.persons or 0
                    found["persons-detained"] += entry.persons_detained or 0
        if track == "regulator":
            found["regulator-accepted"] += "accepted" in states
            found["regulator-penalties"] += "penalty" in states
        found["civil-settled"] += track == "civil" and bool({"agreement", "judgment"} & set(states))
        for entry in entries:
            codes = {"requested": "content-requested", "removed": "content-removed", "blocked": "content-removed",
                     "re-appeared": "content-re-appeared"}  # fmt: skip
            if entry.state in codes:
                found[codes[entry.state]] += entry.items or 1
        gangs = [entry.gangs for entry in entries if entry.gangs is not None]
        found["gangs"] += gangs[-1] if gangs else 0
        found["cases-gang"] += bool(gangs)
        for kind in ("claimed", "lost", "prevented"):
            said_amounts = [entry for entry in entries if getattr(entry, f"amount_{kind}_cny") is not None]
            if said_amounts:
                amount = getattr(said_amounts[-1], f"amount_{kind}_cny")
                found[f"amount-{kind}"] += amount
                found[f"amount-{kind}-self-reported"] += amount if said_amounts[-1].self_reported else 0
    found["provinces"] = len(provinces)
    for row in Disposition.objects.exclude(state="lifted").exclude(done_at=None):
        if since <= day_of(row.done_at) < until:
            found["calls-flagged"] += row.calls_flagged or 0
            found["persons-warned"] += row.persons_warned or 0
            found["dissuasions"] += row.kind == "dissuasion"
            found["amount-prevented-by-dispositions"] += row.amount_prevented_cny or 0
    return {code: Decimal(found[code]) for code in outcomes.CODES}
