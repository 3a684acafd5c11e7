"""One screening: checks, then one SQL function that looks up, writes the ledger and charges last."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import psycopg2
from django.db import DatabaseError, connection

from aif_share.errors import Refusal
from aif_share.identifiers import looks_raw, types
from aif_share.vocabulary import purposes
from aif_share.wire.limits import MAX_SCREEN_TOKENS
from clues import quotas
from clues.blinding import epochs
from clues.matching.score import Term, score
from clues.matching.visibility import Alliance
from clues.submissions.rows import RowRefused, names_of, pepper_of, stored_key
from members.queries import Caller

from .lawful_use import gate
from .lawful_use.gate import LawfulUse

CODE = re.compile(r"[a-z0-9-]{1,64}")
CASE_REF = re.compile(r"[A-Za-z0-9._:/#-]{1,64}")
FIELDS = frozenset({"purpose", "case_ref", "basis", "tokens"})
TOKEN_FIELDS = frozenset({"type", "epoch", "token"})
TYPES = types()
ADVICE = {
    "epoch-unknown": "`epoch` is a number of the directory.",
    "epoch-retired": "Fetch the directory and tokenize again.",
}
DEFAULT_ADVICE = "This is no token; tokenize on your own side first."
QUOTA_STATE = "AIF29"
LOOK_UP = "SELECT * FROM aif_screen(%s, %s, %s, %s, %s, %s, %s, %s::text[], %s::int[], %s::uuid[])"


@dataclass(frozen=True)
class Result:
    """The answer for one token; what is None or empty is not known or may not be told."""

    index: int
    hit: bool
    band: str | None
    categories: Sequence[str]
    best_grade: str | None
    score: int | None
    terms: Sequence[Term]


@dataclass(frozen=True)
class Answer:
    """The results in the order asked, the moment they speak of, and the matrix that allowed them."""

    results: list[Result]
    as_of: datetime
    lawful_use: LawfulUse


def screen(*, request: Mapping[str, Any], by: Caller) -> Answer:
    """Answer which tokens other institutions reported at grade B2 or better, as the matrix allows. Raise Refusal.

    A refused screening charges nothing and leaves no ledger row.
    """
    purpose, case_ref, basis = _header(request, by)
    kinds, numbers, stored = _tokens(request.get("tokens"))
    parameters: list[Any] = [
        by.institution_id, by.group_id, by.key_id, purpose, case_ref, basis, by.screen_quota,
        kinds, numbers, stored,
    ]  # fmt: skip
    try:
        with connection.cursor() as cursor:
            cursor.execute(LOOK_UP, parameters)
            rows = cursor.fetchall()
    except DatabaseError as error:
        cause = error.__cause__
        if isinstance(cause, psycopg2.Error) and cause.pgcode == QUOTA_STATE:
            raise quotas.QuotaExhausted(quotas.SCREEN, by.screen_quota) from None
        raise
    return _answer(rows, kinds, purpose)


def _header(request: Mapping[str, Any], by: Caller) -> tuple[str, str, str]:
    unknown = request.keys() - FIELDS
    if unknown:
        raise Refusal("unknown-field", "The body has fields that do not exist.", fields=names_of(unknown))
    purpose = request.get("purpose")
    if not isinstance(purpose, str) or purpose not in purposes.BY_CODE:
        raise Refusal("purpose-unknown", "Give one of the purposes of the vocabulary.")
    case_ref = request.get("case_ref", "")
    if case_ref is None:
        case_ref = ""
    if not isinstance(case_ref, str) or (case_ref and CASE_REF.fullmatch(case_ref) is None):
        raise Refusal("case-ref-invalid", "`case_ref` takes 1 to 64 letters, digits and ._:/#-")
    if looks_raw(case_ref):
        raise Refusal("raw-identifier", "`case_ref` looks like an identifier; use your case number.")
    basis = request.get("basis") or by.default_basis
    if not isinstance(basis, str) or CODE.fullmatch(basis) is None:
        raise Refusal("basis-invalid", "`basis` is a code of lower-case letters, digits and hyphens.")
    if looks_raw(basis):
        raise Refusal("raw-identifier", "`basis` looks like an identifier; it is a code.")
    return purpose, case_ref, basis


def _tokens(tokens: Any) -> tuple[list[str], list[int], list[str]]:
    if not isinstance(tokens, list) or not tokens:
        raise Refusal("field-missing", "`tokens` must be a list of at least one token.")
    if len(tokens) > MAX_SCREEN_TOKENS:
        raise Refusal("too-large", f"Ask for {MAX_SCREEN_TOKENS} tokens at most.", limit=MAX_SCREEN_TOKENS)
    in_force = epochs.get_epochs()
    kinds: list[str] = []
    numbers: list[int] = []
    stored: list[str] = []
    for index, item in enumerate(tokens):
        if isinstance(item, dict) and item.keys() - TOKEN_FIELDS:
            names = names_of(item.keys() - TOKEN_FIELDS)
            raise Refusal("unknown-field", "A token has fields that do not exist.", index=index, fields=names)
        if not isinstance(item, dict) or item.keys() != TOKEN_FIELDS:
            raise Refusal("malformed", "A token has type, epoch and token.", index=index)
        kind, epoch, token = item["type"], item["epoch"], item["token"]
        if not isinstance(kind, str) or kind not in TYPES:
            raise Refusal("type-unknown", "No such identifier type.", index=index)
        try:
            stored.append(stored_key(token, pepper_of(kind, epoch, in_force)))
        except RowRefused as refused:
            raise Refusal(refused.code, ADVICE.get(refused.code, DEFAULT_ADVICE), index=index) from None
        kinds.append(kind)
        numbers.append(epoch)
    return kinds, numbers, stored


def _answer(rows: Sequence[Any], kinds: Sequence[str], purpose: str) -> Answer:
    """Row 0 of the function carries the clock, the alliance and the matrix; the others are hits."""
    _, _, _, _, as_of, _, _, live, *matrix = rows[0]
    _number, lawful_use = gate.judge(purpose, tuple(matrix))
    alliance = Alliance(live=[(0, "")] * live)
    results = [Result(i, False, None, (), None, None, ()) for i in range(len(kinds))]
    for index, groups, found, best_grade, last_seen_at, quality, disputed, *_ in rows[1:]:
        band = alliance.band(groups)
        points, terms = score(
            kind=kinds[index], band=band, best_grade=best_grade, quality=quality, last_seen_at=last_seen_at,
            disputes=disputed, now=as_of,
        )  # fmt: skip
        results[index] = Result(index, True, band, found, best_grade, points, terms)
    return Answer(results=results, as_of=as_of, lawful_use=lawful_use)
