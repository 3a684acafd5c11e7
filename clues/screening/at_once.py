"""Authenticate and screen in one statement: the plain, successful case, and nothing else.

It adds no rule. The conditions of `members.queries.authenticate` and of the scope stand in the statement, which yields
nothing where one of them fails; checks, look-up, gate, ledger, quota and answer are those of `screen`. What is refused or
doubtful has no effect here and is left to them.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db import Error, connection

from aif_share.errors import Refusal
from aif_share.wire.keys import bearer_id, verifier
from aif_share.wire.limits import MAX_SCREEN_TOKENS
from clues.submissions.tokens import read_tokens

from .question import read_header
from .screen import Answer, read_answer

# aif_screen runs for the one row that passes, and is asked with what that row says.
# A key that was not noted as used within the hour is left to `authenticate`, which notes it.
ASK = """
SELECT i.id, a.*
FROM credential c
JOIN institution i ON i.id = c.institution_id AND i.state = 'live'
CROSS JOIN LATERAL aif_screen(i.id, i.group_id, c.key_id, $4, $5,
    coalesce($6, CASE c.default_basis WHEN 'unspecified' THEN i.default_basis ELSE c.default_basis END),
    i.screen_quota, $7, $8, $9) AS a
WHERE c.key_id = $1 AND c.verifier = $2 AND c.revoked_at IS NULL
    AND c.not_before <= now() AND c.expires_at > now() AND c.last_used_at > now() - interval '1 hour'
    AND 'screen' = ANY (c.scopes) AND (c.cidrs = '{}' OR $3::inet <<= ANY (c.cidrs::cidr[]))
"""
PREPARE = f"PREPARE aif_at_once (text, text, text, text, text, text, text[], int[], uuid[]) AS {ASK}"
EXECUTE = "EXECUTE aif_at_once (%s, %s, %s, %s, %s, %s, %s::text[], %s::int[], %s::uuid[])"
MAPPED = "::ffff:"


@dataclass(frozen=True, slots=True)
class _Anybody:
    """Whoever asks; the statement takes the basis of the key where the question names none."""

    default_basis: str = "unspecified"


class Answered(NamedTuple):
    """The answer, and whose key it was."""

    institution_id: int
    answer: Answer


class _Prepared(threading.local):
    """The connection of this thread on which the statement is prepared."""

    on: object = None


_prepared = _Prepared()


def screen_at_once(*, bearer: str, ip: str, request: Mapping[str, Any]) -> Answered | None:
    """Answer a screening of whomever this bearer names; None if anything at all speaks against it.

    With None nothing was charged and no ledger row was written, unless the database went away in the middle: then
    nobody knows, as with any request.
    """
    key_id = bearer_id(bearer)
    if key_id is None:
        return None
    try:
        header = read_header(request, by=_Anybody())
        tokens = read_tokens(request.get("tokens"), most=MAX_SCREEN_TOKENS)
        basis = header.basis if request.get("basis") else None
        rows = _ask(
            [key_id, verifier(bearer), ip.removeprefix(MAPPED), header.purpose, header.case_ref, basis, *tokens]
        )
        if not rows:
            return None
        return Answered(rows[0][0], read_answer([row[1:] for row in rows], tokens.types, header.purpose))
    except (Refusal, Error):
        return None


def _ask(parameters: list[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        if _prepared.on is not connection.connection:
            cursor.execute(PREPARE)
            _prepared.on = connection.connection
        cursor.execute(EXECUTE, parameters)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows
