"""Invitations: asking a person to join, again, taking it back, and the page behind the link."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from members.models import Invitation, User
from members.operations import invitations
from tests.browsing import Browser
from tests.factories import CONSOLE, PASSWORD, acting_as, enroll, make_code, make_institution, make_user

pytestmark = pytest.mark.django_db
ENGLISH = {"HTTP_ACCEPT_LANGUAGE": "en"}
INVITE = "/portal/team/invite"
FORM = {"full_name": "Dora Doe", "email": "dora@example.org", "role": "auditor"}
ACCOUNT = {"username": "dora", "password": PASSWORD, "repeated": PASSWORD}


@pytest.fixture
def aster():
    return make_institution("Aster Bank")


@pytest.fixture
def mona(client, aster):
    person = make_user("member-admin", institution=aster, name="mona")
    client.force_login(person)
    return person


@pytest.fixture
def invited(aster, mona):
    made, token = invitations.invite(institution_id=aster.pk, by=mona, now=timezone.now(), **FORM)
    return made, f"/portal/invitation/{token}"


@pytest.fixture
def letters(outbox):
    """`letters()` returns the invitations on their way."""
    return lambda: [message for message in outbox() if message.channel == "invitation"]


def link_on(page) -> str:
    return re.search(r"/portal/invitation/[\w-]+", page.content.decode())[0]


class TestInvite:
    def test_it_shows_the_link_once_and_sends_it_sealed(self, client, mona, trail, letters):
        trail()
        page = client.post(INVITE, FORM, **ENGLISH)
        assert page.status_code == 200 and "no-store" in page["Cache-Control"]
        token = link_on(page).rpartition("/")[2]
        row = Invitation.objects.get()
        assert (row.institution, row.role, row.created_by) == (mona.institution, "auditor", mona)
        assert row.token_hash == invitations.hash_token(token)
        assert row.expires_at - row.created_at == timedelta(days=7)
        assert trail() == ["invitation.create"]
        (letter,) = letters()
        assert (letter.channel, letter.destination) == ("invitation", "dora@example.org")
        assert token not in str(letter.payload)
        assert link_on(page) not in client.get("/portal/team").content.decode()

    @pytest.mark.parametrize(
        "change",
        [{"email": "no address"}, {"email": ""}, {"full_name": " "}, {"role": "alliance-operator"}, {"role": ""}],
    )
    def test_a_refusal_stores_nothing(self, client, mona, trail, letters, change):
        trail()
        assert client.post(INVITE, {**FORM, **change}).status_code == 422
        assert not Invitation.objects.exists() and trail() == [] and letters() == []

    def test_the_same_address_twice(self, client, invited, trail):
        trail()
        page = client.post(INVITE, {**FORM, "email": "DORA@example.org"}, **ENGLISH)
        assert page.status_code == 422 and "has an open invitation" in page.content.decode()
        assert Invitation.objects.count() == 1 and trail() == []

    @pytest.mark.parametrize("role", ["analyst", "auditor", "approver", "submitter"])
    def test_other_roles(self, client, aster, role):
        client.force_login(make_user(role, institution=aster))
        assert client.get(INVITE).status_code == client.post(INVITE, FORM).status_code == 403
        assert not Invitation.objects.exists()

    def test_not_through_a_suspended_institution(self, client, aster, mona):
        from members.operations import institutions

        with acting_as("aif_desk"):
            by = make_user("alliance-operator")
            institutions.suspend(institution_id=aster.pk, reason="x", by=by, now=timezone.now())
        assert client.post(INVITE, FORM).status_code == 403


class TestAgain:
    def test_a_new_link_replaces_the_old(self, client, invited, trail, letters):
        made, old = invited
        trail()
        page = client.post(f"/portal/team/invitations/{made.ref}/resend", **ENGLISH)
        assert page.status_code == 200 and link_on(page) != old
        assert trail() == ["invitation.resend"] and len(letters()) == 2
        anybody = Browser()
        assert anybody.get(old).status_code == 404
        assert anybody.get(link_on(page)).status_code == 200

    def test_taken_back(self, client, invited, trail):
        made, link = invited
        trail()
        assert client.post(f"/portal/team/invitations/{made.ref}/revoke").status_code == 302
        assert trail() == ["invitation.revoke"]
        assert Browser().get(link).status_code == 404
        assert made.email not in client.get("/portal/team").content.decode()
        again = client.post(f"/portal/team/invitations/{made.ref}/resend", follow=True, **ENGLISH)
        assert "accepted or revoked already" in again.content.decode() and trail() == []

    @pytest.mark.parametrize("act", ["resend", "revoke"])
    def test_strangers_and_other_roles(self, client, aster, invited, trail, act):
        made, link = invited
        address = f"/portal/team/invitations/{made.ref}/{act}"
        assert client.get(address).status_code == 405
        assert client.post(f"/portal/team/invitations/V-x/{act}").status_code == 404
        for person, status in (
            (make_user("member-admin", institution=make_institution()), 404),
            (make_user("analyst", institution=aster), 403),
            (make_user("alliance-operator"), 404),
        ):
            client.force_login(person)
            trail()
            assert client.post(address).status_code == status
            assert trail() == ([] if person.is_alliance else ["portal.refuse"])
        assert Browser().get(link).status_code == 200


class TestAccept:
    def test_an_account_is_made_and_a_factor_asked_for(self, invited, aster, trail):
        made, link = invited
        newcomer = Browser()
        body = newcomer.get(link, **ENGLISH).content.decode()
        assert "Aster Bank invites you" in body and "Dora Doe" in body and "Auditor" in body
        trail()
        answer = newcomer.post(link, ACCOUNT)
        assert (answer.status_code, answer["Location"]) == (302, "/portal/enroll")
        assert trail() == ["user.create", "invitation.accept", "user.login"]
        dora = User.objects.get(username="dora")
        assert (dora.institution, dora.role, dora.full_name, dora.email) == (
            aster,
            "auditor",
            "Dora Doe",
            FORM["email"],
        )
        made.refresh_from_db()
        assert made.accepted_by == dora
        assert newcomer.get("/")["Location"] == "/portal/enroll"

    def test_it_opens_once(self, invited, trail):
        _made, link = invited
        Browser().post(link, ACCOUNT)
        trail()
        assert Browser().get(link).status_code == 404
        assert Browser().post(link, {**ACCOUNT, "username": "mallory"}).status_code == 404
        assert trail() == [] and not User.objects.filter(username="mallory").exists()

    @pytest.mark.parametrize(
        ("change", "message"),
        [
            ({"username": "D"}, "3 to 64 characters"),
            ({"username": "Dora"}, "3 to 64 characters"),
            ({"username": "mona"}, "This user name is taken."),
            ({"password": "short", "repeated": "short"}, "too short"),
            ({"password": "password123456", "repeated": "password123456"}, "too common"),
            ({"password": "dora@example.org", "repeated": "dora@example.org"}, "too similar"),
            ({"repeated": "different-one-22"}, "The two entries differ."),
            ({"username": ""}, "required"),
        ],
    )
    def test_a_refusal_stores_nothing(self, invited, trail, change, message):
        _made, link = invited
        trail()
        page = Browser().post(link, {**ACCOUNT, **change}, **ENGLISH)
        assert page.status_code == 422 and message in page.content.decode()
        assert trail() == [] and not User.objects.filter(username="dora").exists()
        assert Browser().get(link).status_code == 200

    @pytest.mark.parametrize("ends", ["time", "suspension"])
    def test_links_that_open_nothing_read_the_same(self, aster, ends):
        late = timezone.now() - timedelta(days=7, seconds=1)
        _made, token = invitations.invite(institution_id=aster.pk, by=CONSOLE, now=late, **FORM)
        if ends == "suspension":
            from members.operations import institutions

            _made, token = invitations.invite(institution_id=aster.pk, by=CONSOLE, now=timezone.now(), **FORM)
            with acting_as("aif_desk"):
                by = make_user("alliance-operator")
                institutions.suspend(institution_id=aster.pk, reason="x", by=by, now=timezone.now())
        page = Browser().get(f"/portal/invitation/{token}", **ENGLISH)
        unknown = Browser().get("/portal/invitation/" + "x" * 43, **ENGLISH)
        assert page.status_code == unknown.status_code == 404
        plain = [re.sub(r'value="[^"]*"', "", answer.content.decode()) for answer in (page, unknown)]
        assert plain[0] == plain[1] and "This link opens nothing" in plain[0]

    def test_somebody_logged_in_logs_out_first(self, client, invited, trail):
        _made, link = invited
        trail()
        assert "Log out first" in client.get(link, **ENGLISH).content.decode()
        client.post(link, ACCOUNT)
        assert trail() == [] and not User.objects.filter(username="dora").exists()
        assert client.put(link).status_code == 405


class TestNewPassword:
    @pytest.fixture
    def alice(self, aster, mona):
        return make_user("analyst", institution=aster, name="alice", password=PASSWORD)

    def offer(self, client, person):
        return link_on(client.post(f"/portal/team/{person.ref}/new-password", {"reason": "forgot it"}, **ENGLISH))

    def test_it_is_set_and_the_second_factor_still_asked_for(self, client, alice, trail):
        secret = enroll(alice)
        link = self.offer(client, alice)
        theirs = Browser()
        body = theirs.get(link, **ENGLISH).content.decode()
        assert "Set a new password" in body and 'name="username"' not in body
        trail()
        new = "another-harbor-17-lantern"
        assert theirs.post(link, {"password": new, "repeated": new})["Location"] == "/portal/login/factor"
        assert trail() == ["user.password.set"]
        assert theirs.get("/portal/account").status_code == 302, "the link alone opens nothing"
        assert theirs.post("/portal/login/factor", {"code": make_code(secret)})["Location"] == "/"
        alice.refresh_from_db()
        assert alice.check_password(new) and not alice.check_password(PASSWORD)
        assert Browser().get(link).status_code == 404

    def test_a_newer_link_ends_the_older_and_none_is_listed(self, client, alice):
        old, new = self.offer(client, alice), self.offer(client, alice)
        assert (Browser().get(old).status_code, Browser().get(new).status_code) == (404, 200)
        row = Invitation.objects.latest("id")
        assert row.ref not in client.get("/portal/team").content.decode()
        assert client.post(f"/portal/team/invitations/{row.ref}/resend").status_code == 404

    def test_a_shut_account_gets_none(self, client, alice, trail):
        link = self.offer(client, alice)
        client.post(f"/portal/team/{alice.ref}/deactivate", {"reason": "left"})
        assert Browser().get(link).status_code == 404
        trail()
        answer = client.post(f"/portal/team/{alice.ref}/new-password", {"reason": "x"})
        assert answer.status_code == 422 and trail() == []

    def test_a_weak_one_changes_nothing(self, client, alice, trail):
        link = self.offer(client, alice)
        trail()
        assert Browser().post(link, {"password": "short", "repeated": "short"}).status_code == 422
        alice.refresh_from_db()
        assert alice.check_password(PASSWORD) and trail() == []
        assert Browser().get(link).status_code == 200
