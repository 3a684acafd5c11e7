"""Apply, suspend, reinstate: what works, who may, what is refused, what is written."""

from __future__ import annotations

import pytest
from django.utils import timezone

from aif_share.errors import Refusal
from members.models import Institution, InstitutionGroup
from members.operations import institutions
from members.permissions import Console
from tests.factories import make_institution, make_key

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("as_desk")]


def now():
    return timezone.now()


def refused(call, **arguments) -> Refusal:
    with pytest.raises(Refusal) as caught:
        call(now=now(), **arguments)
    return caught.value


class TestApply:
    def test_it_stores_an_application(self, cast, trail, outbox):
        trail()
        told = len(outbox())
        made = institutions.apply(name="  Dahlia   Bank ", sector="bank", by=cast.olga, now=now(), screen_quota=5)
        made.refresh_from_db()
        assert (made.name, made.state, made.applied_by, made.screen_quota) == ("Dahlia Bank", "applied", cast.olga, 5)
        assert (made.evaluate_quota, made.submit_quota) == (50_000, 50_000)
        assert made.group.name == "Dahlia Bank"
        assert trail() == ["institution.apply"]
        assert len(outbox()) == told, "nobody hears of an application"

    def test_a_group_is_shared_by_its_name(self, cast):
        first = institutions.apply(name="East", sector="bank", group="Compass", by=cast.olga, now=now())
        second = institutions.apply(name="West", sector="insurer", group="Compass", by=cast.olga, now=now())
        assert first.group_id == second.group_id

    @pytest.mark.parametrize(
        ("change", "code"),
        [
            ({"sector": "circus"}, "sector-unknown"),
            ({"name": "Aster Bank"}, "name-taken"),
            ({"name": " aster  bank ".title()}, "name-taken"),
            ({"name": ""}, "field-invalid"),
            ({"name": "x" * 201}, "field-invalid"),
            ({"name": "a\x00b"}, "field-invalid"),
            ({"group": " "}, "field-invalid"),
            ({"screen_quota": -1}, "field-invalid"),
            ({"submit_quota": 2**63}, "field-invalid"),
        ],
    )
    def test_a_refusal_stores_nothing(self, cast, trail, change, code):
        trail()
        before = (Institution.objects.count(), InstitutionGroup.objects.count())
        asked = {"name": "Dahlia", "sector": "bank", "by": cast.olga} | change
        assert refused(institutions.apply, **asked).code == code
        assert (Institution.objects.count(), InstitutionGroup.objects.count()) == before
        assert trail() == []

    @pytest.mark.parametrize("person", ["pavel", "alice", "amir"])
    def test_only_an_operator_applies(self, cast, person):
        by = getattr(cast, person)
        assert refused(institutions.apply, name="Dahlia", sector="bank", by=by).code == "permission-missing"


class TestSuspend:
    def test_it_stops_the_institution_and_tells_the_custodian(self, cast, trail, outbox):
        key = make_key(cast.aster)
        trail()
        institutions.suspend(institution_id=cast.aster.pk, reason="  audit ", by=cast.olga, now=now())
        cast.aster.refresh_from_db()
        assert (cast.aster.state, cast.aster.suspended_reason) == ("suspended", "audit")
        assert cast.aster.suspended_by == cast.olga
        assert trail() == ["institution.suspend"]
        messages = outbox()
        assert messages[-1].payload["state"] == "suspended"
        assert messages[-1].payload["version"] == messages[-2].payload["version"] + 1
        assert len(messages[-1].payload["verifiers"]) == 1
        assert key.id not in str(messages[-1].payload)

    @pytest.mark.parametrize("reason", ["", "   ", "x" * 501])
    def test_it_needs_a_reason(self, cast, trail, reason):
        trail()
        refusal = refused(institutions.suspend, institution_id=cast.aster.pk, reason=reason, by=cast.olga)
        assert (refusal.code, refusal.extra) == ("field-invalid", {"field": "reason"})
        assert trail() == []

    @pytest.mark.parametrize("state", ["applied", "suspended"])
    def test_only_a_live_one(self, cast, state):
        other = make_institution(at=state)
        refusal = refused(institutions.suspend, institution_id=other.pk, reason="x", by=cast.olga)
        assert (refusal.code, refusal.extra) == ("transition-refused", {"state": state})

    def test_members_cannot(self, cast):
        refusal = refused(institutions.suspend, institution_id=cast.birch.pk, reason="x", by=cast.amir)
        assert refusal.code == "permission-missing"


class TestReinstate:
    def test_an_approver_lets_it_work_again(self, cast, trail, outbox):
        stopped = make_institution(at="suspended")
        trail()
        institutions.reinstate(institution_id=stopped.pk, reason="cleared", by=cast.pavel, now=now())
        stopped.refresh_from_db()
        assert (stopped.state, stopped.suspended_at, stopped.suspended_reason) == ("live", None, "")
        assert trail() == ["institution.reinstate"]
        assert outbox()[-1].payload["state"] == "live"

    def test_an_operator_cannot(self, cast):
        stopped = make_institution(at="suspended")
        refusal = refused(institutions.reinstate, institution_id=stopped.pk, reason="x", by=cast.olga)
        assert refusal.code == "permission-missing"

    def test_only_a_suspended_one(self, cast):
        refusal = refused(institutions.reinstate, institution_id=cast.aster.pk, reason="x", by=cast.pavel)
        assert refusal.code == "transition-refused"


def test_created_at_the_machine_it_is_live_at_once(trail, outbox):
    made = institutions.create_institution(name="Elm", sector="telecom", by=Console("x"), now=now())
    assert (made.state, made.admitted_by, made.applied_by) == ("live", None, None)
    assert trail() == ["institution.create"]
    assert outbox()[-1].payload["state"] == "live"


def test_no_person_creates_without_a_second(cast):
    for person in (cast.olga, cast.pavel, cast.amir):
        refusal = refused(institutions.create_institution, name="Elm", sector="telecom", by=person)
        assert refusal.code == "permission-missing"
