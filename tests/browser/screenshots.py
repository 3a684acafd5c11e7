"""``make screenshots``: a picture of every page on the demonstration's data, in both languages, into ``docs/portal/``;
of the desk into ``docs/desk/`` (tests.browser.desk_screenshots).

Plays a small demonstration, follows every link as the tests do, and writes one JPEG a page and language, with an index
``docs/portal/README.md``. What a run no longer finds is removed. With a pattern (`python -m tests.browser.screenshots
portal-batches`) it takes those pages alone, whose names begin so, and leaves the others.
"""

from __future__ import annotations

import re
import shutil
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from config.demo import __main__ as demo
from config.stack import Stack
from tests.browser import desk_screenshots
from tests.browser.demonstration import prepare, river_bank
from tests.browser.portal import Place, Portal, launch
from tests.browser.walk import fetch, walk

DOCS = Path(__file__).resolve().parents[2] / "docs"
FOLDER, FOLDER_OF_DESK = DOCS / "portal", DOCS / "desk"
LANGUAGES = {"zh": "zh-hans", "en": "en"}
PEOPLE = {
    "analyst": ("linxiao", "林晓"),
    "approver": ("zhoumin", "周敏"),
    "member-admin": ("chenli", "陈立"),
    "auditor": ("hejing", "何静"),
}
QUALITY = 62
TALLEST = 1800  # pixels; a long list is told from its beginning


def name_of(route: str) -> str:
    """The name of a page's picture: its route without placeholders."""
    plain = re.sub(r"<[^>]*>", "one", route).strip("/")
    return re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-") or "overview"


def log_in(portal: Portal, place: Place, role: str, username: str, full_name: str) -> Page:
    """Return a page of the portal, logged in as a new person of the institution."""
    person = {"institution": place.institution, "role": role, "username": username, "full_name": full_name}
    made = portal.order(person=person)
    context = portal.context()
    context.add_cookies([{"name": "aif_session", "value": made["session"], "url": portal.url, "httpOnly": True}])
    page = context.new_page()
    page.goto(portal.url)
    return page


def take(page: Page, file: Path) -> None:
    """Write the picture."""
    page.wait_for_load_state("networkidle")
    height = min(TALLEST, int(page.evaluate("document.documentElement.scrollHeight")))
    page.set_viewport_size({"width": 1280, "height": max(800, height)})
    page.screenshot(path=file, type="jpeg", quality=QUALITY)
    page.set_viewport_size({"width": 1280, "height": 800})


def main(only: str = "") -> None:
    """Make all of them, or those whose names the pattern `only` matches; the others stay as they are."""
    fresh, fresh_of_desk = (Path(tempfile.mkdtemp(prefix="aif-pictures-")) for _ in range(2))
    wanted = re.compile(only).match
    titles: dict[str, dict[str, str]] = {}
    say = demo.Progress()
    with (
        tempfile.TemporaryDirectory(prefix="aif-demo-") as folder,
        Stack(env={"AIF_DISCLOSURE_TICK": "0.2"}) as stack,
        sync_playwright() as playwright,
    ):
        demo.play(stack, Path(folder), 0.05, say)
        portal = Portal(stack, launch(playwright))
        place = river_bank(stack, Path(folder))
        rare = prepare(portal, place, Path(folder))
        for role, (username, full_name) in PEOPLE.items():
            page = log_in(portal, place, role, username, full_name)
            for route, path in walk(lambda path, page=page: fetch(page, path)).items():  # type: ignore[misc]
                name = name_of(route)
                if name not in titles and wanted(name):
                    titles[name] = take_both(page, portal.url, path, fresh / name)
                    say(name)
            page.context.close()
        for state in rare:
            if state.owner is not None and wanted(state.name):
                page = portal.page(state.owner, "analyst", full_name=PEOPLE["analyst"][1])
                titles[state.name] = take_both(page, portal.url, state.path, fresh / state.name)
                page.context.close()
        of_desk = desk_screenshots.take_all(portal, fresh_of_desk, take, wanted, rare)
    for folder_, made, title, found in (
        (FOLDER, fresh, "The portal in pictures", titles),
        (FOLDER_OF_DESK, fresh_of_desk, "The desk in pictures", of_desk),
    ):
        kept = read_index(folder_) if only else {}
        if folder_.exists() and not only:
            shutil.rmtree(folder_)
        shutil.copytree(made, folder_, dirs_exist_ok=True)
        shutil.rmtree(made)
        write_index(folder_, title, kept | {name: row_of(name, each) for name, each in found.items()})


def take_both(page: Page, root: str, path: str, picture: Path) -> dict[str, str]:
    """Take a page in both languages, which a cookie of the `root` says; return its title in each."""
    titles = {}
    for short, language in LANGUAGES.items():
        page.context.add_cookies([{"name": "django_language", "value": language, "url": root}])
        page.goto(root + path)
        take(page, picture.with_name(f"{picture.name}.{short}.jpg"))
        titles[short] = page.title().partition(" · ")[0]
    return titles


def row_of(name: str, titles: dict[str, str]) -> str:
    """The line of the list for a picture."""
    cells = [f"![{titles.get(short, name)}]({name}.{short}.jpg)" for short in LANGUAGES]
    return f"| {titles.get('zh', name)} / {titles.get('en', name)} | {cells[0]} | {cells[1]} |"


def read_index(folder: Path) -> dict[str, str]:
    """Return {name: line} of the list of a folder."""
    lines = (folder / "README.md").read_text(encoding="utf-8").splitlines() if (folder / "README.md").exists() else []
    return {found[1]: line for line in lines if (found := re.search(r"\]\(([^)]*)\.zh\.jpg\)", line))}


def write_index(folder: Path, title_of_page: str, rows: dict[str, str]) -> None:
    """Write the list of all pictures of a folder."""
    lines = [
        f"# {title_of_page}",
        "",
        "Made by `make screenshots` on the demonstration's data. 由 `make screenshots` 在演示数据上生成。",
        "",
    ]
    lines += ["| 页面 / page | 中文 | English |", "|---|---|---|"]
    lines += [rows[name] for name in sorted(rows)]
    (folder / "README.md").write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:2])
