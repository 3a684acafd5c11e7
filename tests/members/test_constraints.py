"""What the database refuses, whatever the Python does."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from members.models import Credential, Institution, User
from tests.factories import acting_as, make_institution, make_key, make_user

pytestmark = pytest.mark.django_db


def refuses(constraint: str, rows, **changes):
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic(), acting_as("aif_owner"):
        rows.update(**changes)


def test_whoever_applied_cannot_admit():
    applied = make_institution(at="applied")
    person = make_user("alliance-approver")
    rows = Institution.objects.filter(pk=applied.pk)
    with acting_as("aif_owner"):
        rows.update(applied_by=person)
    refuses("institution_needs_second_person", rows, state="live", admitted_at=timezone.now(), admitted_by=person)


def test_states_carry_their_dates_and_reasons():
    rows = Institution.objects.filter(pk=make_institution(at="applied").pk)
    refuses("institution_admitted_with_date", rows, state="live")
    refuses("institution_state_known", rows, state="frozen", admitted_at=timezone.now())
    refuses("institution_suspended_with_reason", rows, suspended_reason="why")
    live = Institution.objects.filter(pk=make_institution().pk)
    refuses("institution_suspended_with_reason", live, state="suspended", suspended_at=timezone.now())


@pytest.mark.parametrize("quota", ["evaluate_quota", "submit_quota", "screen_quota"])
def test_quotas_are_not_negative(quota):
    rows = Institution.objects.filter(pk=make_institution().pk)
    refuses("institution_quotas_not_negative", rows, **{quota: -1})


def test_a_basis_is_a_code():
    rows = Institution.objects.filter(pk=make_institution().pk)
    refuses("institution_basis_is_a_code", rows, default_basis="Free text")


def test_roles_stay_on_their_side():
    member = User.objects.filter(pk=make_user("analyst", institution=make_institution()).pk)
    refuses("user_role_fits_institution", member, role="alliance-approver")
    refuses("user_role_fits_institution", member, role="superuser")
    refuses("user_role_fits_institution", member, institution=None)


def refuses_key(constraint: str, **changes):
    now = timezone.now()
    fields = {"key_id": "abcd1234", "verifier": "a" * 64, "created_at": now, "not_before": now, "scopes": ["read"]}
    fields |= {"institution": make_institution(), "expires_at": now + timedelta(days=1)} | changes
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic(), acting_as("aif_owner"):
        Credential.objects.create(**fields)


def test_keys_keep_their_form_and_end():
    refuses_key("credential_key_id_form", key_id="ABCD1234")
    refuses_key("credential_verifier_form", verifier="A" * 64)
    refuses_key("credential_custodian_verifier_form", custodian_verifier="12")
    refuses_key("credential_basis_is_a_code", default_basis="because 13800138000 said so")
    refuses_key("credential_lives_a_year", expires_at=timezone.now() + timedelta(days=500))
    rows = Credential.objects.filter(key_id=make_key(make_institution("Birch")).id)
    refuses("credential_revoked_with_reason", rows, revoked_at=timezone.now())
