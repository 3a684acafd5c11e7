"""The error tables of docs/api name codes that there are, each under its own status."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from aif_share.wire.problems import PROBLEMS

PAGES = sorted((Path(__file__).resolve().parents[2] / "docs" / "api").glob("*.md"))
CODE = re.compile(r"`([a-z]+(?:-[a-z]+)*)`(?: ([45]\d\d))?")


@pytest.mark.parametrize(
    "page", [page for page in PAGES if "## Errors" in page.read_text("utf-8")], ids=lambda page: page.stem
)
def test_codes_and_statuses(page: Path) -> None:
    for line in page.read_text("utf-8").partition("## Errors")[2].splitlines():
        cells = line.split("|")
        if len(cells) < 3 or "delivery" in cells[1]:
            continue
        status = ""
        for code, said in reversed(CODE.findall(cells[1].replace("with `index`", ""))):
            status = said or status  # `a`, `b` 400 says it of both
            assert code in PROBLEMS, code
            assert not status or PROBLEMS[code].status == int(status), code
