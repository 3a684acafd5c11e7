"""Every regular expression of the product, found in its source, and strings that are made to exhaust it.

A pattern is found as a literal in a call (`re.search(r"…", text)`, `RegexField(r"…")`), or as a compiled object that a
module holds. `attacks` reads a pattern's own parse tree: what leads to a repetition, the repeated part until the string is
long enough, and an end that cannot match, so that an engine that backtracks tries all ways to part the string.
"""

from __future__ import annotations

import ast
import importlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from re import _constants as code  # isort: skip
from re import _parser as parser  # type: ignore[attr-defined]

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("aif_share", "clues", "members", "config")
FUNCTIONS = {"compile", "match", "fullmatch", "search", "sub", "subn", "split", "findall", "finditer"}
SEARCHING = {"search", "sub", "subn", "split", "findall", "finditer"}
BAD_ENDS = ("\x00", "\n!")


@dataclass(frozen=True)
class Found:
    """A pattern, where it stands ("module:name", or "module:line"), and whether it is looked for anywhere in a text."""

    where: str
    pattern: re.Pattern[Any]
    is_searched: bool


def list_regexes() -> Iterator[Found]:
    """Every pattern of the product. Raise AssertionError for one that the source does not let be found."""
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            text = path.read_text(encoding="utf-8")
            if "/migrations/" in str(path) or ("re." not in text and "RegexField" not in text):
                continue
            yield from _of_file(path, text)


def _of_file(path: Path, text: str) -> Iterator[Found]:
    tree = ast.parse(text)
    name = ".".join(path.relative_to(ROOT).with_suffix("").parts)
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and _asks(node)]
    if not calls:
        return
    module = importlib.import_module(name)
    held = dict(_held_by(module))
    searched = {
        node.func.value.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in SEARCHING
        and isinstance(node.func.value, ast.Name)
    }  # fmt: skip
    asked_whole = _fully_asked(tree)
    kept = {str(each.pattern) for each in held.values()}
    for holder, pattern in held.items():
        plain = holder.partition("[")[0] == holder
        elsewhere = holder not in asked_whole if plain else bool(searched - held.keys())
        yield Found(f"{name}:{holder}", pattern, holder in searched or elsewhere)
    inside = {id(node) for each in ast.walk(tree) if isinstance(each, ast.FunctionDef) for node in ast.walk(each)}
    for call in calls:
        where, first = f"{name}:{call.lineno}", call.args[0] if call.args else None
        if _asks(call) == "RegexField" and isinstance(first, ast.Name):
            first = ast.Constant(getattr(module, first.id))
        if isinstance(first, ast.Constant) and isinstance(first.value, str | bytes):
            if str(first.value) not in kept:
                yield Found(where, re.compile(first.value), _asks(call) in SEARCHING)
        else:
            assert id(call) not in inside, f"{where}: make the pattern a constant of the module, so that it is tested"


def _asks(call: ast.Call) -> str:
    """The function of `re` that a call asks, or RegexField; "" for any other call."""
    asked = call.func
    if isinstance(asked, ast.Attribute) and isinstance(asked.value, ast.Name):
        if asked.value.id == "re" and asked.attr in FUNCTIONS:
            return asked.attr
        if asked.attr == "RegexField":
            return asked.attr
    return ""


def _fully_asked(tree: ast.Module) -> set[str]:
    """Names whose patterns are held against the beginning or the whole of a text: `NAME.match(…)`, `fullmatch(NAME, …)`."""
    found = set()
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        asked = node.func
        if (
            isinstance(asked, ast.Attribute)
            and asked.attr in ("match", "fullmatch")
            and isinstance(asked.value, ast.Name)
        ):
            found.add(asked.value.id)
        if isinstance(asked, ast.Name) and asked.id == "fullmatch":
            found |= {each.id for each in node.args if isinstance(each, ast.Name)}
    return found


def _held_by(module: Any) -> Iterator[tuple[str, re.Pattern[Any]]]:
    for name, value in vars(module).items():
        for number, pattern in enumerate(_patterns_in(value, depth=4)):
            yield name if number == 0 and isinstance(value, re.Pattern) else f"{name}[{number}]", pattern


def _patterns_in(value: Any, depth: int) -> Iterator[re.Pattern[Any]]:
    if isinstance(value, re.Pattern):
        yield value
    elif depth and isinstance(value, Mapping):
        for each in value.values():
            yield from _patterns_in(each, depth - 1)
    elif depth and type(value) in (list, tuple, set, frozenset):
        for each in value:
            yield from _patterns_in(each, depth - 1)


def attacks(pattern: str, flags: int, length: int) -> Iterator[str]:
    """Strings of about `length` characters for one pattern."""
    pumps: dict[tuple[str, str], None] = {}
    _walk(parser.parse(pattern, flags & ~re.DEBUG), "", pumps)
    for lead, pump in pumps or {("", "a"): None}:
        for end in BAD_ENDS:
            yield lead + pump * (length // len(pump)) + end


def _walk(tree: Any, lead: str, pumps: dict[tuple[str, str], None]) -> str:
    """Note what leads to each repetition in a tree and what it repeats; return a shortest string that the tree matches."""
    text = ""
    for op, given in tree:
        if op in (code.MAX_REPEAT, code.MIN_REPEAT, code.POSSESSIVE_REPEAT):
            least, most, body = given
            once = _walk(body, lead + text, pumps)
            if most > 1 and once:
                pumps[lead + text, once] = None
                for other in _others(body):
                    pumps[lead + text, other] = None
            text += once * least
        elif op is code.SUBPATTERN:
            text += _walk(given[3], lead + text, pumps)
        elif op is code.ATOMIC_GROUP:
            text += _walk(given, lead + text, pumps)
        elif op is code.BRANCH:
            texts = [_walk(each, lead + text, pumps) for each in given[1]]
            text += texts[0]
        elif op in (code.ASSERT, code.ASSERT_NOT):
            _walk(given[1], lead + text, pumps)
        else:
            text += next(_characters(op, given), "")
    return text


def _others(body: Any) -> Iterator[str]:
    """More that a repeated part may be: each kind of character in its first set, so that overlapping sets meet."""
    for op, given in body:
        if op is code.SUBPATTERN:
            yield from _others(given[3])
        elif op is code.BRANCH:
            for each in given[1]:
                if once := _walk(each, "", {}):
                    yield once
        elif op not in (code.MAX_REPEAT, code.MIN_REPEAT, code.AT, code.ASSERT, code.ASSERT_NOT):
            yield from _characters(op, given)


CATEGORIES = {
    code.CATEGORY_DIGIT: "1", code.CATEGORY_SPACE: " \t", code.CATEGORY_WORD: "a1中",
    code.CATEGORY_NOT_DIGIT: "a ", code.CATEGORY_NOT_SPACE: "a1-", code.CATEGORY_NOT_WORD: "- ",
}  # fmt: skip
SAMPLES = "a1A0 -./:@中=\t\"'<"


def _characters(op: Any, given: Any) -> Iterator[str]:
    """Characters that one step of a tree matches."""
    if op is code.LITERAL:
        yield chr(given)
    elif op is code.ANY:
        yield from "a1. "
    elif op is code.NOT_LITERAL:
        yield from (each for each in "a1" if ord(each) != given)
    elif op is code.CATEGORY:
        yield from CATEGORIES[given]
    elif op is code.IN and given[0][0] is code.NEGATE:
        yield from (each for each in SAMPLES if not any(_holds(item, each) for item in given[1:]))
    elif op is code.IN:
        for kind, value in given:
            yield from (chr(value[0]),) if kind is code.RANGE else _characters(kind, value)


def _holds(item: Any, character: str) -> bool:
    kind, value = item
    if kind is code.RANGE:
        return bool(value[0] <= ord(character) <= value[1])
    if kind is code.LITERAL:
        return bool(ord(character) == value)
    return character in CATEGORIES.get(value, "")
