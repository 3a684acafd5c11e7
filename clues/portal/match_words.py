"""A match in words: why its score is what it is, and what happened when. The points are read from the rules themselves."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from django.utils.translation import gettext_lazy as _

from aif_share.identifiers import get_type
from clues import events
from clues.matching import score

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

_GROUPS: Final = {"5+": _("Five or more other independent institutions reported it."),
    "2-4": _("Two to four other independent institutions reported it."),
    None: _("At least one other independent institution reported it.")}  # fmt: skip
_GRADES: Final = {
    "A": _("The best evidence among all reports is a judgment or a final penalty decision."),
    "B1": _("The best evidence among all reports is a matter that an authority accepted."),
    "B2": _("The best evidence among all reports is documented: a recording, a letter, a device log."),
    "C": _("All reports are suspicions so far."),
}
_QUALITY: Final = {
    score.PROVEN: _("At least one institution that reports it has been confirmed by others most of the time."),
    score.UNKNOWN: _("How reliable the reporting institutions are is not known yet."),
}
_LINKS: Final = {
    2: _("Such an identifier belongs to one person or device almost surely."),
    1: _("Such an identifier usually belongs to one person at a time."),
    0: _("Such an identifier may be shared by many."),
}
_RECENT: Final = _("How recently it was reported. The points shrink by half in {days} days.")
_DISPUTED: Final = _("Somebody says that a report is wrong; until that is decided, it counts against the score.")

TERMS: Final[Mapping[str, StrPromise]] = {
    "independent-groups": _("Independent institutions"),
    "grade": _("Evidence grade"),
    "source-quality": _("Reliability of the sources"),
    "recency": _("Recency"),
    "specificity": _("Kind of identifier"),
    "disputes": _("Open dispute"),
}


@dataclass(frozen=True, slots=True)
class ExplainedTerm:
    """One part of a score: its name, its points, and why."""

    name: StrPromise | str
    points: int
    why: StrPromise | str


def explain_score(terms: Iterable[Mapping[str, Any]], *, kind: str) -> list[ExplainedTerm]:
    """Return the terms of a match's score in words. A term that is new here stands for itself."""
    return [
        ExplainedTerm(TERMS.get(term["term"], term["term"]), term["points"], _why(term["term"], term["points"], kind))
        for term in terms
    ]


def _why(term: str, points: int, kind: str) -> StrPromise | str:
    link = get_type(kind).link
    if term == "independent-groups":
        return next(
            (_GROUPS[band] for band, worth in score.GROUP_POINTS.items() if worth == points and band in _GROUPS), ""
        )
    if term == "grade":
        return next((_GRADES[grade] for grade, worth in score.GRADE_POINTS.items() if worth == points), "")
    if term == "source-quality":
        return next(
            (_QUALITY[step] for step, worth in score.QUALITY_POINTS.items() if worth == points and step in _QUALITY), ""
        )
    if term == "recency":
        return _RECENT.format(days=score.HALF_LIFE[link].days)
    if term == "specificity":
        return _LINKS[link]
    return _DISPUTED if term == "disputes" else ""


MOMENTS: Final[Mapping[str, tuple[StrPromise, str]]] = {
    "clue.observed": (_("We observed it"), ""),
    "clue.submitted": (_("We reported it"), ""),
    "clue.corrected": (_("We corrected our clue"), ""),
    "clue.extended": (_("We extended our clue"), ""),
    "clue.withdrawn": (_("We withdrew our clue"), "warn"),
    "clue.expired": (_("Our clue expired"), "warn"),
    "feedback.given": (_("We gave feedback"), ""),
    "match.assigned": (_("Assigned to"), ""),
    "match.acknowledged": (_("Acknowledged by"), ""),
    "dispute.opened": (_("We opened a dispute"), "warn"),
    "dispute.closed": (_("Our dispute was closed"), ""),
    "case.opened": (_("A case was opened"), ""),
    "disposition.recorded": (_("We took a measure"), "good"),
    events.MATCHED: (_("Matched: another independent institution reported it"), "good"),
    events.MATCH_GREW: (_("More independent institutions reported it"), "good"),
    events.MATCH_CHANGED: (_("What others reported was corrected"), ""),
    events.MATCH_SHRANK: (_("Fewer independent institutions report it"), "warn"),
    events.MATCH_UNDONE: (_("The match was undone"), "warn"),
    events.CLUE_DISPUTED: (_("Our clue was disputed"), "warn"),
    events.CLUE_LAPSED: (_("Our clue lapsed: nobody answered the dispute"), "warn"),
    events.CLUE_REFUTED: (_("The dispute was upheld; our clue is withdrawn"), "warn"),
    events.CLUE_REINSTATED: (_("The dispute was rejected; our clue counts again"), "good"),
}
"""What happened, in words, and its color."""
