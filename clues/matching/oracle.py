"""The oracle: what the matches should be, straight from the sightings, by one plain query.

It runs on a schedule, raises an alarm on any difference, and repairs it. Tests compare with it.
"""

import logging
from dataclasses import dataclass

from django.db import connection

from . import recount

log = logging.getLogger(__name__)

EXPECTED = """
SELECT s.type, s.epoch, s.token, s.institution_id
FROM sighting s JOIN institution i ON i.id = s.institution_id
WHERE s.counted AND i.state = 'live' AND (s.type, s.epoch, s.token) IN (
    SELECT s.type, s.epoch, s.token
    FROM sighting s JOIN institution i ON i.id = s.institution_id
    WHERE s.counted AND i.state = 'live'
    GROUP BY s.type, s.epoch, s.token
    HAVING count(DISTINCT i.group_id) > 1
)
"""
FOUND = """
SELECT m.type, m.epoch, m.token, p.institution_id FROM match m JOIN match_party p ON p.match_id = m.id
JOIN institution i ON i.id = p.institution_id AND i.state = 'live'
"""
MISSING = f"{EXPECTED} EXCEPT {FOUND}"
EXTRA = f"{FOUND} EXCEPT {EXPECTED}"


@dataclass(frozen=True)
class Findings:
    """Parties (an institution at an identifier) that are missing, or that should not be there."""

    missing: int
    extra: int

    @property
    def clean(self) -> bool:
        """Whether matches and sightings agree."""
        return not self.missing and not self.extra


def compare() -> Findings:
    """Compare all matches with the sightings in one snapshot."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT (SELECT count(*) FROM ({MISSING}) a), (SELECT count(*) FROM ({EXTRA}) b)")  # noqa: S608 # nosec B608
        missing, extra = cursor.fetchone()
    return Findings(missing=missing, extra=extra)


def check_and_repair() -> Findings:
    """Compare; on any difference raise an alarm and recount the identifiers concerned."""
    findings = compare()
    if findings.clean:
        return findings
    log.error("oracle: %d parties missing, %d extra", findings.missing, findings.extra)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT type, epoch, token FROM ({MISSING}) a UNION SELECT type, epoch, token FROM ({EXTRA}) b")  # noqa: S608 # nosec B608
        tokens = cursor.fetchall()
    recount.recount(tokens)
    return findings
