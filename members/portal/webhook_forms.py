"""Forms of webhooks."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from members.operations.webhooks import MAX_DESCRIPTION, known_kinds


class WebhookForm(forms.Form):
    """Where to send, what for, and a name of one's own."""

    url = forms.CharField(
        label=_("Address"),
        help_text=_("https on port 443 with a public name. It is looked up at every delivery, not now."),
        max_length=500,
        widget=forms.TextInput(
            attrs={"type": "url", "placeholder": "https://hooks.example.com/aif", "autocomplete": "off"}
        ),
    )
    description = forms.CharField(
        label=_("Description"),
        help_text=_("For your own list, such as the name of the system behind it."),
        max_length=MAX_DESCRIPTION,
        required=False,
    )
    kinds = forms.MultipleChoiceField(label=_("Events"), required=False)
    form_key = forms.CharField(widget=forms.HiddenInput, max_length=64, required=False)
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kinds"].choices = [(kind, kind) for kind in sorted(known_kinds())]  # type: ignore[attr-defined]

    @property
    def chosen(self) -> list[str]:
        """The kinds that are ticked."""
        return list(self["kinds"].value() or [])

    @property
    def fields_sent(self) -> dict[str, Any]:
        """What the operation takes."""
        return {name: self.cleaned_data[name] for name in ("url", "kinds", "description")}


class ReplayForm(forms.Form):
    """From when on messages are sent again."""

    since = forms.DateTimeField(
        label=_("Since"),
        help_text=_("Beijing time. Everything made since then and ended goes out again, under the same webhook-id."),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"],
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("since", timezone.localtime() - timedelta(hours=24))
