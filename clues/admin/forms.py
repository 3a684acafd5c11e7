"""What the desk asks before a case moves: a note, and what the row of the table asks beside it."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from aif_share.vocabulary import Term, authority_kinds, close_reasons
from clues.admin import checklists
from clues.cases.guards import waited_for
from clues.cases.pseudonyms import code_of
from clues.cases.workflow import Transition
from clues.models import Case
from clues.notes import MAX_NOTE
from members.models import Institution

DECIDED_ON = frozenset({"ready", "propose", "approve"})
"""Steps before which one has to have seen what the case does not show yet."""
STAYS = _("Stays with the case. No names of customers, no identifiers.")
TOLD = _("The parties of the case read this. No names of customers, no identifiers.")


class NoteForm(forms.Form):
    """A note, if there is something to say."""

    note = forms.CharField(
        label=_("Note"),
        max_length=MAX_NOTE,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "cols": 80}),
        help_text=STAYS,
    )


class NeededNoteForm(NoteForm):
    """A reason that has to be given."""

    note = forms.CharField(
        label=_("Reason"),
        max_length=MAX_NOTE,
        widget=forms.Textarea(attrs={"rows": 3, "cols": 80}),
        help_text=STAYS,
    )


def step_form(row: Transition, case: Case) -> type[forms.Form]:
    """Return the form of a row: its note, and before it what the row asks."""
    base = NeededNoteForm if row.note_required else NoteForm
    note: Any = base.base_fields["note"]
    if row.told:
        note = forms.CharField(label=note.label, max_length=MAX_NOTE, widget=note.widget, help_text=TOLD)
    elif row.action in DECIDED_ON:
        note = forms.CharField(
            label=note.label, max_length=MAX_NOTE, required=note.required, widget=note.widget,
            help_text=f"{checklists.summary_of(case)} {STAYS}",
        )  # fmt: skip
    fields = {name: _field(name, case) for name in row.asks}
    return type("StepForm", (base,), {**fields, "note": note, "field_order": [*row.asks, "note"]})


def given(answers: dict[str, Any]) -> dict[str, str]:
    """Return the answers of such a form as `perform` takes them."""
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in answers.items()}


def _field(name: str, case: Case) -> forms.Field:
    if name == "lead":
        parties = case.parties.select_related("institution").exclude(institution_id=case.lead_id or 0)
        live = parties.filter(institution__in=Institution.objects.at_work()).order_by("institution__name")
        names = [(party.institution.ref, str(party.institution)) for party in live]
        return forms.ChoiceField(label=_("Lead institution"), choices=[("", "—"), *names])
    if name == "party":
        waiting = waited_for(case.pk).select_related("institution").order_by("pseudonym")
        names = [(code_of(party.pseudonym), f"{party.institution} ({code_of(party.pseudonym)})") for party in waiting]
        return forms.ChoiceField(label=_("Party whose part is not waited for"), choices=[("", "—"), *names])
    if name == "receiver":
        return forms.ChoiceField(label=_("Report to"), choices=_choices(authority_kinds.ROWS))
    if name == "reason":
        return forms.ChoiceField(label=_("How it ended"), choices=_choices(close_reasons.ROWS))
    if name == "reported_on":
        return forms.DateField(
            label=_("Handed over on"),
            widget=forms.DateInput(attrs={"type": "date"}),
            help_text=_("The day on which it reached the receiver."),
        )
    return forms.CharField(label=_("Goes on in"), max_length=40, help_text=_("The reference of the other case, CASE-…"))


def _choices(rows: tuple[Term, ...]) -> list[tuple[str, str]]:
    chinese = (get_language() or "").startswith("zh")
    return [("", "—"), *((row.code, row.zh if chinese else row.en) for row in rows)]
