"""The rows of guidance, and their text: TOML, one table for each row. What the text says is checked field by field.

An authority has `code kind level zh en`, if need be `branch`, `region`, `contact`, and the `documents` it issues. A charge
has `code zh en source elements`, each element `zh en`, its own `source`, and the `sectors` whose members can usually supply
what shows it; `to_confirm` until counsel confirmed it. A
playbook has `code zh en categories steps`, each step `zh en` and, if it leads to one, the `track` it opens.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

from django.utils.translation import gettext_noop

from aif_share.errors import Refusal
from aif_share.vocabulary import authority_kinds, authority_levels, categories, regions, sectors, tracks
from aif_share.vocabulary.term import Term
from clues.models import GuidanceVersion

CODE = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
MAX_TEXT, MAX_ROWS, MAX_WORDS = 200_000, 500, 300


@dataclass(frozen=True)
class Authority(Term):
    """A body that a case can be handed to."""

    kind: str = ""
    level: str = ""
    branch: str = ""
    region: str = ""
    contact: str = ""
    documents: tuple[str, ...] = ()


@dataclass(frozen=True)
class Element(Term):
    """One thing that has to be shown for a charge, as a statement that one can check, and who can usually supply it."""

    sectors: tuple[str, ...] = ()


@dataclass(frozen=True)
class Charge(Term):
    """A charge with its elements."""

    elements: tuple[Element, ...] = ()
    to_confirm: bool = True


@dataclass(frozen=True)
class Step(Term):
    """One step of a playbook; `track` is the procedure that it opens, if it opens one."""

    track: str = ""


@dataclass(frozen=True)
class Playbook(Term):
    """What to do about a kind of conduct, step by step."""

    categories: tuple[str, ...] = ()
    steps: tuple[Step, ...] = ()


class TextInvalid(Refusal):
    """The text cannot be read as rows; `row` is the place of the wrong one, from 1, 0 for the whole text."""

    def __init__(self, detail: str, *, row: int = 0, name: str = "") -> None:
        super().__init__("rules-invalid", detail, field="text", row=row, name=name)


def parse(list_code: str, text: str) -> list[Term]:
    """Return the rows of a list's text. Raise TextInvalid, which names the row and the field."""
    if len(text) > MAX_TEXT:
        raise TextInvalid(gettext_noop("The text is too long."))
    try:
        document = tomllib.loads(text.replace("\r\n", "\n"))
    except tomllib.TOMLDecodeError:
        raise TextInvalid(gettext_noop("The text is not TOML.")) from None
    name, make = TABLES[list_code]
    values = document.get(name)
    if document.keys() != {name} or not isinstance(values, list) or not 1 <= len(values) <= MAX_ROWS:
        raise TextInvalid(gettext_noop("The text has one table for each row, and nothing else."), name=name)
    rows = [make(_Fields(value, number)) for number, value in enumerate(values, start=1)]
    seen: set[str] = set()
    for number, row in enumerate(rows, start=1):
        if row.code in seen:
            raise TextInvalid(gettext_noop("A code stands twice."), row=number, name="code")
        seen.add(row.code)
    return rows


def build(list_code: str, data: Mapping[str, Any]) -> Term:
    """Return a row as it was stored, once it had been parsed."""
    _name, make = TABLES[list_code]
    row: Term = make(_Fields(dict(data), 0))
    return row


class _Fields:
    """The fields of one table, taken one by one; what nobody took is one too many."""

    def __init__(self, value: object, row: int) -> None:
        if not isinstance(value, dict):
            raise TextInvalid(gettext_noop("The text has one table for each row, and nothing else."), row=row)
        self.left, self.row = dict(value), row

    def wrong(self, name: str) -> TextInvalid:
        """The field is missing, of another form, or no code of its list."""
        return TextInvalid(
            gettext_noop("A field is missing or wrong; `row` and `name` say which."), row=self.row, name=name
        )

    def words(self, name: str, *, optional: bool = False) -> str:
        """A line of text."""
        value = self.left.pop(name, "" if optional else None)
        if not isinstance(value, str) or len(value) > MAX_WORDS or not (optional or value.strip()):
            raise self.wrong(name)
        if value and not value.isprintable():
            raise self.wrong(name)
        return value

    def code(self, name: str, known: Iterable[str] | None = None, *, optional: bool = False) -> str:
        """A code, of a list if one is given."""
        value = self.words(name, optional=optional)
        if (value or not optional) and not (CODE.fullmatch(value) if known is None else value in known):
            raise self.wrong(name)
        return value

    def codes(self, name: str, known: Iterable[str], *, optional: bool = False) -> tuple[str, ...]:
        """One code of a list, or several."""
        if optional and name not in self.left:
            return ()
        values = self.left.pop(name, None)
        if (
            not isinstance(values, list)
            or not values
            or not all(isinstance(value, str) and value in known for value in values)
        ):
            raise self.wrong(name)
        return tuple(values)

    def lines(self, name: str) -> tuple[str, ...]:
        """Lines of text, or none."""
        values = self.left.pop(name, [])
        if not isinstance(values, list) or not all(
            isinstance(each, str) and each and len(each) <= MAX_WORDS for each in values
        ):
            raise self.wrong(name)
        return tuple(values)

    def flag(self, name: str, *, usual: bool) -> bool:
        """True or false."""
        value = self.left.pop(name, usual)
        if not isinstance(value, bool):
            raise self.wrong(name)
        return value

    def tables(self, name: str, make: Callable[[_Fields], Any]) -> tuple[Any, ...]:
        """Tables within the table, at least one."""
        values = self.left.pop(name, None)
        if not isinstance(values, list) or not values:
            raise self.wrong(name)
        return tuple(make(_Fields(value, self.row)) for value in values)

    def done(self) -> None:
        """Nothing may be left."""
        for name in self.left:
            raise self.wrong(str(name)[:64])


def _authority(fields: _Fields) -> Authority:
    kind = fields.code("kind", authority_kinds.BY_CODE)
    branches = [branch.code for branch in authority_kinds.BY_CODE[kind].branches]
    row = Authority(
        fields.code("code"), fields.words("zh"), fields.words("en"), fields.words("source", optional=True),
        kind=kind, level=fields.code("level", authority_levels.BY_CODE),
        branch=fields.code("branch", branches, optional=True),
        region=fields.code("region", regions.BY_CODE, optional=True),
        contact=fields.words("contact", optional=True), documents=fields.lines("documents"),
    )  # fmt: skip
    fields.done()
    return row


def _charge(fields: _Fields) -> Charge:
    row = Charge(
        fields.code("code"), fields.words("zh"), fields.words("en"), fields.words("source"),
        elements=fields.tables("elements", _element), to_confirm=fields.flag("to_confirm", usual=True),
    )  # fmt: skip
    fields.done()
    return row


def _element(fields: _Fields) -> Element:
    row = Element(
        fields.code("code"), fields.words("zh"), fields.words("en"), fields.words("source", optional=True),
        sectors=fields.codes("sectors", sectors.BY_CODE, optional=True),
    )  # fmt: skip
    fields.done()
    return row


def _playbook(fields: _Fields) -> Playbook:
    row = Playbook(
        fields.code("code"), fields.words("zh"), fields.words("en"), fields.words("source", optional=True),
        categories=fields.codes("categories", categories.BY_CODE), steps=fields.tables("steps", _step),
    )  # fmt: skip
    fields.done()
    return row


def _step(fields: _Fields) -> Step:
    row = Step(
        fields.code("code"), fields.words("zh"), fields.words("en"), fields.words("source", optional=True),
        track=fields.code("track", tracks.BY_CODE, optional=True),
    )  # fmt: skip
    fields.done()
    return row


TABLES: Final[Mapping[str, tuple[str, Callable[[_Fields], Any]]]] = MappingProxyType(
    {
        GuidanceVersion.AUTHORITIES: ("authority", _authority),
        GuidanceVersion.CHARGES: ("charge", _charge),
        GuidanceVersion.PLAYBOOKS: ("playbook", _playbook),
    }
)
"""List -> the name of its tables in the text, and how a row is made of one."""
