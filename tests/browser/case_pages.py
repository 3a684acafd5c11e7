"""What people do on the pages of a case, at the desk and in the portal: the words that journeys are told in."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.portal import Place, Portal

expect.set_options(timeout=20_000)
SOON_MS = 30_000  # a loaded machine; unhindered it is the tick, and the ring builder's two seconds
TODAY = datetime.now(UTC).astimezone(timezone(timedelta(hours=8))).date()
TODAY_AT = {"date": TODAY.isoformat(), "province": "CN-33"}


@dataclass
class Member:
    """One of the gang's four institutions, with the two of its people who work on the case."""

    place: Place
    analyst: Page = field(repr=False)
    approver: Page = field(repr=False)
    called: str = ""  # what the case calls it


def submit(portal: Portal, place: Place, shared: list[str], folder: Path) -> None:
    """Report one clue with these identifiers as `aif-share` does."""
    folder.mkdir()
    numbers = ["", *(f"_{each}" for each in range(2, len(shared) + 1))]
    head = ",".join(f"value{number},type{number}" for number in numbers)
    (folder / "records.csv").write_text(f"{head}\n{','.join(shared)}\n")
    command = [str(Path(sys.executable).with_name("aif-share")), "submit", str(folder / "records.csv")]
    command += ["--type", "bank-card", "--category", "telecom-fraud", "--grade", "B2", "--wait", "--json"]
    own = {"AIF_SHARE_URL": portal.stack.url, "AIF_SHARE_KEY": place.key, "XDG_DATA_HOME": str(folder / "data")}
    done = subprocess.run(command, env=os.environ | own, capture_output=True, text=True, check=False)
    assert done.returncode == 0 and json.loads(done.stdout)["accepted"] == 1, done.stdout + done.stderr


def look_until(page: Page, seen: Callable[[], bool]) -> None:
    """Load the page again until it shows what has to come."""
    limit = datetime.now(UTC) + timedelta(milliseconds=SOON_MS)
    while not seen():
        assert datetime.now(UTC) < limit, f"not seen in time at {page.url}: {page.get_by_role('main').inner_text()}"
        page.wait_for_timeout(200)
        page.reload()


# ---- at the desk ----


def find(page: Page, ref: str) -> None:
    """Go to a reference by the desk's field of references."""
    page.locator(".find input[name=q]").fill(ref)
    page.locator(".find button").click()
    expect(page.locator("#content")).to_contain_text(ref)


def operate(page: Page, label: str, said: str, **answers: str) -> None:
    """Press a button of the row's page, fill in its form, and read what the desk says."""
    page.locator(".object-tools").get_by_role("link", name=label, exact=True).click()
    for name, value in answers.items():
        answer = page.locator(f"[name={name}]")
        if answer.evaluate("field => field.tagName") == "SELECT":
            answer.select_option(value)
        else:
            answer.fill(value)
    page.locator(".submit-row input[type=submit]").click()
    expect(page.locator(".messagelist")).to_contain_text(said)


def offered(page: Page) -> list[str]:
    """What the desk offers this person to do."""
    return page.locator(".object-tools a").all_inner_texts()


def record(page: Page, label: str, **answers: object) -> None:
    """Record what an authority did, today and in one province."""
    operate(page, label, "Recorded", **TODAY_AT, **{name: str(each) for name, each in answers.items()})


def counters(page: Page, portal: Portal) -> dict[str, Decimal]:
    """Every counter of the desk, as its sheet gives them."""
    sheet = page.request.get(f"{portal.desk_url}/clues/proceeding/outcomes/counters.csv")
    assert sheet.ok, sheet.status
    rows = csv.DictReader(io.StringIO(sheet.text().lstrip("\ufeff")))
    return {row["counter"]: Decimal(row["value"]) for row in rows}


def release_package(portal: Portal, operator: Page, approver: Page, case: str, *, unit: str) -> str:
    """Have the report package of an approved case made for the police, and released by a second person; return `PK-…`."""
    find(operator, case)
    operate(operator, "Make a report package", "A worker makes it", receiver="public-security", unit=unit)
    row = operator.locator(".field-packages_of tbody tr")
    look_until(operator, lambda: "made, not released" in row.inner_text())
    package = row.locator("a").inner_text()
    row.locator("a").click()
    operate(operator, "Propose the release", "Proposed", reason="Asked for by the unit.")
    assert "Approve" not in offered(operator)
    approver.goto(f"{portal.desk_url}/members/approval/?state__exact=proposed")
    approver.locator("#result_list tr", has_text=package).locator("th a, td a").first.click()
    expect(approver.locator("#content")).to_contain_text(package)
    operate(approver, "Approve", "Approved and done")
    return package


# ---- in the portal ----


def case_page(member: Page, case: str) -> Page:
    """Open the case's page."""
    member.goto(re.sub(r"(//[^/]+).*", rf"\1/portal/cases/{case}", member.url))
    return member


def step(page: Page, case: str, label: str) -> None:
    """Take a step of the case that is the member's."""
    case_page(page, case).get_by_role("link", name=label, exact=True).click()
    page.get_by_role("main").get_by_role("button", name=label, exact=True).click()
    expect(page.get_by_role("status")).to_contain_text("The case has moved on")


def give(lead: Page, case: str, party: str, kind: str, note: str) -> None:
    """Ask a party for something."""
    case_page(lead, case).get_by_role("link", name="Give a task").click()
    lead.get_by_label("Asked of").select_option(label=party)
    lead.get_by_label("Task", exact=True).select_option(kind)
    lead.get_by_label("What exactly").fill(note)
    lead.get_by_role("button", name="Give the task").click()
    expect(lead.get_by_role("status")).to_contain_text("The task is given")


def do(member: Page, portal: Portal, kind: str, answer: str) -> None:
    """Find the task in what cases ask of us, and do it."""
    member.goto(portal.url + "/portal/cases/work")
    task = member.get_by_role("link", name=kind)
    look_until(member, lambda: task.count() == 1)
    task.click()
    member.get_by_label("How, or why not").fill(answer)
    member.get_by_role("button", name="Done").click()
    expect(member.get_by_role("status")).to_contain_text("Your answer is stored")


def write_part(member: Member, case: str, facts: str, **figures: str) -> None:
    """Write the institution's part, and have it approved by its second person."""
    page = case_page(member.analyst, case)
    page.get_by_role("link", name="Write our part").click()
    page.get_by_label("Facts").fill(facts)
    for name, value in figures.items():
        page.get_by_label(name, exact=True).fill(value)
    page.locator("input[name=clues]").check()
    page.get_by_role("button", name="Store and hand to the approvers").click()
    expect(page.get_by_role("status")).to_contain_text("waits for an approver")
    expect(page.get_by_role("button", name="Approve", exact=True)).to_have_count(0)
    case_page(member.approver, case).get_by_role("link", name="Look at it and decide").click()
    expect(member.approver.get_by_role("main")).to_contain_text(facts)
    member.approver.get_by_role("button", name="Approve", exact=True).click()
    expect(member.approver.get_by_role("status")).to_contain_text("The part is approved")


def agree(page: Page, case: str, party: str, link: str, button: str, contact: str) -> None:
    """Consent to be named to a party."""
    row = case_page(page, case).locator("#parties tbody tr", has_text=party)
    look_until(page, lambda: row.get_by_role("link", name=link).count() == 1)
    row.get_by_role("link", name=link).click()
    page.get_by_label("Our contact desk").fill(contact)
    page.get_by_role("button", name=button).click()
    expect(page.get_by_role("status")).to_be_visible()


def named(page: Page, members: list[Member]) -> set[str]:
    """Whose names the page says, anywhere in it."""
    text = page.content()
    return {each.place.name for each in members if each.place.name in text}
