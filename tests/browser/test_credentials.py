"""An administrator makes a key for browsers: it works at custodians, and no byte of its secret leaves the browser."""

from __future__ import annotations

import base64
import re
import time
from pathlib import Path
from urllib.parse import quote

import httpx

from aif_share.wire.keys import MemberKey, verifier
from tests.browser.conftest import Portal


def spellings(secret: bytes) -> list[bytes]:
    """Every form in which the secret could have been written."""
    texts = [secret.hex(), secret.hex().upper(), base64.b64encode(secret).decode(), base64.b85encode(secret).decode()]
    texts += [
        base64.urlsafe_b64encode(secret).decode().rstrip("="),
        str(list(secret)),
        str(list(secret)).replace(" ", ""),
    ]
    return [secret, *(text.encode() for text in texts), *(quote(text).encode() for text in texts)]


def test_a_key_is_made_in_the_browser(proxied_portal: Portal, tmp_path: Path) -> None:
    """Make, save, register at the independent custodian by the command that the page shows, and use it at both."""
    portal = proxied_portal
    assert portal.recorder is not None
    place = portal.institution()
    page = portal.page(place, "member-admin", language="en")
    page.get_by_role("link", name="Keys", exact=True).click()
    page.get_by_role("link", name="Make a key for browsers").first.click()
    page.get_by_label("Ends after").select_option("90")
    page.get_by_role("button", name="Make the key").click()
    page.get_by_role("heading", name="Save the key now").wait_for()

    with page.expect_download() as download:
        page.get_by_role("button", name="Save the key file").click()
    path = tmp_path / "saved.aifkey"
    download.value.save_as(path)
    text = path.read_text(encoding="ascii")
    key = MemberKey.parse(text)
    assert text == key.text + "\n"
    assert download.value.suggested_filename == f"{place.institution}-browser-{key.id}.aifkey"

    command = " ".join(page.locator(".commands code").inner_text().replace("\\\n", " ").split())
    partner = verifier(key.bearer_for("custodian:partner"))
    assert re.fullmatch(
        rf"aif-share custodian members --home HOME add {place.institution} --verifier {partner}"
        r" --evaluate-quota \d+ --expires-at \S+",
        command,
    )
    urls = portal.stack.custodian_urls
    assert ask(urls["partner"], key, "partner") == 401, "an independent custodian is told by nobody but the member"
    limit = time.monotonic() + 10
    while ask(urls["platform"], key, "platform") != 200:
        assert time.monotonic() < limit, "the platform tells its own custodian within five seconds"
        time.sleep(0.1)
    bearer = key.bearer_for("platform")
    refused = httpx.get(
        f"{portal.stack.url}/api/v1/matches", headers={"Authorization": f"Bearer {bearer}"}, trust_env=False
    )
    assert refused.json()["code"] == "scope-missing"

    page.get_by_role("link", name="To the key").click()
    page.get_by_text("Told by the platform, within five seconds.").wait_for()
    everything = portal.recorder.bytes()
    assert verifier(bearer).encode() in everything, "the verifiers were posted"
    for form in (*spellings(key.secret), key.text.encode(), bearer.encode()):
        assert form not in everything
    for name in ("platform", "partner"):
        assert key.bearer_for(f"custodian:{name}").encode() not in everything


def test_leaving_before_the_key_is_saved_is_asked_about(portal: Portal) -> None:
    """A key that nobody saved can be shown by nobody: the browser asks before it is lost."""
    page = portal.page(portal.institution(), "member-admin", language="en")
    page.goto(portal.url + "/portal/keys/new")
    page.get_by_role("button", name="Make the key").click()
    page.get_by_role("button", name="Save the key file").wait_for()
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.get_by_role("link", name="To the key").click()
    page.get_by_text("What knows this key").wait_for()
    assert asked == ["beforeunload"]


def test_a_third_key_is_refused_in_words(portal: Portal) -> None:
    """The institution has one from the start; the page makes the second and is refused the third."""
    page = portal.page(portal.institution(), "member-admin", language="en")
    for _number in range(2):
        page.goto(portal.url + "/portal/keys/new")
        page.get_by_role("button", name="Make the key").click()
        page.locator("[data-part=made]:not([hidden]), .notice--error").first.wait_for()
    page.get_by_text("Revoke one of the two live keys of this kind first.").wait_for()
    assert page.get_by_role("button", name="Make the key").is_enabled()


def ask(url: str, key: MemberKey, name: str) -> int:
    """The status of a custodian's answer to this key."""
    header = {"Authorization": f"Bearer {key.bearer_for(f'custodian:{name}')}"}
    return httpx.get(f"{url}/me", headers=header, trust_env=False, timeout=10).status_code
