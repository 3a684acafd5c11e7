"""Answer an official request: that nothing is held, or by a package that two people released; and write down what went.

What went is what the package holds, institution by institution, not what was asked for; and it may hold nothing that was not.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_noop

from aif_share.errors import Refusal
from aif_share.vocabulary import official_answers
from clues import events
from clues.matching.release import next_tick
from clues.models import OfficialDisclosure, OfficialParty, OfficialRequest, Package
from members import audit
from members.models import User

from . import workflow
from .deciding import end_parties, open_request, tell
from .packages import Held, find_answer
from .registering import StepNotOpen, record, write_step


@transaction.atomic
def answer(*, request: str, answer: str, package: str = "", by: User, now: datetime) -> OfficialRequest:
    """Record the answer, a code of `official-answers`; one by `package` names it, `PK-…`. Raise Refusal.

    `transition-refused` while members have time left to answer; for "nothing held" where a member supplied something; for a
    package that is not of the request's case, was not released for this authority, or holds more than was asked for.
    """
    found, row = open_request(request, workflow.ANSWER, by)
    parties = list(found.parties.select_for_update().order_by("pk"))  # nobody declines meanwhile
    if answer not in official_answers.BY_CODE:
        raise Refusal("field-invalid", gettext_noop("Take a code of the list in the vocabulary."), field="answer")
    taken: Package | None = None
    held: list[Held] = []
    if answer == official_answers.NO_RECORDS:
        if any(each.state == OfficialParty.SUPPLIED for each in parties):
            raise StepNotOpen(gettext_noop("A member supplied something; answer by a package."))
    else:
        taken, held = find_answer(found, package)
    found.state, found.answer = row.target, answer
    found.answered_by, found.answered_at, found.over_at = by, now, now
    found.save(update_fields=["state", "answer", "answered_by", "answered_at", "over_at"])
    end_parties(found, now=now)
    write_step(found, workflow.ANSWER, by=by, now=now, code=answer)
    record(row.verb, found, by=by, answer=answer, **({} if taken is None else {"package": taken.ref}))
    if taken is not None:
        disclose(found, held, package=taken, by=by, now=now)
    tell(found, events.OFFICIAL_ANSWERED, [each.institution_id for each in parties], now=now)
    return found


def disclose(request: OfficialRequest, held: Sequence[Held], *, package: Package, by: User, now: datetime) -> None:
    """Write down what of each institution went, and an audit event that the institution's own auditors see."""
    released = next_tick()
    OfficialDisclosure.objects.bulk_create(
        OfficialDisclosure(
            request=request, institution_id=each.institution_id, item=each.item, number=each.number,
            package_ref=package.ref, package_sha256=package.sha256, disclosed_at=now, released_at=released,
        )
        for each in held
    )  # fmt: skip
    for number in sorted({each.institution_id for each in held}):
        audit.record(
            "official.disclose",
            actor=by,
            subject_ref=request.ref,
            institution_id=number,
            detail={each.item: each.number for each in held if each.institution_id == number}
            | {"package": package.ref},
        )
