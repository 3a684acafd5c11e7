"""The day's quotas."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from aif_share.client.answers import Answer
from aif_share.client.resources.base import Resource


@dataclass(frozen=True, slots=True, kw_only=True)
class Quota(Answer):
    """Today's quotas by name (evaluate, submit, screen): {limit, used, remaining}; a custodian counts evaluate."""

    day: str
    resets_at: datetime
    quotas: Mapping[str, Any]
    rate: Mapping[str, Any] | None = None


class Quotas(Resource):
    """`client.quota`."""

    def get(self) -> Quota:
        """How much is used and left today (UTC), and the rate limit."""
        return Quota.read(self._session.get("quota"))
