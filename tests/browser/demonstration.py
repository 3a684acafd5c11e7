"""What the small demonstration of the browser tests has beyond the one of ``make demo``: something on every page."""

from __future__ import annotations

from pathlib import Path

import httpx

from aif_share.client import Client
from aif_share.wire.keys import PLATFORM, MemberKey
from config.stack import Stack
from tests.browser.portal import Place, Portal

OTHER = "echo-telecom"


def river_bank(stack: Stack, folder: Path) -> Place:
    """The institution of the demonstration in which everybody has an account."""
    key = _read_key(folder, "river-bank")
    answer = httpx.get(stack.url + "/api/v1/me", headers=_bearer(key)).raise_for_status().json()
    return Place(institution=answer["institution"], key=key, name=answer["name"])


def prepare(portal: Portal, place: Place, folder: Path) -> None:
    """Give the pages of screenings, watches, disputes, own numbers and webhooks something to show."""
    url = portal.stack.url
    with Client(url, place.key) as ours:
        (seen, *_others) = ours.tokenize("domain", ["watched-in-the-demo.example", "other.example"])
        for number, purpose in enumerate(("inbound-call", "complaint-handling", "transaction-risk")):
            ours.screen([seen], purpose=purpose, case_ref=f"DEMO-{number + 2}")
        ours.watches.add([seen], purpose="investigation", case_ref="DEMO-1")
        ours.noise.add("own-domain", ours.tokenize("domain", ["river-bank.example"]))
        ours.webhooks.add("https://hooks.example.com/aif", description="demo")
        own = [match.match for match in ours.matches.list()]
        ours.disputes.open(own[0], reason="wrong-person")
    with Client(url, _read_key(folder, OTHER)) as theirs:
        common = [match.match for match in theirs.matches.list() if match.match in set(own[1:])]
        theirs.disputes.open(common[0], reason="shared-device")


def _read_key(folder: Path, name: str) -> str:
    return (folder / "keys" / f"{name}.key").read_text(encoding="ascii").strip()


def _bearer(key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {MemberKey.parse(key).bearer_for(PLATFORM)}"}
