"""The closure of docs/adr/0008 over clues at hand, for a component that is taken apart: without the database, and pure.

`build` does the same by the set where new clues come in. A key is an identifier, and the shade that cuts gave it there.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping

MERGE_WEIGHT = 2

Held = Mapping[int, Mapping[Hashable, int]]
"""Clue -> the keys it holds, with their weights."""


class Groups:
    """Disjoint groups of members that only ever grow together (union-find with path halving)."""

    def __init__(self, members: Iterable[int]) -> None:
        self._parent = {member: member for member in members}

    def find(self, member: int) -> int:
        """Return the member that stands for the group."""
        parent = self._parent
        while parent[member] != member:
            parent[member] = parent[parent[member]]
            member = parent[member]
        return member

    def join(self, one: int, other: int) -> bool:
        """Make two groups one; return whether they were two."""
        first, second = self.find(one), self.find(other)
        self._parent[first] = second
        return first != second

    def sets(self) -> list[set[int]]:
        """Return the groups."""
        found: dict[int, set[int]] = defaultdict(set)
        for member in self._parent:
            found[self.find(member)].add(member)
        return list(found.values())


def close(held: Held) -> list[set[int]]:
    """Return the groups of clues: two become one while the keys that both hold weigh MERGE_WEIGHT or more."""
    groups = Groups(held)
    weaker: dict[Hashable, list[int]] = defaultdict(list)
    weights: dict[Hashable, int] = {}
    first: dict[Hashable, int] = {}
    for clue, keys in held.items():
        for key, weight in keys.items():
            if weight >= MERGE_WEIGHT:
                groups.join(clue, first.setdefault(key, clue))
            elif weight > 0:
                weaker[key].append(clue)
                weights[key] = weight
    while _join_by_pairs(groups, weaker, weights):
        pass
    return groups.sets()


def _join_by_pairs(groups: Groups, weaker: Mapping[Hashable, list[int]], weights: Mapping[Hashable, int]) -> bool:
    """Join what shares enough weaker keys now; return whether anything was joined. What shares too few makes no pairs."""
    holders = {key: {groups.find(clue) for clue in clues} for key, clues in weaker.items()}
    shared: dict[int, list[Hashable]] = defaultdict(list)
    for key, roots in holders.items():
        if len(roots) > 1:
            for root in roots:
                shared[root].append(key)
    able = {root for root, keys in shared.items() if sum(weights[key] for key in keys) >= MERGE_WEIGHT}
    joined = False
    for root in sorted(able):
        together: dict[int, int] = defaultdict(int)
        for key in shared[root]:
            for other in holders[key] & able:
                together[other] += weights[key]
        for other, weight in together.items():
            if other != root and weight >= MERGE_WEIGHT:
                joined |= groups.join(root, other)
    return joined
