"""What the desk asks for a state of a proceeding: one form for each, with the fields that the state has."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from aif_share.vocabulary import regions
from aif_share.vocabulary.tracks import RECEIPT, State
from clues.admin.columns import word
from clues.guidance.queries import list_authorities
from clues.notes import MAX_NOTE


def authority_choices() -> list[tuple[str, str]]:
    """Return the authorities in force, with their names in both languages."""
    return [(row.code, f"{row.zh} · {row.en}") for row in list_authorities()]


def _provinces() -> list[tuple[str, str]]:
    return [("", "—"), *((row.code, word(row.code, "regions")) for row in regions.ROWS)]


def _day(label: Any, *, required: bool = True, help_text: Any = "") -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, required=required, widget=widget, help_text=help_text)


def _number(label: Any, *, required: bool = False) -> forms.IntegerField:
    return forms.IntegerField(label=label, required=required, min_value=1, max_value=1_000_000)


def _amount(label: Any) -> forms.DecimalField:
    return forms.DecimalField(label=label, required=False, min_value=0, max_digits=18, decimal_places=2)


def entry_form(state: State) -> type[forms.Form]:
    """Return the form of a state."""
    fields: dict[str, forms.Field] = {}
    fields["authority"] = forms.ChoiceField(label=_("Authority"), choices=authority_choices)
    fields["document_no"] = forms.CharField(
        label=_("Document number"), max_length=64, required=False,
        # The operation refuses an entry without it, and the trail tells: the form asks in the browser only.
        widget=forms.TextInput(attrs={"required": True} if state.document_required else {}),
        help_text=_("As it stands on the authority's document."),
    )  # fmt: skip
    fields["date"] = _day(_("Date of the document or act"))
    if state.deadline is not None and state.deadline.runs_from == RECEIPT:
        fields["received_date"] = _day(
            _("Received on"), required=False, help_text=_("The deadline that follows is counted from here.")
        )
    if state.persons:
        fields["persons"] = _number(_("Persons"), required=True)
    if state.detains:
        fields["persons_detained"] = _number(_("Of them in administrative detention"))
    if state.items:
        fields["items"] = _number(_("Links or numbers"))
    fields["gangs"] = _number(_("Gangs"))
    fields["province"] = forms.ChoiceField(label=_("Province"), choices=_provinces, required=False)
    fields["amount_claimed_cny"] = _amount(_("Amount claimed (CNY)"))
    fields["amount_lost_cny"] = _amount(_("Amount lost (CNY)"))
    fields["amount_prevented_cny"] = _amount(_("Amount prevented (CNY)"))
    fields["self_reported"] = forms.BooleanField(
        label=_("Self-reported"),
        required=False,
        help_text=_("The figures are the institution's own, not the authority's."),
    )
    fields["note"] = forms.CharField(
        label=_("Note"), max_length=MAX_NOTE, required=False, widget=forms.Textarea(attrs={"rows": 3, "cols": 80}),
        help_text=_("The parties of the case read it. No names of customers, no identifiers."),
    )  # fmt: skip
    return type(f"{state.code.title().replace('-', '')}Form", (forms.Form,), fields)


def request_of(answers: Mapping[str, Any]) -> dict[str, Any]:
    """Return a form's answers as the operation reads them."""
    request: dict[str, Any] = {}
    for name, value in answers.items():
        if isinstance(value, date):
            request[name] = value.isoformat()
        elif isinstance(value, Decimal):
            request[name] = f"{value:.2f}"
        elif value not in ("", None):
            request[name] = value
    return request
