"""What is recorded, by whom, about what; and what is refused with nothing stored."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction
from django.utils import timezone

from aif_share.errors import Refusal
from clues.dispositions import queries
from clues.models import Disposition, DispositionStep, MatchParty
from members.models import AuditEvent, Institution
from members.queries import person_of
from tests.clues.alliance import caller, clue, submit, token
from tests.clues.dispositions.doing import act, record, refused, withdraw
from tests.clues.scene import Scene, make_case, work
from tests.factories import acting_as, make_institution, make_user


def test_about_a_match(scene: Scene, audited: Any) -> None:
    before = timezone.now()
    row = record(scene, document_no=" 京公网〔2026〕1号 ", note="Marked in the risk engine.", calls_flagged=12)
    assert (row.subject, row.state, row.category, row.type) == ("match", "done", "telecom-fraud", "resident-id")
    assert (row.client_ref, row.position) == ("aster-1", 0) and row.document_no == "京公网〔2026〕1号"
    released = MatchParty.objects.get(institution=scene.cast.aster).released_at
    assert row.started_at == released and row.done_at is not None and row.done_at >= before
    assert row.seconds_to_disposal == int((row.done_at - released).total_seconds())
    assert row.review_date == timezone.localdate() + timedelta(days=180)
    assert audited("disposition.record") == ["testtest"]
    (step,) = DispositionStep.objects.all()
    assert (step.action, step.from_state, step.to_state) == ("record", "", "done")
    assert step.note == "Marked in the risk engine."
    with acting_as("aif_desk"):
        detail = AuditEvent.objects.get(verb="disposition.record").detail
    assert detail == {"kind": "internal-tag", "subject": "match", "state": "done"}, "codes only"


def test_about_an_own_clue_with_the_match_that_stood(scene: Scene) -> None:
    row = record(scene, client_ref="aster-1", identifier=0, kind="dissuasion")
    assert row.subject == "clue" and str(row.match) == scene.match and row.review_date is None
    alone = record(scene, client_ref="aster-1", identifier=1)
    assert alone.match_id is None and alone.type == "cn-mobile"
    submit(caller(scene.cast.aster), [clue(token("z"), client_ref="aster-2", category="malware")])
    work()
    assert record(scene, client_ref="aster-2").category == "malware"


def test_about_a_case(scene: Scene) -> None:
    case = make_case(scene)
    row = record(scene, case=case.ref, kind="report-to-police", state="requested")
    assert (row.subject, row.case_id, row.category) == ("case", case.pk, "telecom-fraud")
    assert (row.state, row.done_at, row.seconds_to_disposal) == ("requested", None, None)
    assert refused(record, scene, by=scene.cast.cedar, case=case.ref) == "not-found"


def test_what_was_done_before_one_could_know_of_it_is_not_timed(scene: Scene) -> None:
    row = record(scene, done_at=(timezone.now() - timedelta(days=9)).isoformat())
    assert row.done_at is not None and row.seconds_to_disposal is None


SECTORS = {
    "telecom": ("call-blocked site-or-app-takedown", "content-takedown account-restriction"),
    "internet-platform": ("content-takedown call-flagged", "call-blocked stop-payment-by-police"),
    "payment": ("account-restriction stop-payment-by-police", "number-suspended"),
    "association": ("internal-tag report-to-regulator", "account-restriction"),
}


def test_each_sector_has_its_measures(scene: Scene) -> None:
    for sector in SECTORS:
        other = make_institution(sector, sector=sector)
        submit(caller(other), [clue(token("one person", kind="resident-id"), client_ref=sector)])
    work()
    for sector, (allowed, others) in SECTORS.items():
        named = {"by": Institution.objects.get(name=sector), "client_ref": sector}
        for kind in allowed.split():
            assert record(scene, **named, kind=kind).kind == kind
        for kind in others.split():
            assert refused(record, scene, **named, kind=kind) == "sector-refused"
    assert Disposition.objects.count() == 8


def test_a_freeze_names_its_document(scene: Scene) -> None:
    assert refused(record, scene, kind="freeze-by-authority") == "document-missing"
    assert refused(record, scene, kind="freeze-by-authority", document_no="   ") == "document-missing"
    assert record(scene, kind="freeze-by-authority", document_no="沪公冻字〔2026〕8号").document_no
    with pytest.raises(IntegrityError, match="names_the_document"), acting_as("aif_owner"), transaction.atomic():
        Disposition.objects.update(document_no="")


REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"kind": "prison"}, "field-invalid"), ({"kind": None}, "field-invalid"), ({"kind": ["internal-tag"]}, "field-invalid"),
    ({"extra": 1}, "unknown-field"), ({"client_ref": "aster-1", "match": "M-X"}, "field-missing"),
    ({"match": None}, "field-missing"), ({"match": "M-X"}, "not-found"), ({"client_ref": "birch-1"}, "not-found"),
    ({"client_ref": "aster-1", "identifier": 9}, "field-invalid"), ({"client_ref": "aster-1", "identifier": True}, "field-invalid"),
    ({"client_ref": 5}, "field-invalid"), ({"case": "CASE-X"}, "not-found"), ({"state": "lifted"}, "field-invalid"),
    ({"identifier": 0}, "field-invalid"), ({"category": "witchcraft"}, "field-invalid"),
    ({"done_at": "2999-01-01T00:00:00Z"}, "field-invalid"), ({"done_at": "2026-11-01"}, "field-invalid"),
    ({"done_at": "2026-13-45T00:00:00Z"}, "field-invalid"), ({"review_date": "2020-01-01"}, "field-invalid"),
    ({"review_date": "2999-01-01"}, "field-invalid"), ({"review_date": "soon"}, "field-invalid"),
    ({"note": "call 13800138000"}, "raw-identifier"), ({"note": "x" * 501}, "field-invalid"), ({"note": 5}, "field-invalid"),
    ({"document_no": "4111111111111111"}, "raw-identifier"), ({"document_no": "x" * 65}, "field-invalid"),
    ({"document_no": "=cmd|'/c calc'!A0"}, "field-invalid"),
    ({"calls_flagged": -1}, "field-invalid"), ({"persons_warned": 1.5}, "field-invalid"), ({"persons_warned": True}, "field-invalid"),
    ({"amount_prevented_cny": "-1"}, "amount-invalid"), ({"amount_prevented_cny": 10}, "amount-invalid"),
]  # fmt: skip


def test_what_is_refused_stores_nothing(scene: Scene, audited: Any) -> None:
    """One scene for all: nothing of what is refused changes it."""
    for fields, code in REFUSED:
        assert refused(record, scene, **fields) == code, fields
    assert not Disposition.objects.exists() and audited("disposition.record") == []


def test_the_refusal_does_not_repeat_what_was_sent(scene: Scene) -> None:
    with pytest.raises(Refusal) as caught:
        record(scene, note="call 13800138000")
    assert "1380013" not in str(caught.value) + repr(caught.value.extra)


def test_strangers_and_roles(scene: Scene) -> None:
    """A match of others is not there; who may not submit may not record."""
    assert refused(record, scene, by=scene.cast.cedar) == "not-found"
    row = record(scene)
    for read in (queries.get_disposition,):
        assert refused(read, disposition=row.ref, viewer=caller(scene.cast.birch)) == "not-found"
    assert queries.list_dispositions(viewer=caller(scene.cast.birch), now=timezone.now()) == []
    assert queries.list_steps(disposition=row.pk, viewer=caller(scene.cast.birch)) == []
    assert refused(act, row, "lift", by=caller(scene.cast.birch), note="x") == "not-found"
    for role in ("approver", "member-admin", "auditor"):
        person = person_of(make_user(role, institution=scene.cast.aster))
        assert refused(act, row, "review", by=person) == "permission-missing"


def test_the_same_measure_once_while_it_is_in_force(scene: Scene) -> None:
    first = record(scene)
    assert refused(record, scene) == "conflict"
    record(scene, kind="consumer-warned"), record(scene, client_ref="aster-1")
    assert refused(record, scene, client_ref="aster-1") == "conflict"
    act(first, "lift", note="done with it")
    assert record(scene).pk != first.pk
    assert record(scene, by=scene.cast.birch).institution_id == scene.cast.birch.pk


def test_a_clue_that_ended_is_no_ground(scene: Scene) -> None:
    withdraw("aster-1")
    assert refused(record, scene, client_ref="aster-1") == "transition-refused"


def test_lists_and_sums(scene: Scene) -> None:
    tag = record(scene, amount_prevented_cny="1000.50")
    record(scene, kind="consumer-warned", persons_warned=3, state="requested")
    record(scene, by=scene.cast.birch)
    viewer, now = caller(scene.cast.aster), timezone.now()
    assert [row.kind for row in queries.list_dispositions(viewer=viewer, now=now)] == [
        "consumer-warned",
        "internal-tag",
    ]
    assert [row.kind for row in queries.list_dispositions(viewer=viewer, now=now, state="done")] == ["internal-tag"]
    match = tag.match_id
    assert len(queries.list_about(viewer=viewer, match=match)) == 2 and queries.list_about(viewer=viewer, case=1) == []
    later = now + timedelta(days=181)
    assert queries.count_to_review(viewer=viewer, now=now) == 0
    assert [row.id for row in queries.list_dispositions(viewer=viewer, now=later, show="review")] == [tag.pk]
    span = {"since": now - timedelta(hours=1), "until": now + timedelta(hours=1)}
    warned, tagged = queries.list_sums(**span)
    assert (warned.kind, warned.count, warned.requested, warned.done, warned.persons_warned) == (
        "consumer-warned",
        1,
        1,
        0,
        3,
    )
    assert warned.median_seconds is None and tagged.median_seconds is not None
    assert (tagged.count, tagged.done, tagged.category) == (2, 2, "telecom-fraud")
    (_, own) = queries.list_sums(**span, institution_id=scene.cast.aster.pk)
    assert (own.count, own.amount_prevented_cny) == (1, Decimal("1000.50"))


@pytest.mark.parametrize(
    ("role", "statement"),
    [
        ("aif_web", "UPDATE disposition SET kind = 'dissuasion'"), ("aif_web", "DELETE FROM disposition_step"),
        ("aif_web", "UPDATE disposition_step SET note = ''"), ("aif_web", "INSERT INTO lift_notice DEFAULT VALUES"),
        ("aif_web", "UPDATE lift_notice SET ended_at = now()"), ("aif_web", "UPDATE disposition SET started_at = now()"),
        ("aif_match", "UPDATE lift_notice SET answer = 'kept'"), ("aif_match", "UPDATE disposition SET state = 'lifted'"),
        ("aif_desk", "UPDATE disposition SET state = 'lifted'"), ("aif_desk", "DELETE FROM lift_notice"),
    ],
)  # fmt: skip
def test_the_database_knows_who_writes_what(scene: Scene, role: str, statement: str) -> None:
    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        with acting_as(role), connection.cursor() as cursor:
            cursor.execute(statement)


@pytest.mark.parametrize("value", ["9" * 5_000, "-1", "1.5", "\u0661", 10**12, True, [1]])
def test_a_figure_that_is_none_is_refused(scene: Scene, value: Any) -> None:
    """However long: what Python would not read as a number is a refusal, no fault of ours."""
    assert refused(record, scene, persons_warned=value) == "field-invalid"
