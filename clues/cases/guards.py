"""Named preconditions of transitions: each tells why a case may not move, or None if it may.

Who may do something at all is the business of `members.permissions`; here is when.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_noop

if TYPE_CHECKING:
    from clues.models import Case


def has_proposal(case: Case) -> str | None:
    """Somebody has to have proposed the approval."""
    if case.proposed_by_id is None:
        return gettext_noop("Nobody has proposed this case for approval yet.")
    return None


def has_no_proposal(case: Case) -> str | None:
    """A proposal stands until it is approved or returned."""
    if case.proposed_by_id is not None:
        return gettext_noop("This case is proposed already; it waits for a second person.")
    return None
