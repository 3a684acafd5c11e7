"""The pages on security: what they cite is there, and each item of ASVS level 1 and 2 stands on its page once."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = (ROOT / "SECURITY.md", *sorted((ROOT / "docs" / "security").glob("*.md")))
SECTIONS = {  # section of ASVS 5.0.0 -> how many items of level 1 and 2 it has
    "1.1": 2, "1.2": 9, "1.3": 11, "1.4": 3, "1.5": 2, "2.1": 3, "2.2": 3, "2.3": 4, "2.4": 1, "3.2": 2, "3.3": 4, "3.4": 6,
    "3.5": 5, "3.7": 2, "4.1": 3, "4.2": 1, "4.3": 2, "4.4": 4, "5.1": 1, "5.2": 3, "5.3": 2, "5.4": 3, "6.1": 3, "6.2": 12,
    "6.3": 4, "6.4": 4, "6.5": 5, "6.6": 3, "6.8": 4, "7.1": 3, "7.2": 4, "7.3": 2, "7.4": 5, "7.5": 2, "7.6": 2, "8.1": 2,
    "8.2": 3, "8.3": 1, "8.4": 1, "11.1": 2, "11.2": 3, "11.3": 3, "11.4": 4, "11.5": 1, "11.6": 1, "12.1": 3, "12.2": 2, "12.3": 4, "13.1": 1, "13.2": 5, "13.3": 2, "13.4": 5, "14.1": 2,
    "14.2": 4, "14.3": 3, "15.1": 3, "15.2": 3, "15.3": 7, "16.1": 1, "16.2": 5, "16.3": 4, "16.4": 3, "16.5": 3,
}  # fmt: skip


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_what_is_cited_is_there(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    cited = set(re.findall(r"`((?:tests|aif_share|clues|members|config|deploy|\.ci)/[\w./-]+)`", text))
    assert [each for each in sorted(cited) if not (ROOT / each).exists()] == []
    linked = [link for link in re.findall(r"\]\(([^)#:]+)\)", text) if not (page.parent / link).exists()]
    assert linked == []


def test_every_item_stands_on_its_page_once() -> None:
    text = (ROOT / "docs" / "security" / "asvs.md").read_text(encoding="utf-8")
    found: list[str] = []
    for cell in re.findall(r"^\| ([\d., –]+) \|", text, re.MULTILINE):
        section = ""
        for part in cell.split(", "):
            first, _dash, last = part.partition("–")
            section = first.rpartition(".")[0] or section
            begin = int(first.rpartition(".")[2])
            found += [f"{section}.{number}" for number in range(begin, int(last.rpartition(".")[2] or begin) + 1)]
    assert len(found) == len(set(found)), "twice"
    counted = {section: sum(each.rpartition(".")[0] == section for each in found) for section in SECTIONS}
    assert counted == SECTIONS
