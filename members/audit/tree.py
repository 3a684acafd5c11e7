"""The Merkle tree over the leaves, kept in tiles of 256 hashes so that a proof reads a few rows, however long the log is.

Tile `number` of `level` holds the nodes at height 8 × level that begin at 256 × number (c2sp.org/tlog-tiles). Only full
tiles are stored; what is beyond them is folded from the level below, the last leaves from their own table.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from django.db import connection

from members.models import AuditTile

WIDTH = 256
HEIGHT = 8
EMPTY = hashlib.sha256(b"").digest()


def get_size() -> int:
    """Return how many leaves the log has."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT audit_size()")
        return int(cursor.fetchone()[0])


class Tree:
    """The tree of the first `size` leaves. What it has read it keeps: use one for each proof or batch."""

    def __init__(self, size: int) -> None:
        self.size = size
        self._tiles: dict[tuple[int, int], bytes] = {}

    def root(self) -> bytes:
        """Return the root, 32 bytes."""
        return self._range(0, self.size) if self.size else EMPTY

    def inclusion(self, index: int) -> list[bytes]:
        """Return the path from the leaf at `index` to the root (RFC 9162, section 2.1.3.1)."""
        if not 0 <= index < self.size:
            raise ValueError("the leaf lies outside of the tree")
        path, begin, end = [], 0, self.size
        while end - begin > 1:
            middle = begin + _split(end - begin)
            if index < middle:
                path.append(self._range(middle, end))
                end = middle
            else:
                path.append(self._range(begin, middle))
                begin = middle
        return path[::-1]

    def consistency(self, old: int) -> list[bytes]:
        """Return the proof that the tree of `old` leaves is the beginning of this one (RFC 9162, section 2.1.4.1)."""
        if not 0 <= old <= self.size:
            raise ValueError("the older tree is the larger one")
        if old in (0, self.size):
            return []
        proof, begin, end, whole = [], 0, self.size, True
        while old != end:
            middle = begin + _split(end - begin)
            if old <= middle:
                proof.append(self._range(middle, end))
                end = middle
            else:
                proof.append(self._range(begin, middle))
                begin, whole = middle, False
        return ([] if whole else [self._range(begin, end)]) + proof[::-1]

    def full_tiles(self, since: int) -> Iterator[AuditTile]:
        """Yield, lowest level first, the tiles that became full after the first `since` leaves."""
        level = 0
        while self.size >> HEIGHT * (level + 1):
            for number in range(since >> HEIGHT * (level + 1), self.size >> HEIGHT * (level + 1)):
                yield AuditTile(level=level, number=number, hashes=self._tile(level, number))
            level += 1

    def _range(self, begin: int, end: int) -> bytes:
        # From the right: perfect subtrees, the smallest last.
        if (count := end - begin) & (count - 1) == 0 and begin % count == 0:
            return self._node(count.bit_length() - 1, begin // count)
        middle = begin + _split(count)
        return _above(self._range(begin, middle), self._range(middle, end))

    def _node(self, height: int, index: int) -> bytes:
        level, within = divmod(height, HEIGHT)
        first = index << within
        number, place = divmod(first, WIDTH)
        hashes = self._tile(level, number)
        return fold([hashes[32 * at : 32 * at + 32] for at in range(place, place + (1 << within))])

    def _tile(self, level: int, number: int) -> bytes:
        """All hashes of the tile that this tree knows: 256, or fewer at its end."""
        known = self._tiles.get((level, number))
        if known is None:
            known = self._tiles[level, number] = self._read(level, number)
        return known

    def _read(self, level: int, number: int) -> bytes:
        last = min((number + 1) * WIDTH, self.size >> HEIGHT * level)
        if last - number * WIDTH == WIDTH:
            stored = AuditTile.objects.filter(level=level, number=number).values_list("hashes", flat=True).first()
            if stored is not None:
                return bytes(stored)
        if level == 0:
            with connection.cursor() as cursor:
                cursor.execute("SELECT audit_hashes(%s, %s)", [number * WIDTH, last])
                return b"".join(bytes(each) for (each,) in cursor.fetchall())
        numbers = range(number * WIDTH, last)
        tiles = AuditTile.objects.filter(level=level - 1, number__gte=numbers.start, number__lt=numbers.stop)
        known = {each: bytes(hashes) for each, hashes in tiles.values_list("number", "hashes")}
        below = (known[each] if each in known else self._tile(level - 1, each) for each in numbers)
        return b"".join(fold([tile[at : at + 32] for at in range(0, len(tile), 32)]) for tile in below)


def _split(count: int) -> int:
    """The largest power of two below `count`."""
    return 1 << ((count - 1).bit_length() - 1)


def root_of(hashes: list[bytes]) -> bytes:
    """Return the root over a few leaf hashes, all in memory."""
    if not hashes:
        return EMPTY
    if len(hashes) & (len(hashes) - 1) == 0:
        return fold(hashes)
    middle = _split(len(hashes))
    return _above(root_of(hashes[:middle]), root_of(hashes[middle:]))


def fold(hashes: list[bytes]) -> bytes:
    """Return the node over a power of two of nodes."""
    while len(hashes) > 1:
        hashes = [_above(hashes[at], hashes[at + 1]) for at in range(0, len(hashes), 2)]
    return hashes[0]


def _above(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()
