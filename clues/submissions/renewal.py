"""What a clue needs to be extended again: fresh evidence, so that no report lives for ever on an old one."""

from __future__ import annotations

from django.utils.translation import gettext_noop

from aif_share.errors import Refusal
from clues.models import Clue, ClueChange

from .rows import SUSPECTED


def check(clue: Clue) -> None:
    """Raise Refusal `evidence-stale` for a clue above grade C that was extended before and names no other file since."""
    changes = ClueChange.objects.filter(clue=clue, institution_id=clue.institution_id)
    last = changes.filter(kind=ClueChange.EXTENDED).order_by("-id").values_list("id", flat=True).first()
    if clue.grade == SUSPECTED or last is None:
        return
    fresh = changes.filter(id__gt=last, kind=ClueChange.CORRECTED, before__has_key="evidence_sha256")
    if clue.evidence_sha256 is None or not fresh.exists():
        raise Refusal(
            "evidence-stale", gettext_noop("It was extended before. Put the SHA-256 of fresh evidence on it first.")
        )
