"""Daily quotas, charged in PostgreSQL inside the caller's transaction: they fail closed."""

from datetime import datetime

from django.db import connection
from django.utils.translation import gettext_noop

from aif_share.errors import Refusal
from clues.models import QuotaUse

SUBMIT, SCREEN = "submit", "screen"


class QuotaExhausted(Refusal):
    """The day's quota does not cover the request; nothing of it was charged."""

    def __init__(self, kind: str, limit: int) -> None:
        super().__init__(
            "quota-exhausted",
            gettext_noop(
                "What is left of the daily quota does not cover this request. It starts anew at 00:00 UTC; "
                "ask the alliance if you need more."
            ),
            kind=kind,
            limit=limit,
        )


def charge(*, institution_id: int, kind: str, amount: int, limit: int) -> None:
    """Charge `amount` units of today's quota, all or none. Raise QuotaExhausted."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT aif_charge(%s, %s, %s, %s)", [institution_id, kind, amount, limit])
        (charged,) = cursor.fetchone()
    if not charged:
        raise QuotaExhausted(kind, limit)


def get_used(*, institution_id: int, now: datetime) -> dict[str, int]:
    """Return what an institution used today, by kind."""
    rows = QuotaUse.objects.filter(institution_id=institution_id, day=now.date())
    used = dict(rows.values_list("kind", "used"))
    return {kind: used.get(kind, 0) for kind in (SUBMIT, SCREEN)}
