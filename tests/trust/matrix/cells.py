"""A cell: one asker, one address, one method, one object; and when two answers are the same."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection, transaction

from tests.factories import acting_as

PER_REQUEST = frozenset({"Date", "X-Request-ID", "Expires", "Content-Security-Policy"})
_DRAWN = re.compile(
    rb'(name="csrf-token" content="|name="csrfmiddlewaretoken" value="|&quot;csrf[^&]*&quot;: &quot;|nonce=")[^"&]*'
)
TRAIL = frozenset({"audit_event", "audit_pending", "django_session"})
"""What a refused call may write: who tried what, and when the session was last seen."""


@dataclass
class Score:
    """How many cells were asked, and which of them told something, or changed something."""

    cells: int = 0
    leaks: list[str] = field(default_factory=list)
    unreached: list[str] = field(default_factory=list)  # own calls that did not succeed: such a row proves nothing
    _as_made: Mapping[str, str] | None = None

    def same(self, name: str, foreign: Any, missing: Any, *objects: str) -> None:
        """Count both answers; they must not differ in a byte."""
        self.cells += 2
        first, second = (seen(answer, *objects) for answer in (foreign, missing))
        if first != second:
            self.leaks.append(f"{name}: {first[0]} is not {second[0]}, or says more: {_differ(first, second)}")
        elif first[0] >= 500 or 200 <= first[0] < 300:
            self.leaks.append(f"{name}: answered {first[0]}")

    def nothing(self, name: str, answer: Any, hidden: Sequence[bytes]) -> None:
        """Count an answer to a stranger: none of these stands in it."""
        self.cells += 1
        _status, content, _headers = seen(answer)
        told = [each.decode() for each in hidden if each in content]
        if told or answer.status_code == 500:
            self.leaks.append(f"{name}: {answer.status_code}, tells {told}")

    def world_as_made(self) -> Mapping[str, str]:
        """The rows as they are whenever nothing is under way: every effect is taken back (`undone`), so one look serves all."""
        if self._as_made is None:
            self._as_made = hash_rows()
        return self._as_made

    def unchanged(self, name: str, before: Mapping[str, str]) -> None:
        """Every row stands as it did before the refused calls."""
        after = hash_rows()
        if after != before:
            self.leaks.append(f"{name}: changed {sorted(t for t, rows in after.items() if before.get(t) != rows)}")


def seen(answer: Any, *objects: str) -> tuple[int, bytes, dict[str, str]]:
    """All that the asker can see, but for date and id of the request, drawn tokens, and what itself wrote in the address."""
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    content = _DRAWN.sub(rb"\1", content)
    headers = {name: value for name, value in answer.headers.items() if name not in PER_REQUEST}
    for each in objects:
        content = content.replace(each.encode(), b"*")
        headers = {name: value.replace(each, "*") for name, value in headers.items()}
    return answer.status_code, content, headers


def _differ(first: Any, second: Any) -> str:
    """Where two answers part, in short."""
    if first[1] == second[1]:
        return str(sorted(first[2].items() ^ second[2].items()))[:200]
    at = next((n for n, pair in enumerate(zip(first[1], second[1], strict=False)) if pair[0] != pair[1]), 0)
    return f"{first[1][at - 60 : at + 60]!r} / {second[1][at - 60 : at + 60]!r}"


class Undone(Exception):
    """Ends a block whose effects are taken back."""


@contextlib.contextmanager
def undone() -> Iterator[None]:
    """Take back whatever happens in the block; what opens a transaction of its own finds none around it."""
    try:
        with transaction.atomic():
            # As tests of Django's do: an operation that commits for itself may run within this block.
            connection.atomic_blocks[-1]._from_testcase = True
            yield
            raise Undone
    except Undone:
        pass


def hash_rows() -> Mapping[str, str]:
    """A hash of the rows of every table, as the owner of the tables sees them."""
    with acting_as("aif_owner"), connection.cursor() as cursor:
        if not _TABLES:
            cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")
            _TABLES.extend(name for (name,) in cursor.fetchall() if name not in TRAIL)
        if connection.connection not in _SESSIONS:  # planned once: that takes longer than to read these few rows
            statement = " UNION ALL ".join(
                f"SELECT '{name}', md5(coalesce(string_agg(t::text, '|' ORDER BY t::text), '')) FROM \"{name}\" t"
                for name in _TABLES
            )
            cursor.execute(f"PREPARE hash_rows AS {statement}")
            _SESSIONS[:] = [connection.connection]
        cursor.execute("EXECUTE hash_rows")
        return dict(cursor.fetchall())


_TABLES: list[str] = []
_SESSIONS: list[Any] = []
"""Whose session knows the statement."""
