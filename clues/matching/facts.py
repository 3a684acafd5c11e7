"""One fact, however many key epochs it stands in: whatever counts matches or identifiers counts it once.

While two key epochs overlap, an institution that reported again has one clue in both, and so one fact can be a match of
each epoch. Both stand in the list of matches; in figures they are one. What ties them is the institution's own clue, in one
place, so this is said of one party. It costs nothing as long as there is one epoch.
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


def sql_is_first(party: str) -> str:
    """Return SQL that is true of a row of match_party if its institution was told of the fact by this match first."""
    return f"""(NOT ({EPOCHS_OVERLAP}) OR NOT EXISTS (SELECT 1 {_TWINS.format(p=party)}
        AND (twin.released_at, twin.match_id) < ({party}.released_at, {party}.match_id)))"""


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
