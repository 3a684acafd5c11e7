"""The desk's front page, its search by reference, and its health page."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from aif_share.identifiers import get_type
from clues.blinding import reachability
from clues.models import Batch, Case, Job
from members.admin import health, queues, references
from members.admin.queues import Queue
from members.models import reference
from tests.clues.scene import Scene, make_case
from tests.factories import acting_as, make_institution

ENGLISH = {"HTTP_ACCEPT_LANGUAGE": "en"}
pytestmark = pytest.mark.usefixtures("addresses")


@pytest.fixture
def addresses(settings: Any) -> None:
    settings.ROOT_URLCONF = "config.urls_desk"


def waiting(code: str) -> queues.Waiting:
    return next(each for each in queues.look() if each.code == code)


def hold(scene: Scene) -> None:
    with acting_as("aif_owner"):
        Batch.objects.filter(pk=Batch.objects.first().pk).update(  # type: ignore[union-attr]
            state="held", received_at=timezone.now() - timedelta(hours=5)
        )


@pytest.mark.parametrize("person", ["olga", "pavel"])
def test_the_front_page_says_what_waits_and_for_how_long(scene: Scene, desk: Any, person: str) -> None:
    hold(scene)
    make_institution("Applicant", at="applied")
    body = desk(getattr(scene.cast, person)).get("/admin/", **ENGLISH).content.decode()
    assert "Batches held for review" in body and "5\xa0hours" in body
    assert "Institutions to admit" in body and "Disputes that wait" not in body


@pytest.mark.parametrize("code", list(queues.QUEUES))
def test_a_row_leads_to_just_what_it_counts(scene: Scene, desk: Any, code: str) -> None:
    hold(scene)
    make_case(scene)
    make_institution(at="applied")
    queue = queues.QUEUES[code]
    listed = desk(scene.cast.olga).get(waiting(code).address)
    assert listed.status_code == 200 and "?e=1" not in listed.request.get("QUERY_STRING", "")
    assert {row.pk for row in listed.context["cl"].queryset} == set(queue.rows().values_list("pk", flat=True))


def test_a_count_is_bounded_and_says_so(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queues, "MOST", 2)
    row = Queue("x", "x", lambda: Batch.objects.all(), since="received_at", page="clues_batch",
                late=lambda rows, now: rows.filter(received_at__lte=now))  # fmt: skip
    with CaptureQueriesContext(connection) as asked:
        seen = queues._look(row, timezone.now())
    assert (seen.count, seen.more, seen.late) == (2, True, 2)
    assert all("LIMIT" in query["sql"] for query in asked.captured_queries)
    assert seen.oldest == Batch.objects.order_by("received_at").first().received_at  # type: ignore[union-attr]


def test_a_code_stands_once() -> None:
    with pytest.raises(ValueError, match="twice"):
        queues.add(next(iter(queues.QUEUES.values())))


class TestFind:
    def test_a_reference_leads_to_its_page(self, scene: Scene, desk: Any) -> None:
        case = make_case(scene)
        browser = desk(scene.cast.olga)
        refs = {
            scene.cast.aster.ref: reverse("admin:members_institution_change", args=[scene.cast.aster.pk]),
            scene.cast.alice.ref: reverse("admin:members_user_change", args=[scene.cast.alice.pk]),
            case.ref: reverse("admin:clues_case_change", args=[case.pk]),
            scene.batch: reverse("admin:clues_batch_change", args=[reference.decode("B", scene.batch)]),
        }
        for ref, page in refs.items():
            for spelled in (ref, f"  {ref.lower()} "):
                assert browser.get(reverse("admin:find"), {"q": spelled})["Location"] == page
            assert browser.get(page).status_code == 200

    def test_anything_else_is_looked_for_among_the_institutions(self, scene: Scene, desk: Any) -> None:
        browser = desk(scene.cast.olga)
        answer = browser.get(reverse("admin:find"), {"q": "Aster"}, follow=True)
        assert [row.name for row in answer.context["cl"].result_list] == ["Aster Bank"]
        for text in ("", "B-", "B-AAAAAAAAAAAAAAAAAAAAAAAAAA", "CASE-" + scene.batch[2:], "x" * 64):
            assert browser.get(reverse("admin:find"), {"q": text}, follow=True).status_code == 200

    @pytest.mark.parametrize("kind", list(references.PAGES))
    def test_every_kind_has_a_page(self, scene: Scene, desk: Any, kind: str) -> None:
        address = references.find(reference.encode(kind, 1))
        assert address is not None
        assert desk(scene.cast.olga).get(address, follow=True).status_code == 200


def test_the_page_of_a_clue_tells_its_story_and_no_token(scene: Scene, desk: Any) -> None:
    from clues.models import Clue, Sighting

    clue = Clue.objects.get(client_ref="aster-1")
    browser = desk(scene.cast.olga)
    address = browser.get(reverse("admin:find"), {"q": reference.encode("C", clue.pk)})["Location"]
    body = browser.get(address, **ENGLISH).content.decode()
    for text in ("aster-1", get_type("resident-id").en, scene.batch):
        assert text in body, text
    for stored in Sighting.objects.filter(clue=clue).values_list("token", flat=True):
        assert stored.hex not in body.replace("-", "")


class TestHealth:
    def test_it_opens(self, scene: Scene, desk: Any) -> None:
        body = desk(scene.cast.olga).get(reverse("admin:health"), **ENGLISH).content.decode()
        assert "Queues of the workers" in body and "Oracle" in body and "PostgreSQL" in body

    def test_members_do_not_see_it(self, scene: Scene, desk: Any) -> None:
        assert desk(scene.cast.alice).get(reverse("admin:health")).status_code == 302

    def signs(self, code: str) -> list[health.Sign]:
        return list(health.PARTS[code].look())

    def test_an_old_batch_and_a_finding_are_marked(self, scene: Scene, desk: Any) -> None:
        assert not any(sign.is_bad for sign in self.signs("work"))
        with acting_as("aif_owner"):
            Batch.objects.update(state="received", received_at=timezone.now() - timedelta(minutes=11))
            Job.objects.create(name="oracle", ran_at=timezone.now(), result={"missing": 2, "extra": 0})
        assert next(iter(self.signs("work"))).is_bad
        (oracle,) = self.signs("oracle")
        assert oracle.is_bad

    def test_a_job_that_no_longer_runs_is_marked(self, scene: Scene) -> None:
        with acting_as("aif_match"):
            Job.objects.create(name="oracle", ran_at=timezone.now() - timedelta(hours=4), result={})
            Job.objects.create(name="expiry", ran_at=timezone.now(), result={})
        bad = {str(sign.label) for sign in self.signs("jobs") if sign.is_bad}
        assert bad == {str(dict_label("oracle"))}

    def test_a_custodian_that_does_not_answer_is_marked(self, scene: Scene) -> None:
        with acting_as("aif_match"):
            result = {
                "partner": {"answers": False, "version": "", "ms": 0, "error": "ConnectError"},
                "platform": {"answers": True, "version": "0.1.0", "ms": 3, "error": ""},
            }
            Job.objects.create(name=reachability.JOB, ran_at=timezone.now(), result=result)
        assert [(sign.label, sign.is_bad) for sign in self.signs("custodians")] == [
            ("partner", True), ("platform", False)]  # fmt: skip


def dict_label(name: str) -> Any:
    from clues.admin.health import JOBS

    return JOBS[name][0]


def test_no_custodian_is_asked_without_a_directory(scene: Scene) -> None:
    assert reachability.probe() == {}


def test_what_does_not_answer_is_told_apart() -> None:
    seen = reachability._ask("platform", "http://127.0.0.1:9")
    assert (seen["answers"], seen["error"]) == (False, "ConnectError")


def test_cases_of_every_state_that_goes_on_are_counted(scene: Scene) -> None:
    make_case(scene)
    open_codes = {code for code in queues.QUEUES if code.startswith("case-")}
    with acting_as("aif_desk"):
        assert waiting("case-candidate").count == Case.objects.count() == 1
    assert "case-closed" not in open_codes and "case-dismissed" not in open_codes
