"""The page of an institution's audit trail: its own events, newest first, for its auditor; and who looks at the log."""

from __future__ import annotations

import re

import pytest
from django.db import transaction
from django.utils import timezone

from aif_share.vocabulary import purposes
from members import audit
from members.audit import witnesses
from members.models import AuditCheckpoint
from members.queries import person_of
from tests.browsing import Browser
from tests.factories import CONSOLE, make_institution, make_user
from tests.members.log_keeper import catch_up

pytestmark = pytest.mark.django_db
PAGE = "/portal/audit"


def sequence(count: int, institution) -> None:
    with transaction.atomic():
        for number in range(count):
            audit.record("batch.receive", actor=CONSOLE, institution_id=institution.pk, subject_ref=f"B-{number}")
    catch_up()


@pytest.fixture
def aster():
    return make_institution("Aster")


@pytest.fixture
def client():
    return Browser(HTTP_ACCEPT_LANGUAGE="en")


@pytest.fixture
def auditor(client, aster):
    person = make_user("auditor", institution=aster)
    client.force_login(person)
    return person


def subjects(answer) -> list[str]:
    return re.findall(r">(B-\d+)<", answer.content.decode())


def test_own_events_newest_first_page_by_page(client, aster, auditor):
    sequence(60, aster)
    sequence(3, make_institution("Birch"))
    first = client.get(PAGE)
    assert subjects(first) == [f"B-{number}" for number in range(59, 9, -1)]
    older = re.search(r'href="(\?before=\d+)"', first.content.decode())[1]
    assert subjects(client.get(PAGE + older)) == [f"B-{number}" for number in range(9, -1, -1)]


def test_before_anything_was_signed_it_says_what_to_do(client, auditor):
    answer = client.get(PAGE)
    assert answer.status_code == 200 and "aif-share audit verify" in answer.content.decode()


def test_who_looked_is_shown(client, aster, auditor):
    sequence(2, aster)
    head = AuditCheckpoint.objects.latest("size")
    witnesses.witness(size=head.size, root=bytes(head.root), by=person_of(auditor), now=timezone.now())
    state = witnesses.get_state(viewer=person_of(auditor), now=timezone.now())
    assert (state.size, state.own_size, state.recent, state.is_witnessed) == (head.size, head.size, 1, False)
    assert "fewer than 2" in client.get(PAGE).content.decode()
    birch = make_user("auditor", institution=make_institution("Birch"))
    witnesses.witness(size=head.size, root=bytes(head.root), by=person_of(birch), now=timezone.now())
    page = client.get(PAGE).content.decode()  # asked as web itself, which reads no other institution's row
    assert "in the last 24 hours</dt><dd>2</dd>" in page and "unwitnessed</dt><dd>0</dd>" in page
    later = witnesses.get_state(viewer=person_of(auditor), now=timezone.now() + witnesses.RECENT)
    assert later.recent == 0


@pytest.mark.parametrize("role", ["analyst", "approver", "member-admin", "submitter"])
def test_it_is_the_auditors(client, aster, role):
    client.force_login(make_user(role, institution=aster))
    assert client.get(PAGE).status_code == 403


@pytest.mark.parametrize("before", ["x", "-1", "１", "1" * 19])
def test_places_are_numbers(client, auditor, before):
    assert client.get(PAGE, {"before": before}).status_code == 404


def test_screenings_say_their_purpose_and_where_it_stands_who_asked(client, aster, auditor):
    with transaction.atomic():
        audit.record(
            "screening.ask",
            actor=CONSOLE,
            institution_id=aster.pk,
            detail={"purpose": "content-takedown", "rows": 3, "second": "", "tokens": 7, "root": ""},
        )
    catch_up()
    text = client.get(PAGE).content.decode()
    assert purposes.BY_CODE["content-takedown"].en in text and "Questions: 3" in text
    (address,) = re.findall(r'href="([^"]*\?purpose=content-takedown)"', text)
    assert client.get(address).status_code == 200, "an auditor may see who asked"
