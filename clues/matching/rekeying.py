"""A clue reported again in another key epoch gains the tokens of that epoch; it stays one clue.

Tokens are equal inside one epoch only. So that two institutions still meet while one of them has the new key and the
other the old one, a clue stands in both epochs until the older one is retired. A row of a batch does that when it has
the reference and the fields of a clue that is there, and names its identifiers, place by place, in another epoch. What
follows is a change like a correction (`changes`): it is told of once, counts once, and takes nothing away.

The platform cannot see whether two tokens stand for the same value: whoever reported the clue answers for it, as for
the clue itself. A place takes one token for each epoch and no second one. A clue that ended because its last epoch was
retired, before its own time, comes back the same way.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from aif_share.identifiers import types
from aif_share.vocabulary import roles

CODE: Final = "epoch-added"
KIND: Final = "resubmitted"
SCORING: Final = frozenset(row.code for row in roles.ROWS if row.scoring)
LINK: Final = {code: kind.link for code, kind in types().items()}

# The clue's row is locked, so that a correction and this do not overtake each other; in the order of STORE_CLUES.
KNOWN_CONTENT = """
SELECT i.row, c.id, c.state = 'active' OR c.state = 'expired' AND c.expires_at > clock_timestamp()
    AND NOT EXISTS (SELECT 1 FROM sighting s WHERE s.clue_id = c.id)
FROM clue_in i
JOIN clue c ON c.institution_id = %(institution)s AND c.client_ref = i.client_ref
WHERE NOT EXISTS (SELECT 1 FROM clue_new n WHERE n.row = i.row OR n.clue_id = c.id) AND c.fingerprint <> i.fingerprint
    AND (c.category, c.grade, c.level, c.channel, c.observed_at, c.region, c.amount_cny, c.crime_indicator,
        nullif(c.indicators::text[], '{}'), c.consumer_contacted, c.tlp, c.evidence_sha256)
    IS NOT DISTINCT FROM (i.category, i.grade, i.level, i.channel, i.observed_at, i.region, i.amount_cny,
        i.crime_indicator, nullif(i.indicators, '{}'), i.consumer_contacted, i.tlp, i.evidence_sha256)
    AND (i.basis IS NULL OR c.basis = i.basis)
ORDER BY c.client_ref, i.row
FOR UPDATE OF c
"""
# What stands, or is about to: the last list that waits to be applied is what the clue says now.
STANDING_LINES = """
SELECT c.id, coalesce(w.identifiers, (
    SELECT string_agg(concat_ws(E'\\t', s.position, s.type, s.epoch, replace(s.token::text, '-', ''), s.role), E'\\n')
    FROM sighting s WHERE s.clue_id = c.id), '')
FROM unnest(%(clues)s::bigint[]) AS c (id)
LEFT JOIN LATERAL (
    SELECT identifiers FROM clue_change w
    WHERE w.clue_id = c.id AND w.applied_at IS NULL AND w.identifiers IS NOT NULL ORDER BY w.id DESC LIMIT 1
) w ON true
"""
ROW_LINES = """
SELECT row, concat_ws(E'\\t', position, type, epoch, replace(token::text, '-', ''), role)
FROM identifier_in WHERE row = ANY(%(rows)s) ORDER BY row, position
"""
PUT_CHANGES = """
WITH made AS (
    UPDATE clue c SET version = c.version + 1, state = 'active', ended_at = NULL
    FROM unnest(%(clues)s::bigint[], %(lines)s::text[]) AS n (clue_id, lines) WHERE c.id = n.clue_id
    RETURNING c.id, c.institution_id, c.version, n.lines
)
INSERT INTO clue_change (clue_id, institution_id, kind, reason, version, before, identifiers, actor_ref, created_at)
SELECT id, institution_id, %(kind)s, '', version, '{}', lines, %(actor)s, clock_timestamp() FROM made ORDER BY id
"""

Line = tuple[str, ...]
"""position, type, epoch, token and role of one identifier, in COPY form; what comes behind them is made anew."""


def rekey(cursor: Any, parameters: Mapping[str, Any]) -> dict[int, tuple[str, str | None]]:
    """Order the tokens of another epoch to be added; return row -> (outcome, code) of the rows that are no contradiction.

    `parameters` are those of the chunk (`steps.Chunk`), whose rows are loaded.
    """
    cursor.execute(KNOWN_CONTENT, parameters)
    found = cursor.fetchall()
    if not found:
        return {}
    cursor.execute(STANDING_LINES, {"clues": sorted({clue for _, clue, _ in found})})
    standing = {clue: [tuple(line.split("\t")) for line in lines.splitlines()] for clue, lines in cursor.fetchall()}
    cursor.execute(ROW_LINES, {"rows": [row for row, *_ in found]})
    asked: dict[int, list[Line]] = {}
    for row, line in cursor.fetchall():
        asked.setdefault(row, []).append(tuple(line.split("\t")))
    outcomes: dict[int, tuple[str, str | None]] = {}
    added: dict[int, list[Line]] = {}
    for row, clue, takes in found:
        more = missing(standing[clue], asked.get(row, []))
        if more is None:
            continue
        # An ended or disputed clue takes nothing more; what it says is known, so the row is no contradiction either.
        outcomes[row] = ("accepted", CODE) if more and takes else ("duplicate", None)
        if more and takes:
            standing[clue] = [*standing[clue], *more]
            added[clue] = standing[clue]
    if added:
        cursor.execute(
            PUT_CHANGES,
            {
                "clues": list(added),
                "lines": [_text(lines) for lines in added.values()],
                "kind": KIND,
                "actor": "matching",
            },
        )
    return outcomes


def missing(standing: Sequence[Line], asked: Sequence[Line]) -> list[Line] | None:
    """Return which of the lines `asked` a clue lacks; None if they are not its identifiers in another epoch.

    They are if they fill the same places with the same types and roles, and no place would hold two tokens of one epoch.
    A clue of which nothing stands any more lacks all of them.
    """
    if not standing:
        return list(asked)
    places = {line[0]: (line[1], line[4]) for line in standing}
    if {line[0]: (line[1], line[4]) for line in asked} != places:
        return None
    held = {(line[0], line[2]): line[3] for line in standing}
    more = []
    for line in asked:
        token = held.get((line[0], line[2]))
        if token is None:
            more.append(line)
        elif token != line[3]:
            return None
    return more


def _text(lines: Sequence[Line]) -> str:
    """The whole list of a clue as a work order for `changes`: lines in COPY form."""
    ordered = sorted(lines, key=lambda line: (int(line[0]), int(line[2])))
    return "\n".join("\t".join((*line[:5], "t" if line[4] in SCORING else "f", str(LINK[line[1]]))) for line in ordered)
