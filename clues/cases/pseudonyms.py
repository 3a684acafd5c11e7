"""How the parties of a case are called before they are named."""

from __future__ import annotations


def code_of(number: int) -> str:
    """Return how the API calls the party with this pseudonym: `member-a` to `member-z`, then `member-aa`."""
    letters = ""
    number += 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("a") + rest) + letters
    return f"member-{letters}"
