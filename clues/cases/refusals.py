"""The trail of what was refused: what somebody tried with a case, its tasks, parts, names or proceedings, and may not."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from aif_share.errors import Refusal
from clues.cases.workflow import ACTION_LABELS
from members import audit
from members.models import User
from members.queries import Member

WORK: Final = (
    "task-give", "task-answer", "task-assign", "task-cancel", "part-edit", "part-ready", "part-approve", "part-return",
    "name-offer", "name-withdraw", "name-all", "entry-record", "entry-confirm", "entry-void",
    "charge-add", "charge-drop", "element-show",
    "identifier-add", "identifier-remove", "identifier-open", "package-ask", "package-open", "package-release",
    "package-receive",
    "evidence-begin", "evidence-append", "evidence-finish", "evidence-cancel", "evidence-open", "evidence-share",
    "evidence-hold", "evidence-destroy",
)  # fmt: skip
"""What is done around a case beside the steps of its table."""
_KNOWN: Final = frozenset({*ACTION_LABELS, *WORK})


@contextmanager
def recorded(*, case: str, action: str, by: User | Member, also: frozenset[str] = frozenset()) -> Iterator[None]:
    """Record the refusal that the block ends with, and raise it on.

    The block's own transactions are undone by then, so this stands around the outermost one. `also` are codes that
    are an attempt here, and a slip of the pen elsewhere.
    """
    try:
        yield
    except Refusal as refusal:
        if audit.is_told(refusal) or refusal.code in also:
            record(case=case, action=action, by=by, code=refusal.code)
            refusal.on_trail = True
        raise


def record(*, case: str, action: str, by: User | Member, code: str) -> None:
    """Add one event of its own: who tried which action on which case, and the code of the refusal."""
    audit.record_refused(
        "case.refuse",
        actor=by,
        subject_ref=audit.known_reference([case]),
        institution_id=by.institution_id,
        # What comes from outside is kept only as what we made ourselves.
        detail={"action": action if action in _KNOWN else "", "code": code},
    )
