"""Admission step by step: what each needs, who may, that a second person admits, and that an agreement is kept."""

from __future__ import annotations

import hashlib

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from aif_share.errors import Refusal
from members.models import Institution, InstitutionAgreement, InstitutionState
from members.operations import admission, institutions, membership
from tests.factories import PDF, VETTED, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("as_desk")]


def now():
    return timezone.now()


def refused(call, **arguments) -> str:
    with pytest.raises(Refusal) as caught, transaction.atomic():
        call(now=now(), **arguments)
    return caught.value.code


@pytest.fixture
def people(cast):
    """The applicant, who vets, who uploads: three operators, so that each can be told from the others."""
    return [cast.olga, make_user("alliance-operator"), make_user("alliance-operator")]


def bring(people, to: str) -> Institution:
    applicant, vetter, uploader = people
    made = institutions.apply(name="Dahlia", sector="bank", by=applicant, now=now())
    if to != "applied":
        admission.vet(institution_id=made.pk, by=vetter, now=now(), **VETTED)
    if to == "agreed":
        admission.upload_agreement(institution_id=made.pk, file_name="a.pdf", content=PDF, by=uploader, now=now())
    made.refresh_from_db()
    return made


def state(institution) -> str:
    institution.refresh_from_db()
    return institution.state


class TestVet:
    def test_it_keeps_what_was_checked(self, cast, people, trail):
        made = bring(people, "applied")
        trail()
        admission.vet(institution_id=made.pk, by=cast.olga, now=now(), **VETTED | {"uscc": " 91110000600037341l "})
        assert state(made) == "vetted"
        assert (made.uscc, made.license_no, made.vetted_by) == ("91110000600037341L", "B-0001", cast.olga)
        assert trail() == ["institution.vet"]

    @pytest.mark.parametrize(
        "wrong",
        [
            {"license_checked": False}, {"contact_verified": False}, {"sector_confirmed": False},
            {"uscc": "91110000600037341M"}, {"uscc": ""}, {"license_no": " "}, {"license_no": "x" * 65},
        ],
    )  # fmt: skip
    def test_every_point_counts(self, cast, people, trail, wrong):
        made = bring(people, "applied")
        trail()
        assert refused(admission.vet, institution_id=made.pk, by=cast.olga, **VETTED | wrong) == "field-invalid"
        assert state(made) == "applied" and trail() == []


class TestAgreement:
    def test_it_is_kept_as_it_came(self, people, trail):
        made = bring(people, "vetted")
        trail()
        row = admission.upload_agreement(
            institution_id=made.pk, file_name="../a\x00b.pdf", content=PDF, by=people[2], now=now()
        )
        row = InstitutionAgreement.objects.get(pk=row.pk)
        assert (bytes(row.content), row.sha256) == (PDF, hashlib.sha256(PDF).hexdigest())
        assert row.file_name == "../ab.pdf"
        assert state(made) == "agreed" and trail() == ["institution.agree"]
        found = admission.read_agreement(agreement_id=row.pk, by=people[0], now=now())
        assert found == row and trail() == ["institution.agreement.read"]

    @pytest.mark.parametrize(
        ("content", "code"),
        [
            (b"", "field-invalid"), (b"<html>%PDF-1.4 %%EOF", "field-invalid"), (b"%PDF-1.4 cut off", "field-invalid"),
            (PDF.ljust(10 * 1024 * 1024 + 1, b"\n"), "too-large"),
        ],
        ids=["empty", "other", "cut off", "large"],
    )  # fmt: skip
    def test_only_a_pdf_of_a_size(self, people, trail, content, code):
        made = bring(people, "vetted")
        trail()
        asked = {"institution_id": made.pk, "file_name": "a.pdf", "content": content, "by": people[2]}
        assert refused(admission.upload_agreement, **asked) == code
        assert state(made) == "vetted" and trail() == [] and not InstitutionAgreement.objects.exists()

    def test_members_read_none(self, cast, people):
        bring(people, "agreed")
        row = InstitutionAgreement.objects.get()
        assert refused(admission.read_agreement, agreement_id=row.pk, by=cast.amir) == "permission-missing"
        assert refused(admission.read_agreement, agreement_id=row.pk + 1, by=cast.pavel) == "not-found"


class TestAdmit:
    def test_it_makes_the_institution_live(self, cast, people, trail, outbox):
        made = bring(people, "agreed")
        trail()
        admission.admit(institution_id=made.pk, by=cast.pavel, now=now())
        assert (state(made), made.admitted_by) == ("live", cast.pavel)
        assert trail() == ["institution.admit"]
        assert outbox()[-1].payload == {
            "ref": made.ref, "version": 1, "state": "live", "evaluate_quota": 50_000, "verifiers": []}  # fmt: skip

    @pytest.mark.parametrize("who", [0, 1, 2])
    def test_nobody_who_had_a_hand_in_it(self, people, trail, who):
        made = bring(people, "agreed")
        type(people[who]).objects.filter(pk=people[who].pk).update(role="alliance-approver")
        people[who].refresh_from_db()
        trail()
        assert refused(admission.admit, institution_id=made.pk, by=people[who]) == "four-eyes"
        assert state(made) == "agreed" and trail() == []
        with pytest.raises(IntegrityError, match="institution_n"), transaction.atomic():
            Institution.objects.filter(pk=made.pk).update(state="live", admitted_at=now(), admitted_by=people[who])

    @pytest.mark.parametrize("person", ["olga", "alice", "amir"])
    def test_only_an_approver(self, cast, people, person):
        made = bring(people, "agreed")
        assert refused(admission.admit, institution_id=made.pk, by=getattr(cast, person)) == "permission-missing"

    def test_the_database_wants_the_steps(self, people):
        made = bring(people, "applied")
        for wrong in ({"state": "vetted"}, {"state": "agreed"}, {"state": "live"}, {"state": "left"}):
            with pytest.raises(IntegrityError), transaction.atomic():
                Institution.objects.filter(pk=made.pk).update(**wrong)

    def test_sent_back_it_begins_again(self, cast, people, trail):
        made = bring(people, "agreed")
        trail()
        assert refused(admission.send_back, institution_id=made.pk, reason="", by=cast.pavel) == "field-invalid"
        admission.send_back(institution_id=made.pk, reason="license expired", by=cast.pavel, now=now())
        assert (state(made), made.vetted_by, made.agreed_by) == ("applied", None, None)
        assert trail() == ["institution.send-back"] and InstitutionAgreement.objects.count() == 1

    def test_declined_it_is_over(self, cast, people, trail):
        made = bring(people, "vetted")
        trail()
        admission.decline(institution_id=made.pk, reason="no license", by=cast.pavel, now=now())
        assert state(made) == "declined" and trail() == ["institution.decline"]


# Written by hand, not taken from the table: state -> what is open there.
OPEN = {
    "applied": {"vet", "decline"},
    "vetted": {"agree", "send-back", "decline"},
    "agreed": {"admit", "send-back", "decline"},
    "declined": set(),
    "live": {"suspend", "announce-leaving", "stay"},
    "suspended": {"reinstate", "announce-leaving", "stay"},
    "left": set(),
}
MAY = {
    "alliance-operator": {"vet", "agree", "suspend", "announce-leaving", "stay"},
    "alliance-approver": {"admit", "send-back", "decline", "suspend", "reinstate", "announce-leaving", "stay"},
}


@pytest.mark.parametrize("where", OPEN)
@pytest.mark.parametrize("role", ["alliance-operator", "alliance-approver", "member-admin"])
def test_every_state_action_and_role(cast, where, role):
    """The whole matrix: each cell allowed or refused for the reason expected."""
    person = make_user(role, institution=None if role.startswith("alliance") else cast.aster)
    fields = {"state": where}
    if where in ("vetted", "agreed"):
        fields |= {"vetted_at": now(), "vetted_by": cast.olga}
    if where == "agreed":
        fields |= {"agreed_at": now(), "agreed_by": cast.olga}
    if where not in ("live", "suspended", "left"):
        fields |= {"admitted_at": None}
    if where == "suspended":
        fields |= {"suspended_at": now(), "suspended_reason": "x"}
    if where == "left":
        fields |= {"left_at": now(), "departed_at": now(), "leaving_at": now(), "leaving_announced_at": now(),
                   "leaving_clues": "keep"}  # fmt: skip
    from tests.factories import acting_as

    with acting_as("aif_owner"):
        Institution.objects.filter(pk=cast.birch.pk).update(**fields)
    for action in membership.STEPS:
        outcome = "allowed"
        try:
            with transaction.atomic():
                membership.begin(institution_id=cast.birch.pk, action=action, by=person)
        except Refusal as refusal:
            outcome = refusal.code
        if action not in MAY.get(role, set()):
            assert outcome == "permission-missing", action
        else:
            assert outcome == ("allowed" if action in OPEN[where] else "transition-refused"), action


def test_the_table_knows_every_state():
    assert set(OPEN) == {each.value for each in InstitutionState}


def test_the_diagram_in_the_docs_is_the_table():
    from pathlib import Path

    page = (Path(__file__).resolve().parents[3] / "docs" / "institutions.md").read_text(encoding="utf-8")
    assert "```mermaid\n" + "\n".join(membership.draw()) + "\n```" in page
