"""The import page: who sees it, that nothing raw has a name a form could send, and templates that come back as they went."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from openpyxl.utils import get_column_letter

from aif_share.client.fields import IDENTIFIER_NAMES, NAMES
from aif_share.identifiers import types
from aif_share.vocabulary import categories, lists
from clues.portal.import_templates import COLUMNS
from tests.clues.portal.test_new_clue import Fields
from tests.clues.scene import Scene
from tests.frontend.node import NODE

ADDRESS = "/portal/imports"
ROOT = Path(__file__).resolve().parents[3]


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_page(scene: Scene, client: Any, language: str) -> None:
    client.force_login(scene.cast.alice)
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = language
    page = client.get(ADDRESS)
    assert page.status_code == 200
    text = page.content.decode()
    main = text[text.index("<main") : text.index("</main")]
    fields = Fields()
    fields.feed(main)
    assert not any(field["tag"] == "form" for field in fields.found)
    assert not {field["name"] for field in fields.found if field.get("name")}
    assert "<noscript>" in main and "data-sheets-worker=" in main
    rules = json.loads(re.search(r'<script id="rules"[^>]*>(.*?)</script>', text, re.DOTALL)[1])  # type: ignore[index]
    assert [code for code, _zh, _en in rules["terms"]["types"]] == list(types())
    assert rules["terms"]["categories"] == [[row.code, row.zh, row.en] for row in categories.ROWS]
    assert rules["claims"] == [row.code for row in categories.ROWS if row.rights_claim]
    assert rules["mayRead"] is True


def test_who_may_see_it(scene: Scene, client: Any) -> None:
    for address in (ADDRESS, f"{ADDRESS}/template.xlsx", f"{ADDRESS}/template.csv"):
        assert client.get(address).status_code == 302
        client.force_login(scene.cast.alice)
        assert client.get(address).status_code == 200
        assert client.post(address).status_code == 405
        client.logout()


def test_the_workbook(scene: Scene, client: Any, tmp_path: Path) -> None:
    client.force_login(scene.cast.alice)
    answer = client.get(f"{ADDRESS}/template.xlsx")
    assert answer["Content-Disposition"] == 'attachment; filename="aif-share-template.xlsx"'
    book = load_workbook(io.BytesIO(answer.content))
    sheet = book.worksheets[0]
    titles = [str(cell.value).split("\n") for cell in sheet[1]]
    assert all(re.search(r"[\u4e00-\u9fff]", chinese) for chinese, _name in titles)
    assert {re.sub(r"_[0-9]+$", "", name) for _chinese, name in titles} == set(COLUMNS)
    lists_of = {str(each.sqref).split("2:")[0]: each for each in sheet.data_validations.dataValidation}
    assert len(lists_of) == 14  # three types, three roles, eight others
    category = next(
        get_column_letter(place)
        for place, cell in enumerate(sheet[1], start=1)
        if str(cell.value).endswith("\ncategory")
    )
    codes = book.worksheets[2]
    column = lists_of[category].formula1.split("$")[1]
    offered = [str(cell.value).split()[0] for cell in codes[column][1:] if cell.value]
    assert offered == [row.code for row in lists()["categories"]]
    # What the page makes of it, without a hand.
    path = tmp_path / "template.xlsx"
    sheet["A2"] = "a.example"
    book.save(path)
    done = subprocess.run(
        [NODE, "--test", str(ROOT / "tests" / "frontend" / "sheets.test.js")],
        env=os.environ | {"IMPORT_TEMPLATE": str(path)},
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stdout[-3000:]


def test_the_csv_serves_the_command_line_too(scene: Scene, client: Any) -> None:
    client.force_login(scene.cast.alice)
    content = client.get(f"{ADDRESS}/template.csv").content
    names = next(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
    bare = {re.sub(r"_[0-9]+$", "", name) for name in names}
    assert bare == {*NAMES, *IDENTIFIER_NAMES}
    assert len(names) == len(set(names))
