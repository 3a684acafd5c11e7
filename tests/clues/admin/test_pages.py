"""The desk's pages of clues, in the role of its process: they open, find by reference, and change nothing by themselves."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from clues.models import Batch, Case, Job, KeyEpoch, Match, MatchParty, Ring, Screening
from members.models import reference
from tests.clues.alliance import allow, caller, token
from tests.clues.scene import Scene, make_case, promote
from tests.factories import acting_as

MODELS = ("batch", "match", "ring", "case", "keyepoch", "screening", "job")
CLASSES = {
    "batch": Batch, "match": Match, "ring": Ring, "case": Case,
    "keyepoch": KeyEpoch, "screening": Screening, "job": Job,
}  # fmt: skip


@pytest.fixture
def furnished(scene: Scene) -> Scene:
    """The scene with a row in every table."""
    from clues.screening.screen import screen

    make_case(scene, at="evidence-ready, proposed")
    allow()
    with acting_as("aif_web"):
        identifier = token("one person", kind="resident-id")
        screen(
            request={"purpose": "complaint-handling", "case_ref": "T-1", "tokens": [
                {name: identifier[name] for name in ("type", "epoch", "token")}]},
            by=caller(scene.cast.cedar),
        )  # fmt: skip
    with acting_as("aif_match"):
        Job.objects.create(name="oracle", ran_at=timezone.now(), result={"missing": 0})
    return scene


@pytest.mark.parametrize("who", ["olga", "pavel"])
@pytest.mark.parametrize("model", MODELS)
def test_list_and_page_open(furnished: Scene, desk: Any, model: str, who: str) -> None:
    browser = desk(getattr(furnished.cast, who))
    listed = browser.get(reverse(f"admin:clues_{model}_changelist"))
    assert listed.status_code == 200
    row = CLASSES[model].objects.first()
    assert row is not None
    page = browser.get(reverse(f"admin:clues_{model}_change", args=[row.pk]))
    assert page.status_code == 200
    for hidden in (b"resident_id", b"fingerprint"):
        assert hidden not in page.content
    # Stored keys are shown nowhere.
    for stored in {party.match.token.hex for party in MatchParty.objects.select_related("match")}:
        assert stored.encode() not in page.content.replace(b"-", b"")


@pytest.mark.parametrize("model", MODELS)
def test_forged_posts_change_nothing(furnished: Scene, desk: Any, model: str) -> None:
    browser = desk(furnished.cast.pavel)
    row = CLASSES[model].objects.first()
    before = {name: kind.objects.count() for name, kind in CLASSES.items()}
    state = list(CLASSES[model].objects.filter(pk=row.pk).values())
    inline = {
        "state": "closed", "_save": "1", "pk": row.pk,
        "steps-TOTAL_FORMS": "1", "steps-INITIAL_FORMS": "0", "steps-0-action": "approve", "steps-0-to_state": "approved",
        "parties-TOTAL_FORMS": "1", "parties-INITIAL_FORMS": "0", "parties-0-institution": furnished.cast.cedar.pk,
        "form-TOTAL_FORMS": "1", "form-INITIAL_FORMS": "1", "form-0-id": row.pk, "form-0-state": "closed",
        "action": "delete_selected", "_selected_action": row.pk, "post": "yes",
    }  # fmt: skip
    for address in (
        reverse(f"admin:clues_{model}_add"),
        reverse(f"admin:clues_{model}_change", args=[row.pk]),
        reverse(f"admin:clues_{model}_delete", args=[row.pk]),
    ):
        assert browser.post(address, inline).status_code == 403, address
    assert browser.post(reverse(f"admin:clues_{model}_changelist"), inline).status_code in (200, 302, 403)
    assert {name: kind.objects.count() for name, kind in CLASSES.items()} == before
    assert list(CLASSES[model].objects.filter(pk=row.pk).values()) == state


@pytest.mark.parametrize("who", ["alice", "amir"])
def test_members_staff_are_not_let_in(furnished: Scene, desk: Any, who: str) -> None:
    browser = desk(getattr(furnished.cast, who))
    for model in MODELS:
        answer = browser.get(reverse(f"admin:clues_{model}_changelist"))
        assert answer.status_code == 302 and "/login/" in answer["Location"]


@pytest.mark.parametrize(("model", "kind"), [("batch", "B"), ("match", "M"), ("ring", "R"), ("case", "CASE")])
def test_search_by_reference(furnished: Scene, desk: Any, model: str, kind: str) -> None:
    browser = desk(furnished.cast.olga)
    row = CLASSES[model].objects.first()
    address = reverse(f"admin:clues_{model}_changelist")
    ref = reference.encode(kind, row.pk)
    found = browser.get(address, {"q": f" {ref} "}).context["cl"]
    assert [each.pk for each in found.result_list] == [row.pk]
    for nothing in (str(row.pk), "no-such", reference.encode("I", row.pk)):
        assert len(browser.get(address, {"q": nothing}).context["cl"].result_list) == 0


@pytest.mark.parametrize("model", ["batch", "case"])
def test_lists_ask_as_often_for_many_rows_as_for_one(furnished: Scene, desk: Any, model: str) -> None:
    browser = desk(furnished.cast.olga)
    address = reverse(f"admin:clues_{model}_changelist")
    browser.get(address)

    def ask() -> int:
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert browser.get(address).status_code == 200
        return len(queries)

    before = ask()
    if model == "case":
        from clues.cases.opening import open_case

        promote(furnished)
        open_case(ring=furnished.ring, by=furnished.cast.olga, now=timezone.now())
    else:
        from tests.clues.alliance import clue, submit

        with acting_as("aif_web"):
            for number in range(3):
                submit(caller(furnished.cast.cedar), [clue(token(number))])
    assert ask() <= before


def test_a_match_before_its_tick_is_not_there(furnished: Scene, desk: Any) -> None:
    with acting_as("aif_match"):
        Match.objects.update(released_at=timezone.now() + timezone.timedelta(minutes=1))
    browser = desk(furnished.cast.olga)
    assert len(browser.get(reverse("admin:clues_match_changelist")).context["cl"].result_list) == 0
    answer = browser.get(reverse("admin:clues_match_change", args=[Match.objects.get().pk]))
    assert answer.status_code == 302  # stock: back to the index, "doesn't exist"


def test_names_are_escaped(furnished: Scene, desk: Any) -> None:
    from members.models import Institution

    Institution.objects.filter(pk=furnished.cast.aster.pk).update(name="<img src=x onerror=alert(1)>")
    browser = desk(furnished.cast.olga)
    for model in ("match", "ring", "case"):
        row = CLASSES[model].objects.first()
        page = browser.get(reverse(f"admin:clues_{model}_change", args=[row.pk])).content
        assert b"<img src=x" not in page and b"&lt;img src=x" in page
