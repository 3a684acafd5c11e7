"""Journeys C and D and what can go wrong on the way: screening, watches and disputes in a real browser."""

from __future__ import annotations

import base64
import os
import re
import subprocess
import sys
from pathlib import Path
from urllib.parse import quote

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from tests.browser.portal import Place, Portal, load_key

SOON_MS = 30_000
PASTE = """(field, text) => {
  const clipboardData = new DataTransfer();
  clipboardData.setData("text", text);
  field.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
}"""


@pytest.fixture
def hosts() -> list[str]:
    """Three hosts that no other test knows."""
    return [f"{name}-{os.urandom(4).hex()}.example" for name in ("known", "watched", "unknown")]


def report(portal: Portal, places: list[Place], host: str, folder: Path) -> None:
    """Let institutions report a host by the command line."""
    file = folder / "hosts.txt"
    file.write_text(host + "\n")
    for place in places:
        command = [str(Path(sys.executable).with_name("aif-share")), "submit", str(file), "--type", "domain"]
        command += ["--category", "counterfeit-site-app", "--grade", "B2", "--wait"]
        own = {"AIF_SHARE_URL": portal.stack.url, "AIF_SHARE_KEY": place.key, "XDG_DATA_HOME": str(folder / place.name)}
        done = subprocess.run(command, env=os.environ | own, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr


def open_page(portal: Portal, place: Place, path: str, role: str = "analyst") -> Page:
    page = portal.page(place, role, language="en")
    page.goto(portal.url + path)
    load_key(page, place)
    return page


def fill(page: Page, *values: str, purpose: str = "Investigation") -> None:
    page.get_by_role("radio", name=purpose).check()
    page.get_by_label("Values").fill("\n".join(values))


def screen(page: Page, *values: str) -> Locator:
    """Screen values; return the rows of the answer."""
    page.goto(page.url.split("/portal/")[0] + "/portal/screenings")
    fill(page, *values)
    page.get_by_role("button", name="Screen", exact=True).click()
    expect(page.get_by_role("heading", name="Answer")).to_be_visible(timeout=SOON_MS)
    return page.locator("[data-results] [data-hit]")


def spellings(host: str) -> list[bytes]:
    """A value as it could hide in a request."""
    plain = host.encode()
    coded = {base64.b64encode(b" " * shift + plain)[4 * (shift > 0) : -4] for shift in range(3)}
    urlsafe = {each.replace(b"+", b"-").replace(b"/", b"_") for each in coded}
    return [plain, plain.hex().encode(), quote(host).encode(), plain[::-1], *coded, *urlsafe]


def test_journey_c(proxied_portal: Portal, hosts: list[str], tmp_path: Path) -> None:
    """Screen one, watch one, others report it, the notice arrives; by keyboard alone, and no value leaves."""
    portal, (known, watched, _) = proxied_portal, hosts
    aster, birch, cedar = (portal.institution() for _ in range(3))
    report(portal, [birch, cedar], known, tmp_path)
    page = open_page(portal, aster, "/portal/screenings")
    keys = page.keyboard
    page.get_by_role("radio", name="Inbound call").focus()
    keys.press("ArrowDown")
    assert page.get_by_role("radio", name="Complaint handling").is_checked()
    keys.press("Tab")
    keys.press("Tab")
    keys.type(known)
    for _ in range(3):
        keys.press("Tab")
    expect(page.get_by_role("button", name="Screen", exact=True)).to_be_focused()
    keys.press("Enter")
    expect(page.locator("[data-answer]")).to_be_focused(timeout=SOON_MS)
    row = page.locator("[data-results] [data-hit=yes]")
    expect(row).to_contain_text(known)
    expect(row).to_contain_text("Counterfeit")
    expect(page.locator("[data-sums]")).to_contain_text("2,000 → 1,999")
    expect(page.locator("[data-answer]")).to_contain_text("Not credit information")
    expect(page.locator(".answer__terms")).to_contain_text("Evidence grade")

    page.goto(portal.url + "/portal/watches/new")
    page.get_by_role("radio", name="Inbound call").focus()
    keys.press("ArrowDown")
    keys.press("Tab")
    keys.press("Tab")
    keys.type(watched)
    page.get_by_role("button", name="Watch", exact=True).focus()
    keys.press("Enter")
    expect(page.get_by_role("heading", name="Watched")).to_be_visible(timeout=SOON_MS)
    page.goto(portal.url + "/portal/watches")
    expect(page.get_by_role("link", name=watched)).to_be_visible()  # by the browser's own map
    look_until(page, "/portal/watches", page.get_by_role("cell", name="Watching"))

    report(portal, [birch, cedar], watched, tmp_path)
    page.goto(portal.url + "/portal/notifications")
    notice = page.get_by_role("link", name="A watched identifier was reported").first
    expect(notice).to_be_visible(timeout=SOON_MS)
    notice.focus()
    keys.press("Enter")
    page.wait_for_url(re.compile("/portal/watches/W-"))
    expect(page.get_by_role("heading", level=1)).to_have_text(watched)
    expect(page.locator("main")).to_contain_text("Counterfeit")
    assert portal.recorder is not None
    sent = portal.recorder.bytes()
    assert b"/portal/api/watches" in sent
    for host in (known, watched):
        assert [each for each in spellings(host) if each in sent] == []


def test_journey_d(portal: Portal, hosts: list[str], tmp_path: Path) -> None:
    """A dispute acts at once, for everybody; whoever reported it is asked, and what they answer has its effect."""
    known = hosts[0]
    aster, birch, cedar = (portal.institution() for _ in range(3))
    report(portal, [birch, cedar], known, tmp_path)
    page = open_page(portal, aster, "/portal/screenings")
    row = screen(page, known)
    expect(row).to_have_attribute("data-hit", "yes")
    row.get_by_role("button", name="Dispute").click()
    page.get_by_role("dialog").get_by_label("Reason").select_option("The wrong person")
    page.get_by_role("button", name="Open the dispute").click()
    page.get_by_role("link", name="See the dispute").click()
    expect(page.locator("main")).to_contain_text("working days left")
    expect(page.locator("main")).to_contain_text(known)  # from the browser's own map

    theirs = portal.page(birch, "analyst", language="en")
    answer = theirs.get_by_role("link", name=re.compile("^[A-Za-z0-9_-]{22}$"))
    look_until(theirs, "/portal/disputes/received", answer)
    answer.click()
    expect(theirs.locator("main")).to_contain_text("The clue is suspended")
    expect(screen(page, known)).to_have_attribute("data-hit", "no")  # effect, before anybody answered

    theirs.get_by_role("radio", name="We withdraw the clue").check()
    theirs.locator("#reason-withdraw").select_option("Reported by mistake")
    theirs.get_by_role("button", name="Send the answer").click()
    expect(theirs.locator("main")).to_contain_text("The clue has ended")
    expect(theirs.get_by_role("button", name="Send the answer")).to_have_count(0)


def look_until(page: Page, path: str, wanted: Locator) -> None:
    """Look again until the worker has come by."""
    for _ in range(60):
        page.goto(page.url.split("/portal/")[0].rstrip("/") + path)
        if wanted.count():
            break
        page.wait_for_timeout(500)
    expect(wanted).to_be_visible()


def test_a_custodian_that_is_down_sends_nothing(portal: Portal, hosts: list[str]) -> None:
    page = open_page(portal, portal.institution(), "/portal/screenings")
    asked: list[str] = []
    page.on("request", lambda sent: asked.append(sent.url))
    page.context.route("**/evaluate", lambda route: route.abort())
    fill(page, hosts[0])
    page.get_by_role("button", name="Screen", exact=True).click()
    failure = page.locator("[data-failure]")
    expect(failure).to_contain_text("cannot be reached", timeout=SOON_MS)
    expect(failure).to_be_focused()
    assert not [url for url in asked if "/portal/api/screenings" in url]
    assert page.get_by_label("Values").input_value() == hosts[0]
    page.context.unroute("**/evaluate")
    page.get_by_role("button", name="Screen", exact=True).click()
    expect(page.get_by_role("heading", name="Answer")).to_be_visible(timeout=SOON_MS)


def test_a_wrong_proof_sends_nothing(portal: Portal, hosts: list[str]) -> None:
    page = open_page(portal, portal.institution(), "/portal/screenings")
    asked: list[str] = []
    page.on("request", lambda sent: asked.append(sent.url))

    def falsify(route: Route) -> None:
        if route.request.method != "POST":
            route.continue_()
            return
        answer = route.fetch()
        body = answer.json()
        if "proof" in body:
            body["proof"] = body["proof"][:-2] + ("AA" if not body["proof"].endswith("AA") else "Ag")
        route.fulfill(response=answer, json=body)

    page.context.route("**/evaluate", falsify)
    fill(page, hosts[0])
    page.get_by_role("button", name="Screen", exact=True).click()
    expect(page.locator("[data-failure]")).to_contain_text("proof", timeout=SOON_MS)
    assert not [url for url in asked if "/portal/api/screenings" in url]


def test_more_than_the_quota_is_said_and_not_charged(portal: Portal, hosts: list[str]) -> None:
    place = portal.institution(screen_quota=2)
    page = open_page(portal, place, "/portal/screenings")
    fill(page, *hosts)
    expect(page.locator("[data-cost]")).to_contain_text("only 2 are left")
    page.get_by_role("button", name="Screen", exact=True).click()
    expect(page.locator("[data-failure]")).to_contain_text("nothing charged", timeout=SOON_MS)
    page.goto(portal.url + "/portal/screenings")
    expect(page.locator("[data-quota-text]")).to_have_text("2 of 2 left")


def test_an_ended_session_keeps_what_was_typed(portal: Portal, hosts: list[str]) -> None:
    """The page says so; after a new login in another tab the same page goes on. A reload brings the draft back."""
    page = open_page(portal, portal.institution(), "/portal/screenings")
    cookies = page.context.cookies()
    page.context.clear_cookies(name="aif_session")
    fill(page, hosts[0])
    page.get_by_role("button", name="Screen", exact=True).click()
    expect(page.locator("[data-failure]")).to_contain_text(re.compile("session"), timeout=SOON_MS)
    page.context.add_cookies(cookies)  # type: ignore[arg-type]
    page.reload()
    expect(page.get_by_label("Values")).to_have_value(hosts[0])
    expect(page.locator("[data-status]")).to_contain_text("is back")
    page.get_by_role("button", name="Screen", exact=True).click()
    expect(page.get_by_role("heading", name="Answer")).to_be_visible(timeout=SOON_MS)
    page.reload()
    expect(page.get_by_label("Values")).to_have_value("")  # answered: nothing is left of it


def test_sent_twice_counts_once(portal: Portal, hosts: list[str]) -> None:
    """A double click; and an answer that was lost on the way, asked for again."""
    page = open_page(portal, portal.institution(), "/portal/screenings")
    lost: list[str] = []

    def lose(route: Route) -> None:
        if lost:
            route.continue_()
        else:
            lost.append(route.fetch().text())
            route.abort()

    page.route("**/portal/api/screenings", lose)
    fill(page, hosts[0])
    page.get_by_role("button", name="Screen", exact=True).dblclick()
    expect(page.locator("[data-failure]")).to_contain_text("did not answer", timeout=SOON_MS)
    page.get_by_role("button", name="Screen", exact=True).click()
    expect(page.get_by_role("heading", name="Answer")).to_be_visible(timeout=SOON_MS)
    expect(page.locator("[data-sums]")).to_contain_text("not charged again")
    page.goto(portal.url + "/portal/screenings/history")
    expect(page.locator("[data-list-row]")).to_have_count(1)


def test_too_much_for_a_page_becomes_a_command(portal: Portal) -> None:
    page = portal.page(portal.institution(), "analyst", language="en")
    page.goto(portal.url + "/portal/screenings")
    page.get_by_role("radio", name="Investigation").check()
    page.get_by_label("Values").evaluate(PASTE, "\n".join(f"host-{number}.example" for number in range(10_000)))
    expect(page.locator("[data-count]")).to_have_text("Lines: 10000")
    expect(page.locator("[data-command]")).to_have_text(
        "aif-share screen values.txt --type domain --purpose investigation"
    )
    expect(page.get_by_role("button", name="Screen", exact=True)).to_be_disabled()


def test_a_type_the_matrix_does_not_allow(portal: Portal) -> None:
    """As shipped no personal type may be asked: the purposes say why, and nothing can be sent."""
    page = portal.page(portal.institution(), "analyst", language="en")
    page.goto(portal.url + "/portal/screenings")
    page.get_by_role("radio", name="Investigation").check()
    page.get_by_label("Values").fill("138 0013 8000")
    expect(page.locator("[data-type-hint]")).to_contain_text("mobile")
    investigation = page.locator("[data-choice=investigation]")
    expect(investigation).to_contain_text("does not allow this purpose")
    expect(investigation.get_by_role("radio")).to_be_disabled()
    page.get_by_role("button", name="Screen", exact=True).click()
    expect(page.get_by_text("Choose a purpose.")).to_be_visible()


def test_own_domains_are_proposed_under_their_values(portal: Portal, hosts: list[str]) -> None:
    page = open_page(portal, portal.institution(), "/portal/noise")
    page.get_by_label("Values").fill(hosts[0])
    page.get_by_role("button", name="Propose", exact=True).click()
    expect(page.locator("[data-noise-said]")).to_contain_text("Entries proposed: 1", timeout=SOON_MS)
    expect(page.locator("main tbody tr")).to_contain_text(hosts[0])
    expect(page.locator("main tbody tr")).to_contain_text("Members' own domains")
