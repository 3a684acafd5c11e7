"""The cover report: one PDF in Chinese with a summary in English, set from a template that asks the network for nothing."""

from __future__ import annotations

from itertools import groupby
from typing import Any, NoReturn

from django.template.loader import render_to_string
from weasyprint import HTML
from weasyprint.urls import URLFetcher, URLFetchingError

from clues.packages.contents import AMOUNTS, COUNTS, Contents
from clues.packages.signing import Signer


class NothingElse(URLFetcher):
    """A page is made of its own text alone: whatever address stands in it, file or network, nobody opens it."""

    def fetch(self, url: str, headers: Any = None) -> NoReturn:
        """Refuse."""
        raise URLFetchingError("a report loads nothing")


def render(contents: Contents, *, signer: Signer) -> bytes:
    """Return the report as PDF. Fonts are the machine's: Noto Sans and Serif CJK."""
    names = (*AMOUNTS, *COUNTS)
    context = {
        "contents": contents,
        "signer": signer,
        "charges": [
            (charge, list(rows)) for charge, rows in groupby(contents.elements, key=lambda each: each.charge_name)
        ],
        "totals": {name: contents.total(name) for name in names},
        "parties": {each.party: each.name for each in contents.parties},
    }
    html = render_to_string("clues/packages/report.html", context)
    pdf: bytes = HTML(string=html, url_fetcher=NothingElse()).write_pdf()
    return pdf
