"""Step-up: what is dangerous asks again after ten minutes, and loses nothing of what was entered."""

from __future__ import annotations

import html
import re

import pytest

from members.models import AuditEvent, Invitation
from tests.factories import acting_as, enroll, make_code, make_institution, make_user

pytestmark = pytest.mark.django_db
ENGLISH = {"HTTP_ACCEPT_LANGUAGE": "en"}
INVITE = "/portal/team/invite"
FORM = {"full_name": 'Dora "D" <b>', "email": "dora@example.org", "role": "analyst"}
STALE = 601


@pytest.fixture
def mona():
    return make_user("member-admin", institution=make_institution("Aster Bank"), name="mona")


@pytest.fixture
def secret(mona):
    return enroll(mona)


@pytest.fixture
def stale(client, mona, secret):
    client.force_login(mona, age=STALE)
    return client


def hidden(page) -> dict[str, str]:
    found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page.content.decode())
    return {name: html.unescape(value) for name, value in found if name != "csrfmiddlewaretoken"}


def test_a_fresh_factor_is_not_asked_for_again(client, mona, secret):
    client.force_login(mona, age=590)
    assert client.get(INVITE).status_code == 200


def test_a_form_goes_on_where_it_was_going(stale, secret, trail):
    trail()
    page = stale.post(INVITE, FORM, **ENGLISH)
    assert page.status_code == 403
    assert "What you entered is kept" in page.content.decode()
    assert "no-store" in page["Cache-Control"]
    assert not Invitation.objects.exists() and trail() == []
    carried = hidden(page)
    assert {name: carried[name] for name in FORM} == FORM
    done = stale.post(INVITE, {**carried, "step_up-code": make_code(secret)}, **ENGLISH)
    assert done.status_code == 200 and "Invitation made" in done.content.decode()
    assert Invitation.objects.get().full_name == FORM["full_name"]
    assert trail() == ["user.confirm", "invitation.create"]
    with acting_as("aif_audit"):
        assert AuditEvent.objects.get(verb="user.confirm").detail == {"factor": "totp"}
    assert stale.get(INVITE).status_code == 200, "ten minutes begin anew"


def test_a_wrong_code_keeps_the_form_and_does_nothing(stale, secret, trail):
    trail()
    page = stale.post(INVITE, {**FORM, "step_up-code": "000000"}, **ENGLISH)
    assert page.status_code == 422 and "The code is not right" in page.content.decode()
    assert hidden(page)["email"] == FORM["email"]
    assert not Invitation.objects.exists() and trail() == []


def test_wrong_codes_lock(stale, secret):
    for _turn in range(9):
        assert stale.post(INVITE, {**FORM, "step_up-code": "000000"}).status_code == 422
    assert stale.post(INVITE, {**FORM, "step_up-code": "000000"}).status_code == 429
    assert stale.post(INVITE, {**FORM, "step_up-code": make_code(secret)}).status_code == 429
    assert not Invitation.objects.exists()


def test_a_page_asks_first_and_comes_back(stale, secret):
    answer = stale.get(INVITE + "?x=1")
    assert answer["Location"] == "/portal/confirm?next=%2Fportal%2Fteam%2Finvite%3Fx%3D1"
    assert stale.get(answer["Location"], **ENGLISH).status_code == 403
    done = stale.post(answer["Location"], {"step_up-code": make_code(secret)})
    assert done["Location"] == INVITE + "?x=1"


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example/", "javascript:alert(1)"])
def test_it_leads_nowhere_else(stale, secret, elsewhere):
    done = stale.post("/portal/confirm?next=" + elsewhere, {"step_up-code": make_code(secret)})
    assert done["Location"] == "/"


def test_a_script_gets_the_question_into_its_page(stale, secret):
    answer = stale.post(INVITE, FORM, HTTP_HX_REQUEST="true")
    assert (answer.status_code, answer["HX-Retarget"]) == (200, "#content")
    assert "<html" not in answer.content.decode() and hidden(answer)["email"] == FORM["email"]
    answer = stale.get(INVITE, HTTP_HX_REQUEST="true", HTTP_HX_CURRENT_URL="http://testserver/portal/team?role=analyst")
    assert answer["HX-Redirect"] == "/portal/confirm?next=%2Fportal%2Fteam%3Frole%3Danalyst"


def test_the_permission_is_asked_before_the_factor(client, mona):
    client.force_login(make_user("analyst", institution=mona.institution), age=STALE)
    answer = client.post(INVITE, FORM, **ENGLISH)
    assert answer.status_code == 403 and "step_up-code" not in answer.content.decode()


def test_another_persons_code_does_not_do(stale, mona):
    other = enroll(make_user("member-admin", institution=mona.institution))
    assert stale.post(INVITE, {**FORM, "step_up-code": make_code(other)}).status_code == 422


def test_only_members_confirm(client):
    assert client.get("/portal/confirm")["Location"].startswith("/portal/login")
    client.force_login(make_user("alliance-operator"))
    assert client.get("/portal/confirm").status_code == 404


@pytest.mark.parametrize(
    ("came", "back"),
    [
        ("http://testserver/portal/team?x=1", "/portal/team"),
        ("https://evil.example/x", "/"),
        ("http://testserver/portal/team/invite", "/"),
    ],
)
def test_whoever_thinks_better_of_it_goes_back(stale, came, back):
    page = stale.post(INVITE, FORM, HTTP_REFERER=came)
    assert f'href="{back}">' in page.content.decode().rpartition("</form>")[0]


def test_a_part_of_a_page_leads_the_whole_page_to_the_login(client, mona):
    asked = {"HTTP_HX_REQUEST": "true", "HTTP_HX_CURRENT_URL": "http://testserver/portal/team?role=analyst"}
    answer = client.get("/portal/team", **asked)
    assert (answer.status_code, answer.content) == (204, b"")
    assert answer["HX-Redirect"] == "/portal/login?next=%2Fportal%2Fteam%3Frole%3Danalyst"
    client.force_password(mona)
    assert client.get("/portal/team", **asked)["HX-Redirect"].startswith("/portal/enroll?")
