"""The alliance's vocabulary as tables of frozen rows: codes are stable API values, labels are Chinese and English.

A list grows by a row. What counsel must confirm is data here or in the database, never a branch in code.
"""

from __future__ import annotations

from . import (
    authority_kinds,
    authority_levels,
    categories,
    channels,
    close_reasons,
    complaint_handlings,
    consumer_contacted,
    custody_actions,
    dispositions,
    dispute_reasons,
    evidence_kinds,
    evidence_media,
    evidence_time_sources,
    extension_reasons,
    feedback_reasons,
    feedback_verdicts,
    funnel_stages,
    grades,
    indicators,
    keep_reasons,
    levels,
    lift_causes,
    maintain_reasons,
    noise_lists,
    outcome_counters,
    platforms,
    purposes,
    regions,
    request_answers,
    request_clocks,
    request_declines,
    request_kinds,
    return_reasons,
    roles,
    sectors,
    stages,
    statement_lines,
    takedown_refusals,
    task_kinds,
    tlp,
    tracks,
    withdrawal_reasons,
)
from .term import Term

__all__ = ["Term", "lists"]

_LISTS: dict[str, tuple[Term, ...]] = {
    "sectors": sectors.ROWS,
    "categories": categories.ROWS,
    "indicators": indicators.ROWS,
    "consumer-contacted": consumer_contacted.ROWS,
    "levels": levels.ROWS,
    "grades": grades.ROWS,
    "roles": roles.ROWS,
    "stages": stages.ROWS,
    "channels": channels.ROWS,
    "purposes": purposes.ROWS,
    "dispositions": dispositions.ROWS,
    "lift-causes": lift_causes.ROWS,
    "keep-reasons": keep_reasons.ROWS,
    "platforms": platforms.ROWS,
    "takedown-refusals": takedown_refusals.ROWS,
    "authority-kinds": authority_kinds.ROWS,
    "authority-levels": authority_levels.ROWS,
    "tracks": tracks.ROWS,
    "outcome-counters": outcome_counters.ROWS,
    "funnel-stages": funnel_stages.ROWS,
    "statement-lines": statement_lines.ROWS,
    "tlp": tlp.ROWS,
    "regions": regions.ROWS,
    "noise-lists": noise_lists.ROWS,
    "withdrawal-reasons": withdrawal_reasons.ROWS,
    "extension-reasons": extension_reasons.ROWS,
    "return-reasons": return_reasons.ROWS,
    "dispute-reasons": dispute_reasons.ROWS,
    "maintain-reasons": maintain_reasons.ROWS,
    "case-close-reasons": close_reasons.ROWS,
    "feedback-verdicts": feedback_verdicts.ROWS,
    "feedback-reasons": feedback_reasons.ROWS,
    "request-kinds": request_kinds.ROWS,
    "request-clocks": request_clocks.ROWS,
    "request-answers": request_answers.ROWS,
    "request-declines": request_declines.ROWS,
    "complaint-handlings": complaint_handlings.ROWS,
    "task-kinds": task_kinds.ROWS,
    "evidence-kinds": evidence_kinds.ROWS,
    "evidence-media": evidence_media.ROWS,
    "evidence-time-sources": evidence_time_sources.ROWS,
    "custody-actions": custody_actions.ROWS,
}


def lists() -> dict[str, tuple[Term, ...]]:
    """Every list by name, in a new dict."""
    return dict(_LISTS)
