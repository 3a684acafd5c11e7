"""What a case is checked against, at the desk: charges chosen and dropped, each element with who shows it or could supply it."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import admin
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.translation import get_language
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from aif_share.vocabulary import Term
from clues.admin.columns import table
from clues.cases import joint
from clues.cases.pseudonyms import name_of
from clues.checklists import asking, charges, queries, words
from clues.checklists.queries import ElementView, PartyName
from clues.guidance.rows import Charge
from clues.models import Case
from members.admin.base import Operation
from members.models import User
from members.permissions import Permission


def summary_of(row: Case) -> str:
    """Return in one sentence how much the case shows of what it is checked against."""
    found = queries.read_for_desk(row)
    if not found.charges:
        return _now("The case is checked against no charge yet.")
    if found.is_complete:
        return _now("Every element of its charges is shown.")
    figures = {"missing": found.missing, "all": found.elements}
    return _now("%(missing)s of %(all)s elements of its charges are not shown yet.") % figures


@admin.display(description=_("checklist"))
def checklist_of(row: Case) -> str:
    """Each element of each charge: whether an approved part shows it, which one, and who could supply what is missing."""
    found = queries.read_for_desk(row)
    if not found.charges:
        return summary_of(row)
    head = (_("charge"), _("element"), _("state"), _("shown by"), _("could supply it"), _("task"))
    rows = (
        (
            _label(charge.charge), _label(element.element), words.ELEMENT_STATES[element.state],
            format_html_join("; ", "{}: {}", ((_called(each.party), words.shown_by(each)) for each in element.supports)) or "—",
            "—" if element.state == queries.SHOWN else _suppliers(element),
            "—" if element.state == queries.SHOWN else _task(row, charge.charge, element),
        )
        for charge in found.charges
        for element in charge.elements
    )  # fmt: skip
    return table(head, rows)


def _suppliers(element: ElementView) -> str:
    """Return the parties of the case whose sector fits, else the sectors."""
    return words.listed(map(_called, element.suppliers)) or words.sector_names(element.element.sectors) or "—"


def _task(row: Case, charge: Charge, element: ElementView) -> str:
    """Return a link to the form that gives a task, which begins with what is missing."""
    said = {"kind": asking.TASK_KIND, "note": asking.words_for(charge, element.element), "party": element.to_ask}
    address = reverse("admin:clues_case_do", args=[row.pk, "give-task"])
    return format_html('<a href="{}?{}">{}</a>', address, urlencode(said), _now("Give a task"))


def _called(party: PartyName) -> str:
    return f"{party.name} ({name_of(party.number)})"


def _label(row: Term) -> str:
    return row.zh if (get_language() or "").startswith("zh") else row.en


def _names(rows: list[Charge]) -> list[tuple[str, str]]:
    return [("", "—"), *((row.code, _label(row)) for row in rows)]


def _add_form(row: Case) -> type[forms.Form]:
    taken = {each.charge.code for each in queries.read_for_desk(row).charges}
    return _form([each for each in charges.list_possible() if each.code not in taken])


def _drop_form(row: Case) -> type[forms.Form]:
    return _form([each.charge for each in queries.read_for_desk(row).charges])


def _form(rows: list[Charge]) -> type[forms.Form]:
    field = forms.ChoiceField(label=_("Charge"), choices=_names(rows))
    return type("ChargeForm", (forms.Form,), {"charge": field})


def _add(row: Case, *, by: User, now: datetime, charge: str) -> Any:
    return charges.add(case=row.ref, charge=charge, by=by, now=now)


def _drop(row: Case, *, by: User, now: datetime, charge: str) -> Any:
    return charges.drop(case=row.ref, charge=charge, by=by, now=now)


def _is_written(row: Case) -> bool:
    return row.state in joint.WRITTEN


ADD = Operation(
    "add-charge", _("Check against a charge"), _add, Permission.CASE_PROPOSE,
    _("The case is checked against it; the parties see it."), form_of=_add_form, open_for=_is_written,
)  # fmt: skip
DROP = Operation(
    "drop-charge", _("Drop a charge"), _drop, Permission.CASE_PROPOSE,
    _("The case is not checked against it any more."), form_of=_drop_form,
    open_for=lambda row: _is_written(row) and bool(queries.charges_of(row.pk, viewer=None)),
)  # fmt: skip
OPERATIONS = (ADD, DROP)
"""What is done on a case's page about its charges."""
ATTEMPTS = {ADD.name: "charge-add", DROP.name: "charge-drop"}
"""What the trail calls them where they are refused."""
