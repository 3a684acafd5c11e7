"""What an administrator changes of a person: role, shut, open, reset; one table of addresses, the same rules for each."""

from __future__ import annotations

import pytest

from members.models import AuditEvent
from members.operations import factors
from tests.browsing import Browser
from tests.factories import acting_as, enroll, make_institution, make_user

pytestmark = pytest.mark.django_db
ENGLISH = {"HTTP_ACCEPT_LANGUAGE": "en"}
REASON = {"reason": "moved to another desk"}

# Address, what it is posted with, the verb that follows.
CHANGES = {
    "role": ({**REASON, "role": "auditor"}, "user.role.set"),
    "deactivate": (REASON, "user.deactivate"),
    "reactivate": (REASON, "user.reactivate"),
    "reset-factors": (REASON, "user.factor.reset"),
    "new-password": (REASON, "user.password.offer"),
}
PAGES = {"role": "set-role", "new-password": "offer-password"}
each_change = pytest.mark.parametrize("name", CHANGES)


@pytest.fixture
def aster():
    return make_institution("Aster Bank")


@pytest.fixture
def mona(client, aster):
    person = make_user("member-admin", institution=aster, name="mona")
    client.force_login(person)
    return person


@pytest.fixture
def alice(aster, mona):
    return make_user("analyst", institution=aster, name="alice")


def prepare(name, person):
    """Bring the person where the change is possible."""
    enroll(person)
    if name == "reactivate":
        with acting_as("aif_owner"):
            type(person).objects.filter(pk=person.pk).update(is_active=False)


def state(person):
    person.refresh_from_db()
    return person.role, person.is_active, factors.has_factor(person)


def post(client, person, name, **form):
    return client.post(f"/portal/team/{person.ref}/{name}", {**CHANGES[name][0], **form}, **ENGLISH)


@each_change
def test_it_works_and_says_why(client, alice, mona, trail, name):
    prepare(name, alice)
    trail()
    answer = post(client, alice, name)
    if name == "new-password":
        assert answer.status_code == 200 and "/portal/invitation/" in answer.content.decode()
    else:
        assert (answer.status_code, answer["Location"]) == (302, f"/portal/team/{alice.ref}")
    assert trail() == [CHANGES[name][1]]
    expected = {
        "role": ("auditor", True, True),
        "deactivate": ("analyst", False, True),
        "reactivate": ("analyst", True, True),
        "reset-factors": ("analyst", True, False),
        "new-password": ("analyst", True, True),
    }
    assert state(alice) == expected[name]
    with acting_as("aif_audit"):
        event = AuditEvent.objects.latest("id")
    assert (event.actor_ref, event.subject_ref) == (mona.ref, alice.ref)
    assert event.detail["reason"] == REASON["reason"]


@each_change
def test_without_a_reason_nothing_happens(client, alice, trail, name):
    prepare(name, alice)
    before = state(alice)
    trail()
    for reason in ("", "  "):
        assert post(client, alice, name, reason=reason).status_code == 422
    assert state(alice) == before and trail() == []


@each_change
def test_nobody_changes_the_own_account(client, mona, trail, name):
    prepare("role", mona)
    before = state(mona)
    trail()
    answer = post(client, mona, name)
    assert answer.status_code == 422
    assert state(mona) == before and trail() == []


@each_change
def test_strangers_and_other_roles(client, alice, aster, trail, name):
    prepare(name, alice)
    before = state(alice)
    trail()
    for person, status in (
        (make_user("member-admin", institution=make_institution("Birch")), 404),
        (make_user("alliance-operator"), 404),
        (make_user("analyst", institution=aster), 403),
        (make_user("auditor", institution=aster), 403),
    ):
        client.force_login(person)
        trail()
        assert post(client, alice, name).status_code == status
        # The desk's people have no portal; who acts on another institution, or beyond the own role, is in the trail.
        assert trail() == ([] if person.is_alliance else ["portal.refuse"])
        if not person.is_alliance:
            with acting_as("aif_audit"):
                event = AuditEvent.objects.latest("id")
            assert (event.actor_ref, event.institution_id) == (person.ref, person.institution_id)
            code = "not-found" if status == 404 else "permission-missing"
            assert event.detail == {"page": f"members:{PAGES.get(name, name)}", "code": code}
            assert event.subject_ref == alice.ref
    assert state(alice) == before


@each_change
def test_it_is_dangerous(client, alice, mona, trail, name):
    prepare(name, alice)
    before = state(alice)
    client.force_login(mona, age=601)
    trail()
    assert post(client, alice, name).status_code == 403
    assert state(alice) == before and trail() == []


@each_change
def test_other_methods(client, alice, name):
    assert client.get(f"/portal/team/{alice.ref}/{name}").status_code == 405


@pytest.mark.parametrize("role", ["alliance-operator", "root", ""])
def test_a_role_of_the_other_side_is_not_given(client, alice, trail, role):
    trail()
    assert post(client, alice, "role", role=role).status_code == 422
    assert state(alice)[0] == "analyst" and trail() == []


def test_shutting_and_resetting_end_the_sessions(client, alice, aster):
    for name in ("deactivate", "reset-factors"):
        person = make_user("analyst", institution=aster)
        enroll(person)
        theirs = Browser()
        theirs.force_login(person)
        from allauth.usersessions.models import UserSession

        UserSession.objects.create(
            user=person, session_key=theirs.session.session_key, ip="192.0.2.1", user_agent="test"
        )
        assert theirs.get("/portal/account").status_code == 200
        assert post(client, person, name).status_code == 302
        assert theirs.get("/portal/account").status_code == 302
        assert not UserSession.objects.filter(user=person).exists()


def test_the_same_state_again_is_refused(client, alice, trail):
    trail()
    answer = post(client, alice, "reactivate")
    assert answer.status_code == 422 and "already in this state" in answer.content.decode()
    answer = post(client, alice, "reset-factors")
    assert answer.status_code == 422 and "no second factor yet" in answer.content.decode()
    assert trail() == []
