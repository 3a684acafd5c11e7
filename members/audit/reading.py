"""The whole log, read by whoever may read the whole trail (the logins aif_audit and aif_desk), and checked on the way.

What was signed is for others to check (`aif_share.audit`). Here leaves and tiles are held against the events: a wrong one of
them would make wrong proofs, though every event stands as it was signed.
"""

from __future__ import annotations

from collections.abc import Iterator

from members.audit.leaves import content, leaf_hash
from members.audit.log_queries import PAGE, Entry
from members.audit.tree import WIDTH, fold
from members.models import AuditEvent, AuditLeaf, AuditTile


class LogAltered(Exception):
    """An event is gone or changed since it got its leaf, or a stored hash is not the one it should be."""


def read_log(*, after: int = -1) -> Iterator[Entry]:
    """Yield every leaf behind the place `after`, in order. Raise LogAltered, which names the place.

    Tiles are checked when the log is read from its beginning.
    """
    tiles = Tiles() if after < 0 else None
    while True:
        leaves = list(AuditLeaf.objects.filter(seq__gt=after).order_by("seq")[:PAGE])
        if not leaves:
            return
        events = AuditEvent.objects.in_bulk([leaf.event_id for leaf in leaves])
        for leaf in leaves:
            event = events.get(leaf.event_id)
            text = b"" if event is None else content(event)
            if event is None or leaf.seq != after + 1 or leaf_hash(text) != bytes(leaf.hash):
                raise LogAltered(f"event {after + 1} of the log is not what it was when it got its place")
            if tiles is not None:
                tiles.add(bytes(leaf.hash))
            yield Entry(leaf.seq, text.decode())
            after = leaf.seq


class Tiles:
    """Holds stored tiles against the leaves, which come one by one; memory for one tile a level."""

    def __init__(self) -> None:
        self._open: list[list[bytes]] = []
        self._full: list[int] = []

    def add(self, node: bytes, level: int = 0) -> None:
        """Take the next node of a level. Raise LogAltered where a tile that is full now is stored otherwise."""
        if level == len(self._open):
            self._open.append([])
            self._full.append(0)
        self._open[level].append(node)
        if len(self._open[level]) < WIDTH:
            return
        number, hashes = self._full[level], self._open[level]
        stored = AuditTile.objects.filter(level=level, number=number).values_list("hashes", flat=True).first()
        if stored is None or bytes(stored) != b"".join(hashes):
            raise LogAltered(f"tile {number} of level {level} of the log is not what its events make")
        self._open[level], self._full[level] = [], number + 1
        self.add(fold(hashes), level + 1)
