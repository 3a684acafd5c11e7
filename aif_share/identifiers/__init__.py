"""Identifier types: how a raw value becomes the one canonical form its token is made of.

    normalize("cn-mobile", "138 0013 8000")  ->  "+8613800138000"

Not here: tokens (`aif_share.oprf`). No value is kept, logged or put into an error message.
"""

from __future__ import annotations

from .base import IdentifierType
from .prose import find_raw
from .raw import instead_of_token, looks_raw, raw_kind
from .registry import get_type, normalize, types, warnings

__all__ = [
    "IdentifierType",
    "find_raw",
    "get_type",
    "instead_of_token",
    "looks_raw",
    "normalize",
    "raw_kind",
    "types",
    "warnings",
]
