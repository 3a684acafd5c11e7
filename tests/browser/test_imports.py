"""The import page in a real browser: a file with faults, tokens over both custodians, breaks, and files made to hurt."""

from __future__ import annotations

import io
import os
import re
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from openpyxl import Workbook
from playwright.sync_api import Page, expect

from tests.browser.own_browser import load_key
from tests.browser.portal import Place, Portal

GOOD = [f"import-{number}.example" for number in range(12)]
CSV = "域名,线索类别,证据等级,备注\r\n" + "".join(f"{host},counterfeit-site-app,B2,=1+1\r\n" for host in GOOD)
WRONG = "13800138000,counterfeit-site-app,B2,x\r\nwrong-category.example,nonsense,B2,y\r\n"
# What the browser tells a page of Ctrl+V.
PASTE = """(box, text) => {
  const clipboardData = new DataTransfer();
  clipboardData.setData("text/plain", text);
  box.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
}"""


@pytest.fixture
def place(portal: Portal) -> Place:
    return portal.institution(f"Import Bank {os.urandom(4).hex()}")


def open_page(portal: Portal, place: Place, **options: Any) -> Page:
    page = portal.page(place, "analyst", **({"language": "en"} | options))
    answer = page.goto(portal.url + "/portal/imports")
    assert answer is not None and answer.status == 200, page.inner_text("main")
    return page


def give(page: Page, content: bytes, name: str = "clues.csv") -> None:
    page.locator("[data-file]").set_input_files({"name": name, "mimeType": "text/csv", "buffer": content})


def step(page: Page, name: str) -> None:
    expect(page.locator(f'[data-step="{name}"]')).to_be_visible(timeout=30_000)


def test_a_file_from_end_to_end(portal: Portal, place: Place, tmp_path: Path) -> None:
    page = open_page(portal, place)
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url + (request.post_data or "")))
    load_key(page, place.browser_key, tmp_path)
    give(page, (CSV + WRONG).encode("gb18030"))
    step(page, "columns")
    expect(page.locator("[data-read-as]")).to_contain_text("14 rows read, as GB18030")
    uses = page.locator('[data-columns] [data-part="use"]')
    assert [uses.nth(at).input_value() for at in range(4)] == ["value", "category", "grade", ""]
    page.get_by_role("button", name="Check every row").click()
    step(page, "check")
    expect(page.locator("[data-good]")).to_have_text("12 rows can go")
    expect(page.locator("[data-fault-rows] tr")).to_have_count(2)
    expect(page.locator("[data-fault-rows] tr").nth(1)).to_contain_text("There is no such category")
    with page.expect_download() as waiting:
        page.locator("[data-error-file]").click()
    corrected = waiting.value.path().read_text(encoding="utf-8-sig")
    assert "13800138000" in corrected and "import-1.example" not in corrected and "'=1" not in corrected
    page.locator("[data-submit]").dblclick()
    step(page, "submit")
    expect(page.locator("[data-phase]")).to_contain_text("The import is done", timeout=60_000)
    expect(page.locator("[data-batch-rows] tr")).to_have_count(1)
    assert [cell.strip() for cell in page.locator("[data-batch-rows] td").all_inner_texts()][1:] == [
        "done",
        "12",
        "12",
        "0",
        "0",
        "0",
    ]
    expect(page.locator("[data-map-state]")).to_contain_text("12")
    posted = "\n".join(sent)
    assert "/portal/api/batches" in posted
    for host in GOOD:
        assert host not in posted and quote(host) not in posted
    # The same file once more: every row is a duplicate, and no custodian is asked again.
    page.get_by_role("button", name="Import another").click()
    give(page, CSV.encode())
    page.get_by_role("button", name="Check every row").click()
    asked = sum("/evaluate" in each for each in sent)
    page.locator("[data-submit]").click()
    expect(page.locator("[data-phase]")).to_contain_text("The import is done", timeout=60_000)
    assert page.locator("[data-batch-rows] td").all_inner_texts()[3:5] == ["0", "12"]
    assert sum("/evaluate" in each for each in sent) == asked


def test_a_break_loses_nothing(portal: Portal, place: Place, tmp_path: Path) -> None:
    page = open_page(portal, place)
    page.locator("[data-paste]").fill("\n".join(GOOD))
    page.get_by_role("button", name="Read the pasted text").click()
    step(page, "columns")
    page.locator("[data-default=category]").select_option("counterfeit-site-app")
    page.locator("[data-default=grade]").select_option("C")
    page.get_by_role("button", name="Check every row").click()
    step(page, "check")
    page.go_back()
    step(page, "columns")
    page.go_forward()
    step(page, "check")
    page.reload()
    step(page, "columns")
    expect(page.locator("[data-kept-text]")).to_contain_text("is back")
    expect(page.locator("[data-default=grade]")).to_have_value("C")
    page.get_by_role("button", name="Check every row").click()
    # Without a key nothing is sent; it is said, and one can go on.
    page.locator("[data-submit]").click()
    expect(page.locator("[data-failure]")).to_contain_text("No key is loaded")
    load_key(page, place.browser_key, tmp_path)
    # The session ends on the way: the work stays.
    page.route(
        "**/portal/api/batches", lambda route: route.fulfill(status=401, json={"code": "authentication-required"})
    )
    page.get_by_role("button", name="Go on").click()
    expect(page.locator("[data-failure]")).to_contain_text("Your session has ended", timeout=60_000)
    page.unroute("**/portal/api/batches")
    page.reload()
    expect(page.locator("[data-kept-text]")).to_contain_text("can go on")
    page.get_by_role("button", name="Go on").click()
    expect(page.locator("[data-phase]")).to_contain_text("The import is done", timeout=60_000)
    page.reload()
    step(page, "file")


def test_a_custodian_that_is_down_gets_nothing_through(portal: Portal, place: Place, tmp_path: Path) -> None:
    page = open_page(portal, place)
    load_key(page, place.browser_key, tmp_path)
    posted: list[str] = []
    page.on("request", lambda request: posted.append(request.url) if request.url.endswith("/api/batches") else None)
    page.context.route(re.compile(r"/evaluate$"), lambda route: route.abort())
    page.locator("[data-paste]").fill("\n".join(f"down-{number}.example" for number in range(3)))
    page.get_by_role("button", name="Read the pasted text").click()
    page.locator("[data-default=category]").select_option("counterfeit-site-app")
    page.locator("[data-default=grade]").select_option("C")
    page.get_by_role("button", name="Check every row").click()
    page.locator("[data-submit]").click()
    expect(page.locator("[data-failure]")).to_be_visible(timeout=60_000)
    assert not posted


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_files_that_hurt(portal: Portal, place: Place, language: str) -> None:
    page = open_page(portal, place, language=language)
    failure = page.locator("[data-failure]")
    hostile = {
        "a.xlsx": b"PK\x03\x04" + bytes(range(256)) * 4,
        "b.csv": "域名\n".encode() + "手机张三\n".encode() + "手机张三\n".encode("gb18030"),
        "c.csv": b"\x89PNG\r\n\x1a\n" + bytes(64),
        "d.csv": b"",
        "e.csv": b"a," * 600 + b"\n",
        "f.xls": b"\xd0\xcf\x11\xe0" + bytes(64),
    }
    said = set()
    for name, content in hostile.items():
        give(page, content, name)
        expect(failure).to_be_visible()
        expect(failure).not_to_have_text("")
        said.add(failure.inner_text())
        page.evaluate("document.querySelector('[data-failure]').hidden = true")
    assert len(said) == len(hostile)
    step(page, "file")
    book = Workbook()
    sheet = book.create_sheet(index=0)
    sheet.append(["手机号", *(f"c{number}" for number in range(199))])
    sheet.append(["13800138000", *("x" for _ in range(199))])
    out = io.BytesIO()
    book.save(out)
    give(page, out.getvalue(), "wide.xlsx")
    step(page, "columns")
    expect(page.locator("[data-columns] tr")).to_have_count(200)


def test_too_many_rows_are_the_command_lines(portal: Portal, place: Place) -> None:
    page = open_page(portal, place)
    page.locator("[data-paste]").evaluate(PASTE, "\n".join(f"many-{number}.example" for number in range(10_000)))
    step(page, "columns")
    expect(page.locator("[data-too-many]")).to_be_visible()
    expect(page.locator("[data-check]")).to_be_hidden()
    page.locator("[data-default=grade]").select_option("C")
    expect(page.locator("[data-command]")).to_have_text(
        "aif-share submit clues.csv --category CATEGORY --grade C --role actor --tlp amber+strict --wait"
    )
    with page.expect_download() as waiting:
        page.locator("[data-command-file]").click()
    lines = waiting.value.path().read_text().splitlines()
    assert lines[:2] == ["value", "many-0.example"] and len(lines) == 10_001
