"""All looks in their order. What cannot be looked at is a finding as well, and does not end the rest."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Final

from clues.doctor import backups, custodians, database, deployment, keys, reach, surroundings, transport
from clues.doctor.finding import Finding, Level, unsure
from clues.doctor.rights import unless_denied

LOOKS: Final[Mapping[str, Callable[[], Iterable[Finding]]]] = MappingProxyType(
    {
        "deployment": deployment.look,
        "database": database.look,
        "transport": transport.look,
        "keys": keys.look,
        "custodians": custodians.look,
        "surroundings": surroundings.look,
        "backups": backups.look,
    }
)


def examine() -> Iterator[Finding]:
    """Yield every finding; without a database, why there is none, and what can be seen without it."""
    refused = reach.refusal()
    if refused is not None:
        yield refused
        yield from transport.look(database=False)
        return
    if database.is_held_row_by_row():
        yield unsure(
            "login", "this login is held row by row, so what hangs on members' rows looks better than it is",
            "Run the doctor with the environment of the desk as well.",
        )  # fmt: skip
    for name, look in LOOKS.items():
        yield from unless_denied(name, look)


def is_sound(findings: Iterable[Finding]) -> bool:
    """Whether nothing is wrong; what is unsure is for people to settle."""
    return all(finding.level is not Level.WRONG for finding in findings)
