"""How the parties of a case are called before they are named."""

from __future__ import annotations

from typing import Final

from django.utils.translation import get_language

_STEMS: Final = "甲乙丙丁戊己庚辛壬癸"


def code_of(number: int) -> str:
    """Return how the API calls the party with this pseudonym: `member-a` to `member-z`, then `member-aa`."""
    letters = ""
    number += 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("a") + rest) + letters
    return f"member-{letters}"


def name_of(number: int) -> str:
    """Return what people call the party with this pseudonym, in the reader's language: 成员甲, Member A."""
    if (get_language() or "").startswith("zh"):
        return f"成员{_STEMS[number] if number < len(_STEMS) else number + 1}"
    return f"Member {code_of(number).partition('-')[2].upper()}"
