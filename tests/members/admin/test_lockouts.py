"""The desk: its login is guarded too, it sees who is locked out and lifts that, resets factors, invites administrators."""

from __future__ import annotations

import re

import pytest
from axes.models import AccessAttempt

from members.models import AuditEvent, Invitation
from members.operations import factors
from tests.factories import PASSWORD, acting_as, enroll, make_institution, make_user

pytestmark = pytest.mark.django_db
ENGLISH = {"HTTP_ACCEPT_LANGUAGE": "en"}
LIST = "/admin/axes/accessattempt/"


def guess(desk, password="wrong-lantern-99", name="olga", **extra):
    return desk.post("/admin/login/", {"username": name, "password": password}, **ENGLISH, **extra)


@pytest.fixture
def olga():
    return make_user("alliance-operator", name="olga", password=PASSWORD)


def lock(desk):
    for _turn in range(9):
        assert guess(desk).status_code == 200
    return guess(desk)


def test_ten_wrong_passwords_lock_the_desk_too(desk, olga):
    locked = lock(desk)
    assert locked.status_code == 429 and "Locked for a while" in locked.content.decode()
    assert guess(desk, PASSWORD).status_code == 429
    assert desk.get("/admin/").status_code == 302
    assert guess(desk, PASSWORD, REMOTE_ADDR="198.51.100.7").status_code == 302, "a guesser elsewhere locks nobody out"


def test_the_address_is_the_proxys_word_only(desk, olga, settings):
    settings.AIF_TRUST_PROXY = True
    for number in range(10):
        # What the client claims comes before what the proxy wrote.
        guess(desk, HTTP_X_FORWARDED_FOR=f"203.0.113.{number}, 192.0.2.1")
    row = AccessAttempt.objects.get()
    assert (row.ip_address, row.failures_since_start) == ("192.0.2.1", 10)


def test_it_is_listed_and_lifted(desk, olga, trail):
    lock(desk)
    row = AccessAttempt.objects.get()
    desk.force_login(make_user("alliance-operator", name="otto"))
    body = desk.get(LIST, **ENGLISH).content.decode()
    assert "olga" in body and "icon-yes" in body
    chinese = desk.get(LIST, HTTP_ACCEPT_LANGUAGE="zh-hans").content.decode()
    assert "登录失败记录" in chinese and "Axes" not in chinese and "ttempt" not in re.sub("<[^>]*>", "", chinese)
    trail()
    lift = f"{LIST}{row.pk}/do/lift/"
    assert desk.post(lift, {"reason": " "}).status_code == 422
    assert desk.post(lift, {"reason": "she called"}).status_code == 302
    assert trail() == ["lockout.lift"]
    with acting_as("aif_audit"):
        event = AuditEvent.objects.latest("id")
    assert (event.subject_ref, event.detail) == (olga.ref, {"reason": "she called", "failures": 10})
    desk.logout()
    assert guess(desk, PASSWORD).status_code == 302


def test_the_desk_knows_no_parts_of_pages(desk):
    assert desk.get("/admin/", HTTP_HX_REQUEST="true").status_code == 302


def test_what_was_typed_is_not_kept(desk, olga):
    guess(desk, "my-secret-typed-in-haste")
    row = AccessAttempt.objects.get()
    assert "my-secret" not in row.post_data + row.get_data
    desk.force_login(olga)
    assert "********" not in desk.get(f"{LIST}{row.pk}/change/").content.decode()


def test_an_approver_looks_on(desk, olga, trail):
    lock(desk)
    row = AccessAttempt.objects.get()
    desk.force_login(make_user("alliance-approver"))
    assert "do/lift" not in desk.get(f"{LIST}{row.pk}/change/").content.decode()
    trail()
    assert desk.post(f"{LIST}{row.pk}/do/lift/", {"reason": "x"}).status_code == 403
    assert trail() == ["desk.refuse"] and AccessAttempt.objects.exists()


def test_second_factors_are_reset(desk, olga, trail):
    mona = make_user("member-admin", institution=make_institution())
    page = f"/admin/members/user/{mona.pk}"
    desk.force_login(olga)
    assert "reset-factors" not in desk.get(f"{page}/change/").content.decode()
    enroll(mona)
    assert "reset-factors" in desk.get(f"{page}/change/").content.decode()
    trail()
    assert desk.post(f"{page}/do/reset-factors/", {"reason": "lost phone, called back"}).status_code == 302
    assert trail() == ["user.factor.reset"] and not factors.has_factor(mona)


def test_a_members_first_administrator_is_invited(desk, olga, trail):
    aster = make_institution("Aster Bank")
    desk.force_login(olga)
    address = f"/admin/members/institution/{aster.pk}/do/invite-admin/"
    trail()
    answer = desk.post(address, {"full_name": "Mona", "email": "mona@example.org"})
    assert answer.status_code == 302
    made = Invitation.objects.get()
    assert (made.institution, made.role, made.created_by) == (aster, "member-admin", olga)
    assert trail() == ["invitation.create"]
    assert desk.post(address, {"full_name": "Mona", "email": "mona@example.org"}).status_code == 422
    desk.force_login(make_user("alliance-approver"))
    assert desk.post(address, {"full_name": "Eve", "email": "eve@example.org"}).status_code == 403
    assert Invitation.objects.count() == 1
