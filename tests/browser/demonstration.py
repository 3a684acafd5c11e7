"""What the small demonstration of the browser tests has beyond the one of ``make demo``: something on every page."""

from __future__ import annotations

from pathlib import Path

import httpx
import psycopg2

from aif_share.client import Client
from aif_share.client.resources.disputes import ReceivedDispute
from aif_share.wire.keys import PLATFORM, MemberKey
from config.demo.alliance import INSTITUTIONS
from config.stack import Stack
from tests.browser import states
from tests.browser.portal import Place, Portal
from tests.browser.states import State, await_

OTHER = "echo-telecom"
HONEY = ("nobody-has-cause-to-ask.example", "made-up-by-the-alliance.example")
HELD = 120
"""Rows of a batch that are more than five days of a few rows each let pass."""
STOOD_BY = "wrong-person"
COMPLAINT = {"category": "harassing-call", "received_on": "2026-11-20", "handling": "contact-consumer"}


def river_bank(stack: Stack, folder: Path) -> Place:
    """The institution of the demonstration in which everybody has an account."""
    return place_of(stack, folder, "river-bank")


def place_of(stack: Stack, folder: Path, code: str) -> Place:
    """An institution of the demonstration."""
    key = _read_key(folder, code)
    answer = httpx.get(stack.url + "/api/v1/me", headers=_bearer(key)).raise_for_status().json()
    return Place(institution=answer["institution"], key=key, name=answer["name"])


def prepare(portal: Portal, place: Place, folder: Path) -> list[State]:
    """Give the pages of screenings, watches, disputes, requests, own numbers, feeds, statements and webhooks something to show.

    Return the pages whose state is rare.
    """
    url = portal.stack.url
    with Client(url, place.key) as ours:
        (seen, *_others) = ours.tokenize("domain", ["watched-in-the-demo.example", "other.example"])
        for number, purpose in enumerate(("inbound-call", "complaint-handling", "transaction-risk")):
            ours.screen([seen], purpose=purpose, case_ref=f"DEMO-{number + 2}")
        ours.watches.add([seen], purpose="investigation", case_ref="DEMO-1")
        ours.noise.add("own-domain", ours.tokenize("domain", ["river-bank.example"]))
        ours.webhooks.add("https://hooks.example.com/aif", description="反欺诈平台")
        ours.feeds.give(
            "domain", "river-bank-login.example.net", category="counterfeit-site-app", note="仿冒本行登录页。"
        )
        own = [match.match for match in ours.matches.list()]
        _act(ours, own)
        ours.disputes.open(own[0], reason="wrong-person")
        (telecom, *_further) = [each for each in ours.requests.addressees() if each.sector == "telecom"]
        ours.requests.send("complaint-referral", "每天被催收，贷款早已还清。", to=telecom,
                           complaint=COMPLAINT | {"reference": "RB-2026-31"})  # fmt: skip
    portal.order(bulletin={})
    with Client(url, place.key) as ours:
        await_(lambda: list(ours.dispositions.list(show="lift")))
    with Client(url, _read_key(folder, OTHER)) as theirs:
        common = [match.match for match in theirs.matches.list() if match.match in set(own[1:-1])]
        theirs.disputes.open(common[0], reason="shared-device")
        for match in common[-3:]:  # one of them at least is of another clue
            theirs.disputes.open(match, reason=STOOD_BY)
        (bank,) = [each for each in theirs.requests.addressees() if each.institution == place.institution]
        theirs.requests.send("complaint-referral", "客户称从未办理过该笔贷款。", to=bank, clock="urgent",
                             complaint=COMPLAINT | {"reference": "ET-2026-7"})  # fmt: skip
    return _distrust(portal, place, folder)


def _distrust(portal: Portal, place: Place, folder: Path) -> list[State]:
    """What the alliance looks at: evidence asked for after a dispute, a batch beyond the habit, a screening that met honey."""
    url, honey = portal.stack.url, folder / "honey.txt"
    honey.write_text("".join(f"domain {domain}\n" for domain in HONEY), encoding="ascii")
    portal.order(person={"institution": "", "role": "alliance-operator", "username": "honey-keeper"})
    portal.order(command={"arguments": ["plant_honey", str(honey), "--by", "honey-keeper"]})
    with psycopg2.connect(portal.stack.admin_url) as connection, connection.cursor() as cursor:
        cursor.execute(states.HABIT, [place.name])
    places = {each.code: place_of(portal.stack, folder, each.code) for each in INSTITUTIONS}
    rare = states.make(portal, places, HONEY[0])
    with Client(url, place.key) as ours:
        ours.batches.submit(states.held(ours, "held", HELD))
        received: list[ReceivedDispute] = []
        await_(
            lambda: received.extend(each for each in ours.disputes.received() if each.reason == STOOD_BY) or received
        )
        ours.disputes.answer(received[0], "maintain", reason="evidence-held")
        await_(lambda: list(ours.evidence_demands.list()))
    return rare


def _act(ours: Client, own: list[str]) -> None:
    """Measures, of which the one on the disputed match loses its ground; and links of content."""
    ours.dispositions.record("internal-tag", match=own[0], note="已在风控系统标记。")
    ours.dispositions.record("account-restriction", match=own[1], amount_prevented_cny="12000.00")
    ours.dispositions.record("report-to-police", match=own[1], state="requested")
    ours.content.report([
        {"link": link, "category": "gray-advertising", "note": "招募代理人员。"}
        for link in ("https://www.douyin.com/video/7123456789012345678", "https://lend-fast.example.com/join")
    ])  # fmt: skip


def _read_key(folder: Path, name: str) -> str:
    return (folder / "keys" / f"{name}.key").read_text(encoding="ascii").strip()


def _bearer(key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {MemberKey.parse(key).bearer_for(PLATFORM)}"}
