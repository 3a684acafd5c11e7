"""Parts of a case: a draft is its own institution's, its second person approves it, and then the others read it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from clues.cases import guards, part_queries, parts, transition
from clues.models import Case, CasePart
from tests.clues.alliance import caller
from tests.clues.joint import (
    FACTS,
    Joint,
    approve,
    now,
    own,
    postpone,
    refused,
    told,
    version_of,
    who,
    write,
)
from tests.clues.scene import step, try_perform, wait_for_tick
from tests.factories import acting_as, make_user


def test_a_part_goes_from_draft_to_approved(joint: Joint, audited: Any) -> None:
    empty = part_queries.get_own_part(case=joint.case, viewer=who(joint.alice))
    assert (empty.state, empty.version, empty.content.facts, empty.author) == ("draft", 1, "", None)
    row = write(
        joint.case, joint.alice, amount_claimed="1000", amount_lost="12.50", amount_prevented="0", victims=2, persons="4",
        from_date="2026-01-05", until_date="2026-02-01", clues=["aster-1"],
    )  # fmt: skip
    seen = part_queries.get_own_part(case=joint.case, viewer=who(joint.amir))
    assert (seen.state, seen.version, seen.author, seen.editor) == ("draft", 2, joint.alice.ref, joint.alice.ref)
    content = seen.content
    assert (content.facts, str(content.amount_lost), content.victims, content.persons) == (FACTS, "12.50", 2, 4)
    assert [clue.client_ref for clue in seen.clues] == ["aster-1"] and content.clues == 1
    row = parts.mark_ready(case=joint.case, version=row.version, by=who(joint.alice))
    row = parts.approve(case=joint.case, version=row.version, by=who(joint.amir), now=now())
    assert (row.state, row.version, row.approved_by_id) == ("approved", 4, joint.amir.pk)
    for verb, person in (("edit", joint.alice), ("ready", joint.alice), ("approve", joint.amir)):
        assert audited(f"case.part.{verb}") == [person.ref]
    assert told("case.part-approved") == ["Birch Finance"]


def test_what_belongs_to_a_part_changes_it_as_writing_does(joint: Joint) -> None:
    approve(joint, joint.alice, joint.amir)
    ada = make_user("analyst", institution=joint.aster, name="ada")
    with transaction.atomic():
        row = parts.change(case=joint.case, by=who(ada), now=now())
    assert (row.state, row.version, row.editor_id, row.author_id) == ("draft", 5, ada.pk, joint.alice.pk)
    assert row.approved_by_id is None and row.released_at is None
    refused("version-changed", parts.change, case=joint.case, by=who(ada), now=now(), version=4)
    refused("permission-missing", parts.change, case=joint.case, by=who(joint.amir), now=now())


def test_the_others_see_nothing_before_it_is_approved_and_told(joint: Joint) -> None:
    def shown() -> Any:
        (part,) = part_queries.list_shared_parts(case=joint.case, viewer=who(joint.bea))
        return part.content

    row = write(joint.case, joint.alice)
    assert shown() is None
    row = parts.mark_ready(case=joint.case, version=row.version, by=who(joint.alice))
    assert shown() is None
    parts.approve(case=joint.case, version=row.version, by=who(joint.amir), now=now())
    tick = CasePart.objects.get().released_at
    postpone("case_part")
    assert shown() is None, "never before the tick"
    own("UPDATE case_part SET released_at = %s", tick)
    wait_for_tick()
    assert shown().facts == FACTS
    (part,) = part_queries.list_shared_parts(case=joint.case, viewer=who(joint.bea))
    assert part.party.name is None and "Aster" not in repr(part)


def test_editing_an_approved_part_takes_the_approval_back(joint: Joint) -> None:
    row = approve(joint, joint.alice, joint.amir)
    same = write(joint.case, joint.alice, amount_lost="1200.5")
    assert (same.state, same.version) == ("approved", row.version), "nothing was changed"
    row = write(joint.case, joint.alice, facts="Four callers.")
    assert (row.state, row.approved_by_id, row.released_at) == ("draft", None, None)
    (part,) = part_queries.list_shared_parts(case=joint.case, viewer=who(joint.bea))
    assert part.content is None


def test_neither_author_nor_last_editor_approves(joint: Joint) -> None:
    """Alice wrote it, Ann wrote on it last; both become approvers, and neither may."""
    ann, amy = (make_user("analyst", institution=joint.aster) for _ in range(2))
    for person in (joint.alice, amy, ann):
        write(joint.case, person, facts=f"Facts by {person.username}.")
    parts.mark_ready(case=joint.case, version=version_of(ann), by=who(joint.alice))
    own("UPDATE user_account SET role = 'approver' WHERE id = ANY(%s)", [joint.alice.pk, ann.pk, amy.pk])
    for person in (joint.alice, ann):
        refused("four-eyes", parts.approve, case=joint.case, version=version_of(ann), by=who(person), now=now())
    assert parts.approve(case=joint.case, version=version_of(ann), by=who(amy), now=now()).state == "approved"


def test_the_database_wants_a_second_person_too(joint: Joint) -> None:
    write(joint.case, joint.alice)
    write(joint.case, make_user("analyst", institution=joint.aster, name="ann"), facts="More.")
    row = CasePart.objects.get()
    own("UPDATE case_part SET state = 'ready'")
    right: dict[str, Any] = {
        "state": "approved", "approved_by": joint.amir.pk, "approved_at": now(), "released_at": now()
    }  # fmt: skip
    wrong: list[dict[str, Any]] = [
        *({"approved_by": number} for number in (row.author_id, row.editor_id, joint.bert.pk, joint.pavel.pk, None)),
        {"approved_at": None}, {"released_at": None}, {"state": "ready"},
        {"facts": "Other facts."}, {"clue_ids": [1]}, {"author": joint.amir.pk},
    ]  # fmt: skip
    for changes in wrong:
        for role in ("aif_web", "aif_owner"):
            with pytest.raises(IntegrityError), transaction.atomic(), acting_as(role):
                CasePart.objects.filter(pk=row.pk).update(**right | changes)
    assert CasePart.objects.filter(pk=row.pk).update(**right) == 1


def test_the_database_wants_it_handed_over_and_unchanged(joint: Joint) -> None:
    row = write(joint.case, joint.alice)
    approved = {"state": "approved", "approved_by": joint.amir, "approved_at": now(), "released_at": now()}
    colleague = make_user("analyst", institution=joint.aster)
    with acting_as("aif_web"):
        for name, changes in (
            ("as_handed_over", approved),
            ("as_handed_over", {**approved, "editor": colleague}),
        ):
            with pytest.raises(IntegrityError, match=name), transaction.atomic():
                CasePart.objects.filter(pk=row.pk).update(**changes)
        parts.mark_ready(case=joint.case, version=row.version, by=who(joint.alice))
        mine = {**approved, "approved_by": joint.alice}
        with pytest.raises(IntegrityError, match="as_handed_over"), transaction.atomic():
            # Whoever wrote it last makes somebody else the writer, to approve it.
            CasePart.objects.filter(pk=row.pk).update(**mine, editor=colleague)
        with pytest.raises(IntegrityError, match="begins_as_draft"), transaction.atomic():
            CasePart.objects.create(
                case_id=row.case_id, institution=joint.birch, **approved | {"approved_by": joint.bert}
            )
        assert CasePart.objects.filter(pk=row.pk).update(**approved) == 1
        paula = make_user("approver", institution=joint.aster)
        with pytest.raises(IntegrityError, match="as_handed_over"), transaction.atomic():
            CasePart.objects.filter(pk=row.pk).update(approved_by=paula)


def test_roles(joint: Joint) -> None:
    auditor, submitter, admin = (
        make_user(role, institution=joint.aster) for role in ("auditor", "submitter", "member-admin")
    )
    request = {"facts": FACTS}
    for person in (joint.amir, auditor, submitter, admin):
        refused(
            "permission-missing", parts.edit, case=joint.case, request=request, version=1, by=who(person), now=now()
        )
    row = write(joint.case, joint.alice)
    parts.mark_ready(case=joint.case, version=row.version, by=who(joint.alice))
    for person in (joint.alice, auditor, submitter, admin):
        refused("permission-missing", parts.approve, case=joint.case, version=3, by=who(person), now=now())
    refused(
        "permission-missing", parts.edit, case=joint.case, request=request, version=1,
        by=caller(joint.birch, scopes=("read",)), now=now(),
    )  # fmt: skip
    by_key = parts.edit(case=joint.case, request=request, version=1, by=caller(joint.birch), now=now())
    assert (by_key.state, by_key.author_id, by_key.editor_id) == ("draft", None, None)


def test_strangers_find_nothing(joint: Joint) -> None:
    stranger = who(joint.cy)
    refused("not-found", parts.edit, case=joint.case, request={"facts": FACTS}, version=1, by=stranger, now=now())
    for read in (part_queries.get_own_part, part_queries.list_shared_parts):
        refused("not-found", read, case=joint.case, viewer=stranger)


def test_a_page_of_an_older_version_is_refused(joint: Joint) -> None:
    """Two tabs; also two that both begin."""
    write(joint.case, joint.alice)
    for version in (1, 3, 0, -1):
        refused("version-changed", parts.edit, case=joint.case, request={"facts": "Mine."}, version=version,
                by=who(joint.alice), now=now())  # fmt: skip
        refused("version-changed", parts.mark_ready, case=joint.case, version=version, by=who(joint.alice))


WRONG: list[tuple[str, Any, str]] = [
    ("facts", "x" * 4001, "field-invalid"),
    ("facts", "He called from 138 0013 8000.", "raw-identifier"),
    ("facts", "其身份证号为11010519491231002X，已核实", "raw-identifier"),
    ("facts", 5, "field-invalid"),
    ("facts", "a\x00b", "field-invalid"),
    ("amount_lost", "-1", "amount-invalid"),
    ("amount_lost", "1e9", "amount-invalid"),
    ("amount_lost", 12.5, "amount-invalid"),
    ("amount_claimed", "1.005", "amount-invalid"),
    ("amount_prevented", "9" * 16, "amount-invalid"),
    ("victims", -1, "field-invalid"),
    ("victims", True, "field-invalid"),
    ("persons", "１２", "field-invalid"),
    ("persons", 1_000_001, "field-invalid"),
    ("from_date", "yesterday", "field-invalid"),
    ("from_date", "1989-12-31", "field-invalid"),
    ("until_date", (timezone.now() + timedelta(days=2)).date().isoformat(), "field-invalid"),
    ("clues", ["birch-1"], "field-invalid"),
    ("clues", ["aster-1", "nothing"], "field-invalid"),
    ("clues", ["a\x00"], "field-invalid"),
    ("clues", "aster-1", "field-invalid"),
    ("clues", [f"c-{n}" for n in range(501)], "field-invalid"),
    ("state", "approved", "unknown-field"),
]


def test_what_is_not_right_is_refused(joint: Joint) -> None:
    for field, value, code in WRONG:
        refusal = refused(
            code, parts.edit, case=joint.case, request={field: value}, version=1, by=who(joint.alice), now=now()
        )
        assert refusal.extra.get("field", field) == field, (field, value)
        assert "138" not in str(refusal) and "11010519" not in repr(refusal)


def test_a_span_ends_after_its_begin(joint: Joint) -> None:
    request = {"from_date": "2026-02-02", "until_date": "2026-02-01"}
    refused("field-invalid", parts.edit, case=joint.case, request=request, version=1, by=who(joint.alice), now=now())


def test_only_what_is_ready_is_decided(joint: Joint) -> None:
    draft = write(joint.case, joint.alice, facts="")
    amir = who(joint.amir)
    refused("transition-refused", parts.approve, case=joint.case, version=draft.version, by=amir, now=now())
    refused("field-missing", parts.mark_ready, case=joint.case, version=draft.version, by=who(joint.alice))
    row = write(joint.case, joint.alice)
    row = parts.mark_ready(case=joint.case, version=row.version, by=who(joint.alice))
    refused("transition-refused", parts.mark_ready, case=joint.case, version=row.version, by=who(joint.alice))
    for reason, code in (("", "field-invalid"), ("ask 13800138000", "raw-identifier")):
        refused(code, parts.send_back, case=joint.case, version=row.version, reason=reason, by=amir)
    row = parts.send_back(case=joint.case, version=row.version, reason="amounts missing", by=amir)
    assert (row.state, row.return_reason) == ("draft", "amounts missing")
    assert write(joint.case, joint.alice, victims=1).return_reason == ""


def test_parts_are_written_while_the_case_is_worked_on(joint: Joint) -> None:
    for place in ("state = 'evidence-ready'", "state = 'triage', lead_id = NULL"):
        own(f"UPDATE case_file SET {place}")
        refused("transition-refused", parts.edit, case=joint.case, request={"facts": FACTS}, version=1,
                by=who(joint.alice), now=now())  # fmt: skip
        assert not part_queries.get_own_part(case=joint.case, viewer=who(joint.alice)).is_open
    assert part_queries.list_shared_parts(case=joint.case, viewer=who(joint.alice)) == [], "nobody leads it"


# Nobody is left there who could approve: suspended, or gone while its clues count until they expire.
GONE = (
    "state = 'suspended', suspended_at = now(), suspended_reason = 'x'",
    "leaving_at = now(), leaving_announced_at = now(), leaving_clues = 'keep', departed_at = now()",
)


@pytest.mark.parametrize("gone", GONE)
def test_the_guard_wants_every_party_at_work(joint: Joint, gone: str) -> None:
    def why() -> str | None:
        with acting_as("aif_desk"):
            return guards.all_parts_approved(Case.objects.get())

    assert why()
    approve(joint, joint.alice, joint.amir)
    assert why()
    approve(joint, joint.bea, joint.bert)
    assert why() is None
    write(joint.case, joint.bea, facts="Other facts.")
    assert why()
    own(f"UPDATE institution SET {gone} WHERE id = %s", joint.birch.pk)
    assert why() is None


def test_evidence_is_not_ready_before_every_part_is(joint: Joint) -> None:
    case = Case.objects.only("id", "state").get()
    arguments = {"case": joint.case, "action": "ready", "by": who(joint.alice), "now": now()}
    refused("transition-refused", transition.perform, **arguments)
    approve(joint, joint.alice, joint.amir)
    refused("transition-refused", transition.perform, **arguments)
    approve(joint, joint.bea, joint.bert)
    assert transition.perform(**arguments).state == "evidence-ready"
    assert case.ref == joint.case


def test_what_changes_after_that_keeps_the_case_from_its_approval(joint: Joint) -> None:
    """A part that lost its approval, however it did, holds the case back."""
    for writer, approver in ((joint.alice, joint.amir), (joint.bea, joint.bert)):
        approve(joint, writer, approver)
    case = Case.objects.only("id").get()
    step(case, "ready", joint.alice)
    step(case, "propose", joint.olga)
    own("UPDATE case_part SET state = 'draft', approved_by_id = NULL, approved_at = NULL, released_at = NULL"
        " WHERE institution_id = %s", joint.birch.pk)  # fmt: skip
    assert try_perform(case, "approve", joint.pavel) == "transition-refused"
    assert try_perform(case, "return", joint.pavel) == "ok"
