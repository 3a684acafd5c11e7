"""Put identifiers on a noise list, as a proposal: a second person, at the alliance, decides before anything changes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext_noop

from aif_share.errors import Refusal
from aif_share.vocabulary import noise_lists
from aif_share.vocabulary.noise_lists import NoiseList
from aif_share.wire.limits import MAX_NOISE_ENTRIES
from clues import quotas
from clues.submissions.rows import names_of
from clues.submissions.tokens import StoredTokens, read_tokens
from members import audit
from members.models import User, reference
from members.permissions import Actor, Permission, check
from members.queries import Member

FIELDS = frozenset({"list", "entries"})

# What stands there already, proposed or in force, stays as it is. Ordered, so that two proposals cannot deadlock.
INSERT = """
INSERT INTO noise_entry (list, mode, type, epoch, token, institution_id, state, proposed_by_id, proposed_by_ref, proposed_at)
SELECT DISTINCT %(list)s, %(mode)s, q.type, q.epoch, q.token, %(institution)s::bigint, 'proposed', %(user)s::bigint,
    %(ref)s, %(now)s::timestamptz
FROM unnest(%(types)s::text[], %(epochs)s::int[], %(stored)s::uuid[]) AS q (type, epoch, token)
ORDER BY q.type, q.epoch, q.token
ON CONFLICT DO NOTHING
RETURNING id
"""
# A new statement, so that it sees what the insertion waited for.
FIND = """
SELECT (q.ordinality - 1)::int, e.id, e.state
FROM unnest(%(types)s::text[], %(epochs)s::int[], %(stored)s::uuid[]) WITH ORDINALITY AS q (type, epoch, token, ordinality)
JOIN noise_entry e ON e.list = %(list)s AND e.type = q.type AND e.epoch = q.epoch AND e.token = q.token
    AND e.institution_id IS NOT DISTINCT FROM %(institution)s::bigint AND e.state IN ('proposed', 'in-force')
ORDER BY 1
"""


@dataclass(frozen=True, slots=True)
class Proposed:
    """What became of one entry of the request: its reference, and `proposed` or, if it stood there, `in-force`."""

    index: int
    entry: str
    state: str


def propose_own(*, request: Mapping[str, Any], by: Member, now: datetime) -> list[Proposed]:
    """Propose an institution's own numbers or domains: `{"list", "entries": [{"type", "epoch", "token"}]}`.

    Charges the submit quota one unit an entry. Raise Refusal; then nothing is stored and nothing charged.
    """
    check(by, Permission.CLUE_SUBMIT)
    unknown = request.keys() - FIELDS
    if unknown:
        raise Refusal("unknown-field", gettext_noop("The body has fields that do not exist."), fields=names_of(unknown))
    code = request.get("list")
    kept = noise_lists.BY_CODE.get(code) if isinstance(code, str) else None
    if kept is None or not kept.members:
        raise Refusal("field-invalid", gettext_noop("`list` is a list that members propose to."), field="list")
    tokens = read_tokens(request.get("entries"), most=MAX_NOISE_ENTRIES, name="entries")
    with transaction.atomic():
        found = _store(kept, tokens, by=by, institution_id=by.institution_id, user=None, mode=kept.mode, now=now)
        quotas.charge(
            institution_id=by.institution_id, kind=quotas.SUBMIT, amount=len(tokens.stored), limit=by.submit_quota
        )
    return found


@transaction.atomic
def propose_public(
    *, list_code: str, tokens: StoredTokens, by: User, now: datetime, mode: str | None = None
) -> list[Proposed]:
    """Propose entries of a list that the alliance keeps, or for a member's; by a person of the desk. Raise Refusal.

    `mode` other than the list's own is `inform` or `block`.
    """
    check(by, Permission.NOISE_PROPOSE)
    kept = noise_lists.BY_CODE.get(list_code)
    if kept is None:
        raise Refusal("field-invalid", gettext_noop("There is no such noise list."), field="list")
    mode = mode or kept.mode
    if mode not in (noise_lists.INFORM, noise_lists.BLOCK):
        raise Refusal("field-invalid", gettext_noop("The mode is inform or block."), field="mode")
    return _store(kept, tokens, by=by, institution_id=None, user=by.pk, mode=mode, now=now)


def _store(
    kept: NoiseList,
    tokens: StoredTokens,
    *,
    by: Actor,
    institution_id: int | None,
    user: int | None,
    mode: str,
    now: datetime,
) -> list[Proposed]:
    _check_types(kept, tokens.types)
    names: dict[str, Any] = {
        "list": kept.code, "mode": mode, "institution": institution_id, "user": user, "ref": by.audit_ref, "now": now,
        **tokens._asdict(),
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(INSERT, names)
        fresh = cursor.rowcount
        cursor.execute(FIND, names)
        found = [Proposed(index, reference.encode("Q", number), state) for index, number, state in cursor.fetchall()]
    if fresh:
        audit.record(
            "noise.propose",
            actor=by,
            subject_ref=kept.code,
            institution_id=institution_id,
            detail={"list": kept.code, "mode": mode, "entries": fresh},
        )
    return found


def _check_types(kept: NoiseList, kinds: Sequence[str]) -> None:
    for index, kind in enumerate(kinds):
        if kept.types and kind not in kept.types:
            raise Refusal(
                "field-invalid",
                gettext_noop("This list takes other identifier types."),
                field="type",
                index=index,
                known=list(kept.types),
            )
