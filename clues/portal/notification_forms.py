"""The form of a person's notification preferences: a line for each kind, the quiet hours, the language."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from members.delivery.preferences import Preferences

MAIL = (("off", _("no e-mail")), ("instant", _("at once")), ("digest", _("daily summary")))
LANGUAGES = (("zh-hans", "中文"), ("en", "English"))


class PreferencesForm(forms.Form):
    """Fields are made from the kinds that the person reads: `app-<kind>` and `mail-<kind>`."""

    quiet = forms.BooleanField(label=_("No e-mail in quiet hours"), required=False)
    quiet_from = forms.TimeField(
        label=_("begin at"), required=False, widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )
    quiet_to = forms.TimeField(
        label=_("end at"), required=False, widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )
    urgent_breaks_quiet = forms.BooleanField(label=_("Urgent notices may come in quiet hours too"), required=False)
    language = forms.ChoiceField(label=_("Language of e-mails"), choices=LANGUAGES)

    def __init__(self, data: Any = None, *, preferences: Preferences) -> None:
        initial: dict[str, Any] = {
            "quiet": preferences.quiet_from is not None,
            "quiet_from": preferences.quiet_from or "22:00",
            "quiet_to": preferences.quiet_to or "07:30",
            "urgent_breaks_quiet": preferences.urgent_breaks_quiet,
            "language": preferences.language or get_language() or "zh-hans",
        }
        self.choices = preferences.choices
        for choice in self.choices:
            initial |= {f"app-{choice.rule.kind}": choice.in_app, f"mail-{choice.rule.kind}": choice.mail}
        super().__init__(data, initial=initial)
        for choice in self.choices:
            kind = choice.rule.kind
            self.fields[f"app-{kind}"] = forms.BooleanField(required=False, disabled=not choice.rule.may_be_hidden)
            self.fields[f"mail-{kind}"] = forms.ChoiceField(choices=MAIL)

    def lines(self) -> list[dict[str, Any]]:
        """Return the lines of the table: the kind and its two fields."""
        return [
            {
                "rule": choice.rule,
                "app": self[f"app-{choice.rule.kind}"],
                "mail": self[f"mail-{choice.rule.kind}"],
            }
            for choice in self.choices
        ]

    def clean(self) -> dict[str, Any]:
        """Ask for both times, and two different ones."""
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("quiet") and not {"quiet_from", "quiet_to"} & self.errors.keys():
            for name in ("quiet_from", "quiet_to"):
                if cleaned.get(name) is None:
                    self.add_error(name, _("Give a time."))
            if cleaned.get("quiet_from") is not None and cleaned.get("quiet_from") == cleaned.get("quiet_to"):
                self.add_error("quiet_to", _("Quiet hours begin and end at different times."))
        return cleaned

    def chosen(self) -> dict[str, Any]:
        """Return what the operation takes."""
        cleaned = self.cleaned_data
        kinds = [choice.rule.kind for choice in self.choices]
        return {
            "choices": {kind: (cleaned[f"app-{kind}"], cleaned[f"mail-{kind}"]) for kind in kinds},
            "quiet": (cleaned["quiet_from"], cleaned["quiet_to"]) if cleaned["quiet"] else None,
            "urgent_breaks_quiet": cleaned["urgent_breaks_quiet"],
            "language": cleaned["language"],
        }
