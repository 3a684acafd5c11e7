"""The trail: in the transaction, known verbs only, each viewer their own."""

from __future__ import annotations

import pytest
from django.db import transaction
from django.utils import timezone

from aif_share.errors import Refusal
from members import audit
from members.audit.queries import list_events
from members.models import AuditEvent, reference
from members.operations import institutions, quotas
from members.queries import Caller
from tests.factories import CONSOLE, acting_as, make_user


@pytest.mark.django_db
def test_it_names_actor_and_subject_by_reference(cast):
    with transaction.atomic():
        audit.record("case.open", actor=cast.alice, subject_ref="CASE-X", institution_id=cast.aster.pk, detail={"n": 1})
    with acting_as("aif_audit"):
        row = AuditEvent.objects.latest("id")
    assert (row.actor_kind, row.actor_ref) == ("user", reference.encode("U", cast.alice.pk))
    assert (row.verb, row.subject_ref, row.institution_id, row.detail) == (
        "case.open",
        "CASE-X",
        cast.aster.pk,
        {"n": 1},
    )
    assert abs((timezone.now() - row.at).total_seconds()) < 60
    assert "alice" not in str(row.__dict__)


@pytest.mark.django_db
def test_an_unknown_verb_is_an_error():
    with pytest.raises(ValueError, match=r"members\.audit\.verbs"), transaction.atomic():
        audit.record("case.vanish", actor=CONSOLE)


def test_outside_of_a_transaction_is_an_error(fresh_database):
    with pytest.raises(RuntimeError, match="transaction"):
        audit.record("case.open", actor=CONSOLE)


def test_without_its_event_nothing_changes(fresh_database, monkeypatch):
    with acting_as("aif_desk"):
        made = institutions.create_institution(name="Aster", sector="bank", by=CONSOLE, now=timezone.now())
        monkeypatch.setattr(AuditEvent.objects, "bulk_create", lambda *_, **__: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            quotas.set_quotas(institution_id=made.pk, screen_quota=1, reason="x", by=CONSOLE, now=timezone.now())
        made.refresh_from_db()
    assert made.screen_quota == 2_000


def test_a_caller_is_an_actor():
    caller = Caller(1, "abcd1234", (), timezone.now(), 1, "", 1, "bank", "live", "unspecified", 1, 1, 1)
    assert (caller.audit_kind, caller.audit_ref) == ("key", "abcd1234")


@pytest.mark.django_db
def test_an_auditor_sees_the_own_institutions_events(cast):
    auditor = make_user("auditor", institution=cast.aster)
    with acting_as("aif_desk"):
        seen = list_events(viewer=auditor)
        assert {event.institution_id for event in seen} == {cast.aster.pk}
        everything = list_events(viewer=cast.olga, limit=1000)
        assert len({event.institution_id for event in everything}) > 3
        assert [event.id for event in everything] == sorted((event.id for event in everything), reverse=True)
        page = list_events(viewer=cast.olga, before=everything[3].id, limit=2)
        assert [event.id for event in page] == [event.id for event in everything[4:6]]
        with pytest.raises(Refusal):
            list_events(viewer=cast.alice)
