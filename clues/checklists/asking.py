"""What to ask for where nobody shows an element yet: the words that a task or a request begins with."""

from __future__ import annotations

from django.utils.translation import get_language, gettext

from clues.checklists.queries import find_element
from clues.guidance.rows import Charge, Element
from members.permissions import Viewer

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


def find_words(case: str, element: str, *, viewer: Viewer) -> str:
    """Return the words for `charge:element` of the case's checklist, none if it has no such element. Raise CaseNotFound."""
    charge, _colon, code = element.partition(":")
    found = find_element(case, charge=charge, element=code, viewer=viewer) if code else None
    return "" if found is None else words_for(found[0], found[1].element)
