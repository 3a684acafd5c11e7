"""Whether a case is fit for a package, and whether what a package was made of still stands.

What was approved has to be what goes out: a part written on since, a clue withdrawn, evidence destroyed, and the package stops.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import gettext_noop

from aif_share.errors import Refusal
from clues.cases.guards import waited_for
from clues.models import Case, CasePart, Clue, EvidenceItem
from members.models import reference

READY: Final = frozenset({Case.APPROVED, Case.REPORTED})
"""Where a case may be put into a package: approved by two people of the alliance, or handed over already."""
CLUE_STATES: Final = (Clue.ACTIVE, Clue.DISPUTED)


class CaseIncomplete(Refusal):
    """The case is not approved, or a party's part is missing: nothing of it leaves the alliance."""

    def __init__(self) -> None:
        super().__init__(
            "case-incomplete",
            gettext_noop("A package is made of an approved case whose parties have all approved their parts."),
        )


class ClueWithdrawn(Refusal):
    """A clue that a part contributes was withdrawn or has ended. Its party takes it out of its part."""

    def __init__(self, clue: str) -> None:
        super().__init__(
            "clue-withdrawn",
            gettext_noop("A clue in it was withdrawn or has ended. Return the case, so that its party takes it out."),
            about=clue,
        )


class EvidenceGone(Refusal):
    """An item of evidence was destroyed since."""

    def __init__(self, evidence: str) -> None:
        super().__init__(
            "evidence-destroyed", gettext_noop("An item of evidence in it was destroyed. Make a new package."),
            about=evidence,
        )  # fmt: skip


class PackageOutdated(Refusal):
    """The case was returned, or a part changed, after the package was made."""

    def __init__(self) -> None:
        super().__init__(
            "package-outdated", gettext_noop("The case has changed since this package was made. Make a new one.")
        )


@dataclass(frozen=True, slots=True)
class Sources:
    """What a package is made of: when its case was approved, the version of each part, and what the parts hold."""

    approved_at: str
    parts: Mapping[str, int]
    clues: tuple[int, ...]
    evidence: tuple[int, ...]

    def as_document(self) -> dict[str, Any]:
        """Return it as it is stored."""
        return {
            "approved_at": self.approved_at, "parts": dict(self.parts), "clues": list(self.clues),
            "evidence": list(self.evidence),
        }  # fmt: skip


def read_sources(case: int) -> Sources:
    """Return what a package of this case would be made of now. Raise CaseIncomplete, ClueWithdrawn, EvidenceGone."""
    row = Case.objects.filter(pk=case).values("state", "approved_at").first()
    if row is None or row["state"] not in READY or row["approved_at"] is None or waited_for(case).exists():
        raise CaseIncomplete
    parts = CasePart.objects.filter(case_id=case, state=CasePart.APPROVED).order_by("institution_id")
    rows = list(parts.values_list("institution_id", "version", "clue_ids"))
    clues = tuple(sorted({number for _institution, _version, numbers in rows for number in numbers}))
    items = EvidenceItem.objects.filter(
        case_id=case, institution_id__in=[institution for institution, _version, _numbers in rows]
    ).exclude(state=EvidenceItem.DESTROYED)  # fmt: skip
    evidence = tuple(items.order_by("id").values_list("id", flat=True))
    _check_clues(clues)
    versions = {str(institution): version for institution, version, _numbers in rows}
    return Sources(row["approved_at"].isoformat(), versions, clues, evidence)


def check(case: int, made_of: Mapping[str, Any]) -> None:
    """Raise if the sources that a package was made of stand no longer: as `read_sources` does, or PackageOutdated."""
    row = Case.objects.filter(pk=case).values("state", "approved_at").first()
    if row is None or row["state"] not in READY or row["approved_at"] is None:
        raise CaseIncomplete
    _check_clues(made_of["clues"])
    kept = EvidenceItem.objects.filter(pk__in=made_of["evidence"]).exclude(state=EvidenceItem.DESTROYED)
    gone = sorted(set(made_of["evidence"]) - set(kept.values_list("id", flat=True)))
    if gone:
        raise EvidenceGone(reference.encode("EV", gone[0]))
    if read_sources(case).as_document() != dict(made_of):
        raise PackageOutdated


def _check_clues(numbers: tuple[int, ...] | list[int]) -> None:
    standing = set(Clue.objects.filter(pk__in=numbers, state__in=CLUE_STATES).values_list("id", flat=True))
    gone = [number for number in numbers if number not in standing]
    if gone:
        raise ClueWithdrawn(reference.encode("C", gone[0]))
