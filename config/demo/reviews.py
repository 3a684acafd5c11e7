"""The second people of the demonstration: ``python -m config.demo.reviews`` in the environment of a stack, as its owner.

Every member's analyst confirms what its systems submitted, with an invented document number where the grade asks for one,
and the alliance decides about half of grade A. The fully staffed bank leaves part of its clues to whoever looks at the
portal, and some of grade A to whoever looks at the desk. Prints ``{"confirmed": n, "returned": n, "waiting": n}``.
"""

from __future__ import annotations

import json
import os
import sys
from typing import Any

import django

from config.demo.console import ALLIANCE, FULLY_STAFFED, list_accounts

DOCUMENT_NO = "演示〔2026〕第{number:04d}号"
LEFT_AT_MOST = 400  # clues of the fully staffed bank that wait; a third of a smaller demonstration
RETURNED = 12
SELECTED = 100


def run() -> dict[str, int]:
    """Review as the docstring says."""
    from members.models import User
    from members.queries import person_of

    done = {"confirmed": 0, "returned": 0, "waiting": 0}
    for username, role, _full_name, code in list_accounts():
        if role != "analyst":
            continue
        person = person_of(User.objects.select_related("institution").get(username=username))
        for key, count in _review(person, leaves_some=code == FULLY_STAFFED).items():
            done[key] += count
    _certify()
    return done


def _review(person: Any, *, leaves_some: bool) -> dict[str, int]:
    from django.utils import timezone

    from clues.models import Clue
    from clues.submissions.reviews import review_selected
    from clues.submissions.verdicts import read_verdict
    from members.models import reference

    rows = Clue.objects.filter(institution_id=person.institution_id, state="active", review="waiting")
    waiting = [
        reference.encode("C", number) for number in rows.exclude(grade="C").order_by("id").values_list("pk", flat=True)
    ]
    leave = min(LEFT_AT_MOST, len(waiting) // 3) if leaves_some else 0
    theirs = waiting[: len(waiting) - leave]
    returned = theirs[:RETURNED] if leaves_some else []
    done = 0
    for number, first in enumerate(range(len(returned), len(theirs), SELECTED), start=1):
        verdict = read_verdict("confirmed", document_no=DOCUMENT_NO.format(number=number))
        done += review_selected(clues=theirs[first : first + SELECTED], verdict=verdict, by=person, now=timezone.now())
    back = read_verdict("returned", reason="evidence-missing")
    sent = review_selected(clues=returned, verdict=back, by=person, now=timezone.now()) if returned else 0
    return {"confirmed": done, "returned": sent, "waiting": len(waiting) - done - sent}


def _certify() -> None:
    from django.utils import timezone

    from clues.models import ClueReview
    from clues.submissions.reviews import certify
    from members.models import User

    approver = User.objects.get(username=ALLIANCE[1][0])
    rows = ClueReview.objects.filter(grade="A", decision="confirmed", desk_by=None, voided_at=None).order_by("id")
    for number in list(rows.values_list("pk", flat=True))[::2]:
        certify(review=number, decision="confirmed", by=approver, now=timezone.now())


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    sys.stdout.write(json.dumps(run()) + "\n")
