"""Honey tokens: identities made up by the alliance, tokenized as any member's are, that nobody has cause to ask about.

Whoever asks about one gets the answer of any unknown token, and is suspended until two people have looked: the function
that screens sees to that (`aif_meet_honey`). What is stored can be compared and not read.
"""

from __future__ import annotations

from datetime import datetime

from django.db import connection, transaction
from django.utils.translation import gettext_noop

from aif_share.errors import Refusal
from clues.models import HoneyToken
from clues.submissions.tokens import StoredTokens
from members import audit
from members.models import User
from members.permissions import Permission, check

PLANT = """
INSERT INTO honey_token (type, epoch, token, planted_by_id, planted_at, met)
SELECT DISTINCT q.type, q.epoch, q.token, %(user)s::bigint, %(now)s::timestamptz, 0
FROM unnest(%(types)s::text[], %(epochs)s::int[], %(stored)s::uuid[]) AS q (type, epoch, token)
ON CONFLICT DO NOTHING
"""


@transaction.atomic
def plant(*, tokens: StoredTokens, by: User, now: datetime) -> int:
    """Plant tokens; return how many are new. Raise Refusal."""
    check(by, Permission.INSTITUTION_SUSPEND)
    with connection.cursor() as cursor:
        cursor.execute(PLANT, {"user": by.pk, "now": now, **tokens._asdict()})
        fresh = int(cursor.rowcount)
    audit.record("honey.plant", actor=by, detail={"tokens": fresh})
    return fresh


@transaction.atomic
def withdraw(*, honey_id: int, reason: str, by: User, now: datetime) -> None:
    """Take one out: who asks about it from now on is not suspended. Raise Refusal."""
    check(by, Permission.INSTITUTION_SUSPEND)
    done = HoneyToken.objects.filter(pk=honey_id, withdrawn_at__isnull=True).update(withdrawn_at=now)
    if not done:
        raise Refusal("transition-refused", gettext_noop("It was taken out already."))
    row = HoneyToken.objects.only("id").get(pk=honey_id)
    audit.record("honey.withdraw", actor=by, subject_ref=row.ref, detail={"reason": reason})
