"""What the desk asks for an official request: the document and what it says, officers, receivers, reasons."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from aif_share.vocabulary import official_items
from clues.admin.entry_forms import authority_choices
from clues.models import OfficialRequest
from clues.notes import MAX_NOTE
from clues.official_requests import deciding, documents
from clues.official_requests.reading import MAX_NAME, MAX_QUESTION, MAX_UNIT, MOST_SUBJECTS
from members.admin.columns import words

OFFICERS = (1, 2, 3)
STAYS = _("Stays in the audit trail. No names of customers, no identifiers.")


def choices(vocabulary: str, *, empty: bool = False) -> Any:
    """Return the codes of a list with what they are called, when the form is shown."""
    return lambda: [*([("", "—")] if empty else []), *words(vocabulary)]


def _items() -> list[tuple[str, str]]:
    chinese = (get_language() or "").startswith("zh")
    outside = "（联盟不对外提供）" if chinese else " (the alliance gives it to nobody)"
    return [
        (row.code, (row.zh if chinese else row.en) + ("" if row.authorities else outside))
        for row in official_items.ROWS
    ]


def _day(label: Any, *, required: bool = True, help_text: Any = "") -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, required=required, widget=widget, help_text=help_text)


class RegisterForm(forms.Form):
    """The document and what it says."""

    document = forms.FileField(
        label=_("Document"),
        help_text=_("PDF, PNG or JPEG, 20 MiB at most. It is kept sealed and opened with a reason."),
    )
    kind = forms.ChoiceField(label=_("Kind"), choices=choices("official-kinds"))
    authority = forms.ChoiceField(label=_("Authority"), choices=authority_choices)
    unit = forms.CharField(
        label=_("Unit"), max_length=MAX_UNIT, help_text=_("The office that asks, as it stands on the document.")
    )
    document_no = forms.CharField(
        label=_("Document number"), max_length=64, help_text=_("As it stands on the authority's document.")
    )
    document_date = _day(_("Date of the document"))
    received_on = _day(_("Received on"))
    basis = forms.ChoiceField(label=_("Legal basis"), choices=choices("official-bases"))
    items = forms.MultipleChoiceField(
        label=_("Asked for"), choices=_items, widget=forms.CheckboxSelectMultiple,
        help_text=_("Everything that the document asks for, also what lies out of scope: the check says so."),
    )  # fmt: skip
    question = forms.CharField(
        label=_("Question"), max_length=MAX_QUESTION, widget=forms.Textarea(attrs={"rows": 4, "cols": 80}),
        help_text=_("The members asked read it. No names of persons, no identifiers: those stand in the document."),
    )  # fmt: skip
    subjects = forms.IntegerField(
        label=_("Subjects"), required=False, min_value=0, max_value=MOST_SUBJECTS,
        help_text=_("About how many persons, accounts or numbers it asks."),
    )  # fmt: skip
    from_date = _day(_("Period from"), required=False)
    until_date = _day(_("Period until"), required=False)
    case = forms.CharField(
        label=_("Case"), max_length=40, required=False,
        help_text=_("CASE-…, if it is about a case of the alliance. Only over a case it can be answered by a package."),
    )  # fmt: skip
    due_on = _day(
        _("Answer due on"), required=False, help_text=_("As the document says; else the working days of its kind.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for number in OFFICERS:
            for name, label in (
                ("name", _("Officer %(number)s, name")),
                ("card_no", _("Officer %(number)s, card no.")),
            ):
                self.fields[f"officer_{number}_{name}"] = forms.CharField(
                    label=label % {"number": number}, max_length=MAX_NAME, required=False
                )


def register_fields(answers: dict[str, Any]) -> tuple[dict[str, Any], bytes, str]:
    """Return a RegisterForm's answers as the operation reads them, the document's bytes and its name."""
    document = answers.pop("document")
    officers = []
    for number in OFFICERS:
        officer = {name: answers.pop(f"officer_{number}_{name}") for name in ("name", "card_no")}
        if any(officer.values()):
            officers.append(officer)
    return {**answers, "officers": officers}, document.read(documents.MOST_BYTES + 1), document.name


def verify_form(row: OfficialRequest) -> type[forms.Form]:
    """Return the form that says how one of the officers was verified."""
    waiting = [(str(each.position), str(each.position)) for each in row.officers.filter(verified_at__isnull=True)]
    return type(
        "VerifyForm",
        (forms.Form,),
        {
            "position": forms.TypedChoiceField(label=_("Officer"), choices=waiting, coerce=int),
            "way": forms.ChoiceField(label=_("Verified how"), choices=choices("officer-checks")),
        },
    )


def propose_form(row: OfficialRequest) -> type[forms.Form]:
    """Return the form that asks whom it goes to; over a case all its parties are chosen beforehand."""
    rows = [(each.ref, str(each)) for each in deciding.list_receivers(row)]
    return type(
        "ProposeForm",
        (forms.Form,),
        {
            "institutions": forms.MultipleChoiceField(
                label=_("Members concerned"), choices=rows, widget=forms.CheckboxSelectMultiple,
                initial=[ref for ref, _name in rows] if row.case_id is not None else [],
                help_text=_("They see the request and may open the document once a second person approved."),
            )
        },
    )  # fmt: skip


class RefuseForm(forms.Form):
    """Why it is turned down."""

    code = forms.ChoiceField(label=_("Reason"), choices=choices("official-refusals"))
    note = forms.CharField(
        label=_("Note"), max_length=MAX_NOTE, required=False, widget=forms.Textarea(attrs={"rows": 3, "cols": 80}),
        help_text=_("Stays with the request. No names of customers, no identifiers."),
    )  # fmt: skip


class AnswerForm(forms.Form):
    """How it was answered."""

    answer = forms.ChoiceField(label=_("Kind of answer"), choices=choices("official-answers"))
    package = forms.CharField(
        label=_("Package"), max_length=40, required=False,
        help_text=_("PK-…, of the request's case, released for this authority by a second person."),
    )  # fmt: skip
