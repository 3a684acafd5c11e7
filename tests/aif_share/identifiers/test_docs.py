"""The table of types in docs/identifiers.md is the one of the code. Run this file to write it anew."""

from pathlib import Path

from aif_share.identifiers import types

PAGE = Path(__file__).resolve().parents[3] / "docs" / "identifiers.md"
START, END = "<!-- types: start -->\n", "<!-- types: end -->\n"


def table():
    head = "| code | 中文 | English | personal | link | canonical form | example |\n|---|---|---|---|---|---|---|\n"
    return head + "".join(
        f"| `{each.code}` | {each.zh} | {each.en} | {'yes' if each.personal else 'no'} | {each.link} "
        f"| {each.form} | `{next(iter(each.examples.values()))}` |\n"
        for each in types().values()
    )


def test_the_page_shows_the_types_as_they_are():
    page = PAGE.read_text(encoding="utf-8")
    shown = page[page.index(START) + len(START) : page.index(END)]
    assert shown == table(), f"run: python {Path(__file__).relative_to(PAGE.parents[1])}"


if __name__ == "__main__":
    before, _, rest = PAGE.read_text(encoding="utf-8").partition(START)
    PAGE.write_text(before + START + table() + END + rest.partition(END)[2], encoding="utf-8")
