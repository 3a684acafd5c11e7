"""What an institution does about a match: assign it to a person, acknowledge it, take it up again, note it as read.

Each change names the version that its page showed; if anybody changed the match since, nothing at all is written. Other
institutions never learn of any of this.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext_noop

from aif_share.errors import Refusal
from clues.models import MatchWork
from members import audit
from members.models import User, reference
from members.permissions import ROLE_PERMISSIONS, Permission, check
from members.queries import Person

from . import facts
from .queries import HAS_OTHERS, MatchNotFound

MOST = 100  # matches changed at once
WORKING_ROLES = tuple(role for role, allowed in ROLE_PERMISSIONS.items() if Permission.MATCH_WORK in allowed)

SEEN = f"""
SELECT p.match_id, {facts.sql_told_at("p")} FROM match_party p
WHERE p.institution_id = %(institution)s AND p.match_id = ANY(%(matches)s) AND p.released_at <= clock_timestamp()
    AND {HAS_OTHERS}
"""  # noqa: S608 - put together from literals
# A page is read after the moment it was made possible, even if the clock of web is behind.
READ = """
INSERT INTO match_read (user_id, match_id, read_at)
SELECT %(user)s, p.match_id, greatest(p.released_at, %(now)s) FROM match_party p
WHERE p.institution_id = %(institution)s AND p.match_id = ANY(%(matches)s) AND p.released_at <= clock_timestamp()
ORDER BY p.match_id
ON CONFLICT (user_id, match_id) DO UPDATE SET read_at = greatest(match_read.read_at, EXCLUDED.read_at)
"""
READ_UNTIL = """
INSERT INTO match_read_until (user_id, until) VALUES (%(user)s, least(%(until)s, clock_timestamp()))
ON CONFLICT (user_id) DO UPDATE SET until = greatest(match_read_until.until, EXCLUDED.until)
"""


@dataclass(frozen=True, slots=True)
class Colleague:
    """A person of the viewer's own institution."""

    ref: str
    name: str


def list_colleagues(*, viewer: Person) -> list[Colleague]:
    """Return who can be given a match: active people of the institution whose role works on matches."""
    people = User.objects.filter(institution_id=viewer.institution_id, is_active=True, role__in=WORKING_ROLES)
    return [Colleague(person.ref, person.full_name or person.username) for person in people.order_by("username")]


def assign(*, matches: Mapping[str, int], assignee: str | None, by: Person, now: datetime) -> int:
    """Give matches to a colleague (`U-…`), or to nobody; return how many changed. `matches` is reference -> version.

    Raise MatchNotFound; Refusal `version-changed`, or `field-invalid` for a person who cannot be given a match.
    """
    check(by, Permission.MATCH_WORK)
    person = None if assignee is None else _colleague(assignee, by)

    def change(row: MatchWork, _told_at: datetime) -> bool:
        if row.assignee_id == person:
            return False
        row.assignee_id, row.assigned_at = person, None if person is None else now
        return True

    return _change(matches, change, verb="match.assign", by=by, detail={"assignee": assignee or ""})


def acknowledge(*, matches: Mapping[str, int], by: Person, now: datetime) -> int:
    """Note that the institution has seen to the matches; return how many changed. Raises as `assign` does."""
    check(by, Permission.MATCH_WORK)

    def change(row: MatchWork, told_at: datetime) -> bool:
        if row.acknowledged_at is not None and row.acknowledged_at >= told_at:
            return False
        row.acknowledged_by_id, row.acknowledged_at = by.user_id, max(now, told_at)
        return True

    return _change(matches, change, verb="match.acknowledge", by=by)


def reopen(*, matches: Mapping[str, int], by: Person) -> int:
    """Take acknowledged matches up again; return how many changed. Raises as `assign` does."""
    check(by, Permission.MATCH_WORK)

    def change(row: MatchWork, _told_at: datetime) -> bool:
        if row.acknowledged_at is None:
            return False
        row.acknowledged_by_id = row.acknowledged_at = None
        return True

    return _change(matches, change, verb="match.reopen", by=by)


def mark_read(*, matches: Sequence[str], viewer: Person, now: datetime) -> None:
    """Note that the person has read these matches; those that are not there for them are left out."""
    numbers = [number for number in (reference.decode("M", match) for match in matches[:MOST]) if number is not None]
    _run(READ, viewer, matches=numbers, now=now)


def mark_all_read(*, until: datetime, viewer: Person) -> None:
    """Note that the person has read whatever was released up to `until`, the moment of the page."""
    _run(READ_UNTIL, viewer, until=until)


def _change(
    matches: Mapping[str, int],
    change: Callable[[MatchWork, datetime], bool],
    *,
    verb: str,
    by: Person,
    detail: Mapping[str, str] | None = None,
) -> int:
    """Change all of them or none, rows locked in the order of their matches."""
    if not 0 < len(matches) <= MOST:
        raise Refusal("field-invalid", gettext_noop("Select 1 to 100 matches."), field="match")
    versions = {reference.decode("M", match) or 0: version for match, version in matches.items()}
    with transaction.atomic():
        told_at = _told_at(list(versions), by)
        if told_at.keys() != versions.keys():
            raise MatchNotFound
        numbers = sorted(versions)
        MatchWork.objects.bulk_create(
            [MatchWork(institution_id=by.institution_id, match_id=number) for number in numbers], ignore_conflicts=True
        )
        rows = list(
            MatchWork.objects.filter(institution_id=by.institution_id, match_id__in=numbers)
            .order_by("match_id")
            .select_for_update()
        )
        if any(row.version != versions[row.match_id] for row in rows):
            raise Refusal(
                "version-changed", gettext_noop("Somebody has changed this meanwhile. Look at it again, then decide.")
            )
        changed = [row for row in rows if change(row, told_at[row.match_id])]
        for row in changed:
            row.version += 1
            row.save(update_fields=["assignee", "assigned_at", "acknowledged_by", "acknowledged_at", "version"])
            subject = reference.encode("M", row.match_id)
            audit.record(verb, actor=by, subject_ref=subject, institution_id=by.institution_id, detail=detail)
    return len(changed)


def _told_at(numbers: list[int], viewer: Person) -> dict[int, datetime]:
    with connection.cursor() as cursor:
        cursor.execute(SEEN, {"institution": viewer.institution_id, "matches": numbers})
        return dict(cursor.fetchall())


def _colleague(ref: str, by: Person) -> int:
    people = User.objects.filter(
        pk=reference.decode("U", ref) or 0, institution_id=by.institution_id, is_active=True, role__in=WORKING_ROLES
    )
    person = people.values_list("pk", flat=True).first()
    if person is None:
        raise Refusal("field-invalid", gettext_noop("Nobody of your institution can be given this."), field="assignee")
    return person


def _run(statement: str, viewer: Person, **names: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, {"user": viewer.user_id, "institution": viewer.institution_id, **names})
