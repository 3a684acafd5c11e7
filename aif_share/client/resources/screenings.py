"""Screenings: asking whether tokens are known, without reporting them."""

from __future__ import annotations

import builtins
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from aif_share.client.answers import Answer
from aif_share.client.resources.base import Resource, body_of
from aif_share.client.resources.matches import Term
from aif_share.client.tokenize import Token
from aif_share.errors import InvalidInput
from aif_share.wire.limits import MAX_SCREEN_TOKENS


@dataclass(frozen=True, slots=True, kw_only=True)
class LawfulUse(Answer):
    """Under which signed-off matrix this was allowed, and what it asks of whoever uses the answer."""

    matrix: str
    title: str | None = None
    human_review: bool = False
    never_sole_ground: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit(Answer):
    """The answer for one token, by its index in the question."""

    index: int
    hit: bool
    band: str | None = None
    categories: tuple[str, ...] = ()
    best_grade: str | None = None
    score: int | None = None
    terms: tuple[Term, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ScreeningAnswer(Answer):
    """One screening: an answer a token, in the order asked."""

    results: tuple[Hit, ...]
    as_of: datetime | None = None
    disclaimer: str | None = None
    lawful_use: LawfulUse | None = None


class Screenings(Resource):
    """`client.screenings`."""

    def ask(
        self,
        tokens: Sequence[Token],
        *,
        purpose: str,
        basis: str | None = None,
        case_ref: str | None = None,
        idempotency_key: str | None = None,
    ) -> ScreeningAnswer:
        """Ask about 1 to 10,000 tokens; each is charged. Repeated under its key within ten minutes it is charged once."""
        return ScreeningAnswer.read(
            self.ask_plain(tokens, purpose=purpose, basis=basis, case_ref=case_ref, idempotency_key=idempotency_key)
        )

    def ask_plain(
        self,
        tokens: Sequence[Token],
        *,
        purpose: str,
        basis: str | None = None,
        case_ref: str | None = None,
        idempotency_key: str | None = None,
    ) -> builtins.dict[str, Any]:
        """The same, with the answer as it came."""
        if len(tokens) > MAX_SCREEN_TOKENS:
            raise InvalidInput(f"one screening takes {MAX_SCREEN_TOKENS} tokens")
        question = body_of(
            purpose=purpose, basis=basis, case_ref=case_ref, tokens=[each.identifier() for each in tokens]
        )
        return dict(self._session.write("POST", "screenings", question, idempotency_key=idempotency_key))
