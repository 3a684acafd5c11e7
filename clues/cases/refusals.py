"""The trail of steps that were refused: what somebody tried with a case that was not theirs to do."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from django.db import transaction

from aif_share.errors import Refusal
from clues.cases.workflow import ACTION_LABELS
from members import audit
from members.models import User, reference
from members.queries import Member

TOLD: Final = frozenset(
    {"not-found", "permission-missing", "not-the-lead", "four-eyes", "transition-refused", "version-changed"}
)
"""What goes into the trail. A slip of the pen, such as a missing reason, does not."""


@contextmanager
def recorded(*, case: str, action: str, by: User | Member) -> Iterator[None]:
    """Record the refusal that the block ends with, and raise it on.

    The block's own transactions are undone by then, so this stands around the outermost one.
    """
    try:
        yield
    except Refusal as refusal:
        if refusal.code in TOLD:
            record(case=case, action=action, by=by, code=refusal.code)
        raise


def record(*, case: str, action: str, by: User | Member, code: str) -> None:
    """Add one event of its own: who tried which action on which case, and the code of the refusal."""
    with transaction.atomic():
        audit.record(
            "case.refuse",
            actor=by,
            # What comes from outside is kept only as what we made ourselves.
            subject_ref=case if reference.decode("CASE", case) is not None else "",
            institution_id=by.institution_id,
            detail={"action": action if action in ACTION_LABELS else "", "code": code},
        )
