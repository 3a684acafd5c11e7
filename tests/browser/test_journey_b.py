"""Journey B: an analyst imports a real list by keyboard alone; six of its hosts stand in another institution's list.

Needs ../shared/realdata; a test of the same shape with invented hosts stands in where it is missing.
"""

from __future__ import annotations

import os
import random
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, TimeoutError, expect

from config.stack import Stack
from tests.browser.own_browser import assert_nothing_raw
from tests.browser.portal import Place, Portal, load_key, proxied

REAL = Path(os.environ.get("AIF_REALDATA") or Path(__file__).resolve().parents[3] / "shared" / "realdata")
SHARED_LINES = (332, 2504, 6097, 6242, 7783, 11439)  # lines of phish_metamask.txt that stand in the other list too
SEED = 20261122
WAIT_MS = 240_000


def real_rows(count: int) -> tuple[list[str], list[str], list[str]]:
    """The rows to import, the six of them that are shared, and the other institution's list."""
    if not REAL.is_dir():
        pytest.skip("the real lists are not here (../shared/realdata)")
    own = (REAL / "phish_metamask.txt").read_text(encoding="utf-8").splitlines()
    theirs = (REAL / "phish_adguard255_phishing_url_blocklist.txt").read_text(encoding="utf-8").split()
    shared = [own[number - 1] for number in SHARED_LINES]
    known = set(theirs)
    draw = random.Random(SEED)
    others = draw.sample([host for host in own if host not in known], count - len(shared))
    rows = shared + others
    draw.shuffle(rows)
    return rows, shared, theirs


def submit(portal: Portal, place: Place, hosts: list[str], folder: Path) -> None:
    """Let an institution report hosts by the command line."""
    file = folder / "theirs.txt"
    file.write_text("\n".join(hosts) + "\n", encoding="utf-8")
    command = [str(Path(sys.executable).with_name("aif-share")), "submit", str(file), "--type", "domain"]
    command += ["--category", "counterfeit-site-app", "--grade", "B2", "--wait"]
    own = {"AIF_SHARE_URL": portal.stack.url, "AIF_SHARE_KEY": place.key, "XDG_DATA_HOME": str(folder)}
    done = subprocess.run(command, env=os.environ | own, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def tab_to(page: Page, wanted: Locator, most: int = 80) -> None:
    """Press Tab until it has the focus: what cannot be reached that way fails here."""
    for _ in range(most):
        if wanted.evaluate("element => element === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{wanted} cannot be reached by the keyboard")


def press(page: Page, wanted: Locator) -> None:
    tab_to(page, wanted)
    page.keyboard.press("Enter")


def choose(page: Page, field: Locator, code: str) -> None:
    """Walk a drop-down to a value with the arrow key."""
    tab_to(page, field)
    for _ in range(60):
        if field.input_value() == code:
            return
        page.keyboard.press("ArrowDown")
    raise AssertionError(f"{code} cannot be chosen by the keyboard")


def open_files(page: Page, file: Path) -> None:
    """Open the chooser of the focused field by a key and choose; a page still busy may miss the first press."""
    for key in ("Enter", "Space", "Enter"):
        try:
            with page.expect_file_chooser(timeout=8_000) as chooser:
                page.keyboard.press(key)
        except TimeoutError:
            continue
        chooser.value.set_files(file)
        return
    raise AssertionError("no key opens the chooser of files")


@pytest.fixture
def proxied_portal(chromium: Browser) -> Iterator[Portal]:
    """On a stack of its own: the tests of the real lists count every report of these hosts."""
    with Stack(env={"AIF_DISCLOSURE_TICK": "0.2"}) as stack:
        yield from proxied(stack, chromium)


def test_journey_b(proxied_portal: Portal, tmp_path: Path, scale: Callable[..., int]) -> None:
    """Exactly the six hosts appear in the inbox under their raw names, progress was live, and no host left."""
    portal = proxied_portal
    rows, shared, theirs = real_rows(scale(60, full=2_000))
    if len(rows) < 2_000:
        theirs = shared + [host for host in theirs if host not in set(shared)][:30]
    ours = portal.institution(screen_quota=10_000, submit_quota=100_000, evaluate_quota=100_000)
    other = portal.institution(submit_quota=100_000, evaluate_quota=100_000)
    submit(portal, other, theirs, tmp_path)
    file = tmp_path / "ours.txt"
    file.write_text("\n".join(rows) + "\n", encoding="utf-8")

    page = portal.page(ours, "analyst", language="en")
    page.keyboard.press("g")
    page.keyboard.press("i")
    page.wait_for_url("**/portal/imports")
    load_key(page, ours)
    page.evaluate("document.activeElement.blur()")
    tab_to(page, page.locator("[data-file]"))
    open_files(page, file)
    expect(page.locator("[data-read-as]")).to_contain_text(f"{len(rows):,} rows")
    choose(page, page.locator("[data-default=category]"), "counterfeit-site-app")
    choose(page, page.locator("[data-default=grade]"), "B2")
    choose(page, page.locator("[data-default=type]"), "domain")
    press(page, page.get_by_role("button", name="Check every row"))
    expect(page.locator("[data-good]")).to_contain_text(f"{len(rows):,} rows can go")

    # What the bar shows is noted at each change: live means more than its beginning and its end.
    page.evaluate(
        """() => { const bar = document.querySelector("[data-progress]"); window.__seen = new Set();
           new MutationObserver(() => window.__seen.add(bar.value)).observe(bar, { attributes: true }); }"""
    )
    press(page, page.locator("[data-submit]"))
    expect(page.locator("[data-phase]")).to_contain_text("The import is done", timeout=WAIT_MS)
    assert page.evaluate("window.__seen.size") >= 3
    press(page, page.locator("[data-matches]"))
    page.wait_for_url("**/portal/matches**")
    inbox = page.locator("[data-list-row]")
    expect(inbox).to_have_count(6)
    for host in shared:
        expect(inbox.filter(has_text=host)).to_have_count(1)

    assert portal.recorder is not None
    sent = portal.recorder.requests
    assert sum(each.url.endswith("/evaluate") for each in sent) >= 2
    assert any(each.url.endswith("/portal/api/batches") and each.method == "POST" for each in sent)
    assert_nothing_raw(sent, rows)
