"""Pages as PDF, set from a template that asks the network for nothing. Fonts are the machine's: Noto Sans and Serif CJK."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NoReturn

from django.template.loader import render_to_string
from weasyprint import HTML
from weasyprint.urls import URLFetcher, URLFetchingError


class NothingElse(URLFetcher):
    """A page is made of its own text alone: whatever address stands in it, file or network, nobody opens it."""

    def fetch(self, url: str, headers: Any = None) -> NoReturn:
        """Refuse."""
        raise URLFetchingError("a page loads nothing")


def render(template: str, context: Mapping[str, Any]) -> bytes:
    """Return the page that a template makes of its context."""
    html = render_to_string(template, dict(context))
    made: bytes = HTML(string=html, url_fetcher=NothingElse()).write_pdf()
    return made
