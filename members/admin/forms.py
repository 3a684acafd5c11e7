"""What the desk asks before it does something."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from aif_share.vocabulary import sectors
from aif_share.wire import keys, limits
from members.admin.base import ReasonForm
from members.models import Institution
from members.permissions import ROLE_LABELS


def _sector_choices() -> list[tuple[str, str]]:
    chinese = (get_language() or "").startswith("zh")
    return [(term.code, term.zh if chinese else term.en) for term in sectors.ROWS]


class QuotasForm(forms.Form):
    """The three daily quotas."""

    evaluate_quota = forms.IntegerField(
        label=_("evaluations a day"), min_value=0, initial=limits.DEFAULT_EVALUATE_QUOTA
    )
    submit_quota = forms.IntegerField(label=_("submitted rows a day"), min_value=0, initial=limits.DEFAULT_SUBMIT_QUOTA)
    screen_quota = forms.IntegerField(
        label=_("screened tokens a day"), min_value=0, initial=limits.DEFAULT_SCREEN_QUOTA
    )


class ApplyForm(QuotasForm):
    """A new institution."""

    name = forms.CharField(label=_("name"), max_length=200)
    sector = forms.ChoiceField(label=_("sector"), choices=_sector_choices)
    group = forms.CharField(
        label=_("group"), max_length=200, required=False, help_text=_("Empty: the institution is a group of its own.")
    )
    field_order = ("name", "sector", "group", "evaluate_quota", "submit_quota", "screen_quota")

    def clean_group(self) -> str | None:
        """No group is None."""
        return self.cleaned_data["group"] or None


class NewQuotasForm(QuotasForm, ReasonForm):
    """Other quotas, and why."""


class VettingForm(forms.Form):
    """What was looked into before an agreement is signed: every point, or it is not vetted."""

    uscc = forms.CharField(label=_("unified social credit code"), max_length=18)
    license_no = forms.CharField(label=_("number of the license"), max_length=64)
    license_checked = forms.BooleanField(label=_("Code and license were looked up in the public registers"))
    contact_verified = forms.BooleanField(label=_("The contact was called back by a number from a public source"))
    sector_confirmed = forms.BooleanField(label=_("Sector and group are as applied for"))


class AgreementForm(forms.Form):
    """The signed agreement."""

    file = forms.FileField(
        label=_("Agreement (PDF)"),
        help_text=_("At most 10 MiB. Stays with the desk; each download is in the audit trail."),
        widget=forms.FileInput(attrs={"accept": "application/pdf"}),
    )


class LeavingForm(ReasonForm):
    """When an institution leaves, and what becomes of its clues."""

    day = forms.DateField(
        label=_("Leaves on"),
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=_("At the beginning of this day, China time, its people and keys end."),
    )
    clues = forms.ChoiceField(
        label=_("Its clues"),
        choices=[
            ("withdraw", _("are withdrawn; the parties of its matches are told")),
            ("keep", _("count until they expire")),
        ],
        widget=forms.RadioSelect,
    )
    field_order = ("day", "clues", "reason")


class InviteAdminForm(forms.Form):
    """The first administrator of a member: who, and where the link goes."""

    full_name = forms.CharField(label=_("full name"), max_length=100)
    email = forms.EmailField(label=_("e-mail"), max_length=200)


class KeyForm(forms.Form):
    """A key the member made: its id and verifiers, never its secret."""

    key_id = forms.CharField(label=_("key id"), max_length=8, help_text=_("8 characters, from `aif-share keys new`."))
    verifier = forms.CharField(label=_("verifier for the platform"), max_length=64)
    custodian_verifier = forms.CharField(
        label=_("verifier for the platform's custodian"), max_length=64, required=False
    )
    scopes = forms.MultipleChoiceField(
        label=_("scopes"),
        choices=[(scope, scope) for scope in keys.SCOPES],
        initial=list(keys.SCOPES),
        widget=forms.CheckboxSelectMultiple,
    )
    cidrs = forms.CharField(
        label=_("allowed networks"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "cols": 40}),
        help_text=_("One a line, like 192.0.2.0/24. Empty: from everywhere."),
    )

    def clean_cidrs(self) -> list[str]:
        """One network a line."""
        cidrs: str = self.cleaned_data["cidrs"]
        return cidrs.split()


class RotateForm(forms.Form):
    """The successor of a key."""

    key_id = forms.CharField(label=_("key id"), max_length=8)
    verifier = forms.CharField(label=_("verifier for the platform"), max_length=64)
    custodian_verifier = forms.CharField(
        label=_("verifier for the platform's custodian"), max_length=64, required=False
    )


class UserForm(forms.Form):
    """A new account."""

    username = forms.CharField(label=_("user name"), max_length=64)
    full_name = forms.CharField(label=_("full name"), max_length=100, required=False)
    role = forms.ChoiceField(label=_("role"), choices=list(ROLE_LABELS.items()))
    institution_id = forms.TypedChoiceField(label=_("institution"), required=False, coerce=int, empty_value=None)
    password = forms.CharField(
        label=_("first password"), strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "new-password"})
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = Institution.objects.order_by("name").values_list("pk", "name")
        self.fields["institution_id"].choices = [("", _("(the alliance)")), *rows]  # type: ignore[attr-defined]


class RoleForm(ReasonForm):
    """Another role, and why."""

    role = forms.ChoiceField(label=_("role"), choices=list(ROLE_LABELS.items()))
    field_order = ("role", "reason")
