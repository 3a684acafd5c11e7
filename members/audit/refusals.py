"""Which refusals go into the trail: what somebody tried and may not, never a slip of the pen."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from django.db import transaction

from aif_share.errors import Refusal
from members.audit.log import record
from members.models import reference
from members.permissions import Actor

TOLD: Final = frozenset(
    {
        "not-found",
        "permission-missing",
        "not-the-lead",
        "four-eyes",
        "transition-refused",
        "version-changed",
        "integrity-failed",
        "kek-missing",
        "case-incomplete",
        "clue-withdrawn",
        "package-outdated",
        "evidence-destroyed",
        "legal-hold",
        "media-refused",
        "archive-refused",
        "file-name-refused",
        "digest-differs",
    }
)
"""Codes of attempts. Of what is missing in a form only the number of an authority's document is one."""


def is_told(refusal: Refusal) -> bool:
    """Whether the refusal is an attempt that the trail keeps."""
    return refusal.code in TOLD or (refusal.code == "field-missing" and refusal.extra.get("field") == "document_no")


def record_refused(
    verb: str, *, actor: Actor, subject_ref: str = "", institution_id: int | None = None, detail: Mapping[str, Any]
) -> None:
    """Add one event in a transaction of its own: what was refused has undone everything else."""
    with transaction.atomic():
        record(verb, actor=actor, subject_ref=subject_ref, institution_id=institution_id, detail=detail)


def known_reference(texts: Iterable[object]) -> str:
    """Return the first of these texts that is a reference made by us; what else comes from outside is not kept."""
    for text in texts:
        kind = str(text).partition("-")[0]
        if kind in reference.KINDS and reference.decode(kind, str(text)) is not None:
            return str(text)
    return ""
