"""Sharing, legal hold, destruction and retention: what may become of evidence that is there."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from aif_share.errors import Refusal
from clues import tasks
from clues.evidence import destruction, holding, queries, uploads
from clues.models import Case, CasePart, DataKey, EvidenceItem, EvidenceUpload, StoredObject
from clues.retention import delete
from tests.clues.exhibits import add, begin, on_disk, send
from tests.clues.joint import Joint, approve, own, who
from tests.clues.scene import step
from tests.factories import acting_as, make_user

NOW = timezone.now()
LATER = NOW + timedelta(days=4 * 366)


def refused(code: str, call: Any, *given: Any, **named: Any) -> None:
    with pytest.raises(Refusal) as caught:
        call(*given, **named)
    assert caught.value.code == code


def again(item: EvidenceItem) -> EvidenceItem:
    return EvidenceItem.objects.select_related("object__key").get(pk=item.pk)


def destroy(item: EvidenceItem, by: Any, **named: Any) -> EvidenceItem:
    given = {"reason": "Added by mistake", "version": again(item).version, **named}
    return destruction.destroy(evidence=item.ref, by=who(by), now=NOW, **given)


def rest() -> None:
    own("UPDATE case_file SET state = 'dismissed', closed_reason = 'over', due_at = NULL, lead_id = NULL")


def test_sharing_takes_the_approval_back(joint: Joint, audited: Any) -> None:
    item = add(joint.case, joint.alice)
    approve(joint, joint.alice, joint.amir)
    refused("version-changed", holding.share, evidence=item.ref, shared=True, version=7, by=who(joint.alice), now=NOW)
    assert CasePart.objects.get(institution=joint.aster).state == "approved"
    holding.share(evidence=item.ref, shared=True, version=1, by=who(joint.alice), now=NOW)
    assert again(item).shared_with_parties
    assert CasePart.objects.get(institution=joint.aster).state == "draft"
    refused(
        "transition-refused", holding.share, evidence=item.ref, shared=True, version=2, by=who(joint.alice), now=NOW
    )
    approve(joint, joint.alice, joint.amir)
    refused("not-found", holding.share, evidence=item.ref, shared=False, version=2, by=who(joint.bea), now=NOW)
    assert audited("evidence.share") == [joint.alice.ref]


def test_a_second_person_destroys_and_only_the_record_stays(
    joint: Joint, audited: Any, django_capture_on_commit_callbacks: Any
) -> None:
    item, other = add(joint.case, joint.alice), add(joint.case, joint.alice)
    refused("permission-missing", destroy, item, joint.alice)
    refused("not-found", destroy, item, joint.bert)
    refused("version-changed", destroy, item, joint.amir, version=9)
    refused("field-invalid", destroy, item, joint.amir, reason="")
    with django_capture_on_commit_callbacks(execute=True):
        destroy(item, joint.amir)
    row = again(item)
    assert (row.state, row.destroyed_by_id, bytes(row.object.key.wrapped)) == ("destroyed", joint.amir.pk, b"")
    assert len(on_disk()) == 1
    view = queries.get_evidence(evidence=item.ref, viewer=who(joint.alice))
    assert (view.details, view.may_open, view.sha256) == (None, False, item.sha256)
    chain = queries.get_custody(evidence=item.ref, viewer=who(joint.alice))
    assert (chain.holds, chain.entries[-1].action, chain.entries[-1].note) == (True, "destroyed", "Added by mistake")
    refused("evidence-destroyed", destroy, item, joint.amir)
    assert audited("evidence.destroy") == [joint.amir.ref]
    assert again(other).state == "stored"


def test_who_added_it_does_not_destroy_it_whatever_its_role_is_now(joint: Joint) -> None:
    item = add(joint.case, joint.alice)
    own("UPDATE user_account SET role = 'approver' WHERE id = %s", joint.alice.pk)
    refused("four-eyes", destroy, item, joint.alice)
    with pytest.raises(DatabaseError), transaction.atomic():
        own(
            "UPDATE evidence_item SET state = 'destroyed', destroyed_at = now(), destroyed_by_id = added_by_id, "
            "version = 2"
        )


def test_what_was_approved_is_not_destroyed_while_the_case_stands_on_it(joint: Joint) -> None:
    item = add(joint.case, joint.alice)
    approve(joint, joint.alice, joint.amir)
    approve(joint, joint.bea, joint.bert)
    with acting_as("aif_desk"):
        case = Case.objects.get()
    step(case, "ready", joint.alice)
    refused("transition-refused", destroy, item, joint.amir)
    rest()
    assert destroy(item, joint.amir).state == "destroyed"


def test_a_hold_keeps_it_from_people_and_from_retention(joint: Joint, audited: Any) -> None:
    item = add(joint.case, joint.alice)
    refused("permission-missing", holding.place_hold, evidence=item.ref, reason="Asked", by=who(joint.alice), now=NOW)
    holding.place_hold(evidence=item.ref, reason="The court asked", by=who(joint.amir), now=NOW)
    refused("legal-hold", destroy, item, joint.amir)
    rest()
    with acting_as("aif_match"):
        assert destruction.destroy_due(limit=10, now=LATER) == 0
    holding.lift_hold(evidence=item.ref, reason="It is over", by=who(joint.amir), now=NOW)
    with acting_as("aif_match"):
        assert destruction.destroy_due(limit=10, now=LATER) == 1
    assert audited("evidence.hold") == [joint.amir.ref] * 2
    assert audited("evidence.destroy") == ["retention"]


def test_what_the_alliance_holds_only_the_alliance_lets_go(joint: Joint) -> None:
    item = add(joint.case, joint.alice)
    with acting_as("aif_desk"):
        refused("permission-missing", holding.place_hold, evidence=item.ref, reason="Asked", by=joint.olga, now=NOW)
        holding.place_hold(evidence=item.ref, reason="The police asked", by=joint.pavel, now=NOW)
    refused("legal-hold", holding.lift_hold, evidence=item.ref, reason="No", by=who(joint.amir), now=NOW)
    with acting_as("aif_desk"):
        holding.lift_hold(evidence=item.ref, reason="It is over", by=joint.pavel, now=NOW)
    assert not again(item).legal_hold


def test_retention_destroys_what_had_its_time_after_the_case_rests(joint: Joint) -> None:
    by_rule, by_day = add(joint.case, joint.alice), add(joint.case, joint.alice, keep_until="2027-06-01")
    with acting_as("aif_match"):
        assert destruction.destroy_due(limit=10, now=LATER) == 0  # the case goes on
    rest()
    with acting_as("aif_match"):
        assert destruction.destroy_due(limit=10, now=NOW + timedelta(days=300)) == 1
        assert (again(by_day).state, again(by_rule).state) == ("destroyed", "stored")
        assert destruction.destroy_due(limit=10, now=LATER) == 1
        assert DataKey.objects.filter(destroyed_at__isnull=True).count() == 0


def test_evidence_of_a_merged_case_waits_for_the_one_that_goes_on(joint: Joint) -> None:
    add(joint.case, joint.alice)
    rest()
    own(
        "INSERT INTO case_file (match_id, state, version, opened_by_id, opened_at, changed_at, due_at, receiver, closed_code, "
        "closed_reason) SELECT match_id, 'triage', 1, opened_by_id, now(), now(), now(), '', '', '' FROM case_file"
    )
    own(
        "UPDATE case_file SET state = 'merged', closed_reason = 'x', due_at = NULL, lead_id = NULL, "
        "merged_into_id = (SELECT max(id) FROM case_file) WHERE id = (SELECT min(id) FROM case_file)"
    )
    with acting_as("aif_match"):
        assert destruction.destroy_due(limit=10, now=LATER) == 0
    own("UPDATE case_file SET state = 'dismissed', closed_reason = 'x', due_at = NULL WHERE state = 'triage'")
    with acting_as("aif_match"):
        assert destruction.destroy_due(limit=10, now=LATER) == 1


def test_holds_and_days_are_the_holders(joint: Joint) -> None:
    item = add(joint.case, joint.alice, keep_until="2027-06-01", shared_with_parties=True)
    approve(joint, joint.alice, joint.amir)
    holding.place_hold(evidence=item.ref, reason="The court asked", by=who(joint.amir), now=NOW)
    ours = queries.get_evidence(evidence=item.ref, viewer=who(joint.alice))
    theirs = queries.get_evidence(evidence=item.ref, viewer=who(joint.bea))
    assert (ours.legal_hold, ours.version, str(ours.keep_until)) == (True, 2, "2027-06-01")
    assert (theirs.legal_hold, theirs.version, theirs.keep_until) == (False, 1, None)
    with acting_as("aif_desk"):
        assert queries.list_at_desk(case=item.case_id, by=joint.olga)[0].legal_hold


def test_an_upload_that_stands_still_expires(joint: Joint, django_capture_on_commit_callbacks: Any) -> None:
    upload = begin(joint.case, joint.alice)
    send(upload, joint.alice, b"")
    with acting_as("aif_match"), django_capture_on_commit_callbacks(execute=True):
        assert destruction.expire_uploads(limit=10, now=NOW + timedelta(days=6)) == 0
        assert destruction.expire_uploads(limit=10, now=NOW + timedelta(days=8)) == 1
    assert EvidenceUpload.objects.get().state == "expired"
    assert on_disk() == []


def test_another_approver_of_the_same_institution_may(joint: Joint) -> None:
    item = add(joint.case, joint.alice)
    second = make_user("approver", institution=joint.aster, name="second")
    assert destroy(item, second).destroyed_by_id == second.pk


def test_uploads_that_ended_go_after_their_time_and_evidence_stays(joint: Joint) -> None:
    item, upload = add(joint.case, joint.alice), begin(joint.case, joint.alice)
    open_one = begin(joint.case, joint.alice)
    uploads.cancel(upload=upload, by=who(joint.alice), now=NOW)
    with acting_as("aif_match"):
        assert delete.delete_ended(now=NOW + timedelta(days=29))["evidence-uploads"] == 0
        assert delete.delete_ended(now=NOW + timedelta(days=31))["evidence-uploads"] == 2
    assert [row.ref for row in EvidenceUpload.objects.all()] == [open_one]
    assert again(item).object.state == "complete"
    assert (DataKey.objects.count(), StoredObject.objects.count()) == (2, 2)


def test_the_worker_keeps_house(joint: Joint) -> None:
    add(joint.case, joint.alice)
    rest()
    own("UPDATE case_file SET changed_at = now() - interval '4 years'")
    with acting_as("aif_match"):
        tasks.RETENTION.do()
        assert tasks.turns.last("retention")["evidence"] == 1
