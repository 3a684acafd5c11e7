"""An official request from the document to the answer: members supply, a released package goes, each sees what of it went.

And what stops it: a package of another case, authority or unit, one that was not released, one that holds more than was asked
for, one that holds something of a member that declined.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from clues.models import Event, OfficialDisclosure, OfficialRequest, Package
from clues.official_requests import answering, deciding, documents, queries, registering
from clues.packages.signing import make_signer
from members.models import AuditEvent
from members.queries import person_of
from tests.clues.joint import Joint, make_joint
from tests.clues.official_requests.world import audited, fields, refusal, reply, verify
from tests.clues.packaged import UNIT, ask, decide, make, make_approved, make_released, propose
from tests.clues.scene import make_scene, wait_for_tick
from tests.factories import PDF, acting_as

EVERYTHING = ["case-facts", "clue-records", "identifiers", "evidence-items"]


@pytest.fixture(scope="module")
def signer() -> str:
    """A key that signs packages, and its certificate."""
    return make_signer(name="Test alliance", now=timezone.now())


@pytest.fixture
def joint(db: None, settings: Any, tmp_path: Path, signer: str) -> Iterator[Joint]:
    """Aster and Birch at work on a case."""
    settings.AIF_DISCLOSURE_TICK = 0.01
    settings.AIF_EVIDENCE = tmp_path / "evidence"
    settings.AIF_PACKAGE_SIGNER = signer
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    yield make_joint(make_scene())


def route(joint: Joint, *, institutions: Any = (), **given: Any) -> OfficialRequest:
    """Register a request of the packages' unit about the case, and let it go to its parties."""
    asked = fields(**{"case": joint.case, "unit": UNIT, "items": EVERYTHING} | given)
    with acting_as("aif_desk"):
        request = registering.register(
            request=asked, document=PDF, file_name="通知书.pdf", by=joint.olga, now=timezone.now()
        )
    verify(joint.scene, request)
    chosen = institutions or (joint.aster, joint.birch)
    with acting_as("aif_desk"):
        deciding.propose(
            request=request.ref, institutions=[each.ref for each in chosen], by=joint.olga, now=timezone.now()
        )
        request = deciding.approve(request=request.ref, by=joint.pavel, now=timezone.now())
    wait_for_tick()
    return request


def supply(joint: Joint, request: OfficialRequest) -> None:
    """Let both parties say that what is asked stands in their parts."""
    for person in (joint.alice, joint.bea):
        reply(request, "confirm", by=person_of(person))
        reply(request, "supply", by=person_of(person), text="It stands in our part.")


def answer(joint: Joint, request: OfficialRequest, package: str) -> OfficialRequest:
    """Answer by a package."""
    with acting_as("aif_desk"):
        done = answering.answer(
            request=request.ref, answer="package", package=package, by=joint.olga, now=timezone.now()
        )
    wait_for_tick()
    return done


def stopped(joint: Joint, request: OfficialRequest, package: str) -> Any:
    """Return the refusal of an answer; nothing has happened then."""
    with acting_as("aif_desk"):
        refused = refusal(answering.answer, request=request.ref, answer="package", package=package, by=joint.olga)
    assert refused.code == "transition-refused"
    assert OfficialRequest.objects.get(pk=request.pk).state == "routed" and not OfficialDisclosure.objects.exists()
    with acting_as("aif_desk"):
        assert not AuditEvent.objects.filter(verb__in=("official.answer", "official.disclose")).exists()
    return refused


def test_from_the_document_to_the_answer(joint: Joint) -> None:
    request = route(joint)
    with acting_as("aif_web"):
        opened = documents.open_as_member(
            request=request.ref, reason="To see who is meant.", by=person_of(joint.alice), now=timezone.now()
        )
    assert opened.reader.read() == PDF
    supply(joint, request)
    package = make_released(joint)
    answer(joint, request, package.ref)
    seen = {
        person: queries.get_official_request(request=request.ref, viewer=person_of(person))
        for person in (joint.alice, joint.bea)
    }
    assert {view.state for view in seen.values()} == {"answered"}
    counts = {person: {each.item: each.number for each in view.disclosures} for person, view in seen.items()}
    assert counts[joint.alice] == {"case-facts": 1, "clue-records": 1, "identifiers": 1, "evidence-items": 1}
    assert counts[joint.bea] == {"case-facts": 1, "evidence-items": 1}
    assert {(each.package, each.package_sha256) for view in seen.values() for each in view.disclosures} == {
        (package.ref, package.sha256)
    }
    assert queries.list_official_requests(viewer=person_of(joint.cy)) == []
    with acting_as("aif_desk"):
        events = AuditEvent.objects.filter(verb="official.disclose").order_by("pk")
        assert [(each.institution_id, each.detail) for each in events] == [
            (joint.aster.pk, counts[joint.alice] | {"package": package.ref}),
            (joint.birch.pk, counts[joint.bea] | {"package": package.ref}),
        ]
    assert audited(request) == [
        "official.register", "official.verify", "official.verify", "official.propose", "official.approve",
        "official.document.open", "official.confirm", "official.supply", "official.confirm", "official.supply",
        "official.answer", "official.disclose", "official.disclose",
    ]  # fmt: skip
    told = Event.objects.filter(subject_kind="OR", kind="official.answered").values_list("institution_id", flat=True)
    assert set(told) == {joint.aster.pk, joint.birch.pk}


def test_before_its_tick_nobody_sees_what_went(joint: Joint, settings: Any) -> None:
    request = route(joint)
    supply(joint, request)
    package = make_released(joint)
    settings.AIF_DISCLOSURE_TICK = 3600
    answer(joint, request, package.ref)
    view = queries.get_official_request(request=request.ref, viewer=person_of(joint.alice))
    assert (view.state, view.disclosures) == ("routed", ())


def test_one_that_was_not_released_does_not_go(joint: Joint) -> None:
    request = route(joint)
    supply(joint, request)
    make_approved(joint)
    package = make(ask(joint))
    for ref in (package.ref, "", "PK-NONE"):
        stopped(joint, request, ref)
    decide(propose(package, joint.olga), joint.pavel)
    wait_for_tick()
    answer(joint, request, package.ref)


def test_one_that_was_destroyed_does_not_go(joint: Joint) -> None:
    request = route(joint)
    supply(joint, request)
    package = make_released(joint)
    with acting_as("aif_owner"):
        Package.objects.filter(pk=package.pk).update(state=Package.DESTROYED)
    stopped(joint, request, package.ref)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"unit": "另一支队"}, "another authority or unit"),
        ({"authority": "procuratorate-county", "basis": "criminal-procedure"}, "another authority or unit"),
        ({"items": ["case-facts", "clue-records", "evidence-items"]}, "more than was asked for"),
        ({"case": ""}, "No such package"),
    ],
)
def test_what_does_not_fit_the_request_does_not_go(joint: Joint, wrong: dict[str, Any], said: str) -> None:
    request = route(joint, **wrong)
    supply(joint, request)
    refused = stopped(joint, request, make_released(joint).ref)
    assert said in refused.detail
    if "items" in wrong:
        assert refused.extra["items"] == ["identifiers"]


def test_who_declined_or_was_not_asked_has_nothing_in_it(joint: Joint) -> None:
    declined, partly = route(joint), route(joint, institutions=(joint.aster,))
    reply(declined, "supply", by=person_of(joint.alice), text="It stands in our part.")
    reply(declined, "decline", by=person_of(joint.bea), reason="no-legal-basis")
    reply(partly, "supply", by=person_of(joint.alice), text="It stands in our part.")
    package = make_released(joint)
    for request in (declined, partly):
        assert "declined, or was not asked" in stopped(joint, request, package.ref).detail


def test_refused_for_scope_nothing_goes_anywhere(joint: Joint) -> None:
    """A regulator that asks for raw values, on a basis that does not carry it, and for what the alliance gives to nobody."""
    with acting_as("aif_desk"):
        request = registering.register(
            request=fields(
                case=joint.case, authority="nfra-branch", basis="police-notice", items=[*EVERYTHING, "bulk-data"]
            ),
            document=PDF, file_name="x.pdf", by=joint.olga, now=timezone.now(),
        )  # fmt: skip
    verify(joint.scene, request)
    with acting_as("aif_desk"):
        refused = refusal(deciding.propose, request=request.ref, institutions=[joint.aster.ref], by=joint.olga)
        assert refused.extra["findings"] == [
            "basis-does-not-cover", "authority-may-not:identifiers", "authority-may-not:evidence-items",
            "not-of-the-alliance:bulk-data",
        ]  # fmt: skip
        deciding.refuse(request=request.ref, code="out-of-scope", note="", by=joint.olga, now=timezone.now())
        again = refusal(answering.answer, request=request.ref, answer="no-records", by=joint.olga)
    assert again.code == "transition-refused"
    for person in (joint.alice, joint.bea, joint.cy):
        assert queries.list_official_requests(viewer=person_of(person)) == []
    assert not Event.objects.filter(subject_kind="OR").exists()
