"""Every page of the portal, on the demonstration's data, in both languages and both themes.

Reached by its links; without a finding of axe-core that is serious or critical; without a breach of the policy or a
request to another host; with at most 250 kB of script; in Chinese without English sentences.
"""

from __future__ import annotations

import gzip
import itertools
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, Response

from config.demo import __main__ as demo
from config.stack import Stack
from members.portal.help import TOPICS
from tests.browser.demonstration import prepare, river_bank
from tests.browser.portal import Place, Portal
from tests.browser.states import State
from tests.browser.walk import NOT_PAGES, ROLES, fetch, routes, walk

ROOT = Path(__file__).resolve().parents[2]
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
SCRIPT_KB = 250
PHONE = {"width": 375, "height": 740}
COMBINATIONS = (("zh-hans", "light"), ("en", "dark"), ("zh-hans", "dark"), ("en", "light"))

# Serious findings there are none; these rules are the standard's levels A and AA.
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]

# Text that a reader sees, without code, keys, what is marked as English, and what institutions are called.
SEEN = """
() => {
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const texts = [];
  while (walker.nextNode()) {
    const parent = walker.currentNode.parentElement;
    if (!parent || parent.closest('code, pre, kbd, samp, script, style, noscript, [lang="en"], textarea, [data-raw]')) continue;
    if (parent.checkVisibility && !parent.checkVisibility()) continue;
    const text = walker.currentNode.textContent.trim();
    if (text) texts.push(text);
  }
  return texts;
}
"""
Played = tuple[Portal, Place, list[State]]
ENGLISH = re.compile(r"(?:\b[A-Za-z]{2,}\b[ ,;:.]+){3,}\b[A-Za-z]{2,}\b")


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory, chromium: Any) -> Iterator[Played]:
    """A stack of its own with a small demonstration, and its pages whose state is rare."""
    folder = tmp_path_factory.mktemp("demo")
    with Stack(env={"AIF_DISCLOSURE_TICK": "0.2"}) as stack:
        result = demo.play(stack, folder, 0.02, demo.Progress())
        assert not result["faults"], result["faults"]
        portal = Portal(stack, chromium)
        rare = prepare(portal, place := river_bank(stack, folder), folder)
        yield portal, place, rare


@pytest.fixture(scope="module")
def walked(played: Played) -> tuple[dict[str, tuple[str, str]], set[str]]:
    """{route: (role, path)} of every page, each with the first role that reaches it; and what pages offer beside."""
    portal, place, _rare = played
    found: dict[str, tuple[str, str]] = {}
    offered: set[str] = set()
    for role in ROLES:
        page = portal.page(place, role)
        for route, path in walk(lambda path, page=page: fetch(page, path), offered=offered).items():  # type: ignore[misc]
            found.setdefault(route, (role, path))
        page.context.close()
    # One route, and a text of its own for each topic.
    found |= {f"help/{topic}": (ROLES[0], f"/help/{topic}") for topic in TOPICS}
    return found, offered


def test_pages_lead_to_every_address(walked: tuple[dict[str, tuple[str, str]], set[str]]) -> None:
    """What no link, form or download leads to, nobody finds."""
    pages, offered = walked
    lost = sorted(set(routes()) - set(pages) - offered - set(NOT_PAGES))
    assert len(pages) > 35
    assert not lost, "\n".join(lost)


@pytest.mark.parametrize("number", range(2))
def test_every_page_is_sound(
    played: Played,
    walked: tuple[dict[str, tuple[str, str]], set[str]],
    scale: Callable[..., int],
    number: int,
) -> None:
    """Half of the pages in Chinese and light, half in English and dark; at full scale all of them in all four."""
    (portal, place, _rare), (pages, _offered) = played, walked
    share = scale(2, full=1)
    pages = {route: page for place_of, (route, page) in enumerate(pages.items()) if place_of % share == number % share}
    for language, theme in itertools.islice(COMBINATIONS, number, scale(2, full=4), 2):
        findings: list[str] = []
        opened = {role: portal.page(place, role, language=language, theme=theme) for role in ROLES}
        for route, (role, path) in pages.items():
            page, scripts = opened[role], []
            hear = lambda answer: scripts.append(answer) if is_script(answer) else None  # noqa: E731, B023
            page.on("response", hear)
            page.goto(portal.url + path)
            page.wait_for_load_state("networkidle")
            page.remove_listener("response", hear)
            size = sum(len(gzip.compress(answer.body(), 9)) for answer in scripts) / 1000
            if size > SCRIPT_KB:
                findings.append(f"{route}: {size:.0f} kB of script")
            findings += [f"{route} ({language}, {theme}): {each}" for each in axe(page)]
            if language == "zh-hans":
                findings += [f"{route}: English: {text[:100]}" for text in page.evaluate(SEEN) if ENGLISH.search(text)]
            findings += [f"{route}: policy: {each}" for each in page.evaluate("window.__violations")]
        for page in opened.values():
            page.context.close()
        assert not findings, "\n".join(findings)
    assert not portal.faults, "\n".join(portal.faults)


def test_pages_in_rare_states_are_sound_on_a_phone(played: Played) -> None:
    """What the walk does not choose: rows set aside, batches let go and not, screening suspended; at the desk as well."""
    portal, _place, rare = played
    assert len(rare) > 5
    findings: list[str] = []
    for state, (language, theme) in zip(rare, itertools.cycle(COMBINATIONS), strict=False):
        seen = {"language": language, "theme": theme, "viewport": PHONE}
        if state.owner is None:
            page = portal.desk_page("alliance-approver", **seen)
        else:
            page = portal.page(state.owner, "analyst", **seen)
        page.goto((portal.url if state.owner else portal.desk_url.removesuffix("/admin")) + state.path)
        page.wait_for_load_state("networkidle")
        assert not portal.faults, "\n".join(portal.faults)
        findings += [f"{state.name} ({language}, {theme}): {each}" for each in axe(page)]
        if page.evaluate("document.documentElement.scrollWidth") > PHONE["width"]:
            findings.append(f"{state.name} ({language}): wider than a phone")
        if language == "zh-hans":
            findings += [f"{state.name}: English: {text[:100]}" for text in page.evaluate(SEEN) if ENGLISH.search(text)]
        page.context.close()
        if state.owner is None:
            portal.faults.clear()  # axe's own style, which the desk's policy does not let in
    assert not findings, "\n".join(findings)


def is_script(answer: Response) -> bool:
    """Whether this is a script that the page loads."""
    return "javascript" in answer.headers.get("content-type", "") and answer.status == 200


def axe(page: Page) -> list[str]:
    """Findings of axe-core that are serious or critical. Run as the browser's own, beside the page's policy."""
    session = page.context.new_cdp_session(page)
    frame = session.send("Page.getFrameTree")["frameTree"]["frame"]["id"]
    world = session.send("Page.createIsolatedWorld", {"frameId": frame, "worldName": "axe"})["executionContextId"]
    session.send("Runtime.evaluate", {"expression": AXE.read_text(encoding="utf-8"), "contextId": world})
    options = {"runOnly": {"type": "tag", "values": RULES}, "resultTypes": ["violations"]}
    answer = session.send(
        "Runtime.evaluate",
        {
            "expression": f"axe.run(document, {json.dumps(options)}).then(found => JSON.stringify(found.violations))",
            "contextId": world,
            "awaitPromise": True,
            "returnByValue": True,
        },
    )
    session.detach()
    found = json.loads(answer["result"]["value"])
    return [
        f"{each['id']} {node['target']} {node['failureSummary'][:200]}"
        for each in found
        if each["impact"] in ("serious", "critical")
        for node in each["nodes"]
    ]
