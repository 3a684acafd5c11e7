"""Who sees which evidence, who opens it and why; the trail and the chain have it before the first byte."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from aif_share.errors import Refusal
from clues.evidence import custody, opening, queries
from clues.models import CustodyEntry, EvidenceItem
from clues.vault import files
from members.models import AuditEvent
from tests.clues.exhibits import TEXT, add
from tests.clues.joint import Joint, approve, own, postpone, who
from tests.factories import acting_as, make_user


def seen(joint: Joint, by: Any) -> list[queries.EvidenceView]:
    return queries.list_evidence(case=joint.case, viewer=who(by))


def open_as(item: EvidenceItem, by: Any, reason: str = "Checked for the report") -> bytes:
    opened = opening.open_evidence(evidence=item.ref, reason=reason, by=by, now=timezone.now())
    with io.BufferedReader(opened.content) as content:
        return content.read()


def refused(code: str, call: Any, *given: Any, **named: Any) -> None:
    with pytest.raises(Refusal) as caught:
        call(*given, **named)
    assert caught.value.code == code


def test_others_see_kind_size_and_digests_once_the_part_is_approved_and_told(joint: Joint) -> None:
    item = add(joint.case, joint.alice)
    (own_view,) = seen(joint, joint.alice)
    assert own_view.details and own_view.details.title == "Chat with the caller"
    assert (own_view.is_own, own_view.may_open, own_view.added_by) == (True, True, joint.alice.ref)
    assert seen(joint, joint.bea) == []
    refused("not-found", queries.get_evidence, evidence=item.ref, viewer=who(joint.bea))
    approve(joint, joint.alice, joint.amir)
    (view,) = seen(joint, joint.bea)
    assert (view.kind, view.size, view.sha256, view.sm3) == (item.kind, item.size, item.sha256, item.sm3)
    assert (view.details, view.may_open, view.added_by, view.name) == (None, False, None, None)
    assert view.party == joint.code(joint.aster)
    postpone("case_part")
    assert seen(joint, joint.bea) == []


def test_the_content_is_open_to_others_only_if_it_is_shared(joint: Joint) -> None:
    kept = add(joint.case, joint.alice)
    shared = add(joint.case, joint.alice, b"shared " + TEXT, shared_with_parties=True)
    refused("not-found", open_as, shared, who(joint.bea))
    approve(joint, joint.alice, joint.amir)
    refused("not-found", open_as, kept, who(joint.bea))
    refused("not-found", queries.get_custody, evidence=kept.ref, viewer=who(joint.bea))
    assert open_as(shared, who(joint.bea)) == b"shared " + TEXT
    chain = queries.get_custody(evidence=shared.ref, viewer=who(joint.alice))
    last = chain.entries[-1]
    assert (last.action, last.party, last.by, last.note) == (
        "opened", joint.code(joint.birch), None, "Checked for the report",
    )  # fmt: skip
    theirs = queries.get_custody(evidence=shared.ref, viewer=who(joint.bea))
    assert [entry.note for entry in theirs.entries] == ["", "", "Checked for the report"]
    assert chain.holds and theirs.holds


def test_strangers_and_roles_without_the_right_open_nothing(joint: Joint) -> None:
    item = add(joint.case, joint.alice, shared_with_parties=True)
    approve(joint, joint.alice, joint.amir)
    refused("not-found", open_as, item, who(joint.cy))
    refused("not-found", queries.list_evidence, case=joint.case, viewer=who(joint.cy))
    refused("not-found", queries.get_custody, evidence=item.ref, viewer=who(joint.cy))
    for role in ("auditor", "member-admin", "submitter"):
        person = make_user(role, institution=joint.aster, name=f"some-{role}")
        refused("permission-missing", open_as, item, who(person))
    refused("permission-missing", open_as, item, joint.alice)  # a member's account is nobody at the desk
    assert open_as(item, who(joint.amir)) == TEXT


def test_opening_takes_a_reason_and_is_on_record(joint: Joint) -> None:
    item = add(joint.case, joint.alice)
    refused("field-invalid", open_as, item, who(joint.alice), "  ")
    refused("raw-identifier", open_as, item, who(joint.alice), "of 13800138000")
    with acting_as("aif_owner"):
        assert not AuditEvent.objects.filter(verb="evidence.open").exists()
    opened = opening.open_evidence(evidence=item.ref, reason="To compare", by=who(joint.alice), now=timezone.now())
    with acting_as("aif_owner"):
        event = AuditEvent.objects.get(verb="evidence.open")
    assert (event.actor_ref, event.subject_ref, event.institution_id) == (joint.alice.ref, item.ref, joint.aster.pk)
    assert CustodyEntry.objects.filter(action="opened", note="To compare").count() == 1
    opened.content.close()


def test_the_desk_opens_with_a_reason_and_lists_everything(joint: Joint) -> None:
    item = add(joint.case, joint.alice)
    with acting_as("aif_desk"):
        (view,) = queries.list_at_desk(case=item.case_id, by=joint.olga)
        assert (view.name, view.details and view.details.file_name) == (joint.aster.name, "chat.txt")
        assert open_as(item, joint.olga) == TEXT
        chain = queries.get_at_desk(evidence=item.ref, by=joint.olga)
    assert [(entry.action, entry.name, entry.by) for entry in chain.entries][-1] == ("opened", None, joint.olga.ref)
    assert chain.holds


def test_whose_evidence_others_open_finds_it_in_its_own_trail(joint: Joint) -> None:
    item = add(joint.case, joint.alice, shared_with_parties=True)
    approve(joint, joint.alice, joint.amir)
    open_as(item, who(joint.alice))
    open_as(item, who(joint.bert))
    with acting_as("aif_desk"):
        open_as(item, joint.olga)
    with acting_as("aif_owner"):
        told = list(AuditEvent.objects.filter(verb="evidence.open.elsewhere").order_by("pk"))
    assert [(each.institution_id, each.subject_ref, each.detail["by"]) for each in told] == [
        (joint.aster.pk, item.ref, "party"),
        (joint.aster.pk, item.ref, "alliance"),
    ]
    assert {each.actor_ref for each in told} == {"custody"}  # whose person it was stays with whose person it was


def test_what_was_altered_is_not_opened_and_not_recorded_as_opened(joint: Joint, audited: Any) -> None:
    item = add(joint.case, joint.alice)
    path = files.path_of(item.object)
    path.write_bytes(path.read_bytes()[:-1] + b"?")
    refused("integrity-failed", open_as, item, who(joint.alice))
    assert (audited("evidence.open"), audited("vault.integrity")) == ([], ["vault"])


@pytest.mark.parametrize("column", ["sealed_details", "object_id", "size", "sha256"])
def test_rows_of_two_pieces_are_not_exchanged(joint: Joint, column: str) -> None:
    one, two = add(joint.case, joint.alice), add(joint.case, joint.alice, b"two " + TEXT)
    own("SET CONSTRAINTS ALL IMMEDIATE")
    own("ALTER TABLE evidence_item DROP CONSTRAINT IF EXISTS evidence_item_object_id_key")
    own("ALTER TABLE evidence_item DISABLE TRIGGER USER")
    own(
        f"UPDATE evidence_item a SET {column} = b.{column} FROM evidence_item b WHERE a.id = %s AND b.id = %s",
        one.pk, two.pk,
    )  # fmt: skip
    refused("integrity-failed", open_as, one, who(joint.alice))


def test_without_its_kek_the_list_shows_the_rest(joint: Joint, settings: Any) -> None:
    item = add(joint.case, joint.alice)
    settings.AIF_KEKS = {}
    (view,) = seen(joint, joint.alice)
    assert (view.details, view.is_unreadable, view.sha256) == (None, True, item.sha256)
    refused("kek-missing", open_as, item, who(joint.alice))


def test_the_chain_only_grows_and_a_change_shows(joint: Joint) -> None:
    item = add(joint.case, joint.alice)
    open_as(item, who(joint.alice))
    for statement in (
        "UPDATE custody_entry SET note = ''",
        "DELETE FROM custody_entry WHERE seq = 3",
        "TRUNCATE custody_entry",
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            own(statement)
    entries = list(item.custody.order_by("seq"))
    assert custody.holds(item, entries)
    for change in ({"note": "other"}, {"actor_ref": "U-OTHER"}, {"at": timezone.now()}, {"action": "added"}):
        before = {name: getattr(entries[2], name) for name in change}
        for name, value in change.items():
            setattr(entries[2], name, value)
        assert not custody.holds(item, entries), change
        for name, value in before.items():
            setattr(entries[2], name, value)
    assert not custody.holds(item, entries[1:])
    assert not custody.holds(item, [])


def test_an_approved_part_is_not_added_to_behind_the_rules(joint: Joint) -> None:
    item = add(joint.case, joint.alice)
    approve(joint, joint.alice, joint.amir)
    with pytest.raises(DatabaseError), transaction.atomic():
        EvidenceItem.objects.filter(pk=item.pk).update(shared_with_parties=True)
    with pytest.raises(DatabaseError), transaction.atomic():
        own("UPDATE evidence_item SET sha256 = repeat('0', 64)")
