"""What every resource does alike: pages, references and versions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, TypeVar

from aif_share.client.answers import Answer, reference
from aif_share.client.session import Session
from aif_share.errors import InvalidInput, NetworkError

AnswerT = TypeVar("AnswerT", bound=Answer)


class Resource:
    """One resource of the API, over a session."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def __repr__(self) -> str:
        return f"{type(self).__name__}(url={self._session.url!r})"

    def _pages(self, kind: type[AnswerT], path: str, **filters: str | int | None) -> Iterator[AnswerT]:
        """Every row of a list, page after page; `limit` among the filters sets the size of a page."""
        for row in pages(self._session, path, given(**filters)):
            yield kind.read(row)


def pages(session: Session, path: str, params: Mapping[str, str] | None = None) -> Iterator[dict[str, Any]]:
    """Every row of a list as it came."""
    page: Any = session.get(path, params or None)
    while True:
        if not isinstance(page, dict) or not isinstance(page.get("results"), list):
            raise NetworkError("the platform's answer is no page of a list; is aif-share older than the platform?")
        yield from page["results"]
        if not page.get("next"):
            return
        page = session.get(page["next"])


def given(**values: str | int | None) -> dict[str, str]:
    """The values that are not None, as query parameters."""
    return {name: str(value) for name, value in values.items() if value is not None}


def body_of(**values: Any) -> dict[str, Any]:
    """The values that are not None, as a body."""
    return {name: value for name, value in values.items() if value is not None}


def named(kind: str, field: str, thing: Answer | str) -> str:
    """The reference of an answer's `field`, or the text itself, checked to be a reference of this kind."""
    return reference(kind, str(getattr(thing, field)) if isinstance(thing, Answer) else thing)


def edited(kind: str, field: str, thing: Answer | str, version: int | None) -> tuple[str, int]:
    """Reference and version of what is edited: those of the object, or of a reference with its version."""
    found = version if version is not None else getattr(thing, "version", None)
    if not isinstance(found, int):
        raise InvalidInput("pass the object you read, or its reference together with version=")
    return named(kind, field, thing), found
