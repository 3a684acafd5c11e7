"""Journey A: a new administrator of a member comes in, and invites an analyst.

The alliance invites; the link opens once; the person chooses a name and a password, adds an authenticator app and a
passkey, logs in with the passkey alone, and invites an analyst, who comes in by the link shown on screen.
"""

from __future__ import annotations

import json
import re
import time
from typing import Any

from allauth.mfa.totp.internal import auth as totp
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.portal import Portal
from tests.factories import PASSWORD


def make_passkeys(context: BrowserContext, page: Page) -> Any:
    """Give the browser an authenticator that answers like a fingerprint sensor."""
    session = context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    made = session.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    return session, made["authenticatorId"]


def read_code(secret: str) -> str:
    """The code that an app shows now."""
    return totp.format_hotp_value(totp.hotp_value(secret, int(time.time()) // 30))


def accept(page: Page, link: str, username: str) -> str:
    """Open an invitation, make the account, add an app; return the app's secret."""
    page.goto(link)
    page.get_by_label("User name").fill(username)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_label("Password again").fill(PASSWORD)
    page.get_by_role("button", name="Go on to the second factor").click()
    page.get_by_role("link", name="Set up an app").click()
    secret = page.locator(".secret").inner_text().replace(" ", "")
    page.get_by_label("Code that the app shows").fill(read_code(secret))
    page.get_by_role("button", name="Add this app").click()
    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()
    assert len(page.locator(".codes li").all()) == 10
    page.get_by_role("button", name="I have kept them").click()
    return secret


def test_journey_a(portal: Portal) -> None:
    """From the alliance's invitation to a team of two."""
    place = portal.institution()
    mark = place.institution[-6:].lower()
    made = json.loads(
        portal.stack.manage(
            "invite_member_admin",
            *(
                "--institution",
                place.institution,
                "--full-name",
                "Mona Member",
                "--email",
                "mona@example.org",
                "--json",
            ),
        )
    )
    link = made["link"].replace(portal.stack.url, portal.url)
    context = portal.context(language="en")
    page = context.new_page()
    session, authenticator = make_passkeys(context, page)

    accept(page, link, f"mona-{mark}")
    page.goto(link)
    expect(page.get_by_text("This link opens nothing")).to_be_visible()

    page.goto(portal.url + "/portal/account")
    page.get_by_role("link", name="Passkey").click()
    page.get_by_label("Name").fill("fingerprint")
    page.get_by_role("button", name="Add this passkey").click()
    expect(page.get_by_role("cell", name="fingerprint")).to_be_visible()
    expect(page.get_by_text("logs in alone")).to_be_visible()
    assert len(session.send("WebAuthn.getCredentials", {"authenticatorId": authenticator})["credentials"]) == 1

    page.get_by_role("button", name="Log out").click()
    page.get_by_role("button", name="Log in with a passkey").click()
    page.wait_for_url(portal.url + "/")

    page.goto(portal.url + "/portal/team")
    page.get_by_role("link", name="Invite a person").click()
    page.get_by_label("Full name").fill("Anna Analyst")
    page.get_by_label("E-mail").fill("anna@example.org")
    page.get_by_role("radio", name="Analyst").check()
    page.get_by_role("button", name="Send the invitation").click()
    shown = page.get_by_label("Link").input_value()
    assert re.fullmatch(r".+/portal/invitation/[\w-]{43}", shown)

    other = portal.context(language="en")
    newcomer = other.new_page()
    accept(newcomer, shown.replace(portal.stack.url, portal.url), f"anna-{mark}")
    expect(newcomer.get_by_role("navigation", name="Main").get_by_role("link", name="Match inbox")).to_be_visible()

    page.goto(portal.url + "/portal/team")
    row = page.get_by_role("row", name=re.compile("Anna Analyst"))
    expect(row).to_contain_text("Analyst")
    expect(row).to_contain_text("set up")
    expect(page.get_by_text("Nobody is invited at present")).to_be_visible()


def test_a_passkey_that_does_not_answer_says_so(portal: Portal) -> None:
    """A sensor without the key leads to a notice, and nothing is sent; the code still opens."""
    place = portal.institution()
    person = portal.order(
        person={
            "institution": place.institution,
            "role": "member-admin",
            "username": f"key-{place.institution[-6:].lower()}",
        }
    )
    context = portal.context(language="en")
    page = context.new_page()
    session, authenticator = make_passkeys(context, page)
    page.goto(portal.url + "/portal/login")
    page.get_by_label("User name").fill(person["username"])
    page.get_by_label("Password").fill(person["password"])
    page.get_by_role("button", name="Log in", exact=True).click()
    page.get_by_label("Code of your app").fill(read_code(person["secret"]))
    page.get_by_role("button", name="Log in", exact=True).click()
    page.wait_for_url(portal.url + "/")
    page.goto(portal.url + "/portal/enroll/passkey")
    page.get_by_role("button", name="Add this passkey").click()
    page.get_by_role("button", name="I have kept them").click()

    page.get_by_role("button", name="Log out").click()
    page.get_by_label("User name").fill(person["username"])
    page.get_by_label("Password").fill(person["password"])
    page.get_by_role("button", name="Log in", exact=True).click()
    session.send("WebAuthn.removeVirtualAuthenticator", {"authenticatorId": authenticator})
    make_passkeys(context, page)  # another sensor, that does not know the account
    page.get_by_role("button", name="Use my passkey").click()
    expect(page.get_by_text("The passkey did not answer")).to_be_visible()
    assert page.url == portal.url + "/portal/login/factor"
