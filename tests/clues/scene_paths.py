"""From an opened case to each place a case can stand at: (action, who, note, what else is given)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.utils import timezone

from clues.cases.marks import CHINA

Step = tuple[str, str, str, Mapping[str, str]]


def _today() -> str:
    return timezone.now().astimezone(CHINA).date().isoformat()


_LED: list[Step] = [("triage", "olga", "", {}), ("claim", "alice", "", {})]
_READY: list[Step] = [*_LED, ("join-up", "alice", "", {}), ("ready", "alice", "", {})]
_APPROVED: list[Step] = [*_READY, ("propose", "olga", "", {}), ("approve", "pavel", "", {})]
_ASKED: list[Step] = [*_APPROVED, ("ask-report", "olga", "", {"receiver": "public-security"})]


def _reported() -> list[Step]:
    return [*_ASKED, ("report", "pavel", "", {"reported_on": _today()})]


def _closed() -> list[Step]:
    return [*_reported(), ("close", "pavel", "outcome received", {"reason": "concluded"})]


PATHS: dict[str, Callable[[], list[Step]]] = {
    "candidate": list,
    "triage": lambda: _LED[:1],
    "lead-claimed": lambda: _LED,
    "joint": lambda: _READY[:3],
    "evidence-ready": lambda: _READY,
    "evidence-ready, proposed": lambda: _APPROVED[:-1],
    "approved": lambda: _APPROVED,
    "approved, report asked": lambda: _ASKED,
    "reported": _reported,
    "closed": _closed,
    "closed, reopening asked": lambda: [*_closed(), ("ask-reopen", "olga", "new evidence", {})],
    "dismissed": lambda: [("dismiss", "olga", "not our matter", {})],
}


def give(action: str, **fields: Any) -> dict[str, str]:
    """Return what an action asks beside its note, good values unless others are named."""
    known = {
        "ask-report": {"receiver": "public-security"},
        "report": {"reported_on": _today()},
        "close": {"reason": "concluded"},
    }
    return {**known.get(action, {}), **fields}
