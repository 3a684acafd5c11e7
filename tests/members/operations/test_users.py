"""Accounts: make, role, shut, open, password."""

from __future__ import annotations

import pytest
from django.contrib.auth import authenticate
from django.http import HttpRequest
from django.utils import timezone

from aif_share.errors import Refusal
from members.models import User
from members.operations import users
from tests.factories import CONSOLE, PASSWORD, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("as_desk")]


def refused(call, **arguments) -> Refusal:
    with pytest.raises(Refusal) as caught:
        call(now=timezone.now(), **arguments)
    return caught.value


class TestCreate:
    def test_it_makes_an_account_that_can_log_in(self, cast, trail):
        trail()
        made = users.create_user(
            username="dora",
            role="auditor",
            institution_id=cast.aster.pk,
            password=PASSWORD,
            by=cast.olga,
            now=timezone.now(),
        )
        assert authenticate(HttpRequest(), username="dora", password=PASSWORD) == made
        assert trail() == ["user.create"]

    @pytest.mark.parametrize(
        ("change", "code"),
        [
            ({"username": "Dora"}, "field-invalid"),
            ({"username": "x"}, "field-invalid"),
            ({"username": "alice"}, "name-taken"),
            ({"role": "alliance-approver"}, "field-invalid"),
            ({"role": "root"}, "field-invalid"),
            ({"institution_id": None}, "field-invalid"),
            ({"institution_id": 10**9}, "not-found"),
            ({"password": "short"}, "field-invalid"),
            ({"password": "123456789012345"}, "field-invalid"),
        ],
    )
    def test_a_refusal_stores_nothing(self, cast, trail, change, code):
        trail()
        before = User.objects.count()
        asked = {"username": "dora", "role": "auditor", "institution_id": cast.aster.pk, "by": cast.olga} | change
        assert refused(users.create_user, **asked).code == code
        assert User.objects.count() == before
        assert trail() == []

    def test_a_members_administrator_makes_own_staff_only(self, cast):
        admin = make_user("member-admin", institution=cast.aster)
        asked = {"username": "dora", "role": "auditor", "by": admin}
        assert refused(users.create_user, institution_id=cast.birch.pk, **asked).code == "not-found"
        assert (
            refused(users.create_user, institution_id=None, **(asked | {"role": "alliance-operator"})).code
            == "not-found"
        )
        users.create_user(institution_id=cast.aster.pk, now=timezone.now(), **asked)

    def test_others_may_not(self, cast):
        for by in (cast.alice, cast.amir, cast.pavel):
            refusal = refused(users.create_user, username="dora", role="auditor", institution_id=cast.aster.pk, by=by)
            assert refusal.code == "permission-missing"


class TestChange:
    def test_a_role_stays_on_its_side(self, cast, trail):
        trail()
        users.set_role(user_id=cast.alice.pk, role="auditor", reason="moved", by=cast.olga, now=timezone.now())
        cast.alice.refresh_from_db()
        assert cast.alice.role == "auditor"
        assert trail() == ["user.role.set"]
        asked = {"user_id": cast.alice.pk, "role": "alliance-approver", "reason": "x", "by": cast.olga}
        assert refused(users.set_role, **asked).code == "field-invalid"

    def test_nobody_changes_the_own_account(self, cast, trail):
        trail()
        asked = {"user_id": cast.olga.pk, "reason": "x", "by": cast.olga}
        assert refused(users.set_role, role="alliance-approver", **asked).code == "four-eyes"
        assert refused(users.deactivate, **asked).code == "four-eyes"
        assert trail() == []

    def test_a_shut_account_does_not_log_in(self, cast, trail):
        trail()
        users.set_password(user=cast.alice, password=PASSWORD, by=CONSOLE, now=timezone.now())
        trail()
        users.deactivate(user_id=cast.alice.pk, reason="left", by=cast.olga, now=timezone.now())
        assert authenticate(HttpRequest(), username="alice", password=PASSWORD) is None
        asked = {"user_id": cast.alice.pk, "reason": "x", "by": cast.olga}
        assert refused(users.deactivate, **asked).code == "transition-refused"
        users.reactivate(user_id=cast.alice.pk, reason="back", by=cast.olga, now=timezone.now())
        assert authenticate(HttpRequest(), username="alice", password=PASSWORD) == cast.alice
        assert trail() == ["user.deactivate", "user.reactivate"]

    def test_a_stranger_finds_nothing(self, cast):
        stranger = make_user("member-admin", institution=cast.cedar)
        asked = {"user_id": cast.alice.pk, "reason": "x", "by": stranger}
        assert refused(users.deactivate, **asked).code == "not-found"
        cast.alice.refresh_from_db()
        assert cast.alice.is_active
