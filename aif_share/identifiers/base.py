"""What an identifier type is: one frozen object with its rule, labels, examples and rejects."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from aif_share.errors import InvalidIdentifier

from .text import prepare


def _no_warnings(_canonical: str) -> tuple[str, ...]:
    return ()


@dataclass(frozen=True, kw_only=True)
class IdentifierType:
    """A type of identifier.

    `rule` turns text that `prepare` has folded into the canonical form or raises InvalidIdentifier; it must accept its
    own output unchanged. `form` describes the canonical form in one line. `personal`: relates to a person, so it is
    only ever shared as a token. `version` counts up when a canonical form changes, which needs a new key epoch.
    `link`: how far a shared identifier joins two clues into a ring, 2 very strong, 1 strong, 0 not at all. `examples`
    map raw spellings to canonical forms, the first one is the directory's canary; `rejects` are refused. `warn` names
    doubts (codes) about an accepted canonical form.
    """

    code: str
    zh: str
    en: str
    form: str
    rule: Callable[[str], str]
    examples: Mapping[str, str]
    rejects: tuple[str, ...]
    personal: bool = True
    version: int = 1
    link: int = 0
    warn: Callable[[str], tuple[str, ...]] = _no_warnings

    def normalize(self, raw: str) -> str:
        """The canonical form of a raw value. InvalidIdentifier says what is wrong, never the value."""
        return self.rule(prepare(raw))

    def __repr__(self) -> str:
        return f"IdentifierType({self.code!r})"


def fullmatch(pattern: re.Pattern[str], text: str, why: str, *, suggested_type: str | None = None) -> re.Match[str]:
    """The match of the whole text, or InvalidIdentifier with `why`."""
    found = pattern.fullmatch(text)
    if found is None:
        raise InvalidIdentifier(why, suggested_type=suggested_type)
    return found
