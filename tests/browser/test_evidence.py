"""Evidence in a browser: a file sent in pieces, paused, gone on with after the page was left, broken off once; then opened."""

from __future__ import annotations

import hashlib
import json
import re
import secrets
import time
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, Route, expect

from aif_share.client import Client
from tests.browser.case_pages import case_page, submit
from tests.browser.portal import Place, Portal

SOON_S = 30
LINE = b"2026-01-05 08:00:00 the caller named an agency and asked for a fee\n"
CONTENT = LINE * (14 * 1024 * 1024 // len(LINE))
TOTAL = len(CONTENT)


def until(seen: Callable[[], bool]) -> None:
    """Wait for what comes by itself."""
    limit = time.monotonic() + SOON_S
    while not seen():
        assert time.monotonic() < limit, "not seen in time"
        time.sleep(0.1)


def joint_case(portal: Portal, folder: Path) -> tuple[str, Place]:
    """Two institutions meet at one card; the first leads their case into joint work. Return the case, and who leads."""
    card = f"622202{secrets.randbelow(10**12):012d}0,bank-card"
    leading, other = portal.institution(), portal.institution()
    for place in (leading, other):
        submit(portal, place, [card], folder / place.institution)
    desk = f"desk-{secrets.token_hex(4)}"
    portal.order(person={"role": "alliance-operator", "username": desk})
    with Client(portal.stack.url, leading.key) as ours:
        until(lambda: any(True for _match in ours.matches.list()))
        (match,) = ours.matches.list()
        made = portal.stack.manage("open_case", "--match", match.match, "--by", desk, "--json")
        case = str(json.loads(made)["case"])
        portal.stack.manage("move_case", "--case", case, "--action", "triage", "--by", desk)
        until(lambda: any(each.case == case for each in ours.cases.list()))
        for action in ("claim", "join-up"):
            ours.cases.act(ours.cases.get(case), action)
    return case, leading


def fill_in(page: Page, file: Path) -> None:
    """Choose a file and say what it is."""
    page.get_by_label("File", exact=True).set_input_files(file)
    page.get_by_label("Title").fill("Log of the calls")
    page.get_by_label("Kind").select_option("electronic-data")
    page.get_by_label("When", exact=True).fill("2026-01-05T16:00")
    page.get_by_label("Where the time comes from").select_option("system-log")
    page.get_by_label("By whom").fill("经办人王某")


def test_paused_left_and_gone_on_with(portal: Portal, tmp_path: Path) -> None:
    case, leading = joint_case(portal, tmp_path)
    page = portal.page(leading, "analyst", language="en")
    good, other = tmp_path / "calls.txt", tmp_path / "other.txt"
    good.write_bytes(CONTENT)
    other.write_bytes(CONTENT[:-2] + b"!\n")
    sent: list[int] = []
    broken: list[int] = []

    def slowly(route: Route) -> None:
        """Let pieces take their time, and lose one of them."""
        if route.request.method == "PATCH":
            offset = int(route.request.headers["upload-offset"])
            if broken == [] and sent and offset > sent[0] and len(sent) >= 2:
                broken.append(offset)
                route.abort()
                return
            sent.append(offset)
            page.wait_for_timeout(400)
        route.continue_()

    page.route(re.compile("/portal/api/evidence-uploads/"), slowly)
    case_page(page, case).get_by_role("link", name="Open the evidence").click()
    page.get_by_role("link", name="Add evidence").click()
    fill_in(page, good)
    page.get_by_role("button", name="Send it").click()
    status = page.get_by_role("status").filter(visible=True)
    pause = page.get_by_role("button", name="Pause")
    expect(pause).to_be_focused()
    expect(status).to_contain_text("% sent")
    pause.click()
    expect(status).to_contain_text("Paused")
    assert page.get_by_role("progressbar").evaluate("bar => bar.value > 0 && bar.value < 1")
    page.get_by_role("link", name="Evidence", exact=True).first.click()
    page.get_by_role("link", name="Go on").click()

    page.get_by_label("The same file again").set_input_files(other)
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_role("alert").filter(visible=True)).to_contain_text("not the file that was chosen then")
    page.get_by_label("The same file again").set_input_files(good)
    page.get_by_role("button", name="Go on").click()
    page.wait_for_url("**/portal/evidence/EV-*", timeout=60_000)
    assert broken and len(set(sent)) < TOTAL // (4 * 1024 * 1024) + 4, "what was stored is not sent again"

    main = page.get_by_role("main")
    expect(main).to_contain_text(hashlib.sha256(CONTENT).hexdigest())
    expect(main).to_contain_text("Whole and unchanged")
    expect(page.locator("section[aria-labelledby=custody] tbody tr")).to_have_count(2)
    page.get_by_label("Reason").first.fill("To see that it is whole")
    with page.expect_download() as taken:
        page.get_by_role("button", name="Open and save the file").click()
    assert taken.value.suggested_filename == "calls.txt"
    assert taken.value.path().read_bytes() == CONTENT
    page.reload()
    expect(page.locator("section[aria-labelledby=custody] tbody tr")).to_have_count(3)
    expect(main).to_contain_text("To see that it is whole")
