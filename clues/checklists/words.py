"""Words of checklists for the pages of portal and desk: states of elements, by what one is shown, sectors."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from aif_share.vocabulary import sectors
from clues.checklists.queries import DRAFTED, MISSING, SHOWN, Support

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

ELEMENT_STATES: Final[Mapping[str, StrPromise]] = MappingProxyType(
    {SHOWN: gettext_lazy("Shown"), DRAFTED: gettext_lazy("In our draft"), MISSING: gettext_lazy("Missing")}
)


def listed(texts: Iterable[str]) -> str:
    """Return texts one after the other, as the reader's language does."""
    return ("、" if _is_chinese() else ", ").join(texts)


def sector_names(codes: Iterable[str]) -> str:
    """Return sectors in the reader's language, one after the other."""
    rows = [sectors.BY_CODE[code] for code in codes if code in sectors.BY_CODE]
    return listed(row.zh if _is_chinese() else row.en for row in rows)


def shown_by(support: Support) -> str:
    """Return by what a party shows an element: its facts, so many pieces of evidence, or both."""
    count = len(support.evidence)
    evidence = _("1 piece of evidence") if count == 1 else _("%(count)s pieces of evidence") % {"count": count}
    if not count:
        return _("facts")
    return _("facts and %(evidence)s") % {"evidence": evidence} if support.facts else evidence


def _is_chinese() -> bool:
    return (get_language() or "").startswith("zh")
