"""Ways to take a control away in this process, and to give it back. The product has no such switch.

`Code` changes a function of the running code: its module is compiled anew with one text replaced, and the function's code
object is exchanged, so that whoever holds the function has the changed one. `Sql` changes the database of the test.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import inspect
import types
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Code:
    """Replace `old`, which stands exactly once in the function, by `new`."""

    module: str
    function: str  # qualified name
    old: str
    new: str

    @contextlib.contextmanager
    def applied(self, _server: Any) -> Iterator[None]:
        functions, changed = self.find(), self.compile()
        before = [(each, each.__code__) for each in functions]
        for each in functions:
            each.__code__ = changed
        try:
            yield
        finally:
            for each, code in before:
                each.__code__ = code

    def find(self) -> list[types.FunctionType]:
        """Every living function object of this name: decorators wrap it, and modules import it."""
        path = inspect.getsourcefile(importlib.import_module(self.module))
        found = [
            each
            for each in gc.get_objects()
            if type(each) is types.FunctionType  # a lazy object would answer for what it wraps
            and each.__code__.co_qualname == self.function
            and each.__code__.co_filename == path
        ]
        assert found, f"{self.module} has no {self.function}"
        return found

    def compile(self) -> types.CodeType:
        """The changed code; raise AssertionError if the table is stale."""
        module = importlib.import_module(self.module)
        path = Path(inspect.getsourcefile(module) or "")
        text = path.read_text(encoding="utf-8")
        function = _code_of(compile(text, str(path), "exec", dont_inherit=True), self.function)
        first = function.co_firstlineno - 1
        lines = text.splitlines(keepends=True)
        last = max(line for _start, _end, line in _all_lines(function))
        body = "".join(lines[first:last])
        assert body.count(self.old) == 1, f"{self.module}.{self.function}: {body.count(self.old)} times {self.old!r}"
        changed = "".join(lines[:first]) + body.replace(self.old, self.new) + "".join(lines[last:])
        return _code_of(compile(changed, str(path), "exec", dont_inherit=True), self.function)


def _all_lines(code: types.CodeType) -> Iterator[tuple[int, int, int]]:
    for start, end, line in code.co_lines():
        if line is not None:
            yield start, end, line
    for const in code.co_consts:
        if isinstance(const, types.CodeType):
            yield from _all_lines(const)


def _code_of(module: types.CodeType, name: str) -> types.CodeType:
    for const in module.co_consts:
        if isinstance(const, types.CodeType):
            if const.co_qualname == name:
                return const
            if name.startswith(f"{const.co_qualname}."):
                return _code_of(const, name)
    raise AssertionError(f"no {name}")


@dataclass(frozen=True)
class Sql:
    """Run `do` as the server's superuser in the tests' database and in the one that a test's own is made from; then `undo`."""

    do: str
    undo: str

    @contextlib.contextmanager
    def applied(self, server: Any) -> Iterator[None]:
        self._run(server, self.do)
        try:
            yield
        finally:
            self._run(server, self.undo)

    def _run(self, server: Any, statements: str) -> None:
        from django.db import connection

        from config.stack import postgres
        from tests.embedded import TEMPLATE

        connection.close()
        for database in {connection.settings_dict["NAME"], TEMPLATE}:
            with postgres.connected(server.superuser_url(database)) as cursor:
                cursor.execute(statements)


@dataclass(frozen=True)
class Value:
    """Set a name of a module, or of an object in it ("app.conf"), to something else."""

    module: str
    name: str
    value: Any

    @contextlib.contextmanager
    def applied(self, _server: Any) -> Iterator[None]:
        owner: Any = importlib.import_module(self.module)
        *path, last = self.name.split(".")
        for part in path:
            owner = getattr(owner, part)
        before = getattr(owner, last)
        setattr(owner, last, self.value)
        try:
            yield
        finally:
            setattr(owner, last, before)


@dataclass(frozen=True)
class Text:
    """Replace `old` by `new` in a text that stands in a module, a statement, say, or in a mapping of it ("A.key.key")."""

    module: str
    name: str
    old: str
    new: str

    @contextlib.contextmanager
    def applied(self, _server: Any) -> Iterator[None]:
        *path, last = self.name.split(".")
        owner = self.find(path)
        before = self.find([*path, last])
        assert self.old in before, f"{self.module}.{self.name} has no {self.old!r}"
        self._put(owner, last, before.replace(self.old, self.new))
        try:
            yield
        finally:
            self._put(owner, last, before)

    def find(self, path: list[str]) -> Any:
        """What stands there."""
        found: Any = importlib.import_module(self.module)
        for part in path:
            found = found[part] if isinstance(found, dict) else getattr(found, part)
        return found

    def _put(self, owner: Any, last: str, text: str) -> None:
        if isinstance(owner, dict):
            owner[last] = text
        else:
            setattr(owner, last, text)


@dataclass(frozen=True)
class Added:
    """Add what `make` returns to a list of a module: something that nobody thought of."""

    module: str
    name: str
    make: Callable[[], Any]

    @contextlib.contextmanager
    def applied(self, _server: Any) -> Iterator[None]:
        found = self.find()
        found.append(self.make())
        try:
            yield
        finally:
            found.pop()

    def find(self) -> list[Any]:
        """The list itself."""
        found: list[Any] = getattr(importlib.import_module(self.module), self.name)
        return found


@dataclass(frozen=True)
class Both:
    """Two guards of one control, each of which would hold alone."""

    first: Kill
    second: Kill

    @contextlib.contextmanager
    def applied(self, server: Any) -> Iterator[None]:
        with self.first.applied(server), self.second.applied(server):
            yield


def trigger(table: str, name: str) -> Sql:
    """Take a trigger away."""
    return Sql(f"ALTER TABLE {table} DISABLE TRIGGER {name}", f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {name}")


def in_function(name: str, old: str, new: str) -> Sql:
    """Replace `old` by `new` in a function of the database, which grants and policies hold on to; an error if it is not there."""
    return Sql(
        f"CREATE TABLE body_before AS SELECT pg_get_functiondef(oid) AS body FROM pg_proc WHERE proname = '{name}'; "
        "DO $do$ DECLARE found text := (SELECT body FROM body_before); BEGIN "
        f"ASSERT position($old${old}$old$ IN found) > 0, 'stale'; "
        f"EXECUTE replace(found, $old${old}$old$, $new${new}$new$); END $do$",
        "DO $do$ BEGIN EXECUTE (SELECT body FROM body_before); DROP TABLE body_before; END $do$",
    )


Kill = Code | Sql | Value | Text | Added | Both
