"""What a login may not look at is a finding as well, and does not end the rest."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from django.db import DatabaseError, transaction

from clues.doctor.finding import Finding, unsure


def unless_denied(code: str, look: Callable[[], Iterable[Finding]]) -> Iterator[Finding]:
    """Yield what `look` finds; where it was refused, what it had found until then, and that it could not look further."""
    found: list[Finding] = []
    try:
        with transaction.atomic():
            for each in look():
                found.append(each)  # one by one: a refusal must not take away what was found
    except DatabaseError as error:
        said = f"this could not be looked at ({type(error).__name__})"
        found.append(unsure(code, said, "Run the doctor as the desk does."))
    yield from found
