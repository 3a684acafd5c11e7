"""What browser tests of pages that make tokens share: the key from its file, and what left the machine."""

from __future__ import annotations

from base64 import b64encode, urlsafe_b64encode
from pathlib import Path
from typing import Any
from urllib.parse import quote

from playwright.sync_api import Page, expect

from tests.browser.portal import Place, Portal


def make_place(portal: Portal, name: str, **quotas: int) -> tuple[Place, str]:
    """Make an institution with a key for browsers; return it and that key."""
    made = portal.institution(name, **quotas)
    return made, made.browser_key


def load_key(page: Page, key: str, folder: Path) -> None:
    """Load a key file into the page, as a person does once per browser."""
    path = folder / "own.aifkey"
    path.write_text(key + "\n", encoding="ascii")
    page.locator("[data-key-file]").set_input_files(path)
    expect(page.locator("[data-key-state]")).to_contain_text(key.split("_")[2])
    expect(page.locator("[data-quota] li")).to_have_count(2)


def encodings(raw: str) -> set[bytes]:
    """Return what a raw value would look like in a request that leaked it."""
    forms = {raw, raw.lower(), raw.upper(), quote(raw, safe=""), raw.encode().hex(), raw.encode("utf-16-le").hex()}
    found = {form.encode() for form in forms} | {raw.encode("utf-16-le"), raw.encode("utf-16-be")}
    for shift in range(3):  # base64 of a longer text holds one of three
        for encode in (b64encode, urlsafe_b64encode):
            text = encode(b"\0" * shift + raw.encode())
            found.add(text[(4 if shift else 0) : -4])
    return {form for form in found if len(form) >= 6}


def assert_nothing_raw(requests: list[Any], raws: list[str]) -> None:
    """No byte of any request holds a raw value in any encoding."""
    for raw in raws:
        for form in encodings(raw):
            for sent in requests:
                assert form not in sent.head and form not in sent.body, f"{sent.method} {sent.url}"
