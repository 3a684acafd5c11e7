"""What a login may not look at is a finding as well, and does not end the rest."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from django.db import DatabaseError, transaction

from clues.doctor.finding import Finding, unsure


def unless_denied(code: str, look: Callable[[], Iterable[Finding]]) -> Iterator[Finding]:
    """Yield what `look` finds, or that it could not look."""
    try:
        with transaction.atomic():
            yield from list(look())
    except DatabaseError as error:
        yield unsure(code, f"this could not be looked at ({type(error).__name__})", "Run the doctor as the desk does.")
