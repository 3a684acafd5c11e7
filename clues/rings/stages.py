"""Chain stages of a ring: read off the roles that its identifiers play, for no clue names a stage.

A role that says nothing about the stage stands in no row; teaching and scripting cannot be told from roles.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Final

from aif_share.vocabulary import stages

STAGE_OF_ROLE: Final[Mapping[str, str]] = MappingProxyType(
    {"recruiter": "advertising", "forger": "forging", "agent": "negotiating", "mule": "cash-out"}
)


def stages_of(roles: Iterable[str]) -> list[str]:
    """Return the codes of the stages that the roles stand for, along the chain."""
    found = {STAGE_OF_ROLE[role] for role in roles if role in STAGE_OF_ROLE}
    return [row.code for row in stages.ROWS if row.code in found]
