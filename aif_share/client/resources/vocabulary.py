"""The vocabulary: every list of codes with its labels, and the problem codes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from aif_share.client.answers import Answer
from aif_share.client.resources.base import Resource


@dataclass(frozen=True, slots=True, kw_only=True)
class Code(Answer):
    """One code of a list with its Chinese and English labels."""

    code: str
    zh: str = ""
    en: str = ""


class Vocabulary(Resource):
    """`client.vocabulary`. Called, it gives every list as it came."""

    def __call__(self) -> dict[str, Any]:
        """Every list by name, as dicts."""
        return dict(self._session.get("vocabulary"))

    def get(self, name: str) -> tuple[Code, ...]:
        """One list. Raise KeyError for a name that there is not."""
        return tuple(Code.read(row) for row in self()[name])

    def problems(self) -> list[dict[str, Any]]:
        """Every problem code with its status and titles."""
        return list(self._session.get("problems"))
