"""One fact, however many key epochs it stands in: whatever counts matches or identifiers counts it once.

While two key epochs overlap, an institution that reported again has one clue in both, and so one fact can be a match of
each epoch. Both stand in the list of matches; in figures they are one. What ties them is the institution's own clue, in one
place, so this is said of one party. It costs nothing as long as there is one epoch, and again once the older one is swept:
what a figure of a time needs to know of it, since when the institution knows, is then kept by the match that stays.
"""

from __future__ import annotations

from .sql import EPOCHS_OVERLAP

# The institution's other matches of the same fact; `{p}` is its row of match_party.
_TWINS = """
    FROM match here JOIN sighting s ON s.type = here.type AND s.epoch = here.epoch AND s.token = here.token
        AND s.institution_id = {p}.institution_id AND s.counted
    JOIN sighting o ON o.clue_id = s.clue_id AND o.position = s.position AND o.type = s.type AND o.epoch <> s.epoch
        AND o.counted
    JOIN match there ON there.type = o.type AND there.epoch = o.epoch AND there.token = o.token
    JOIN match_party twin ON twin.match_id = there.id AND twin.institution_id = {p}.institution_id
    WHERE here.id = {p}.match_id"""


# When an institution was told of the fact, by this match or by one of an epoch that was swept since.
_TOLD_AT = "coalesce({p}.known_since, {p}.released_at)"
# What a match of an epoch that goes leaves to its twins: since when their institution knows. Locked in the order of `PUT`.
KEEP_TOLD = f"""
WITH older AS (
    SELECT twin.id, min({_TOLD_AT.format(p="p")}) AS since
    FROM touched t JOIN match m USING (type, epoch, token) JOIN match_party p ON p.match_id = m.id
    CROSS JOIN LATERAL (SELECT twin.id {_TWINS.format(p="p")}) twin
    GROUP BY twin.id
), held AS MATERIALIZED (
    SELECT q.id, older.since FROM match_party q JOIN older ON older.id = q.id
    ORDER BY q.match_id, q.institution_id FOR UPDATE OF q
)
UPDATE match_party q SET known_since = held.since FROM held
WHERE q.id = held.id AND held.since < coalesce({_TOLD_AT.format(p="q")}, 'infinity')
"""  # noqa: S608 - put together from literals
# And what their institution made of it: nobody has to say it again, and nobody loses the standing that it gave them.
KEEP_VERDICTS = f"""
INSERT INTO feedback (match_id, institution_id, verdict, reason, given_at, applied_at)
SELECT DISTINCT ON (twin.match_id, f.institution_id) twin.match_id, f.institution_id, f.verdict, f.reason, f.given_at,
    f.applied_at
FROM touched t JOIN match m USING (type, epoch, token) JOIN match_party p ON p.match_id = m.id
JOIN feedback f ON f.match_id = m.id AND f.institution_id = p.institution_id
CROSS JOIN LATERAL (SELECT twin.match_id {_TWINS.format(p="p")}) twin
ORDER BY twin.match_id, f.institution_id, f.given_at DESC
ON CONFLICT (match_id, institution_id) DO NOTHING
"""  # noqa: S608

# And who looks into it, or has seen to it, with the time at which they did: nothing that was acknowledged is open again. A
# mark of an earlier life of the match is none.
KEEP_WORK = f"""
INSERT INTO match_work (match_id, institution_id, assignee_id, assigned_at, acknowledged_by_id, acknowledged_at, version)
SELECT DISTINCT ON (twin.match_id, w.institution_id) twin.match_id, w.institution_id, w.assignee_id, w.assigned_at,
    CASE WHEN w.done THEN w.acknowledged_by_id END, CASE WHEN w.done THEN w.acknowledged_at END, w.version
FROM touched t JOIN match m USING (type, epoch, token) JOIN match_party p ON p.match_id = m.id
JOIN LATERAL (
    SELECT w.*, coalesce(w.acknowledged_at >= {_TOLD_AT.format(p="p")}, false) AS done FROM match_work w
    WHERE w.match_id = m.id AND w.institution_id = p.institution_id
) w ON w.done OR w.assignee_id IS NOT NULL
CROSS JOIN LATERAL (SELECT twin.match_id {_TWINS.format(p="p")}) twin
ORDER BY twin.match_id, w.institution_id, w.done DESC, w.acknowledged_at DESC NULLS LAST, w.assigned_at DESC NULLS LAST
ON CONFLICT (match_id, institution_id) DO NOTHING
"""  # noqa: S608
# And who has read it, which statements tell of by role. The twin has news of its own until it is read as well: the mark is
# older than its release.
KEEP_READ = f"""
INSERT INTO match_read (user_id, match_id, read_at)
SELECT r.user_id, twin.match_id, max(r.read_at)
FROM touched t JOIN match m USING (type, epoch, token) JOIN match_party p ON p.match_id = m.id
JOIN match_read r ON r.match_id = m.id AND r.read_at >= {_TOLD_AT.format(p="p")}
JOIN user_account u ON u.id = r.user_id AND u.institution_id = p.institution_id
CROSS JOIN LATERAL (SELECT twin.match_id {_TWINS.format(p="p")}) twin
GROUP BY 1, 2 ORDER BY 1, 2
ON CONFLICT (user_id, match_id) DO NOTHING
"""  # noqa: S608


def sql_has_twin(party: str, condition: str) -> str:
    """Return SQL that is true of a row of match_party if `condition` is of its row `twin` in another match of the fact."""
    return f"(({EPOCHS_OVERLAP}) AND EXISTS (SELECT 1 {_TWINS.format(p=party)} AND {condition}))"


def sql_is_first(party: str) -> str:
    """Return SQL that is true of a row of match_party if its institution was told of the fact by this match first."""
    earlier = f"({_TOLD_AT.format(p='twin')}, twin.match_id) < ({_TOLD_AT.format(p=party)}, {party}.match_id)"
    return f"NOT {sql_has_twin(party, earlier)}"


def sql_told_at(party: str) -> str:
    """Return SQL for when the institution was told of the fact; of the first match of the fact, never later than its release.

    It is the same before the older epoch is swept and afterwards, so no figure of a time counts the fact again.
    """
    return _TOLD_AT.format(p=party)


def sql_fact_told_at(party: str) -> str:
    """Return SQL for when the institution was told of the fact first, the same for all its matches of one fact."""
    told_at = _TOLD_AT.format(p=party)
    earliest = f"(SELECT min({_TOLD_AT.format(p='twin')}) {_TWINS.format(p=party)})"
    return f"CASE WHEN ({EPOCHS_OVERLAP}) THEN least({told_at}, {earliest}) ELSE {told_at} END"


def sql_fact(party: str) -> str:
    """Return SQL for the number of the fact of a row of match_party: the same for all its matches of one fact."""
    return f"""CASE WHEN ({EPOCHS_OVERLAP}) THEN least({party}.match_id, (SELECT min(twin.match_id) {_TWINS.format(p=party)}))
        ELSE {party}.match_id END"""


# Identifiers of the same value in other epochs, by the clues of whoever reported it; `{i}` is a row of `identifier`.
_OTHERS = """
    SELECT 1 FROM sighting s JOIN sighting o ON o.clue_id = s.clue_id AND o.position = s.position AND o.type = s.type
        AND o.epoch <> s.epoch AND o.counted
    JOIN identifier other ON other.type = o.type AND other.epoch = o.epoch AND other.token = o.token
    WHERE s.type = {i}.type AND s.epoch = {i}.epoch AND s.token = {i}.token AND s.counted"""


def sql_is_oldest(identifier: str, of: str = "s.counted") -> str:
    """Return SQL that is true of one row of `identifier` for each value: that of its oldest epoch.

    `of` is a condition on the sightings `s` that tie rows together: those of one institution, for what it reported itself.
    """
    older = f"{_OTHERS.format(i=identifier)} AND {of} AND other.epoch < {identifier}.epoch"
    return f"(NOT ({EPOCHS_OVERLAP}) OR NOT EXISTS ({older}))"


def sql_is_unique(identifier: str) -> str:
    """Return SQL that is true of the oldest row of a value, as long as none of its rows has a second group."""
    return f"""(NOT ({EPOCHS_OVERLAP}) OR NOT EXISTS ({_OTHERS.format(i=identifier)}
        AND (other.epoch < {identifier}.epoch OR cardinality(other.groups) > 1)))"""
