"""What the small demonstration of the browser tests has beyond the one of ``make demo``: something on every page."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import httpx
import psycopg2

from aif_share.client import Client
from aif_share.client.resources.disputes import ReceivedDispute
from aif_share.wire.keys import PLATFORM, MemberKey
from config.stack import Stack
from tests.browser.portal import Place, Portal

OTHER = "echo-telecom"
HONEY = ("nobody-has-cause-to-ask.example", "made-up-by-the-alliance.example")
# Five days of a few rows each, so that a larger one stands out.
HABIT = """
INSERT INTO quota_use (institution_id, kind, day, used)
SELECT id, 'submit', (now() AT TIME ZONE 'UTC')::date - back, 5
FROM institution, generate_series(1, 5) AS back WHERE name = %s
"""
HELD = 120
"""Rows of a batch that are more than five days of a few rows each let pass."""
STOOD_BY = "wrong-person"
COMPLAINT = {"category": "harassing-call", "received_on": "2026-11-20", "handling": "contact-consumer"}


def river_bank(stack: Stack, folder: Path) -> Place:
    """The institution of the demonstration in which everybody has an account."""
    key = _read_key(folder, "river-bank")
    answer = httpx.get(stack.url + "/api/v1/me", headers=_bearer(key)).raise_for_status().json()
    return Place(institution=answer["institution"], key=key, name=answer["name"])


def prepare(portal: Portal, place: Place, folder: Path) -> None:
    """Give the pages of screenings, watches, disputes, requests, own numbers, feeds, statements and webhooks something to show."""
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
        _await(lambda: list(ours.dispositions.list(show="lift")))
    with Client(url, _read_key(folder, OTHER)) as theirs:
        common = [match.match for match in theirs.matches.list() if match.match in set(own[1:-1])]
        theirs.disputes.open(common[0], reason="shared-device")
        for match in common[-3:]:  # one of them at least is of another clue
            theirs.disputes.open(match, reason=STOOD_BY)
        (bank,) = [each for each in theirs.requests.addressees() if each.institution == place.institution]
        theirs.requests.send("complaint-referral", "客户称从未办理过该笔贷款。", to=bank, clock="urgent",
                             complaint=COMPLAINT | {"reference": "ET-2026-7"})  # fmt: skip
    _distrust(portal, place, folder)


def _distrust(portal: Portal, place: Place, folder: Path) -> None:
    """What the alliance looks at: evidence asked for after a dispute, a batch beyond the habit, a screening that met honey."""
    url, honey = portal.stack.url, folder / "honey.txt"
    honey.write_text("".join(f"domain {domain}\n" for domain in HONEY), encoding="ascii")
    portal.order(person={"institution": "", "role": "alliance-operator", "username": "honey-keeper"})
    portal.order(command={"arguments": ["plant_honey", str(honey), "--by", "honey-keeper"]})
    with psycopg2.connect(portal.stack.admin_url) as connection, connection.cursor() as cursor:
        cursor.execute(HABIT, [place.name])
    with Client(url, _read_key(folder, OTHER)) as theirs:
        theirs.screen(theirs.tokenize("domain", HONEY[:1]), purpose="investigation", case_ref="DEMO-9")
    with Client(url, place.key) as ours:
        made = ours.tokenize("domain", [f"held-{number}.example" for number in range(HELD)])
        about = {"category": "counterfeit-site-app", "grade": "B2"}
        ours.batches.submit([
            about | {"client_ref": f"held-{number}", "identifiers": [token.identifier("actor")]}
            for number, token in enumerate(made)
        ])  # fmt: skip
        received: list[ReceivedDispute] = []
        _await(
            lambda: received.extend(each for each in ours.disputes.received() if each.reason == STOOD_BY) or received
        )
        ours.disputes.answer(received[0], "maintain", reason="evidence-held")
        _await(lambda: list(ours.evidence_demands.list()))


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


def _await(ask: Callable[[], object], seconds: float = 60.0) -> None:
    until = time.monotonic() + seconds
    while not ask() and time.monotonic() < until:
        time.sleep(0.2)


def _bearer(key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {MemberKey.parse(key).bearer_for(PLATFORM)}"}
