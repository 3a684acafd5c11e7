"""The import page and its templates. Files are read, checked and made into tokens by its script; no file comes here."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from aif_share.identifiers import types
from aif_share.vocabulary import categories, channels, grades, indicators, regions, roles, tlp
from aif_share.vocabulary import lists as vocabulary_lists
from aif_share.wire.limits import MAX_CLUES
from clues.portal.asking import describe_types, in_words, label_terms
from clues.portal.import_templates import COLUMNS, make_csv, make_workbook
from clues.portal.viewer import viewer_of
from clues.submissions.rows import DEFAULT_ROLE, DEFAULT_TLP, SUSPECTED
from members.permissions import Permission, can
from members.portal.access import member_required

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
BATCH_CLUES = min(1_000, MAX_CLUES)  # as many as one can wait for, and that a break costs to repeat
# Lists that a cell or a default may name, by the code of the vocabulary.
_LISTS = (
    "categories",
    "grades",
    "channels",
    "regions",
    "levels",
    "consumer-contacted",
    "tlp",
    "roles",
    "indicators",
)
_CHOICES = {
    "categories": categories,
    "grades": grades,
    "channels": channels,
    "regions": regions,
    "roles": roles,
    "markings": tlp,
}


@require_safe
@member_required(Permission.CLUE_SUBMIT)
def imports(request: HttpRequest) -> HttpResponse:
    """Show the page."""
    person = viewer_of(request)
    context = {
        "section": "imports",
        **{name: list(label_terms(module.ROWS).items()) for name, module in _CHOICES.items()},
        "types": describe_types(),
        "uses": [(name, label) for name, label in COLUMNS.items() if name not in ("type", "role")],
        "identifier_uses": [(name, COLUMNS[name]) for name in ("type", "role")],
        "basis": person.default_basis,
        "default_tlp": DEFAULT_TLP,
        "default_role": DEFAULT_ROLE,
        "steps": (_("File"), _("Columns"), _("Check"), _("Submit")),
        "rules": _rules(may_read=can(request.user, Permission.CLUE_VIEW)),
    }
    return render(request, "clues/imports/import.html", context)


@require_safe
@member_required(Permission.CLUE_SUBMIT)
def template_workbook(request: HttpRequest) -> HttpResponse:
    """Hand out the template with drop-downs."""
    return _attached(make_workbook(), XLSX, "aif-share-template.xlsx")


@require_safe
@member_required(Permission.CLUE_SUBMIT)
def template_csv(request: HttpRequest) -> HttpResponse:
    """Hand out the template as CSV, with the command line's names."""
    return _attached(make_csv(), "text/csv; charset=utf-8", "aif-share-template.csv")


def _attached(content: bytes, kind: str, name: str) -> HttpResponse:
    return HttpResponse(content, content_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'})


def _rules(*, may_read: bool) -> dict[str, Any]:
    """Return what the script needs to check rows as clues.submissions.rows does, and where it sends them."""
    known = vocabulary_lists()
    terms = {name: [(row.code, row.zh, row.en) for row in known[name]] for name in _LISTS}
    return {
        "terms": terms | {"types": [(kind.code, kind.zh, kind.en) for kind in types().values()]},
        "types": {kind["code"]: kind["label"] for kind in describe_types()},
        "uses": {name: str(label) for name, label in COLUMNS.items()},
        "claims": [row.code for row in categories.ROWS if row.rights_claim],
        "blocking": [row.code for row in indicators.ROWS if row.blocks],
        "suspected": SUSPECTED,
        "role": DEFAULT_ROLE,
        "batchClues": BATCH_CLUES,
        "batches": "/portal/api/batches",
        "batch": reverse("clues:batch", args=["B-"]),
        "mayRead": may_read,
        "language": in_words("zh", "en"),
    }
