"""The table of roles, against one written by hand."""

from __future__ import annotations

import pytest

from members.models import ALLIANCE_ROLES, MEMBER_ROLES, User
from members.permissions import ROLE_LABELS, ROLE_PERMISSIONS, Console, Job, Permission, PermissionMissing, can, check

EXPECTED = {
    "submitter": "clue.view clue.submit",
    "analyst": "clue.view clue.submit clue.review match.view match.work screen case.view case.work case.propose evidence.open"
    " request.view request.send request.answer",
    "approver": "clue.view clue.review match.view match.work screen case.view case.decide evidence.open"
    " request.view request.send request.answer",
    "member-admin": "clue.view match.view match.work case.view team.manage key.manage request.view",
    "auditor": "clue.view match.view case.view audit.view request.view",
    "alliance-operator": "desk.view case.view audit.view institution.apply institution.vet institution.suspend team.manage key.manage"
    " case.propose evidence.open ring.review batch.decide dispute.decide content.work request.mediate lawful-use.propose noise.propose quota.propose rotation.propose procedure.record guidance.propose campaign.work official.work",
    "alliance-approver": "desk.view case.view audit.view institution.admit institution.suspend quota.propose quota.set screening.decide case.decide evidence.open"
    " export.decide rotation.propose rotation.decide"
    " ring.review ring.decide batch.decide dispute.decide content.work request.mediate lawful-use.sign noise.decide grade.certify"
    " procedure.record guidance.sign campaign.work official.decide feed.decide",
}


@pytest.mark.parametrize("role", EXPECTED)
def test_each_role_may_do_this_and_nothing_else(role):
    person = User(role=role)
    for permission in Permission:
        assert can(person, permission) == (permission.value in EXPECTED[role].split()), permission


def test_every_role_has_its_row_and_label():
    assert set(MEMBER_ROLES + ALLIANCE_ROLES) == set(ROLE_PERMISSIONS) == set(ROLE_LABELS) == set(EXPECTED)


def test_nobody_both_proposes_and_decides():
    for role, permissions in ROLE_PERMISSIONS.items():
        assert not {Permission.CASE_PROPOSE, Permission.CASE_DECIDE} <= permissions, role
        assert not {Permission.INSTITUTION_APPLY, Permission.INSTITUTION_ADMIT} <= permissions, role


@pytest.mark.parametrize(
    "person", [User(role="analyst", is_active=False), User(role="root"), Job("sweep"), None, object()]
)
def test_others_may_do_nothing(person):
    assert not any(can(person, permission) for permission in Permission)
    with pytest.raises(PermissionMissing):
        check(person, Permission.CLUE_VIEW)


def test_the_console_holds_the_machine_anyway():
    assert all(can(Console("x"), permission) for permission in Permission)


def test_there_is_no_superuser():
    assert not hasattr(User(), "is_superuser")
    member = User(role="member-admin")
    assert not member.is_staff
    assert not member.has_perm("members.view_institution")
    operator = User(role="alliance-operator")
    assert operator.has_perm("members.view_institution")
    assert not operator.has_perm("members.change_institution")
