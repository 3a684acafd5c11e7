"""Register, rotate, revoke."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from aif_share.errors import Refusal
from aif_share.wire import keys
from members.models import Credential
from members.operations import credentials
from tests.factories import CONSOLE, make_institution, make_key, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("as_desk")]

KEY = {"key_id": "abcd1234", "verifier": "a" * 64, "custodian_verifier": "b" * 64}


def refused(call, **arguments) -> Refusal:
    with pytest.raises(Refusal) as caught:
        call(now=timezone.now(), **arguments)
    return caught.value


class TestRegister:
    def test_it_stores_verifiers_and_tells_the_custodian_its_own(self, cast, trail, outbox):
        trail()
        now = timezone.now()
        made = credentials.register(institution_id=cast.aster.pk, by=cast.olga, now=now, **KEY)
        made.refresh_from_db()
        assert (made.key_id, made.verifier, made.created_by) == ("abcd1234", "a" * 64, cast.olga)
        assert made.scopes == list(keys.SCOPES)
        assert made.expires_at == now + timedelta(days=365)
        assert trail() == ["credential.register"]
        payload = outbox()[-1].payload
        assert payload["verifiers"] == [{"verifier": "b" * 64, "expires_at": made.expires_at.isoformat()}]
        assert "a" * 64 not in str(payload), "the platform's verifier is not the custodian's business"

    def test_without_the_scope_nobody_evaluates(self, cast, outbox):
        credentials.register(institution_id=cast.aster.pk, by=cast.olga, now=timezone.now(), scopes=["read"], **KEY)
        assert outbox()[-1].payload["verifiers"] == []

    def test_two_live_keys_and_no_third(self, cast, trail):
        make_key(cast.aster)
        first = make_key(cast.aster)
        trail()
        assert refused(credentials.register, institution_id=cast.aster.pk, by=cast.olga, **KEY).code == "key-limit"
        assert trail() == []
        row = Credential.objects.get(key_id=first.id)
        credentials.revoke(credential_id=row.pk, reason="old", by=CONSOLE, now=timezone.now())
        credentials.register(institution_id=cast.aster.pk, by=cast.olga, now=timezone.now(), **KEY)

    def test_keys_for_browsers_are_counted_apart(self, cast, outbox):
        for _number in range(2):
            make_key(cast.aster)
            make_key(cast.aster, scopes=["evaluate"])
        verifiers = set(Credential.objects.values_list("custodian_verifier", flat=True))
        assert {each["verifier"] for each in outbox()[-1].payload["verifiers"]} == verifiers
        assert len(verifiers) == 4, "the custodian hears of all of them"
        for scopes in (["evaluate"], ["read"], ["evaluate", "submit"]):
            asked = KEY | {"institution_id": cast.aster.pk, "by": cast.olga, "scopes": scopes}
            assert refused(credentials.register, **asked).code == "key-limit"

    def test_revoking_a_key_makes_room_for_one_of_its_kind(self, cast):
        browser, _other = (make_key(cast.aster, scopes=["evaluate"]) for _number in range(2))
        for _number in range(2):
            make_key(cast.aster)
        row = Credential.objects.get(key_id=browser.id)
        credentials.revoke(credential_id=row.pk, reason="lost", by=CONSOLE, now=timezone.now())
        asked = KEY | {"institution_id": cast.aster.pk, "by": cast.olga}
        assert refused(credentials.register, **asked).code == "key-limit"
        credentials.register(now=timezone.now(), scopes=["evaluate"], **asked)

    @pytest.mark.parametrize(
        ("change", "code"),
        [
            ({"key_id": "ABCD1234"}, "key-malformed"),
            ({"key_id": "abc"}, "key-malformed"),
            ({"verifier": "A" * 64}, "verifier-malformed"),
            ({"verifier": ""}, "verifier-malformed"),
            ({"custodian_verifier": "b" * 63}, "verifier-malformed"),
            ({"scopes": []}, "field-invalid"),
            ({"scopes": ["read", "root"]}, "field-invalid"),
            ({"cidrs": ["10.0.0.1/8"]}, "field-invalid"),
            ({"cidrs": ["everywhere"]}, "field-invalid"),
        ],
    )
    def test_a_refusal_stores_nothing(self, cast, trail, change, code):
        trail()
        asked = KEY | {"institution_id": cast.aster.pk, "by": cast.olga} | change
        assert refused(credentials.register, **asked).code == code
        assert Credential.objects.count() == 0
        assert trail() == []

    @pytest.mark.parametrize("days", [-1, 0, 366])
    def test_a_key_ends_within_a_year(self, cast, days):
        asked = KEY | {"expires_at": timezone.now() + timedelta(days=days)}
        assert (
            refused(credentials.register, institution_id=cast.aster.pk, by=cast.olga, **asked).code == "field-invalid"
        )

    def test_an_id_is_nobody_elses(self, cast):
        credentials.register(institution_id=cast.aster.pk, by=cast.olga, now=timezone.now(), **KEY)
        assert refused(credentials.register, institution_id=cast.birch.pk, by=cast.olga, **KEY).code == "key-id-taken"

    @pytest.mark.parametrize("state", ["applied", "suspended"])
    def test_only_a_live_institution_gets_keys(self, cast, state):
        other = make_institution(at=state)
        refusal = refused(credentials.register, institution_id=other.pk, by=cast.olga, **KEY)
        assert refusal.code == "institution-not-live"

    @pytest.mark.parametrize("person", ["pavel", "alice", "amir"])
    def test_others_may_not(self, cast, person):
        by = getattr(cast, person)
        assert refused(credentials.register, institution_id=cast.aster.pk, by=by, **KEY).code == "permission-missing"

    def test_a_members_administrator_sees_to_the_own_keys_only(self, cast):
        admin = make_user("member-admin", institution=cast.aster)
        credentials.register(institution_id=cast.aster.pk, by=admin, now=timezone.now(), **KEY)
        assert refused(credentials.register, institution_id=cast.birch.pk, by=admin, **KEY).code == "not-found"


class TestRotate:
    def test_the_old_key_ends_within_seven_days(self, cast, trail):
        old = Credential.objects.get(key_id=make_key(cast.aster, scopes=["read"], cidrs=["192.0.2.0/24"]).id)
        trail()
        now = timezone.now()
        new = credentials.rotate(credential_id=old.pk, by=cast.olga, now=now, **KEY)
        old.refresh_from_db()
        assert old.expires_at == now + timedelta(days=7)
        assert (new.scopes, new.cidrs) == (["read"], ["192.0.2.0/24"])
        assert trail() == ["credential.rotate"]

    def test_a_revoked_one_is_not_rotated(self, cast):
        old = Credential.objects.get(key_id=make_key(cast.aster).id)
        credentials.revoke(credential_id=old.pk, reason="lost", by=CONSOLE, now=timezone.now())
        assert refused(credentials.rotate, credential_id=old.pk, by=cast.olga, **KEY).code == "transition-refused"

    def test_each_kind_is_rotated_within_its_own_two(self, cast):
        for _number in range(2):
            make_key(cast.aster)
        old = Credential.objects.get(key_id=make_key(cast.aster, scopes=["evaluate"]).id)
        new = credentials.rotate(credential_id=old.pk, by=cast.olga, now=timezone.now(), **KEY)
        assert new.scopes == ["evaluate"]
        again = KEY | {"key_id": "wxyz7890"}
        assert refused(credentials.rotate, credential_id=new.pk, by=cast.olga, **again).code == "key-limit"


class TestRevoke:
    def test_it_ends_the_key_everywhere(self, cast, trail, outbox):
        row = Credential.objects.get(key_id=make_key(cast.aster).id)
        assert len(outbox()[-1].payload["verifiers"]) == 1
        trail()
        credentials.revoke(credential_id=row.pk, reason="lost", by=cast.olga, now=timezone.now())
        row.refresh_from_db()
        assert (row.revoked_at is not None, row.revoked_reason) == (True, "lost")
        assert outbox()[-1].payload["verifiers"] == []
        assert trail() == ["credential.revoke"]

    def test_once_is_enough(self, cast, trail):
        row = Credential.objects.get(key_id=make_key(cast.aster).id)
        credentials.revoke(credential_id=row.pk, reason="lost", by=cast.olga, now=timezone.now())
        trail()
        assert refused(credentials.revoke, credential_id=row.pk, reason="x", by=cast.olga).code == "transition-refused"
        assert trail() == []

    def test_a_stranger_finds_nothing(self, cast):
        row = Credential.objects.get(key_id=make_key(cast.aster).id)
        stranger = make_user("member-admin", institution=cast.cedar)
        assert refused(credentials.revoke, credential_id=row.pk, reason="x", by=stranger).code == "not-found"
        row.refresh_from_db()
        assert row.revoked_at is None


def test_the_embedded_key_fits_its_verifiers(cast):
    key = credentials.issue_embedded(institution_id=cast.aster.pk, by=CONSOLE, now=timezone.now())
    row = Credential.objects.get(key_id=key.id)
    assert row.verifier == keys.verifier(key.bearer_for("platform"))
    assert row.custodian_verifier == keys.verifier(key.bearer_for("custodian:platform"))
    assert row.verifier != row.custodian_verifier
