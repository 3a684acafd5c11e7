"""What every page of keys and webhooks owes to whoever may not see it, walked by the tests of both."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from aif_share.wire.keys import MemberKey, verifier
from members.models import AuditEvent, Credential, WebhookEndpoint
from members.operations import institutions
from tests.browsing import Browser
from tests.factories import acting_as, make_institution, make_user

ENGLISH = {"HTTP_ACCEPT_LANGUAGE": "en"}
STALE = 11 * 60.0
"""Seconds after which a second factor has to be shown again."""


class Keeper:
    """A member's administrator in a browser, and others who try the same addresses."""

    def __init__(self) -> None:
        self.institution = make_institution("Aster Bank")
        self.person = make_user("member-admin", institution=self.institution)
        self.browser = Browser(**ENGLISH)
        self.browser.force_login(self.person)

    def as_other(self, role: str, *, institution: Any = None) -> Browser:
        """A browser of somebody else, of the same institution if none is named."""
        member = not role.startswith("alliance")
        other = make_user(role, institution=(institution or self.institution) if member else None)
        browser = Browser(**ENGLISH)
        browser.force_login(other)
        return browser

    def grow_stale(self) -> None:
        """Let the second factor be of some time ago."""
        self.browser.force_login(self.person, age=STALE)

    def suspend(self) -> None:
        """Suspend the institution."""
        with acting_as("aif_desk"):
            by = make_user("alliance-operator")
            institutions.suspend(institution_id=self.institution.pk, reason="drill", by=by, now=timezone.now())


def everything() -> tuple[Any, ...]:
    """What stands in the tables now: to see that a refused request wrote nothing but its line in the trail."""
    with acting_as("aif_audit"):
        events = AuditEvent.objects.exclude(verb="portal.refuse").count()
    with acting_as("aif_desk"):
        keys = list(Credential.objects.order_by("pk").values_list("pk", "scopes", "expires_at", "revoked_at"))
        hooks = list(WebhookEndpoint.objects.order_by("pk").values_list("pk", "version", "state", "deleted_at"))
    return events, keys, hooks


def events_of(verb: str) -> list[Any]:
    """The audit events of a verb, oldest first."""
    with acting_as("aif_audit"):
        return list(AuditEvent.objects.filter(verb=verb).order_by("id"))


def verifiers(key: MemberKey) -> dict[str, str]:
    """What a form takes of a key."""
    return {
        "key_id": key.id,
        "verifier": verifier(key.bearer_for("platform")),
        "custodian_verifier": verifier(key.bearer_for("custodian:platform")),
    }


def walk_the_doors(keeper: Keeper, addresses: dict[str, str], *, foreign: dict[str, str]) -> None:
    """Try every address (address -> the methods it takes) as everybody who must not come in; nothing is written.

    `foreign` are addresses of another institution's things, with a method each.
    """
    doors = [(address, method) for address, methods in addresses.items() for method in methods.split()]
    stranger = make_institution("Cedar Pay")
    others = {
        403: [keeper.as_other(role) for role in ("analyst", "approver", "auditor", "submitter")],
        404: [keeper.as_other("alliance-operator")],
    }
    theirs = keeper.as_other("member-admin", institution=stranger)
    nobody = Browser(**ENGLISH)
    before = everything()
    for address, method in doors:
        for status, browsers in others.items():
            for browser in browsers:
                assert browser.generic(method, address).status_code == status, (address, method)
        answer = nobody.generic(method, address)
        assert (answer.status_code, answer["Location"].partition("?")[0]) == (302, "/portal/login"), address
        if any(ref in address for ref in ("/K-", "/H-")):
            assert theirs.generic(method, address).status_code == 404, (address, method)
    for address, method in foreign.items():
        assert keeper.browser.generic(method, address).status_code == 404, address
    for address, methods in addresses.items():
        wrong = {"GET", "POST", "PUT", "PATCH", "DELETE"} - set(methods.split())
        for method in wrong:
            assert keeper.browser.generic(method, address).status_code == 405, (address, method)
    keeper.suspend()
    before = (everything()[0], *before[1:])
    for address, method in doors:
        assert keeper.browser.generic(method, address).status_code == 403, (address, method)
    assert everything() == before
