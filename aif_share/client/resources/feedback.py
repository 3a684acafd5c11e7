"""Feedback: what this institution found out about a match."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from aif_share.client.answers import Answer
from aif_share.client.resources.base import Resource, named


@dataclass(frozen=True, slots=True, kw_only=True)
class Feedback(Answer):
    """One verdict: confirm, false-positive, acted, no-action or enriched."""

    verdict: str
    reason: str | None = None
    given_at: datetime | None = None
    match: str | None = None


class FeedbackResource(Resource):
    """`client.feedback`."""

    def give(
        self, match: Answer | str, verdict: str, *, reason: str | None = None, idempotency_key: str | None = None
    ) -> Feedback:
        """Say what came of a match; a later verdict replaces this institution's earlier one."""
        reference = named("M", "match", match)
        body = {"verdict": verdict, "reason": reason}
        return Feedback.read(
            self._session.write("PUT", f"matches/{reference}/feedback", body, idempotency_key=idempotency_key)
        )
