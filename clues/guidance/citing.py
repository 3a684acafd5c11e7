"""Citing the law as its reader does: sources stand as `刑法 art. 253-1`, the article by number, `-1` for 之一."""

from __future__ import annotations

import re
from typing import Final

from django.utils.translation import get_language

_CRIMINAL_LAW: Final = ("刑法", "Criminal Law")
_ARTICLE: Final = re.compile(r" art\. (\d+)(?:-(\d))?")
_ORDINALS: Final = "一二三四五六七八九"


def in_chinese(source: str) -> str:
    """Return the source as 刑法第253条之一; what names no article stays as it is."""
    return _ARTICLE.sub(
        lambda found: f"第{found[1]}条" + ("之" + _ORDINALS[int(found[2]) - 1] if found[2] else ""), source
    )


def cite(source: str) -> str:
    """Return the source in the language of this request: 刑法第253条之一, Criminal Law art. 253-1."""
    if (get_language() or "").startswith("zh"):
        return in_chinese(source)
    return source.replace(*_CRIMINAL_LAW)
