"""What the desk asks before a case moves."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from clues.notes import MAX_NOTE


class NoteForm(forms.Form):
    """A note, if there is something to say."""

    note = forms.CharField(
        label=_("Note"),
        max_length=MAX_NOTE,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "cols": 80}),
        help_text=_("Stays with the case. No names of customers, no identifiers."),
    )


class NeededNoteForm(NoteForm):
    """A reason that has to be given."""

    note = forms.CharField(
        label=_("Reason"),
        max_length=MAX_NOTE,
        widget=forms.Textarea(attrs={"rows": 3, "cols": 80}),
        help_text=_("Stays with the case. No names of customers, no identifiers."),
    )
