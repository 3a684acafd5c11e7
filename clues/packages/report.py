"""The cover report: one PDF in Chinese with a summary in English, set from a template that asks the network for nothing."""

from __future__ import annotations

from itertools import groupby

from clues import pdf
from clues.packages.contents import AMOUNTS, COUNTS, Contents
from clues.packages.signing import Signer


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
        "chains": {
            item.evidence: [each for each in contents.custody if each.evidence == item.evidence]
            for item in contents.evidence
        },
        "parties": {each.party: each.name for each in contents.parties},
    }
    return pdf.render("clues/packages/report.html", context)
