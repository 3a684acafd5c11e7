"""Who a bearer belongs to: `members.queries.authenticate`."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from aif_share.errors import Refusal
from aif_share.oprf import encoding
from aif_share.wire.keys import PLATFORM, MemberKey
from members.models import Credential
from members.operations import credentials
from members.queries import Caller, authenticate
from tests.factories import CONSOLE, acting_as, make_institution, make_key, make_user

pytestmark = pytest.mark.django_db


def code_of(bearer: str, *, ip: str = "203.0.113.7", now=None) -> str:
    with pytest.raises(Refusal) as caught:
        authenticate(bearer, ip=ip, now=now or timezone.now())
    assert bearer[-20:] not in str(caught.value) + repr(caught.value.extra)
    return caught.value.code


def test_a_bearer_names_its_institution():
    institution = make_institution("Aster Bank", sector="bank", screen_quota=7)
    key = make_key(institution, scopes=["read", "submit"])
    caller = authenticate(key.bearer_for(PLATFORM), ip="", now=timezone.now())
    assert isinstance(caller, Caller)
    assert (caller.institution_id, caller.institution_ref) == (institution.pk, institution.ref)
    assert (caller.institution_name, caller.sector, caller.state) == ("Aster Bank", "bank", "live")
    assert (caller.key_id, caller.scopes, caller.screen_quota) == (key.id, ("submit", "read"), 7)
    assert caller.group_id == institution.group_id


def test_it_takes_one_query():
    key = make_key(make_institution())
    authenticate(key.bearer_for(PLATFORM), ip="", now=timezone.now())
    with CaptureQueriesContext(connection) as queries:
        authenticate(key.bearer_for(PLATFORM), ip="", now=timezone.now())
    assert len(queries) == 1


def test_last_use_is_noted_once_an_hour():
    key = make_key(make_institution())
    first = timezone.now()
    for minutes, expected in ((0, 0), (59, 0), (61, 61), (90, 61)):
        authenticate(key.bearer_for(PLATFORM), ip="", now=first + timedelta(minutes=minutes))
        assert Credential.objects.get(key_id=key.id).last_used_at == first + timedelta(minutes=expected)


def test_the_secret_itself_opens_nothing():
    key = make_key(make_institution())
    assert code_of(key.text) == "unauthenticated"
    assert code_of(encoding.encode(key.secret)) == "unauthenticated"


@pytest.mark.parametrize("server", ["custodian:platform", "custodian:partner"])
def test_another_servers_bearer_opens_nothing(server):
    key = make_key(make_institution())
    assert code_of(key.bearer_for(server)) == "unauthenticated"


def test_wrong_ones_read_the_same_as_unknown_ones():
    key = make_key(make_institution())
    wrong = MemberKey(key.id, bytes(32)).bearer_for(PLATFORM)
    unknown = MemberKey.new().bearer_for(PLATFORM)
    texts = set()
    for bearer in (wrong, unknown, "", "aif_live_", "x" * 5000, "aif_live_é", key.bearer_for(PLATFORM) + "A"):
        with pytest.raises(Refusal) as caught:
            authenticate(bearer, ip="", now=timezone.now())
        texts.add((caught.value.code, caught.value.detail))
    assert len(texts) == 1
    assert texts.pop()[0] == "unauthenticated"


def test_an_expired_key():
    key = make_key(make_institution())
    bearer = key.bearer_for(PLATFORM)
    ends = Credential.objects.get(key_id=key.id).expires_at
    authenticate(bearer, ip="", now=ends - timedelta(seconds=1))
    assert code_of(bearer, now=ends) == "key-expired"
    assert code_of(bearer, now=timezone.now() - timedelta(days=1)) == "key-expired"


def test_a_revoked_key_ends_at_once():
    key = make_key(make_institution())
    row = Credential.objects.get(key_id=key.id)
    with acting_as("aif_desk"):
        credentials.revoke(credential_id=row.pk, reason="lost", by=CONSOLE, now=timezone.now())
    assert code_of(key.bearer_for(PLATFORM)) == "key-revoked"


@pytest.mark.parametrize(
    ("ip", "allowed"),
    [
        ("192.0.2.9", True),
        ("::ffff:192.0.2.9", True),
        ("2001:db8::1", True),
        ("192.0.3.1", False),
        ("2001:db9::1", False),
        ("", False),
        ("192.0.2.9, 10.0.0.1", False),
    ],
)
def test_networks(ip, allowed):
    bearer = make_key(make_institution(), cidrs=["192.0.2.0/24", "2001:db8::/32"]).bearer_for(PLATFORM)
    if allowed:
        assert authenticate(bearer, ip=ip, now=timezone.now()).key_id in bearer
    else:
        assert code_of(bearer, ip=ip) == "address-refused"


def test_a_suspended_institution_is_told_so():
    from members.operations import institutions

    institution = make_institution()
    key = make_key(institution)
    operator = make_user("alliance-operator")
    with acting_as("aif_desk"):
        institutions.suspend(institution_id=institution.pk, reason="test", by=operator, now=timezone.now())
    assert code_of(key.bearer_for(PLATFORM)) == "institution-suspended"
    assert code_of(MemberKey(key.id, bytes(32)).bearer_for(PLATFORM)) == "unauthenticated"
