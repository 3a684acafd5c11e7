"""Matches and rings in a real browser: the member's map gives the raw values back, keys do the work, the picture is drawn."""

from __future__ import annotations

import itertools
import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.portal import Place, Portal

_numbers = itertools.count(1)  # the stack is the session's: every test has values of its own
HEADER = "value,type,value_2,type_2\n"


expect.set_options(timeout=20_000)


def submit(portal: Portal, place: Place, rows: list[str], folder: Path) -> Path:
    """Submit rows as `aif-share` does; return the map."""
    folder.mkdir()
    records, kept = folder / "records.csv", folder / "own.map"
    records.write_text(HEADER + "".join(f"{row}\n" for row in rows))
    command = [str(Path(sys.executable).with_name("aif-share")), "submit", str(records), "--type", "bank-card"]
    command += ["--category", "telecom-fraud", "--grade", "B2", "--map", str(kept), "--wait", "--json"]
    own = {"AIF_SHARE_URL": portal.stack.url, "AIF_SHARE_KEY": place.key, "XDG_DATA_HOME": str(folder / "data")}
    done = subprocess.run(command, env=os.environ | own, capture_output=True, text=True, check=False)
    assert done.returncode == 0 and json.loads(done.stdout)["accepted"] == len(rows), done.stdout + done.stderr
    return kept


@dataclass(frozen=True)
class Met:
    """An institution that met another one at two cards: itself, its map, the cards."""

    place: Place
    kept: Path
    cards: tuple[str, str]


@pytest.fixture
def met(portal: Portal, tmp_path: Path) -> Met:
    """Two institutions with two cards in common; one of the clues carries a phone number as well, in each of them."""
    number = next(_numbers)
    first, second = f"62220202{os.getpid():07d}{number:03d}1", f"62220202{os.getpid():07d}{number:03d}2"
    ours, theirs = portal.institution(), portal.institution()
    kept = submit(portal, ours, [f"{first},bank-card,1380{number:07d},cn-mobile", f"{second},,,"], tmp_path / "a")
    submit(portal, theirs, [f"{first},bank-card,1390{number:07d},cn-mobile", f"{second},,,"], tmp_path / "b")
    return Met(ours, kept, (first, second))


def open_inbox(portal: Portal, place: Place, **options: str) -> Page:
    page = portal.page(place, "analyst", language="en", **options)
    page.goto(portal.url + "/portal/matches")
    expect(page.locator("[data-list-row]")).to_have_count(2, timeout=30_000)
    return page


def test_the_map_gives_the_raw_values_back(portal: Portal, met: Met) -> None:
    """Unknown at first; once the file of the CLI is open, on every page, and nothing is sent for it."""
    page = open_inbox(portal, met.place)
    assert met.cards[0] not in page.content()
    asked: list[str] = []
    page.on("request", lambda sent: asked.append(sent.url))
    page.locator("[data-open-map]").set_input_files(met.kept)
    for card in met.cards:
        expect(page.get_by_role("link", name=card)).to_be_visible()
    assert all("/static/" in url for url in asked), asked  # the worker and its SQLite
    page.get_by_role("link", name=met.cards[0]).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(met.cards[0])


def test_keys_do_the_work(portal: Portal, met: Met) -> None:
    """`j`, `a`: the row in focus is acknowledged and the next one is in focus; `x`, `a`: the selected one."""
    page = open_inbox(portal, met.place)
    page.keyboard.press("j")
    page.keyboard.press("a")
    expect(page.locator("[data-list-row]")).to_have_count(1)
    expect(page.locator("#inbox .notice")).to_contain_text("Acknowledged")
    expect(page.locator("[data-list-row] a")).to_be_focused()
    page.keyboard.press("x")
    expect(page.get_by_text("Selected: 1")).to_be_visible()
    page.keyboard.press("a")
    expect(page.get_by_role("heading", name="Nothing to do here")).to_be_visible()
    page.get_by_role("link", name="Acknowledged").click()
    expect(page.locator("[data-list-row]")).to_have_count(2)


def test_a_match(portal: Portal, met: Met) -> None:
    """Reading marks it; assigning and feedback change their own part of the page alone."""
    page = open_inbox(portal, met.place)
    expect(page.locator(".dot")).to_have_count(2)
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Why this score")).to_be_visible()
    expect(page.get_by_role("button", name="Mark as read")).to_have_count(0)  # it marked itself
    page.locator("#work").get_by_role("button", name="Assign").click()
    expect(page.locator("#work strong")).to_contain_text("person-")
    page.locator("#feedback").get_by_role("button", name="Seen too").click()
    expect(page.locator("#feedback")).to_contain_text("We said:")
    page.locator("#work").get_by_role("button", name="Acknowledge").click()
    expect(page.locator("#work .badge")).to_contain_text("Acknowledged")
    page.go_back()
    page.reload()
    expect(page.locator(".dot")).to_have_count(1)


def test_a_ring(portal: Portal, met: Met) -> None:
    """Drawn without breaking the policy; the keyboard walks it and it says why each thing is there; a table says the same."""
    page = open_inbox(portal, met.place)
    page.locator("[data-open-map]").set_input_files(met.kept)
    expect(page.get_by_role("link", name=met.cards[0])).to_be_visible()
    page.goto(portal.url + "/portal/rings")
    page.locator("[data-list-row] a").first.click()
    canvas = page.locator("[data-canvas]")
    expect(canvas.locator("canvas").first).to_be_visible()
    expect(page.get_by_role("table").get_by_text(met.cards[0])).to_be_visible()
    canvas.focus()
    said = set()
    for _ in range(3):
        page.keyboard.press("ArrowRight")
        said.add(page.locator("[data-words]").inner_text())
    assert any(met.cards[0] in words for words in said) and any(
        "Other independent institutions" in words for words in said
    )
    fold = page.get_by_role("button", name="Show also what is not shared")
    fold.click()
    expect(page.get_by_role("button", name="Show only what is shared")).to_be_visible()
    for name in ("Zoom in", "Zoom out", "Show all of it"):
        page.get_by_role("button", name=name).click()


def test_without_scripts(portal: Portal, met: Met) -> None:
    """Plain forms and links do it all: acknowledge in the list, read and judge on the page, the ring as a table."""
    page = open_inbox(portal, met.place, java_script_enabled=False)  # type: ignore[arg-type]
    page.locator("input[data-row]").first.check()
    page.get_by_role("button", name="Acknowledge").click()
    expect(page.locator("[data-list-row]")).to_have_count(1)
    page.locator("[data-list-row] a").click()
    page.get_by_role("button", name="Mark as read").click()
    page.get_by_role("button", name="False positive").click()
    expect(page.locator("#feedback")).to_contain_text("We said:")
    page.goto(portal.url + "/portal/rings")
    page.locator("[data-list-row] a").first.click()
    expect(page.locator("table.table--cards")).to_contain_text("Others reported it, too")
    expect(page.locator("[data-picture]")).to_be_hidden()
