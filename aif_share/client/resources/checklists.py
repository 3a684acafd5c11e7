"""What a case is checked against: charges, their elements, who shows which of them, and what is missing."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from aif_share.client.answers import Answer
from aif_share.client.resources.base import Resource, edited, named
from aif_share.client.resources.cases import Case
from aif_share.errors import InvalidInput

_CODE = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*")  # as the codes of the guidance; never a number


@dataclass(frozen=True, slots=True, kw_only=True)
class ElementSupport(Answer):
    """A party whose part shows an element: by its facts, by `evidence` (EV-…), or both."""

    party: str
    own: bool = False
    facts: bool = False
    evidence: tuple[str, ...] = ()
    approved: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ChecklistElement(Answer):
    """One element of a charge. `state`: shown, drafted (by your own draft alone) or missing."""

    element: str
    state: str
    zh: str = ""
    en: str = ""
    sectors: tuple[str, ...] = ()
    suppliers: tuple[str, ...] = ()
    shown_by: tuple[ElementSupport, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ChecklistCharge(Answer):
    """A charge with its elements. `added_by`: mine, other or desk."""

    charge: str
    zh: str = ""
    en: str = ""
    law: str = ""
    to_confirm: bool = True
    added_by: str = ""
    elements: tuple[ChecklistElement, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Checklist(Answer):
    """The checklist of a case; `missing` of its `elements` no approved part shows. `version`: that of your part."""

    case: str
    version: int
    open: bool = False
    elements: int = 0
    missing: int = 0
    complete: bool = False
    charges: tuple[ChecklistCharge, ...] = ()


class Checklists(Resource):
    """`client.checklists`."""

    def get(self, case: Case | str) -> Checklist:
        """What a case is checked against, and what is missing."""
        return _read(self._session.get(f"{_of(case)}/checklist"))

    def add_charge(self, case: Case | str, charge: str, *, idempotency_key: str | None = None) -> Checklist:
        """Check the case that you lead against a charge of the guidance. Raise RefusedError."""
        return _read(
            self._session.write(
                "POST", f"{_of(case)}/charges", {"charge": _code(charge)}, idempotency_key=idempotency_key
            )
        )

    def drop_charge(self, case: Case | str, charge: str, *, idempotency_key: str | None = None) -> Checklist:
        """Check it against the charge no longer. Raise RefusedError."""
        path = f"{_of(case)}/charges/{_code(charge)}"
        return _read(self._session.write("DELETE", path, idempotency_key=idempotency_key))

    def show(
        self,
        checklist: Checklist | str,
        charge: str,
        elements: Iterable[Mapping[str, Any]],
        *,
        version: int | None = None,
        idempotency_key: str | None = None,
    ) -> Checklist:
        """Say which elements of a charge your part shows; what is not named it shows no longer. Raise VersionChanged.

        `elements`: `{"element": "threat", "facts": True, "evidence": ["EV-…"]}`. Give the checklist as it was read, or a case
        with the version of your part, which is a draft then.
        """
        found, known = edited("CASE", "case", checklist, version)
        path = f"cases/{found}/charges/{_code(charge)}/elements"
        body = {"elements": [dict(each) for each in elements]}
        return _read(self._session.write("PUT", path, body, version=known, idempotency_key=idempotency_key))


def _read(body: Any) -> Checklist:
    return Checklist.read({**body, "version": body.get("part_version")} if isinstance(body, dict) else body)


def _of(case: Case | str) -> str:
    return f"cases/{named('CASE', 'case', case)}"


def _code(charge: str) -> str:
    if _CODE.fullmatch(charge) is None:
        raise InvalidInput("a charge is a code of the guidance, such as extortion")
    return charge
