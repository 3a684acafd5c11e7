"""What two people decide: who may, in which state, that deciding does it, and that the database says so, too."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from aif_share.errors import Refusal
from members.models import Approval, AuditEvent
from members.operations import approvals, audit_export, quotas
from members.permissions import Console
from tests.factories import acting_as, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("as_desk")]


def now():
    return timezone.now()


def refused(call, **arguments) -> str:
    with pytest.raises(Refusal) as caught, transaction.atomic():
        call(now=now(), **arguments)
    return caught.value.code


def ask(cast, by=None, reason="pilot", **wanted):
    return quotas.set_quotas(
        institution_id=cast.aster.pk, reason=reason, by=by or cast.olga, now=now(), **wanted or {"screen_quota": 9_000}
    )


def quota(cast) -> int:
    cast.aster.refresh_from_db()
    return cast.aster.screen_quota


class TestQuotas:
    def test_lower_at_once_by_one(self, cast, trail, outbox):
        trail()
        assert ask(cast, screen_quota=5, evaluate_quota=9) is None
        assert quota(cast) == 5
        assert trail() == ["institution.quotas.set"]
        detail = AuditEvent.objects.latest("id").detail
        assert (detail["before"]["screen_quota"], detail["after"]["screen_quota"]) == (2_000, 5)
        assert outbox()[-1].payload["evaluate_quota"] == 9

    def test_higher_waits_for_a_second_person(self, cast, trail, outbox):
        trail()
        told = len(outbox())
        proposal = ask(cast, evaluate_quota=60_000, screen_quota=5)
        assert quota(cast) == 2_000, "the whole waits"
        assert trail() == ["approval.propose"]
        approvals.approve(approval_id=proposal.pk, version=1, by=cast.pavel, now=now())
        cast.aster.refresh_from_db()
        assert (cast.aster.evaluate_quota, cast.aster.screen_quota) == (60_000, 5)
        assert trail() == ["approval.approve", "institution.quotas.set"]
        assert len(outbox()) == told + 1

    def test_what_changes_nothing_is_no_proposal(self, cast):
        assert refused(quotas.set_quotas, institution_id=cast.aster.pk, reason="x", by=cast.olga,
                       screen_quota=2_000) == "field-invalid"  # fmt: skip

    @pytest.mark.parametrize("person", ["alice", "amir"])
    def test_members_set_nothing(self, cast, person):
        assert refused(ask_raw, cast=cast, by=getattr(cast, person)) == "permission-missing"

    def test_the_console_has_no_second_person(self, cast):
        assert refused(ask_raw, cast=cast, by=Console("x")) == "four-eyes"

    def test_a_proposal_from_other_figures_is_out_of_date(self, cast):
        proposal = ask(cast)
        ask(cast, screen_quota=7)
        assert refused(approvals.approve, approval_id=proposal.pk, version=1, by=cast.pavel) == "version-changed"
        assert (quota(cast), state(proposal)) == (7, "proposed"), "neither done nor approved"

    def test_the_database_raises_nothing_by_itself(self, cast):
        statement = "UPDATE institution SET screen_quota = screen_quota + 1 WHERE id = %s"
        for role in ("aif_desk", "aif_owner"):
            with acting_as(role), pytest.raises(IntegrityError, match="second person"), transaction.atomic():
                with connection.cursor() as cursor:
                    cursor.execute(statement, [cast.aster.pk])
        with connection.cursor() as cursor:
            cursor.execute("UPDATE institution SET screen_quota = screen_quota - 1 WHERE id = %s", [cast.aster.pk])

    def test_what_was_approved_once_raises_once(self, cast):
        """Lowered again by one person, it is not raised again by one, to what two had agreed on before."""
        proposal = ask(cast)
        approvals.approve(approval_id=proposal.pk, version=1, by=cast.pavel, now=now())
        proposal.refresh_from_db()
        assert quota(cast) == 9_000 and proposal.used_at is not None
        ask(cast, screen_quota=2_000)
        with pytest.raises(IntegrityError, match="second person"), transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("UPDATE institution SET screen_quota = 9000 WHERE id = %s", [cast.aster.pk])
        again = ask(cast)
        approvals.approve(approval_id=again.pk, version=1, by=cast.pavel, now=now())
        assert quota(cast) == 9_000


def ask_raw(*, cast, by, now):
    return quotas.set_quotas(institution_id=cast.aster.pk, reason="x", by=by, now=now, screen_quota=9_000)


def state(proposal: Approval) -> str:
    proposal.refresh_from_db()
    return proposal.state


class TestSecondPerson:
    @pytest.fixture
    def otto(self):
        return make_user("alliance-approver", name="otto")

    def test_the_author_decides_nothing(self, cast):
        proposal = ask(cast, by=cast.pavel)
        for call, more in ((approvals.approve, {}), (approvals.give_back, {"reason": "x"})):
            assert refused(call, approval_id=proposal.pk, version=1, by=cast.pavel, **more) == "four-eyes"
        assert state(proposal) == "proposed"

    def test_nor_does_the_last_editor(self, cast, otto):
        proposal = ask(cast)
        changed = ask(cast, by=cast.pavel, screen_quota=8_000, reason="less")
        assert (changed.pk, changed.version, changed.edited_by) == (proposal.pk, 2, cast.pavel)
        assert refused(approvals.approve, approval_id=proposal.pk, version=2, by=cast.pavel) == "four-eyes"
        assert refused(approvals.approve, approval_id=proposal.pk, version=1, by=otto) == "version-changed"
        approvals.approve(approval_id=proposal.pk, version=2, by=otto, now=now())
        assert quota(cast) == 8_000

    @pytest.mark.parametrize("field", ["proposed_by", "edited_by"])
    def test_the_database_says_so_too(self, cast, otto, field):
        proposal = ask(cast)
        ask(cast, by=otto, reason="again")
        person = {"proposed_by": cast.olga, "edited_by": otto}[field]
        with pytest.raises(IntegrityError, match="approval_n"), transaction.atomic():
            Approval.objects.filter(pk=proposal.pk).update(state="approved", decided_by=person, decided_at=now())

    def test_whose_role_it_is_not(self, cast):
        proposal = ask(cast)
        other = make_user("alliance-operator")
        assert refused(approvals.approve, approval_id=proposal.pk, version=1, by=other) == "permission-missing"

    def test_returned_with_a_reason(self, cast, trail):
        proposal = ask(cast)
        trail()
        assert refused(approvals.give_back, approval_id=proposal.pk, version=1, reason=" ", by=cast.pavel) == (
            "field-invalid")  # fmt: skip
        approvals.give_back(approval_id=proposal.pk, version=1, reason="too much", by=cast.pavel, now=now())
        assert (state(proposal), proposal.decision_reason, quota(cast)) == ("returned", "too much", 2_000)
        assert trail() == ["approval.return"]
        assert ask(cast).pk != proposal.pk, "a new one may be proposed"

    def test_taken_back_by_its_author_alone(self, cast, otto):
        proposal = ask(cast)
        assert refused(approvals.withdraw, approval_id=proposal.pk, by=otto) == "permission-missing"
        approvals.withdraw(approval_id=proposal.pk, by=cast.olga, now=now())
        assert state(proposal) == "withdrawn"
        for call in (approvals.approve, approvals.give_back):
            more = {} if call is approvals.approve else {"reason": "x"}
            assert refused(call, approval_id=proposal.pk, version=1, by=otto, **more) == "transition-refused"

    def test_it_lapses_after_seven_days(self, cast, trail):
        proposal = ask(cast)
        late = now() + timedelta(days=7)
        with pytest.raises(Refusal, match="lapsed"), transaction.atomic():
            approvals.approve(approval_id=proposal.pk, version=1, by=cast.pavel, now=late)
        trail()
        with acting_as("aif_match"):
            assert approvals.expire(now=late - timedelta(minutes=1)) == 0
            assert approvals.expire(now=late) == 1
            assert approvals.expire(now=late) == 0
        assert state(proposal) == "expired" and trail() == ["approval.expire"]


class TestExport:
    def export(self, cast, *, by=None, reason="audit", **other):
        today = timezone.localdate()
        asked = {"institution": "", "since": today, "until": today} | other
        return list(audit_export.export(by=by or cast.olga, now=now(), reason=reason, **asked))

    def test_few_rows_go_by_one(self, cast, trail):
        trail()
        lines = self.export(cast)
        assert lines[0].startswith("at,verb") and any('"user.create"' in line for line in lines)
        assert trail() == ["export.take"]

    def test_many_rows_go_once_by_two(self, cast, trail, monkeypatch):
        monkeypatch.setattr(approvals, "FREE_ROWS", 2)
        trail()
        with pytest.raises(Refusal) as caught:
            self.export(cast)
        assert caught.value.code == "approval-missing"
        with pytest.raises(Refusal):
            self.export(cast)
        assert trail() == ["approval.propose"], "asked again it is the same proposal"
        proposal = Approval.objects.get()
        assert refused(approvals.approve, approval_id=proposal.pk, version=1, by=cast.olga) == "permission-missing"
        approvals.approve(approval_id=proposal.pk, version=1, by=cast.pavel, now=now())
        with pytest.raises(Refusal):
            self.export(cast, by=cast.pavel)  # not what, nor for whom, it was approved
        with pytest.raises(Refusal):
            self.export(cast, institution=cast.aster.ref, since=timezone.localdate() - timedelta(days=1))
        assert len(self.export(cast)) > 3
        proposal.refresh_from_db()
        assert proposal.used_at is not None
        with pytest.raises(Refusal):
            self.export(cast)  # once

    def test_an_approval_is_good_for_a_day(self, cast, monkeypatch):
        monkeypatch.setattr(approvals, "FREE_ROWS", 2)
        with pytest.raises(Refusal):
            self.export(cast)
        proposal = Approval.objects.get()
        approvals.approve(approval_id=proposal.pk, version=1, by=cast.pavel, now=now() - timedelta(hours=25))
        with pytest.raises(Refusal):
            self.export(cast)

    @pytest.mark.parametrize("person", ["alice", "amir"])
    def test_members_take_nothing(self, cast, person):
        with pytest.raises(Refusal):
            self.export(cast, by=getattr(cast, person))

    def test_what_is_asked_wrongly(self, cast):
        today = timezone.localdate()
        for wrong in ({"since": today, "until": today - timedelta(days=1)}, {"institution": "Aster"}):
            with pytest.raises(Refusal) as caught:
                self.export(cast, **wrong)
            assert caught.value.code == "field-invalid"


def test_every_kind_is_complete():
    from members.permissions import ROLE_PERMISSIONS

    assert {"quota-raise", "export", "key-rotation"} <= set(approvals.KINDS)
    for kind in approvals.KINDS.values():
        assert kind.zh and kind.en and kind.zh != kind.en
        for needed in (kind.propose, kind.decide):
            assert any(needed in permissions for permissions in ROLE_PERMISSIONS.values()), kind.code
    with pytest.raises(ValueError, match="twice"):
        approvals.register(approvals.KINDS["export"])
