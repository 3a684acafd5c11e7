"""The team page and the page of one person: who sees whom."""

from __future__ import annotations

import pytest
from django.utils import timezone

from members.operations import invitations
from tests.factories import CONSOLE, enroll, make_institution, make_user

pytestmark = pytest.mark.django_db
ENGLISH = {"HTTP_ACCEPT_LANGUAGE": "en"}
TEAM = "/portal/team"


@pytest.fixture
def aster():
    return make_institution("Aster Bank")


@pytest.fixture
def mona(client, aster):
    person = make_user("member-admin", institution=aster, name="mona")
    client.force_login(person)
    return person


def names(client, **filters):
    body = client.get(TEAM, filters, **ENGLISH).content.decode()
    return {name for name in ("mona", "alice", "amir", "bea") if f"<code>{name}</code>" in body}


@pytest.fixture
def people(aster, mona):
    alice = make_user("analyst", institution=aster, name="alice")
    enroll(alice)
    make_user("approver", institution=aster, name="amir")
    make_user("analyst", institution=make_institution("Birch"), name="bea")
    return alice


def test_it_shows_the_own_people_and_no_others(client, people):
    assert names(client) == {"mona", "alice", "amir"}
    body = client.get(TEAM, HTTP_ACCEPT_LANGUAGE="zh-CN").content.decode()
    assert "团队" in body and "分析员" in body


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({"search": "ALI"}, {"alice"}),
        ({"role": "approver"}, {"amir"}),
        ({"state": "no-factor"}, {"mona", "amir"}),
        ({"state": "inactive"}, set()),
        ({"state": "active", "role": "analyst"}, {"alice"}),
        ({"role": "root"}, {"mona", "alice", "amir"}),
    ],
)
def test_filters(client, people, filters, expected):
    assert names(client, **filters) == expected


def test_an_empty_page_says_what_to_do(client, people):
    body = client.get(TEAM, {"search": "nobody-of-this-name"}, **ENGLISH).content.decode()
    assert "Nobody here" in body and "Show all" in body
    assert "Nobody is invited at present" in body


def test_a_few_queries_however_many_people(client, people, aster, django_assert_max_num_queries):
    for number in range(12):
        make_user("analyst", institution=aster, name=f"person-of-many-{number}")
    with django_assert_max_num_queries(6):
        assert client.get(TEAM).status_code == 200


def test_an_invitation_is_listed(client, people, aster):
    invitations.invite(
        institution_id=aster.pk, role="auditor", full_name="Dora", email="d@example.org", by=CONSOLE, now=timezone.now()
    )
    assert "d@example.org" in client.get(TEAM).content.decode()


def test_one_person(client, people, mona):
    body = client.get(f"{TEAM}/{people.ref}", **ENGLISH).content.decode()
    assert "alice" in body and "Shut the account" in body and "Reset the second factor" in body
    own = client.get(f"{TEAM}/{mona.ref}", **ENGLISH).content.decode()
    assert "This is you" in own and "Change the role" not in own


def test_strangers(client, people):
    address = f"{TEAM}/{people.ref}"
    client.force_login(make_user("member-admin", institution=make_institution("Cedar")))
    assert client.get(address).status_code == 404
    assert client.get(f"{TEAM}/U-nobody").status_code == 404
    client.force_login(make_user("alliance-operator"))
    assert client.get(TEAM).status_code == client.get(address).status_code == 404
    client.logout()
    assert client.get(TEAM)["Location"] == f"/portal/login?next={TEAM}"


@pytest.mark.parametrize("role", ["submitter", "analyst", "approver", "auditor"])
def test_other_roles(client, people, aster, role):
    client.force_login(make_user(role, institution=aster))
    assert client.get(TEAM).status_code == client.get(f"{TEAM}/{people.ref}").status_code == 403
    assert TEAM not in client.get("/portal/account").content.decode()


def test_other_methods(client, people):
    assert client.post(TEAM).status_code == client.post(f"{TEAM}/{people.ref}").status_code == 405
