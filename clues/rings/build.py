"""The ring builder: one writer that turns new ring edges into components, and components into rings.

Rule: two components of clues become one when the weights of the identifiers they share (each
counted once) add up to two or more: one very strong identifier, or two strong ones. Among clues that
count, components only ever grow, so the outcome does not depend on the order of arrival; when a clue
stops counting or changes (`relink`), or a person decides (`parting`), its component first grows anew.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import orjson
from django.db import connection, transaction

from . import parting, relink, shades
from .closure import MERGE_WEIGHT, Groups

PART = 200  # components looked at in one statement: pairs are at most this many for each of their neighbors

# Transaction-scoped: a killed builder frees it with its connection.
BECOME_WRITER = "SELECT pg_try_advisory_xact_lock(hashtext('aif.rings'))"
TAKE_PENDING = """
SELECT DISTINCT clue_id, component FROM ring_edge WHERE pending ORDER BY clue_id LIMIT %s
"""
# One very strong identifier is enough: all who hold it are linked with the first of them, a star. Pairs would be
# as many as the square of the holders.
STARS = """
WITH held AS (
    SELECT DISTINCT e.type, e.epoch, e.token, e.shade, e.weight, e.component
    FROM ring_edge e JOIN (
        SELECT DISTINCT type, epoch, token, shade FROM ring_edge
        WHERE component = ANY(%(components)s) AND weight >= %(weight)s
    ) ours USING (type, epoch, token, shade)
), star AS (
    SELECT *, min(component) OVER (PARTITION BY type, epoch, token, shade) AS center FROM held
)
SELECT center, component, json_build_array(json_build_array(type, epoch, token, weight))
FROM star WHERE component <> center ORDER BY component, type, token
"""
# Components that share enough weaker ones with one of ours, and what they share. An identifier that one component
# alone holds counts for nothing, and a component with too few of the others is left out before the pairs are made:
# a phone in ten thousand clues that share nothing else makes no pairs. One link for each neighbor is enough, for
# what has grown is looked at again.
PAIRS = """
WITH held AS (
    SELECT DISTINCT e.type, e.epoch, e.token, e.shade, e.weight, e.component
    FROM ring_edge e JOIN (
        SELECT DISTINCT type, epoch, token, shade FROM ring_edge
        WHERE component = ANY(%(components)s) AND weight < %(weight)s
    ) ours USING (type, epoch, token, shade)
), common AS (
    SELECT type, epoch, token, shade FROM held GROUP BY type, epoch, token, shade HAVING count(*) > 1
), able AS (
    SELECT h.component FROM held h JOIN common USING (type, epoch, token, shade)
    GROUP BY h.component HAVING sum(h.weight) >= %(weight)s
), rest AS MATERIALIZED (
    SELECT h.* FROM held h JOIN common USING (type, epoch, token, shade) JOIN able USING (component)
)
SELECT DISTINCT ON (theirs.component) ours.component, theirs.component,
    json_agg(json_build_array(type, epoch, token, ours.weight) ORDER BY type, token)
FROM rest ours JOIN rest theirs USING (type, epoch, token, shade)
WHERE ours.component = ANY(%(components)s) AND theirs.component <> ours.component
GROUP BY ours.component, theirs.component HAVING sum(ours.weight) >= %(weight)s
ORDER BY theirs.component, ours.component
"""
SIZES = """
SELECT component, count(DISTINCT clue_id), coalesce((
    SELECT CASE r.state WHEN 'open' THEN 2 WHEN 'dissolved' THEN 1 END FROM ring r WHERE r.component = e.component), 0)
FROM ring_edge e WHERE component = ANY(%s) GROUP BY component
"""
MERGED = "unnest(%(survivors)s::bigint[], %(absorbed)s::bigint[], %(shared)s::text[]) AS m (survivor, absorbed, shared)"
RECORD_MERGES = f"""
INSERT INTO ring_merge (survivor, absorbed, component, ring_id, shared, clues, merged_at)
SELECT m.survivor, m.absorbed, m.survivor, r.id, m.shared::jsonb, array_agg(DISTINCT e.clue_id), %(now)s
FROM {MERGED} JOIN ring_edge e ON e.component = m.absorbed LEFT JOIN ring r ON r.component = m.absorbed
GROUP BY m.survivor, m.absorbed, m.shared, r.id ORDER BY m.absorbed
"""  # noqa: S608
RELABEL = f"UPDATE ring_edge e SET component = m.survivor FROM {MERGED} WHERE e.component = m.absorbed"  # noqa: S608
# The component's number is free then: the ring keeps a number that no clue has, and the merger knows it.
ABSORB_RINGS = """
UPDATE ring SET state = 'merged', component = -id, updated_at = %(now)s WHERE component = ANY(%(absorbed)s)
"""
FOLLOW = f"""
UPDATE ring_merge g SET component = m.survivor FROM {MERGED} WHERE g.component = m.absorbed AND g.undone_at IS NULL
"""  # noqa: S608
DISSOLVE = """
UPDATE ring SET state = 'dissolved', updated_at = %(now)s
WHERE state = 'open' AND component = ANY(%(components)s) AND component <> ALL(%(kept)s)
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
RETURNING component
"""


def build_pending(*, limit: int, now: datetime) -> int:
    """Bring up to `limit` new or changed clues into components; return how many (0 when another one writes)."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(BECOME_WRITER)
        if not cursor.fetchone()[0]:
            return 0
        changed, touched = relink.relink(cursor, limit=limit, now=now)
        decided, parted = parting.apply_cuts(cursor, now=now)
        cursor.execute(TAKE_PENDING, [limit])
        pending = cursor.fetchall()
        if not pending and not changed and not decided:
            return 0
        new = {clue for clue, _ in pending}
        shades.set_for_new(cursor, new)
        touched |= parted | {component for _, component in pending}
        _grow(cursor, touched, now)
        cursor.execute(SETTLE, [sorted(new)])
        cursor.execute(REFRESH, {"components": sorted(touched), "now": now})
        kept = [component for (component,) in cursor.fetchall()]
        cursor.execute(DISSOLVE, {"components": sorted(touched), "kept": kept, "now": now})
    return len(pending) + changed + decided


def _grow(cursor: Any, touched: set[int], now: datetime) -> None:
    """Merge the components, and what they grow into, with all that shares enough with them; add those to `touched`."""
    waiting = sorted(touched)
    while waiting:
        part, waiting = waiting[:PART], waiting[PART:]
        grown, gone = _merge(cursor, part, now)
        touched |= grown
        waiting = [*(c for c in waiting if c not in gone and c not in grown), *sorted(grown)]


def _merge(cursor: Any, components: Sequence[int], now: datetime) -> tuple[set[int], set[int]]:
    """Merge what the components share enough with; return those that grew, and those that went up in them."""
    links: list[tuple[int, int, Any]] = []
    for statement in (STARS, PAIRS):
        cursor.execute(statement, {"components": list(components), "weight": MERGE_WEIGHT})
        links += cursor.fetchall()
    if not links:
        return set(), set()
    why: dict[int, Any] = {}
    for one, other, shared in links:
        why.setdefault(one, shared)
        why.setdefault(other, shared)
    members = sorted(why)
    cursor.execute(SIZES, [members])
    # A ring people have seen survives; among equals the larger one, so that less is relabeled.
    rank = {c: (known, size, -c) for c, size, known in cursor.fetchall()}
    into: dict[int, int] = {}
    groups = Groups(members)
    for one, other, _ in links:
        groups.join(one, other)
    for group in groups.sets():
        survivor = max(group, key=rank.__getitem__)
        into |= dict.fromkeys(sorted(group - {survivor}), survivor)
    names = {
        "absorbed": list(into),
        "survivors": list(into.values()),
        "shared": [orjson.dumps(why[component]).decode() for component in into],
        "now": now,
    }
    for statement in (FOLLOW, RECORD_MERGES, RELABEL, ABSORB_RINGS):
        cursor.execute(statement, names)
    return set(into.values()), set(into)
