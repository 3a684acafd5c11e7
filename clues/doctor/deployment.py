"""What kind of deployment this is, and what its operator lets through."""

from __future__ import annotations

from collections.abc import Iterator

from django.conf import settings

from clues.doctor.finding import Finding, good, unsure, wrong
from members.row_security.logins import is_embedded

SHORTEST_TICK_S = 1.0


def look() -> Iterator[Finding]:
    """Yield what was found."""
    yield _kind()
    yield _webhooks()
    yield _tick()


def _kind() -> Finding:
    marked = is_embedded()
    if settings.PRODUCTION and marked:
        return wrong(
            "deployment", "the database is marked as an embedded stack's: its console admits members and rotates keys alone",
            "Find out who marked it; then, as its owner: COMMENT ON DATABASE … IS NULL.",
        )  # fmt: skip
    if settings.PRODUCTION:
        return good("deployment", "this is production, where two people decide")
    if marked:
        return unsure(
            "deployment", f"AIF_ENV is {settings.AIF_ENV}: an embedded stack, on which one person decides alone",
            "Fine on one machine for trying; never for members' data.",
        )  # fmt: skip
    return wrong(
        "deployment", f"AIF_ENV is {settings.AIF_ENV}, and no embedded stack made this database",
        "Set AIF_ENV=production for every process and command.",
    )  # fmt: skip


def _webhooks() -> Finding:
    if count := len(settings.AIF_WEBHOOK_ALLOW_CIDRS):
        return unsure(
            "webhooks.allowed", f"webhooks may go to {count} networks that are not public, by http and to any port",
            "Leave in AIF_WEBHOOK_ALLOW_CIDRS only what members' receivers need, and nothing that trusts its callers.",
        )  # fmt: skip
    return good("webhooks.allowed", "webhooks go to public addresses only")


def _tick() -> Finding:
    if settings.AIF_DISCLOSURE_TICK < SHORTEST_TICK_S:
        return unsure(
            "tick", "matches show at ticks of less than a second, so the moment may tell who met whom",
            "Fine for tests; production takes no AIF_DISCLOSURE_TICK below 1.",
        )  # fmt: skip
    return good("tick", f"matches show every {settings.AIF_DISCLOSURE_TICK:g} s")
