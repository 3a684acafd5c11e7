"""`manage.py totp` and `manage.py invite_member_admin`."""

from __future__ import annotations

import json
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from members.models import AuditEvent, Invitation
from tests.browsing import Browser
from tests.factories import PASSWORD, acting_as, enroll, make_code, make_institution, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("as_desk")]


def run(*arguments: str) -> str:
    out = StringIO()
    call_command(*arguments, stdout=out)
    return out.getvalue().strip()


class TestTotp:
    @pytest.fixture
    def alice(self) -> Any:
        return make_user("analyst", institution=make_institution(), name="alice", password=PASSWORD)

    def test_it_prints_a_code_that_opens(self, alice, as_role):
        secret = enroll(alice)
        code = run("totp", "alice")
        assert code in {make_code(secret), make_code(secret, step=-1)}
        with as_role("aif_web"):
            browser = Browser()
            browser.post("/portal/login", {"username": "alice", "password": PASSWORD})
            assert browser.post("/portal/login/factor", {"code": code})["Location"] == "/"
        # The next one: of this half minute, should a new one have begun since.
        assert run("totp", "alice") in {make_code(secret), make_code(secret, step=1)} - {code}, "a used one is no use"

    def test_it_enrolls_when_told_to(self, alice):
        with pytest.raises(CommandError, match="--enroll"):
            run("totp", "alice")
        made = json.loads(run("totp", "alice", "--enroll", "--json"))
        assert made["username"] == "alice" and len(made["code"]) == 6
        with acting_as("aif_audit"):
            assert AuditEvent.objects.latest("id").actor_ref == "totp"

    def test_not_where_no_embedded_stack_is(self, not_embedded, alice, settings):
        enroll(alice)
        settings.AIF_ENV = "embedded"  # whatever the environment of one command says
        with pytest.raises(CommandError, match="embedded stack only"):
            run("totp", "alice")

    def test_nobody_of_this_name(self):
        with pytest.raises(CommandError, match="no such account"):
            run("totp", "nobody")


class TestInvite:
    def test_it_prints_the_link(self, as_role):
        aster = make_institution("Aster Bank")
        asked = ("--institution", aster.ref, "--full-name", "Mona", "--email", "mona@example.org")
        made = json.loads(run("invite_member_admin", *asked, "--json"))
        row = Invitation.objects.get()
        assert (made["invitation"], row.role, row.created_by) == (row.ref, "member-admin", None)
        path = made["link"][made["link"].index("/portal/") :]
        with as_role("aif_web"):
            assert Browser().get(path).status_code == 200
        with pytest.raises(CommandError, match="has an open invitation"):
            run("invite_member_admin", *asked)

    @pytest.mark.parametrize("institution", ["I-x", "Aster Bank"])
    def test_what_is_no_member(self, institution):
        with pytest.raises(CommandError, match="reference"):
            run("invite_member_admin", "--institution", institution, "--full-name", "M", "--email", "m@example.org")

    def test_a_member_that_is_not_live(self):
        applied = make_institution(at="applied")
        with pytest.raises(CommandError, match="not live"):
            run("invite_member_admin", "--institution", applied.ref, "--full-name", "M", "--email", "m@example.org")
        assert not Invitation.objects.exists()
