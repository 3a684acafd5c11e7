"""The page that reports one clue. Its script makes the tokens and posts the batch; nothing raw comes here."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from aif_share.vocabulary import (
    categories,
    channels,
    consumer_contacted,
    grades,
    indicators,
    levels,
    regions,
    roles,
    tlp,
)
from aif_share.vocabulary.term import Term
from aif_share.wire.limits import MAX_IDENTIFIERS
from clues.portal.asking import describe_types, in_words, labels
from clues.portal.viewer import viewer_of
from clues.submissions.rows import DEFAULT_ROLE, DEFAULT_TLP, SUSPECTED
from members.permissions import Permission, can
from members.portal.access import member_required

# What a grade means for the one who chooses it; the rules are in clues.matching and in the review.
GRADE_NOTES = {
    "C": _(
        "A suspicion. It forms matches and rings with others' clues, answers no screening, and is kept a year at most."
    ),
    "B2": _(
        "You hold written, audio or video evidence. It answers screenings once a second person of yours has reviewed it, "
        "or a second independent institution has reported the same."
    ),
    "B1": _("An authority has accepted or filed the matter. Its document number is given in the review."),
    "A": _(
        "An effective judgment or a final penalty decision. Its document number is given in the review, "
        "and the alliance checks it."
    ),
}


@require_safe
@member_required(Permission.CLUE_SUBMIT)
def new_clue(request: HttpRequest) -> HttpResponse:
    """Show the form."""
    person = viewer_of(request)
    context = {
        "section": "new-clue",
        "categories": _rows(categories.ROWS),
        "indicators": [row | {"blocks": term.blocks} for row, term in _pairs(indicators.ROWS)],
        "contacted": _rows(consumer_contacted.ROWS),
        "grades": [row | {"note": GRADE_NOTES[row["code"]]} for row in reversed(_rows(grades.ROWS))],
        "channels": _rows(channels.ROWS),
        "levels": _rows(levels.ROWS),
        "regions": _rows(regions.ROWS),
        "markings": _rows(tlp.ROWS),
        "default_tlp": DEFAULT_TLP,
        "roles": _rows(roles.ROWS),
        "types": describe_types(),
        "basis": person.default_basis,
        "most": MAX_IDENTIFIERS,
        "rules": _rules(may_read=can(request.user, Permission.CLUE_VIEW)),
    }
    return render(request, "clues/clues/new.html", context)


def _rules(*, may_read: bool) -> dict[str, Any]:
    """Return what the script needs to check a clue as clues.submissions.rows does, and where it sends it."""
    return {
        "claims": [row.code for row in categories.ROWS if row.rights_claim],
        "blocking": [row.code for row in indicators.ROWS if row.blocks],
        "suspected": SUSPECTED,
        "role": DEFAULT_ROLE,
        "most": MAX_IDENTIFIERS,
        "types": {kind["code"]: kind["label"] for kind in describe_types()},
        "labels": {name: labels(name) for name in ("categories", "grades", "roles")},
        "batches": "/portal/api/batches",
        "batch": reverse("clues:batch", args=["B-"]),
        "mayRead": may_read,
    }


def _rows(terms: tuple[Term, ...]) -> list[dict[str, Any]]:
    return [row for row, _term in _pairs(terms)]


def _pairs(terms: tuple[Any, ...]) -> list[tuple[dict[str, Any], Any]]:
    return [({"code": term.code, "label": in_words(term.zh, term.en)}, term) for term in terms]
