"""Forms of keys. None of them takes a secret; what looks like one is not shown again."""

from __future__ import annotations

import re
from datetime import datetime, time, timedelta
from typing import Any, Final, cast

from django import forms
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from aif_share.wire import keys, limits
from members.operations.credentials import UNSPECIFIED

SCOPE_LABELS: Final = {
    "evaluate": _("make tokens at the custodians"),
    "submit": _("submit and correct clues"),
    "read": _("read our clues, matches, rings and events"),
    "screen": _("screen, watch, dispute"),
    "keys": _("keep keys and webhooks"),
    "audit": _("read the audit trail"),
}
"""What a scope allows, in words."""

_ID = re.compile("[a-z0-9]{8}")
_VERIFIER = re.compile("[0-9a-f]{64}")
_VERIFIER_OR_NONE = re.compile("([0-9a-f]{64})?")


class VerifiersForm(forms.Form):
    """A new key: its id, and what each server gets instead of it."""

    key_id = forms.CharField(
        label=_("Key id"),
        help_text=_("8 characters, as aif-share keys new prints them. Not the key itself."),
        max_length=8,
        widget=forms.TextInput(attrs={"pattern": _ID, "autocomplete": "off", "spellcheck": "false"}),
    )
    verifier = forms.CharField(
        label=_("Verifier for the platform"),
        max_length=64,
        widget=forms.TextInput(attrs={"pattern": _VERIFIER.pattern, "autocomplete": "off", "spellcheck": "false"}),
    )
    custodian_verifier = forms.CharField(
        label=_("Verifier for the platform's custodian"),
        help_text=_("Needed to make tokens; without it the key cannot evaluate there."),
        max_length=64,
        required=False,
        widget=forms.TextInput(attrs={"pattern": _VERIFIER.pattern, "autocomplete": "off", "spellcheck": "false"}),
    )

    def clean_key_id(self) -> str:
        """Check the id."""
        return self._checked("key_id", _ID, _("A key id has 8 characters, a to z and 0 to 9."))

    def clean_verifier(self) -> str:
        """Check the platform's verifier."""
        return self._checked("verifier", _VERIFIER, _("A verifier has 64 lower-case hexadecimal digits."))

    def clean_custodian_verifier(self) -> str:
        """Check the verifier of the platform's custodian."""
        text = _("A verifier has 64 lower-case hexadecimal digits.")
        return self._checked("custodian_verifier", _VERIFIER_OR_NONE, text)

    def _checked(self, name: str, form: re.Pattern[str], message: Any) -> str:
        text: str = self.cleaned_data[name]
        if not form.fullmatch(text):
            raise forms.ValidationError(message)
        return text

    def forget_wrong(self) -> None:
        """Take what has no verifier's form out of what is shown again: it may be a key that was pasted by mistake."""
        if self.errors:
            kept = cast(QueryDict, self.data).copy()
            for name in ("key_id", "verifier", "custodian_verifier"):
                if name in self.errors:
                    kept[name] = ""
            self.data = kept


class BrowserKeyForm(VerifiersForm):
    """What the page that makes a key for browsers sends."""

    days = forms.TypedChoiceField(
        label=_("Ends after"),
        coerce=int,
        choices=((365, _("a year")), (180, _("180 days")), (90, _("90 days")), (30, _("30 days"))),
    )


class RegisterForm(VerifiersForm):
    """A key that was made with `aif-share keys new`, and what it may do."""

    scopes = forms.MultipleChoiceField(
        label=_("What it may do"),
        choices=[],
        widget=forms.CheckboxSelectMultiple,
        initial=["evaluate", "submit", "read"],
    )
    cidrs = forms.CharField(
        label=_("Networks it may be used from"),
        help_text=_("Like 192.0.2.0/24, one a line. Empty: from anywhere. Custodians do not look at them."),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false"}),
    )
    ends_on = forms.DateField(
        label=_("Last day"),
        help_text=_("A year from now at most, which is also what counts without one."),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
    )
    default_basis = forms.CharField(
        label=_("Default basis"),
        help_text=_(
            "What counts for requests that name none: a code of lower-case letters, digits and hyphens. Empty: the institution's own."
        ),
        required=False,
        max_length=64,
        widget=forms.TextInput(attrs={"pattern": "[a-z0-9-]{1,64}"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["scopes"].choices = [(scope, SCOPE_LABELS[scope]) for scope in keys.SCOPES]  # type: ignore[attr-defined]
        today = timezone.localdate()
        self.fields["ends_on"].widget.attrs |= {
            "min": (today + timedelta(days=1)).isoformat(),
            "max": (today + timedelta(days=limits.MAX_KEY_DAYS - 1)).isoformat(),
        }

    def registration(self) -> dict[str, Any]:
        """Return what the operation takes."""
        sent = dict(self.cleaned_data)
        ends_on = sent.pop("ends_on")
        if ends_on is not None:
            sent["expires_at"] = timezone.make_aware(datetime.combine(ends_on + timedelta(days=1), time()))
        sent["cidrs"] = sent["cidrs"].split()
        sent["default_basis"] = sent["default_basis"] or UNSPECIFIED
        return sent


class RevokeForm(forms.Form):
    """Why a key ends."""

    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("For the audit trail. No secret, no identifier of a person."),
        max_length=500,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
