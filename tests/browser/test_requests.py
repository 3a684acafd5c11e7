"""A complaint goes from a telecom operator to a bank and back; the clock runs out once; who is told what, in both languages.

The clock is not made shorter: the row's `due_at` is moved, as fifteen minutes would have passed.
"""

from __future__ import annotations

import os
import re
import secrets

import psycopg2
from playwright.sync_api import Page, expect

from config.stack import Stack
from tests.browser.portal import Place, Portal

SOON_MS = 20_000  # a loaded machine; unhindered it takes the tick and the two seconds between two looks
TEXT = "The consumer is called every day about a loan that was paid back in May."
ANSWER = "Both agree: no more calls, and the fee is waived."


def run_out(stack: Stack, complaint: str) -> None:
    """Let the time of a referral be over."""
    with psycopg2.connect(stack.admin_url) as session, session.cursor() as cursor:
        cursor.execute(
            "UPDATE request_party p SET due_at = now() - interval '1 second' FROM member_request r"
            " WHERE r.id = p.request_id AND r.complaint_ref = %s",
            [complaint],
        )
        assert cursor.rowcount == 1


def told(stack: Stack, complaint: str) -> list[tuple[str, str]]:
    """Return (institution, kind) of every event about a referral, in order."""
    with psycopg2.connect(stack.admin_url) as session, session.cursor() as cursor:
        cursor.execute(
            "SELECT i.name, e.kind FROM event e JOIN institution i ON i.id = e.institution_id"
            " JOIN member_request r ON r.id = e.subject_id AND e.subject_kind = 'RQ'"
            " WHERE r.complaint_ref = %s ORDER BY e.id",
            [complaint],
        )
        return list(cursor.fetchall())


def expect_notice(portal: Portal, page: Page, text: str) -> None:
    """The list of notices renews itself."""
    page.goto(portal.url + "/portal/notifications")
    expect(page.locator("#notices").get_by_role("link", name=text).first).to_be_visible(timeout=SOON_MS)


def expect_in(portal: Portal, page: Page, language: str, text: str) -> None:
    """The page says it in that language."""
    page.context.add_cookies([{"name": "django_language", "value": language, "url": portal.url}])
    page.reload()
    expect(page.get_by_role("main").get_by_text(text).first).to_be_visible(timeout=SOON_MS)


def send(portal: Portal, page: Page, bank: Place, complaint: str) -> str:
    """Fill in the form in Chinese; return the address of the request."""
    page.goto(portal.url + "/portal/requests")
    page.get_by_role("link", name="新建请求").first.click()
    page.locator("section", has_text="投诉转办").get_by_role("link", name="填写").click()
    page.get_by_label("发往").select_option(label=f"{bank.name} · 银行")
    page.get_by_label("紧急（15 分钟）").check()
    page.get_by_label("类别").select_option("harassing-call")
    page.get_by_label("您的投诉编号").fill(complaint)
    page.get_by_label("收到日期").fill("2026-11-20")
    page.get_by_label("期望的处理").select_option("stop-calls")
    page.get_by_label("文字说明").fill("机主电话 138 0013 8000")
    page.get_by_role("button", name="发送请求").click()
    expect(page.get_by_role("alert")).to_contain_text("疑似")
    page.get_by_label("文字说明").fill(TEXT)
    page.get_by_role("button", name="发送请求").click()
    page.wait_for_url("**/portal/requests/RQ-*")
    expect(page.get_by_role("main")).to_contain_text(re.compile("剩余 1[45] 分钟"))
    return page.url


def test_there_and_back_with_the_clock_running_out_once(portal: Portal) -> None:
    """Each side is told what the table says, nobody anything else."""
    telecom = portal.institution(f"Delta Telecom {os.getpid()}-{secrets.token_hex(2)}", sector="telecom")
    bank = portal.institution(f"Aster Bank {os.getpid()}-{secrets.token_hex(2)}", sector="bank")
    complaint = f"TC-{secrets.token_hex(6)}"
    dana, alice = portal.page(telecom, "analyst"), portal.page(bank, "approver", language="en")

    address = send(portal, dana, bank, complaint)
    expect_notice(portal, alice, "An urgent request has come")
    alice.goto(portal.url)
    expect(alice.get_by_role("link", name="Requests of other institutions")).to_be_visible()
    alice.goto(portal.url + "/portal/requests")
    row = alice.get_by_role("row", name=complaint)
    expect(row).to_contain_text("minutes left")
    row.get_by_role("link", name="Complaint referral").click()
    expect(alice.get_by_role("main")).to_contain_text(TEXT)
    alice.get_by_role("button", name="Take up").click()
    expect(alice.get_by_role("status")).to_contain_text("The sender is told")
    expect_notice(portal, dana, "协同请求已受理")

    run_out(portal.stack, complaint)
    expect_notice(portal, dana, "协同请求超时，已报联盟")
    expect_notice(portal, alice, "A request is overdue; the alliance knows")
    dana.goto(address)
    alice.goto(address)
    for page, zh, en in (
        (dana, "联盟已获知并将跟进", "The alliance knows and sees to it"),
        (alice, "联盟和发起方均已获知", "The alliance and the sender know"),
    ):
        expect_in(portal, page, "en", en)
        expect_in(portal, page, "zh-hans", zh)
    expect_in(portal, alice, "en", "The clock ran out.")

    alice.get_by_label("Kind of answer").select_option("settled-by-mediation")
    alice.get_by_label("In words").first.fill(ANSWER)
    alice.get_by_role("button", name="Send the answer").click()
    expect(alice.get_by_role("status")).to_contain_text("The answer is sent")
    expect_notice(portal, dana, "协同请求已答复")
    dana.goto(address)
    expect(dana.get_by_role("main")).to_contain_text("经调解达成一致")
    expect(dana.get_by_role("main")).to_contain_text(ANSWER)
    dana.get_by_role("button", name="办结").click()
    expect_notice(portal, alice, "A request is closed")

    assert told(portal.stack, complaint) == [
        (bank.name, "request.urgent"),
        (telecom.name, "request.taken-up"),
        (bank.name, "request.escalated"),
        (telecom.name, "request.escalated"),
        (telecom.name, "request.answered"),
        (bank.name, "request.closed"),
    ]
