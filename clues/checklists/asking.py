"""What to ask for where nobody shows an element yet: the words that a task or a request begins with."""

from __future__ import annotations

from django.utils.translation import get_language, gettext

from clues.guidance.rows import Charge, Element

TASK_KIND = "provide-evidence"
"""The kind of task that asks for it."""
REQUEST_KIND = "request"
"""The kind of request that asks for it."""


def words_for(charge: Charge, element: Element) -> str:
    """Return what one writes to whoever could supply it, in the language of the page; it names nobody."""
    chinese = (get_language() or "").startswith("zh")
    names = {
        "charge": charge.zh if chinese else charge.en,
        "element": element.zh if chinese else element.en,
    }
    return (
        gettext("%(charge)s: nothing in the case shows yet: “%(element)s”. Please supply what you have for it.") % names
    )
