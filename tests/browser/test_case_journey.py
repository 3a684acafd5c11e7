"""A gang that four institutions met in parts: ring, review, case, joint work, hand-over, two proceedings, closed.

Everything is done on the pages that people have for it: the desk's, and the portal's for members. In between it is looked
at who sees what; in the end the counters of outcomes have moved by what was recorded, and by nothing else.
"""

from __future__ import annotations

import re
import secrets
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.case_pages import (
    TODAY,
    Member,
    agree,
    case_page,
    counters,
    do,
    find,
    give,
    look_until,
    named,
    offered,
    operate,
    record,
    release_package,
    step,
    submit,
    write_part,
)
from tests.browser.portal import Portal

POLICE, PUBLIC_ORDER = "police-economic-crime", "police-public-order"


def meet(portal: Portal, folder: Path) -> list[Member]:
    """Four institutions, of which each shares a card and a phone with the next one: none of them sees the whole gang."""
    mark, number = secrets.token_hex(2), secrets.randbelow(10**9)
    cards = [f"622202{number:09d}{each:03d}0,bank-card" for each in range(3)]
    phones = [f"13{each}{number % 10**8:08d},cn-mobile" for each in range(3)]
    links = [[card, phone] for card, phone in zip(cards, phones, strict=True)]
    reports = [links[0], links[0] + links[1], links[1] + links[2], links[2]]
    names = {
        "Aster Bank": "bank",
        "Birch Finance": "consumer-finance",
        "Cedar Pay": "payment",
        "Delta Telecom": "telecom",
    }
    places = [portal.institution(f"{name} {mark}", sector=sector) for name, sector in names.items()]
    with ThreadPoolExecutor(2) as pool:
        sent = [
            pool.submit(submit, portal, place, shared, folder / place.institution)
            for place, shared in zip(places, reports, strict=True)
        ]
        members = [
            Member(place, *(portal.page(place, role, language="en") for role in ("analyst", "approver")))
            for place in places
        ]
        for each in sent:
            each.result()
    return members


def promote(portal: Portal, operator: Page, approver: Page, members: list[Member]) -> str:
    """From the ring to the case: two people of the desk look at it. Return the case's reference."""
    page = members[0].analyst
    link = page.locator("[data-list-row] a")

    def is_whole() -> bool:
        """Until it is, the ring that we see may go up in another one."""
        page.goto(portal.url + "/portal/rings")
        if link.count() == 0:
            return False
        find(operator, str(link.get_attribute("href")).rpartition("/")[2])
        shown = operator.locator(".field-institutions").inner_text()
        return all(each.place.name in shown for each in members)

    look_until(operator, is_whole)
    ring = str(link.get_attribute("href")).rpartition("/")[2]
    link.click()
    page.wait_for_url(f"**/portal/rings/{ring}")
    assert named(page, members[1:]) == set()

    assert "Open a case" not in offered(operator)
    operate(operator, "Propose for a case", "The review of the ring moved", note="Cards and phones of four members.")
    assert not {"Confirm the proposal", "Open a case"} & set(offered(operator))
    find(approver, ring)
    operate(approver, "Confirm the proposal", "The review of the ring moved")
    operator.reload()
    operate(operator, "Open a case", "The case is open")
    opened = operator.locator(".field-cases a")
    case = opened.inner_text()
    opened.click()
    operate(operator, "Take up", "The case moved")
    return case


def work_together(portal: Portal, case: str, members: list[Member]) -> None:
    """Lead, tasks, names of two of them, and each one's part."""
    lead, *others = members
    for each in members:
        page = case_page(each.analyst, case)
        look_until(page, lambda page=page: page.get_by_role("heading", name="Where it stands").count() == 1)
        expect(page.locator("#parties")).to_contain_text("once an institution leads the case")
        assert named(case_page(page, case), members) <= {each.place.name}
    step(lead.analyst, case, "Take the lead")
    step(lead.analyst, case, "Start the joint work")

    for each in members:
        row = case_page(each.analyst, case).locator("#parties tbody tr", has_text="(we)")
        each.called = row.locator("strong").inner_text().removesuffix(" (we)")
        assert named(case_page(each.analyst, case), members) <= {each.place.name}
    assert {each.called for each in members} == {"Member A", "Member B", "Member C", "Member D"}

    for each, kind in zip(others, ("confirm-amounts", "provide-evidence", "confirm-identifiers"), strict=True):
        give(lead.analyst, case, each.called, kind, "What you have of these cards, please.")
    for each, kind in zip(others, ("Confirm the amounts", "Provide evidence", "Confirm identifiers"), strict=True):
        do(each.analyst, portal, kind, "Checked with the files of the last year.")
    look_until(
        case_page(lead.analyst, case), lambda: lead.analyst.locator("#tasks .badge", has_text="Done").count() == 3
    )

    second = others[0]
    agree(
        lead.approver, case, second.called, "Offer to be named", "Consent to be named", "Anti-fraud desk, 010-66001234"
    )
    assert named(case_page(lead.approver, case), others) == named(case_page(second.approver, case), [lead]) == set()
    agree(
        second.approver, case, lead.called, "Offers to be named", "Agree, and be named", "Risk desk, risk@birch.example"
    )
    look_until(case_page(second.approver, case), lambda: lead.place.name in second.approver.content())
    assert named(case_page(lead.analyst, case), others) == {second.place.name}
    assert (
        named(case_page(others[1].analyst, case), [lead, second])
        == named(case_page(others[2].analyst, case), [lead, second])
        == set()
    )

    for count, each in enumerate(members, 1):
        facts = f"The gang used accounts here ({count}) and moved the money on within the hour."
        write_part(each, case, facts, Lost=f"{count}0000", Victims=str(count))
    parts = case_page(lead.analyst, case).locator("#parts .card")
    look_until(lead.analyst, lambda: parts.count() == len(members))
    step(lead.analyst, case, "Declare the evidence ready")


def hand_over(portal: Portal, operator: Page, approver: Page, case: str) -> None:
    """Three decisions, each asked by one person and taken by another: the approval, the package, the report-out."""
    find(operator, case)
    operate(operator, "Propose approval", "The case moved", note="All four parts are approved.")
    find(approver, case)
    operate(approver, "Approve", "The case moved")
    operator.reload()
    operate(operator, "Ask for the report-out", "The case moved", receiver="public-security")
    assert "Mark as handed over" not in offered(operator)
    find(approver, case)
    assert "Mark as handed over" not in offered(approver), "no package is released yet"
    release_package(portal, operator, approver, case, unit="The economic crime unit")
    find(approver, case)
    operate(approver, "Mark as handed over", "The case moved", reported_on=TODAY.isoformat())
    find(operator, case)


def proceed(operator: Page, case: str) -> None:
    """The criminal proceeding to the judgment, and an administrative one beside it."""
    record(operator, "公安刑事：报案 · Police, criminal: Submitted", authority=POLICE, amount_lost_cny="100000.00")
    operator.locator(".field-proceedings a", has_text=re.compile("^P-")).last.click()
    record(operator, "受案 · Accepted", authority=POLICE, document_no="刑受〔2026〕11号")
    record(operator, "立案 · Filed", authority=POLICE, document_no="刑立〔2026〕12号", gangs=1)
    record(operator, "强制措施 · Coercive measures", authority=POLICE, document_no="刑拘〔2026〕13号", persons=5)
    record(operator, "移送审查起诉 · Sent for prosecution", authority=POLICE, document_no="诉〔2026〕14号", persons=4)
    record(operator, "起诉 · Prosecuted", authority="procuratorate-county", document_no="检诉〔2026〕15号", persons=3)
    record(operator, "判决 · Judgment", authority="court-county", document_no="刑初〔2026〕16号", persons=2)
    find(operator, case)
    record(
        operator,
        "公安行政：受案 · Police, administrative: Accepted",
        authority=PUBLIC_ORDER,
        document_no="行受〔2026〕21号",
    )
    operator.locator(".field-proceedings a", has_text=re.compile("^P-")).last.click()
    penalty = "行政处罚（含行政拘留） · Penalty decision (incl. detention)"
    record(operator, penalty, authority=PUBLIC_ORDER, document_no="行罚〔2026〕22号", persons=6, persons_detained=4)


ADDED = {
    "cases-pushed": 1,
    "cases-reported": 1,
    "cases-accepted": 1,
    "cases-filed": 1,
    "cases-judged": 1,
    "cases-administrative": 1,
    "cases-police": 2,
    "cases-gang": 1,
    "gangs": 1,
    "persons-coercive": 5,
    "persons-sent": 4,
    "persons-prosecuted": 3,
    "persons-convicted": 2,
    "persons-penalized": 6,
    "persons-detained": 4,
    "amount-lost": 100_000,
}


def test_from_a_ring_to_a_judgment(portal: Portal, tmp_path: Path) -> None:
    """The whole way, by four institutions and two people of the alliance; a fifth institution never hears of it."""
    operator, approver = (portal.desk_page(role, language="en") for role in ("alliance-operator", "alliance-approver"))
    stranger = portal.page(portal.institution(), "analyst", language="en")
    before = counters(operator, portal)
    members = meet(portal, tmp_path)
    case = promote(portal, operator, approver, members)
    work_together(portal, case, members)
    hand_over(portal, operator, approver, case)
    assert counters(operator, portal) == before  # handed over alone counts nothing: an authority's paper does
    proceed(operator, case)

    after = counters(operator, portal)
    moved = {counter: after[counter] - before[counter] for counter in after if after[counter] != before[counter]}
    assert moved.pop("provinces", 1) == 1  # one that another case may have touched before
    assert moved == ADDED

    find(approver, case)
    operate(
        approver, "Close the case", "The case moved", reason="concluded", note="Judged and punished; nothing is left."
    )
    assert counters(operator, portal) == after
    for each in members:
        page = case_page(each.analyst, case)
        look_until(page, lambda page=page: page.get_by_text("How it ended").count() == 1)
        expect(page.get_by_role("main")).to_contain_text("The proceedings are concluded")
        expect(page.get_by_role("main")).to_contain_text("Judged and punished")
        expect(page.get_by_role("main")).to_contain_text("刑初〔2026〕16号")  # the judgment, for every party
    answer = stranger.goto(f"{portal.url}/portal/cases/{case}")
    assert answer is not None and answer.status == 404
    stranger.goto(f"{portal.url}/portal/cases")
    expect(stranger.get_by_role("heading", name="No case yet")).to_be_visible()
