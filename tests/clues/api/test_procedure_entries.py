"""`/cases/CASE-…/entries`, `/outcomes` and `/guidance`: the lead records, parties read, strangers find nothing."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from aif_share.vocabulary import outcome_counters
from clues.models import ProcedureEntry
from clues.procedures import record
from tests.clues.api.member import Member, bytes_of, problem
from tests.clues.procedures.recording import fields
from tests.clues.scene import Scene, make_case, make_scene, wait_for_tick
from tests.factories import acting_as, bearer, make_key


@pytest.fixture
def scene(db: None, settings: Any, ring: list[int]) -> Scene:
    settings.AIF_DISCLOSURE_TICK = 0.01
    return make_scene()


def member(institution: Any, *scopes: str) -> Member:
    return Member(institution, bearer(make_key(institution, scopes=scopes or ("submit", "read"))))


def post(caller: Member, case: str, body: Any, key: str | None = None) -> Any:
    return caller.post(f"/cases/{case}/entries", body, HTTP_IDEMPOTENCY_KEY=key or uuid4().hex)


def test_record_confirm_and_read(scene: Scene) -> None:
    case = make_case(scene, at="reported")
    aster, birch, cedar = (member(each) for each in (scene.cast.aster, scene.cast.birch, scene.cast.cedar))
    body, key = fields("police-criminal", "submitted", amount_lost_cny="12.5", province="CN-31"), uuid4().hex
    answer = post(aster, case.ref, body, key)
    assert answer.status_code == 201
    made = answer.json()
    assert (made["status"], made["amount_lost_cny"], made["document_no"]) == ("waiting", "12.50", None)
    again = post(aster, case.ref, body, key)
    assert again.json() == made and again["Idempotency-Replayed"] == "true" and ProcedureEntry.objects.count() == 1
    assert aster.get(f"/cases/{case.ref}/entries").json() == {"results": [made], "next": None}
    assert birch.get(f"/cases/{case.ref}/entries").json()["results"] == []
    missing = bytes_of(cedar.get("/cases/CASE-NONE/entries"))
    assert bytes_of(cedar.get(f"/cases/{case.ref}/entries")) == missing
    problem(post(birch, case.ref, body), 403, "not-the-lead")
    problem(post(cedar, case.ref, body), 404, "not-found")
    problem(post(member(scene.cast.aster, "submit"), case.ref, body), 403, "permission-missing")
    with acting_as("aif_desk"):
        record.confirm(entry=made["entry"], by=scene.cast.olga, now=timezone.now())
    wait_for_tick()
    (seen,) = birch.get(f"/cases/{case.ref}/entries").json()["results"]
    assert seen == made | {"status": "standing"}
    counters = {row["counter"]: row["own"] for row in birch.get("/outcomes").json()["counters"]}
    assert (counters["cases-reported"], counters["amount-lost"], counters["provinces"]) == ("1", "12.50", "1")


def test_what_is_refused_is_said(scene: Scene) -> None:
    case = make_case(scene, at="reported")
    aster = member(scene.cast.aster)
    ahead = problem(post(aster, case.ref, fields("police-criminal", "filed")), 409, "transition-refused")
    assert ahead["next"] == ["in-preparation", "submitted"]
    bare = fields("police-administrative", "accepted") | {"document_no": None}
    assert problem(post(aster, case.ref, bare), 400, "field-missing")["field"] == "document_no"
    problem(post(aster, case.ref, fields("civil", "suit") | {"judge": "x"}), 400, "unknown-field")
    problem(post(aster, case.ref, fields("civil", "mediation", note="ask 13800138000")), 422, "raw-identifier")
    assert not ProcedureEntry.objects.exists()


def test_pages(scene: Scene) -> None:
    case = make_case(scene, at="reported")
    aster = member(scene.cast.aster)
    made = [post(aster, case.ref, fields("civil", "mediation")).json()["entry"] for _turn in range(3)]
    first = aster.get(f"/cases/{case.ref}/entries?limit=2").json()
    second = aster.get(first["next"].partition("/api/v1")[2]).json()
    assert [row["entry"] for row in first["results"] + second["results"]] == made and second["next"] is None


def test_outcomes_and_guidance(scene: Scene) -> None:
    aster = member(scene.cast.aster)
    body = aster.get("/outcomes?track=civil&since=2026-01-01").json()
    assert [row["counter"] for row in body["counters"]] == [row.code for row in outcome_counters.ROWS]
    assert {row["alliance"] for row in body["counters"]} == {None} and body["as_of"] is None
    assert problem(aster.get("/outcomes?track=no"), 422, "field-invalid")["field"] == "track"
    assert problem(aster.get("/outcomes?since=now"), 422, "field-invalid")["field"] == "since"
    found = aster.get("/guidance").json()
    assert {len(found[name]) > 5 for name in ("authorities", "charges", "playbooks")} == {True}
    assert found["charges"][0]["elements"] and found["authorities"][0]["documents"]
