"""One clue in a real browser: the key from a file, tokens over both custodians, the review, the batch; nothing raw leaves."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from aif_share.client.api import Client
from tests.browser.own_browser import assert_nothing_raw, load_key, make_place
from tests.browser.portal import Place, Portal

HOST = "phish-new-clue.example"
MOBILE = "138 1234 5678"
_numbers = iter(range(1000))
expect.set_options(timeout=30_000)  # a loaded machine takes its time


@pytest.fixture
def bank(portal: Portal) -> tuple[Place, str]:
    return make_place(portal, f"New Clue Bank {next(_numbers)}")


def open_form(portal: Portal, place: Place, role: str = "analyst", **options: Any) -> Page:
    page = portal.page(place, role, language="en", **options)
    page.goto(portal.url + "/portal/clues/new")
    return page


def fill(page: Page, host: str = HOST) -> None:
    page.get_by_label("Category").select_option("counterfeit-site-app")
    page.get_by_label("B2 ·").check()
    page.get_by_label("Value").fill(host)


def review(page: Page) -> dict[str, Any]:
    page.get_by_role("button", name="Make the tokens and review").click()
    expect(page.locator("[data-sheet]")).to_be_visible()
    return dict(json.loads(page.locator("[data-body]").inner_text())["clues"][0])


def submit(page: Page) -> None:
    page.get_by_role("button", name="Submit the clue").click()
    # Tests share a stack, so another bank may have reported the same host.
    expect(page.locator("[data-outcome]")).to_have_text(re.compile("^The clue was accepted"))


def batches(portal: Portal, place: Place, folder: Path) -> list[Any]:
    with Client(portal.stack.url, place.key, data_home=folder / "cli") as client:
        return list(client.batches.list())


def test_one_clue_and_nothing_raw_leaves(proxied_portal: Portal, tmp_path: Path) -> None:
    place, key = make_place(proxied_portal, "Recorded Bank")
    page = open_form(proxied_portal, place)
    load_key(page, key, tmp_path)
    fill(page)
    page.get_by_role("button", name="Add an identifier").click()
    page.get_by_label("Value").nth(1).fill(MOBILE)
    expect(page.get_by_text("Mainland mobile number: +8613812345678")).to_be_visible()
    clue = review(page)
    assert [one["type"] for one in clue["identifiers"]] == ["domain", "cn-mobile"]
    with Client(proxied_portal.stack.url, place.key, data_home=tmp_path / "cli") as client:
        wanted = [client.tokenize(type, [raw])[0].token for type, raw in (("domain", HOST), ("cn-mobile", MOBILE))]
    assert [one["token"] for one in clue["identifiers"]] == wanted, "the browser's tokens are Python's"
    submit(page)
    assert proxied_portal.recorder is not None
    sent = proxied_portal.recorder.requests
    assert_nothing_raw(sent, [HOST, MOBILE, "13812345678", "+8613812345678", key.rsplit("_", 1)[1]])
    posted = [json.loads(each.body) for each in sent if each.url.endswith("/portal/api/batches")]
    assert posted == [{"clues": [clue]}], "what was posted is what the review showed"
    evaluated = [each for each in sent if each.url.endswith("/evaluate") and each.method == "POST"]
    assert len(evaluated) == 8, "two canaries and two values, at two custodians"


def test_a_form_tells_what_is_wrong_beside_the_field(portal: Portal, bank: tuple[Place, str], tmp_path: Path) -> None:
    page = open_form(portal, bank[0])
    page.get_by_role("button", name="Make the tokens and review").click()
    for sentence in ("Choose a category.", "Choose an evidence grade.", "Give at least one identifier."):
        expect(page.get_by_text(sentence)).to_be_visible()
    page.get_by_label("Category").select_option("anti-collection")
    page.get_by_label("B2 ·").check()
    page.get_by_label("Value").fill("1381234567")
    page.get_by_label("Type").select_option("cn-mobile")
    page.get_by_label("Amount (CNY)").fill("12.345")
    page.get_by_role("button", name="Make the tokens and review").click()
    for sentence in (
        "Above grade C this category takes at least one sign",
        "Say what the consumer said",
        "at most two decimals",
    ):
        expect(page.get_by_text(sentence)).to_be_visible()
    expect(page.locator("[data-part=error]")).not_to_be_empty()
    page.get_by_label("An individual, not the gray industry").check()
    page.get_by_role("button", name="Make the tokens and review").click()
    expect(page.get_by_text("it cannot be a clue")).to_be_visible()
    page.get_by_label("C ·").check()
    page.get_by_label("An individual, not the gray industry").uncheck()
    page.get_by_label("Amount (CNY)").fill("１２.5")
    page.get_by_label("Value").fill("138 1234 5678")
    page.get_by_role("button", name="Make the tokens and review").click()
    expect(page.get_by_role("alert").filter(has_text="No key is loaded in this browser")).to_be_visible()
    assert batches(portal, bank[0], tmp_path) == []


def test_a_session_that_expired_loses_nothing(portal: Portal, bank: tuple[Place, str], tmp_path: Path) -> None:
    place, key = bank
    page = open_form(portal, place)
    load_key(page, key, tmp_path)
    fill(page)
    review(page)
    cookies = page.context.cookies(portal.url)
    page.context.clear_cookies(name="aif_session")
    page.get_by_role("button", name="Submit the clue").click()
    expect(page.locator("[data-refused]")).to_contain_text("Your session has ended")
    page.context.add_cookies([each for each in cookies if each["name"] == "aif_session"])  # type: ignore[list-item]
    page.goto(portal.url + "/portal/clues/new")
    expect(page.locator("[data-draft]")).to_contain_text("The draft kept in this browser")
    expect(page.get_by_label("Value")).to_have_value(HOST)
    expect(page.get_by_label("B2 ·")).to_be_checked()
    review(page)
    submit(page)
    assert len(batches(portal, place, tmp_path)) == 1
    page.reload()
    expect(page.get_by_label("Value")).to_have_value("")


def test_an_answer_that_got_lost_makes_no_second_batch(portal: Portal, bank: tuple[Place, str], tmp_path: Path) -> None:
    place, key = bank
    page = open_form(portal, place)
    load_key(page, key, tmp_path)
    fill(page)
    review(page)
    keys: list[str] = []

    def lose(route: Route) -> None:
        keys.append(route.request.headers["idempotency-key"])
        route.fetch()
        route.abort()

    page.route("**/portal/api/batches", lose, times=1)
    page.get_by_role("button", name="Submit the clue").dblclick()
    expect(page.locator("[data-refused]")).to_contain_text("did not answer")
    page.reload()
    review(page)
    with page.expect_request("**/portal/api/batches") as again:
        submit(page)
    assert keys == [again.value.headers["idempotency-key"]]
    assert len(batches(portal, place, tmp_path)) == 1


@pytest.mark.parametrize("custodian", ["platform", "partner"])
def test_a_wrong_proof_or_no_custodian_sends_nothing(
    portal: Portal, bank: tuple[Place, str], tmp_path: Path, custodian: str
) -> None:
    place, key = bank
    page = open_form(portal, place)
    load_key(page, key, tmp_path)
    fill(page)
    posts: list[str] = []
    page.on("request", lambda sent: posts.append(sent.url) if sent.url.endswith("/portal/api/batches") else None)
    address = portal.stack.custodian_urls[custodian] + "/evaluate"

    def forge(route: Route) -> None:
        if route.request.method != "POST":
            route.continue_()
            return
        answer = route.fetch()
        body = answer.json()
        body["elements"] = json.loads(route.request.post_data or "")["elements"]
        route.fulfill(response=answer, json=body)

    for act, said in ((forge, "wrong proof"), (lambda route: route.abort(), "cannot be reached")):
        page.context.route(address, act)
        page.get_by_role("button", name="Make the tokens and review").click()
        failure = page.locator("[data-failure]")
        expect(failure).to_contain_text(said, timeout=30_000)
        expect(failure).to_contain_text(custodian)
        page.context.unroute(address)
    assert posts == []
    review(page)
    submit(page)
    assert len(batches(portal, place, tmp_path)) == 1


def test_two_tabs_do_not_overwrite_each_other(portal: Portal, bank: tuple[Place, str]) -> None:
    first = open_form(portal, bank[0])
    fill(first, "first-tab.example")
    second = first.context.new_page()
    second.goto(portal.url + "/portal/clues/new")
    expect(second.locator("[data-draft]")).to_contain_text("open in another tab")
    second.get_by_label("Value").fill("second-tab.example")
    second.wait_for_timeout(700)
    first.reload()
    expect(first.get_by_label("Value")).to_have_value("first-tab.example")


def test_without_script_the_page_says_so(portal: Portal, bank: tuple[Place, str]) -> None:
    page = open_form(portal, bank[0], role="submitter", java_script_enabled=False)
    expect(page.locator("noscript p")).to_contain_text("JavaScript is off, so this page cannot make tokens")
    expect(page.locator("noscript p")).to_be_visible()
    expect(page.get_by_role("button", name="Make the tokens and review")).to_be_disabled()
