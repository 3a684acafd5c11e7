"""What the codes of an explained ring are called, at the desk and in the portal."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

TERMS: Final[Mapping[str, StrPromise]] = MappingProxyType(
    {
        "independent-groups": _("Independent institutions"),
        "grade": _("Evidence grade"),
        "strongest-link": _("Strongest shared identifier"),
        "shared-types": _("Different types of shared identifiers"),
        "recency": _("Recency"),
    }
)
TERM_WHY: Final[Mapping[str, StrPromise]] = MappingProxyType(
    {
        "independent-groups": _("The more institutions that are independent of each other, the more it weighs."),
        "grade": _("The best grade of evidence among its clues."),
        "strongest-link": _("A very strong identifier belongs to one person or device almost surely."),
        "shared-types": _("What several kinds of identifiers say together weighs more."),
        "recency": _("When its latest clue was reported, by month."),
    }
)
WHY: Final[Mapping[str, StrPromise]] = MappingProxyType(
    {
        "very-strong": _("very strong type: one such identifier joins clues"),
        "strong": _("strong type: two such identifiers join clues"),
        "weak": _("weak type: many who do not know each other share one; never joins"),
        "noise-listed": _("on a noise list: never joins"),
        "role": _("a role that protects people (victim, consumer, representative): never joins"),
        "set-apart": _("set apart by the alliance: joins nobody"),
    }
)
