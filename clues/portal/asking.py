"""What pages that ask about identifiers have in common: purposes, types, quota and words, as their scripts need them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language

from aif_share import vocabulary
from aif_share.identifiers import types
from aif_share.vocabulary import purposes
from aif_share.vocabulary.term import Term
from aif_share.wire.limits import DEFAULT_WATCH_DAYS, MAX_WATCH_DAYS
from clues import quotas
from clues.screening.queries import list_allowed
from members.queries import Person

MOST_VALUES = 1_000
"""As many values a page takes at once; beyond it the page prepares the command of the CLI."""


def in_words(zh: str, en: str) -> str:
    """Return whichever the reader reads."""
    return zh if (get_language() or "").startswith("zh") else en


def labels(list_name: str) -> dict[str, str]:
    """Return the labels of a vocabulary list by code."""
    return label_terms(vocabulary.lists()[list_name])


def label_terms(terms: Iterable[Term]) -> dict[str, str]:
    """Return the labels of terms by code."""
    return {term.code: in_words(term.zh, term.en) for term in terms}


def describe_types() -> list[dict[str, Any]]:
    """Return every identifier type with its label and whether it is personal."""
    return [
        {"code": kind.code, "label": in_words(kind.zh, kind.en), "personal": kind.personal} for kind in types().values()
    ]


def describe_purposes() -> list[dict[str, Any]]:
    """Return every purpose with its label, its limits in words, and the types it is allowed for at present."""
    return [
        {
            "code": row.purpose,
            "label": in_words((term := purposes.BY_CODE[row.purpose]).zh, term.en),
            "types": list(row.types),
            "note": in_words(term.note_zh, term.note_en),
            "human_review": row.lawful_use.human_review,
            "never_sole_ground": row.lawful_use.never_sole_ground,
            "title": row.lawful_use.title,
            "matrix": row.lawful_use.matrix,
        }
        for row in list_allowed()
    ]


def describe_quota(kind: str, *, person: Person, now: datetime) -> dict[str, Any]:
    """Return what is used of today's quota, what is left, and when it starts anew."""
    limit = {quotas.SCREEN: person.screen_quota, quotas.SUBMIT: person.submit_quota}[kind]
    used = quotas.get_used(institution_id=person.institution_id, now=now)[kind]
    tomorrow = datetime.combine(now.astimezone(UTC).date() + timedelta(days=1), time(), tzinfo=UTC)
    return {"kind": kind, "limit": limit, "used": used, "left": max(0, limit - used), "resets_at": tomorrow}


def last_days(now: datetime) -> dict[str, date]:
    """Return the earliest, the usual and the latest last day that a watch made now can have."""
    today = timezone.localdate(now)
    return {
        "earliest": today + timedelta(days=1),
        "usual": today + timedelta(days=DEFAULT_WATCH_DAYS),
        "latest": today + timedelta(days=MAX_WATCH_DAYS - 1),
    }


def describe_question(*, person: Person, now: datetime, kind: str = quotas.SCREEN) -> Mapping[str, Any]:
    """Return what the script of a page needs to put a question and to show its answer."""
    return {
        "purposes": describe_purposes(),
        "types": describe_types(),
        "quota": describe_quota(kind, person=person, now=now),
        "labels": {
            "categories": labels("categories"),
            "grades": labels("grades"),
            "reasons": labels("dispute-reasons"),
        },
        "basis": person.default_basis,
        "most": MOST_VALUES,
        "addresses": {
            "screenings": "/portal/api/screenings",
            "watches": "/portal/api/watches",
            "disputes": "/portal/api/disputes",
            "noise": "/portal/api/noise",
            "watch_list": reverse("clues:watches"),
            "dispute_list": reverse("clues:disputes"),
            "history": reverse("clues:screening-history"),
            "noise_list": reverse("clues:noise"),
        },
    }
