"""All looks in their order. What cannot be looked at is a finding as well, and does not end the rest."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Final

from django.db import DatabaseError, transaction

from clues.doctor import backups, custodians, database, keys, surroundings, transport
from clues.doctor.finding import Finding, Level, unsure

LOOKS: Final[Mapping[str, Callable[[], Iterable[Finding]]]] = MappingProxyType(
    {
        "database": database.look,
        "transport": transport.look,
        "keys": keys.look,
        "custodians": custodians.look,
        "surroundings": surroundings.look,
        "backups": backups.look,
    }
)


def examine() -> Iterator[Finding]:
    """Yield every finding."""
    for name, look in LOOKS.items():
        try:
            with transaction.atomic():
                yield from list(look())
        except DatabaseError as error:
            yield unsure(
                name, f"this could not be looked at ({type(error).__name__})", "Run the doctor as the desk does."
            )


def is_sound(findings: Iterable[Finding]) -> bool:
    """Whether nothing is wrong; what is unsure is for people to settle."""
    return all(finding.level is not Level.WRONG for finding in findings)
