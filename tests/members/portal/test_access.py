"""Who may see a page: the decorator, on a page made for the test."""

from __future__ import annotations

import pytest
from django.http import HttpResponse
from django.urls import include, path
from django.utils import timezone

from aif_share.errors import Refusal
from members.operations import institutions
from members.permissions import Permission
from members.portal.access import member_required
from tests.factories import acting_as, make_user

pytestmark = pytest.mark.django_db


@member_required(Permission.CASE_DECIDE)
def deciding(request):
    return HttpResponse("decided")


@member_required()
def refusing(request, code):
    raise Refusal(code, "why")


urlpatterns = [
    path("deciding", deciding),
    path("refusing/<code>", refusing),
    path("", include("members.portal.urls")),
    path("", include("members.portal.login_urls")),
]


@pytest.fixture(autouse=True)
def addresses(settings):
    settings.ROOT_URLCONF = __name__


def status(client, person=None, address="/deciding"):
    if person is not None:
        client.force_login(person)
    return client.get(address).status_code


def test_the_role_decides(client, cast):
    assert status(client, cast.amir) == 200
    assert status(client, cast.alice) == 403


def test_whoever_is_not_logged_in_is_asked_to(client):
    answer = client.get("/deciding")
    assert (answer.status_code, answer["Location"]) == (302, "/portal/login?next=/deciding")


def test_for_the_alliance_there_is_nothing_here(client, cast):
    assert status(client, cast.pavel) == 404


def test_a_suspended_institutions_people_read_why(client, cast):
    with acting_as("aif_desk"):
        institutions.suspend(institution_id=cast.aster.pk, reason="x", by=cast.olga, now=timezone.now())
    client.force_login(cast.amir)
    answer = client.get("/deciding", HTTP_ACCEPT_LANGUAGE="en")
    assert answer.status_code == 403
    assert "Your institution is suspended" in answer.content.decode()


def test_a_shut_account_is_out_with_the_next_request(client, cast):
    from members.operations import users

    assert status(client, cast.amir) == 200
    with acting_as("aif_desk"):
        users.deactivate(user_id=cast.amir.pk, reason="left", by=cast.olga, now=timezone.now())
    assert client.get("/deciding").status_code == 302


def test_refusals_become_pages(client, cast):
    assert status(client, cast.alice, "/refusing/not-found") == 404
    assert status(client, cast.alice, "/refusing/permission-missing") == 403
    with pytest.raises(Refusal):
        client.get("/refusing/transition-refused")


def test_no_cache_keeps_a_page(client, cast):
    client.force_login(cast.amir)
    assert "no-store" in client.get("/deciding")["Cache-Control"]


def test_the_pages_speak_both_languages(client, cast):
    client.force_login(cast.alice)
    assert "You may not see this page" in client.get("/deciding", HTTP_ACCEPT_LANGUAGE="en").content.decode()
    assert "您无权查看此页" in client.get("/deciding", HTTP_ACCEPT_LANGUAGE="zh-CN").content.decode()
    assert "这里没有内容" in client.get("/nowhere", HTTP_ACCEPT_LANGUAGE="zh-CN").content.decode()


def test_the_language_is_ones_own_choice(client):
    page = client.get("/portal/login", HTTP_ACCEPT_LANGUAGE="en").content.decode()
    assert 'lang="en"' in page
    answer = client.post("/portal/language", {"language": "zh-hans", "next": "/portal/login"})
    assert answer["Location"] == "/portal/login"
    assert 'lang="zh-Hans"' in client.get("/portal/login", HTTP_ACCEPT_LANGUAGE="en").content.decode()


def test_every_role_sees_its_account(client, cast):
    from members.models import MEMBER_ROLES

    for role in MEMBER_ROLES:
        assert status(client, make_user(role, institution=cast.birch), "/portal/account") == 200
