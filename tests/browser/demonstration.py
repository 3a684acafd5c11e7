"""What the small demonstration of the browser tests has beyond the one of ``make demo``: something on every page."""

from __future__ import annotations

from pathlib import Path

import httpx

from aif_share.wire.keys import PLATFORM, MemberKey
from config.stack import Stack
from tests.browser.portal import Place, Portal


def river_bank(stack: Stack, folder: Path) -> Place:
    """The institution of the demonstration in which everybody has an account."""
    key = (folder / "keys" / "river-bank.key").read_text(encoding="ascii").strip()
    answer = httpx.get(stack.url + "/api/v1/me", headers=_bearer(key)).raise_for_status().json()
    return Place(institution=answer["institution"], key=key, name=answer["name"])


def prepare(portal: Portal, place: Place) -> None:
    """Give the pages of watches, disputes and webhooks something to show."""


def _bearer(key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {MemberKey.parse(key).bearer_for(PLATFORM)}"}
