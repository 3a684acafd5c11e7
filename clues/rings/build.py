"""The ring builder: one writer that turns new ring edges into components, and components into rings.

Rule: two components of clues become one when the weights of the identifiers they share (each
counted once) add up to two or more: one very strong identifier, or two strong ones. Components
only ever grow, so the outcome does not depend on the order of arrival.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import orjson
from django.db import connection, transaction

MERGE_WEIGHT = 2

# Transaction-scoped: a killed builder frees it with its connection.
BECOME_WRITER = "SELECT pg_try_advisory_xact_lock(hashtext('aif.rings'))"
TAKE_PENDING = """
SELECT DISTINCT clue_id, component FROM ring_edge WHERE pending ORDER BY clue_id LIMIT %s
"""
# Components that share enough with one of ours, and what they share.
NEIGHBORS = """
WITH ours AS (
    SELECT DISTINCT component, type, epoch, token, weight FROM ring_edge
    WHERE component = ANY(%(components)s)
), shared AS (
    SELECT DISTINCT o.component AS ours, e.component AS theirs, o.type, o.epoch, o.token, o.weight
    FROM ours o JOIN ring_edge e USING (type, epoch, token)
    WHERE e.component <> o.component
)
SELECT ours, theirs, json_agg(json_build_array(type, epoch, token, weight) ORDER BY type, token)
FROM shared GROUP BY ours, theirs HAVING sum(weight) >= %(weight)s
"""
SIZES = """
SELECT component, count(DISTINCT clue_id), bool_or(EXISTS (
    SELECT 1 FROM ring r WHERE r.component = e.component AND r.state = 'open'))
FROM ring_edge e WHERE component = ANY(%s) GROUP BY component
"""
RECORD_MERGE = """
INSERT INTO ring_merge (survivor, absorbed, shared, clues, merged_at)
SELECT %(survivor)s, %(absorbed)s, %(shared)s::jsonb, array_agg(DISTINCT clue_id), %(now)s
FROM ring_edge WHERE component = %(absorbed)s
"""
RELABEL = "UPDATE ring_edge SET component = %s WHERE component = %s"
ABSORB_RING = """
UPDATE ring SET state = 'merged', updated_at = %s WHERE component = %s AND state = 'open'
"""
SETTLE = "UPDATE ring_edge SET pending = false WHERE pending AND clue_id = ANY(%s)"
REFRESH = """
INSERT INTO ring (component, state, clues, identifiers, groups, institutions, categories,
    best_grade, amount_cny, first_seen_at, last_seen_at, created_at, updated_at)
SELECT e.component, 'open', count(DISTINCT e.clue_id), count(DISTINCT (e.type, e.epoch, e.token)),
    count(DISTINCT i.group_id), array_agg(DISTINCT i.id), array_agg(DISTINCT c.category),
    min(c.grade), (SELECT sum(amount_cny) FROM clue WHERE id = ANY(array_agg(DISTINCT c.id))),
    min(c.received_at), max(c.received_at), %(now)s, %(now)s
FROM ring_edge e JOIN clue c ON c.id = e.clue_id AND c.state = 'active'
JOIN institution i ON i.id = c.institution_id AND i.state = 'live'
WHERE e.component = ANY(%(components)s)
GROUP BY e.component
HAVING count(DISTINCT e.clue_id) > 1 AND count(DISTINCT (e.type, e.epoch, e.token)) > 1
    AND count(DISTINCT i.group_id) > 1
ON CONFLICT (component) DO UPDATE SET state = 'open', clues = EXCLUDED.clues,
    identifiers = EXCLUDED.identifiers, groups = EXCLUDED.groups,
    institutions = EXCLUDED.institutions, categories = EXCLUDED.categories,
    best_grade = EXCLUDED.best_grade, amount_cny = EXCLUDED.amount_cny,
    first_seen_at = EXCLUDED.first_seen_at, last_seen_at = EXCLUDED.last_seen_at,
    updated_at = EXCLUDED.updated_at
"""


def build_pending(*, limit: int, now: datetime) -> int:
    """Bring up to `limit` new clues into components; return how many (0 when another one writes)."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(BECOME_WRITER)
        if not cursor.fetchone()[0]:
            return 0
        cursor.execute(TAKE_PENDING, [limit])
        pending = cursor.fetchall()
        if not pending:
            return 0
        touched = {component for _, component in pending}
        frontier = set(touched)
        while frontier:
            frontier = _merge_round(cursor, frontier, now)
            touched |= frontier
        cursor.execute(SETTLE, [[clue for clue, _ in pending]])
        cursor.execute(REFRESH, {"components": list(touched), "now": now})
    return len(pending)


def _merge_round(cursor: Any, frontier: Iterable[int], now: datetime) -> set[int]:
    """Merge what the frontier shares enough with; return the components that grew."""
    cursor.execute(NEIGHBORS, {"components": list(frontier), "weight": MERGE_WEIGHT})
    links = cursor.fetchall()
    if not links:
        return set()
    members = sorted({component for ours, theirs, _ in links for component in (ours, theirs)})
    cursor.execute(SIZES, [members])
    # A ring people have seen survives; among equals the larger one, so that less is relabeled.
    rank = {c: (is_ring, size, -c) for c, size, is_ring in cursor.fetchall()}
    grown: set[int] = set()
    for group in _connected(members, [(ours, theirs) for ours, theirs, _ in links]):
        survivor = max(group, key=rank.__getitem__)
        for absorbed in sorted(group - {survivor}):
            shared = [why for ours, theirs, why in links if absorbed in (ours, theirs)]
            _absorb(cursor, survivor, absorbed, shared[0], now)
        grown.add(survivor)
    return grown


def _absorb(cursor: Any, survivor: int, absorbed: int, shared: Any, now: datetime) -> None:
    cursor.execute(
        RECORD_MERGE,
        {
            "survivor": survivor,
            "absorbed": absorbed,
            "shared": orjson.dumps(shared).decode(),
            "now": now,
        },
    )
    cursor.execute(RELABEL, [survivor, absorbed])
    cursor.execute(ABSORB_RING, [now, absorbed])


def _connected(members: Sequence[int], links: Iterable[tuple[int, int]]) -> list[set[int]]:
    """Return the connected groups of the members (union-find with path halving)."""
    parent = {member: member for member in members}

    def find(member: int) -> int:
        while parent[member] != member:
            parent[member] = parent[parent[member]]
            member = parent[member]
        return member

    for one, other in links:
        parent[find(one)] = find(other)
    groups: dict[int, set[int]] = {}
    for member in members:
        groups.setdefault(find(member), set()).add(member)
    return list(groups.values())
