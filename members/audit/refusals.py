"""Which refusals go into the trail: what somebody tried and may not, never a slip of the pen."""

from __future__ import annotations

from typing import Final

from aif_share.errors import Refusal

TOLD: Final = frozenset(
    {"not-found", "permission-missing", "not-the-lead", "four-eyes", "transition-refused", "version-changed"}
)
"""Codes of attempts. Of what is missing in a form only the number of an authority's document is one."""


def is_told(refusal: Refusal) -> bool:
    """Whether the refusal is an attempt that the trail keeps."""
    return refusal.code in TOLD or (refusal.code == "field-missing" and refusal.extra.get("field") == "document_no")
