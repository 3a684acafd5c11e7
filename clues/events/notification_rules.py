"""Which person reads which kind of event, and how it is mailed unless they say otherwise: one table.

A kind that is not here by its subject is read by nobody: a test sees to it that none is forgotten.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from clues import events
from members.delivery.notification_rules import Rule
from members.models import MailMode
from members.permissions import Permission

# The page that a notice links to asks for the same permission.
READ_BY: Final[Mapping[str, Permission]] = MappingProxyType(
    {
        "match": Permission.MATCH_VIEW,
        "ring": Permission.MATCH_VIEW,
        "batch": Permission.CLUE_VIEW,
        "clue": Permission.CLUE_VIEW,
        "dispute": Permission.SCREEN,
        "evidence_demand": Permission.CLUE_VIEW,
        "watch": Permission.SCREEN,
        "credential": Permission.KEY_MANAGE,
        "case": Permission.CASE_VIEW,
        "disposition": Permission.CLUE_VIEW,
        "request": Permission.REQUEST_VIEW,
        "content": Permission.CLUE_VIEW,
        "campaign": Permission.CASE_VIEW,
        "screening_suspension": Permission.SCREEN,
        "official_request": Permission.REQUEST_VIEW,
        "epoch": Permission.CLUE_VIEW,
    }
)
MAILED_AT_ONCE: Final = frozenset(
    {
        events.MATCHED,
        events.WATCH_HIT,
        events.BATCH_HELD,
        events.BATCH_REJECTED,
        events.EVIDENCE_ASKED,
        events.EVIDENCE_FAILED,
        events.CLUE_DISPUTED,
        events.CLUE_LAPSED,
        events.CLUE_REFUTED,
        events.KEY_EXPIRING,
        events.SCREENING_SUSPENDED,
        events.CASE_OPENED,
        events.LIFT_DUE,
        events.REQUEST_URGENT,
        events.REQUEST_REMINDED,
        events.REQUEST_ESCALATED,
        events.REQUEST_ANSWERED,
        events.TASK_GIVEN,
        events.TASK_OVERDUE,
        events.NAMING_OFFERED,
        events.OFFICIAL_ASKED,
        events.OFFICIAL_OVERDUE,
        events.EPOCH_ANNOUNCED,
        events.EPOCH_OPENED,
    }
)
NEVER_MAILED_UNASKED: Final = frozenset({events.BATCH_DONE})
"""An answer to what one's own institution has just done."""
URGENT: Final = frozenset(
    {
        events.WATCH_HIT,
        events.CLUE_DISPUTED,
        events.EVIDENCE_ASKED,
        events.LIFT_DUE,
        events.SCREENING_SUSPENDED,
        events.REQUEST_URGENT,
        events.REQUEST_REMINDED,
        events.REQUEST_ESCALATED,
        events.OFFICIAL_ASKED,
        events.OFFICIAL_OVERDUE,
    }
)
"""Somebody is at it now, or a deadline runs."""
ALWAYS_SHOWN: Final = frozenset(
    {
        events.CLUE_DISPUTED,
        events.EVIDENCE_ASKED,
        events.KEY_EXPIRING,
        events.SCREENING_SUSPENDED,
        events.LIFT_DUE,
        events.TASK_OVERDUE,
        events.REQUEST_URGENT,
        events.REQUEST_REMINDED,
        events.REQUEST_ESCALATED,
        events.OFFICIAL_ASKED,
        events.OFFICIAL_OVERDUE,
        events.EPOCH_OPENED,
    }
)
"""What does harm when nobody sees it."""


def _mail(kind: str) -> str:
    if kind in NEVER_MAILED_UNASKED:
        return MailMode.OFF.value
    return (MailMode.INSTANT if kind in MAILED_AT_ONCE else MailMode.DIGEST).value


RULES: Final[Mapping[str, Rule]] = MappingProxyType(
    {
        row.code: Rule(
            kind=row.code,
            permission=READ_BY[row.subject],
            mail=_mail(row.code),
            urgent=row.code in URGENT,
            may_be_hidden=row.code not in ALWAYS_SHOWN,
            zh=row.zh,
            en=row.en,
        )
        for row in events.ROWS
        if row.code in events.TOLD_KINDS and row.subject in READ_BY
    }
)
