"""`/clues`: reading one's own, correcting, withdrawing, extending; and what others hear of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.utils import timezone

from clues.matching import changes, release
from members.models import AuditEvent
from tests.clues.alliance import clue, token
from tests.clues.api.member import Member, bytes_of, match, problem
from tests.clues.scene import wait_for_tick
from tests.factories import acting_as


@pytest.fixture(autouse=True)
def _short_tick(settings: Any) -> None:
    settings.AIF_DISCLOSURE_TICK = 0.05


def report(member: Member, *identifiers: dict[str, Any], **fields: Any) -> dict[str, Any]:
    """Submit one clue, match it, and return it as the API shows it."""
    sent = clue(*identifiers, **fields)
    assert member.submit([sent]).status_code == 202
    _empty()
    match()
    return find(member, sent["client_ref"])


def find(member: Member, client_ref: str) -> dict[str, Any]:
    (found,) = member.get(f"/clues?client_ref={client_ref}").json()["results"]
    return dict(found)


def apply() -> None:
    """Let the worker apply what waits, and the tick pass."""
    with acting_as("aif_match"):
        changes.apply_changes(limit=100, now=timezone.now())
        release.release_pending()
    wait_for_tick()


def _empty() -> None:
    """Empty the matcher's temporary tables: in a test that is rolled back nothing commits in between."""
    with acting_as("aif_match"), connection.cursor() as cursor:
        for table in ("clue_in", "identifier_in", "clue_new", "met", "blocked"):
            cursor.execute("SELECT to_regclass(%s)", [f"pg_temp.{table}"])
            if cursor.fetchone()[0]:
                cursor.execute(f"DELETE FROM {table}")


def edit(member: Member, row: dict[str, Any], body: Any, *, step: str = "", version: Any = None, **extra: Any) -> Any:
    headers = {
        "HTTP_IF_MATCH": f'"{version or row["version"]}"',
        "HTTP_IDEMPOTENCY_KEY": uuid4().hex,
        "REQUEST_METHOD": "POST" if step else "PATCH",
    } | extra
    return member.post(f"/clues/{row['clue']}{step}", body, **{k: v for k, v in headers.items() if v is not None})


def kinds(member: Member) -> list[str]:
    with acting_as("aif_match"), connection.cursor() as cursor:
        cursor.execute(
            "SELECT kind FROM event WHERE institution_id = %s AND subject_kind = 'M' ORDER BY id",
            [member.institution.pk],
        )
        return [kind for (kind,) in cursor.fetchall()]


def fingerprint(row: dict[str, Any]) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT fingerprint FROM clue WHERE client_ref = %s", [row["client_ref"]])
        return str(cursor.fetchone()[0])


def test_what_was_reported_can_be_read(aster: Member, birch: Member) -> None:
    row = report(aster, token(1), token(2) | {"role": "victim"}, amount_cny="1000", indicators=[])
    assert (row["amount_cny"], row["state"], row["version"], row["basis"]) == ("1000.00", "active", 1, "unspecified")
    assert row["identifiers"] == [
        {"type": "domain", "epoch": 1, "epochs": [1], "role": "actor", "counted": True},
        {"type": "domain", "epoch": 1, "epochs": [1], "role": "victim", "counted": False},
    ]
    answer = aster.get(f"/clues/{row['clue']}")
    assert answer.json() == row and answer["ETag"] == '"1"'
    assert aster.get(f"/clues/{row['clue']}", HTTP_IF_NONE_MATCH='"1"').status_code == 304
    stranger = birch.get(f"/clues/{row['clue']}")
    problem(stranger, 404, "not-found")
    assert bytes_of(stranger) == bytes_of(birch.get("/clues/C-NONE"))
    problem(edit(birch, row, {"grade": "A"}), 404, "not-found")
    assert birch.get("/clues").json()["results"] == []


def test_filters_and_pages(aster: Member) -> None:
    rows = [report(aster, token(n), category="spam-sms" if n else "malware") for n in range(3)]
    assert [r["clue"] for r in aster.get("/clues").json()["results"]] == [r["clue"] for r in rows[::-1]]
    first = aster.get("/clues?limit=1&category=spam-sms").json()
    second = aster.get(first["next"].removeprefix("http://testserver/api/v1")).json()
    assert [first["results"][0]["clue"], second["results"][0]["clue"]] == [rows[2]["clue"], rows[1]["clue"]]
    assert second["next"] is None
    assert aster.get("/clues?state=withdrawn").json()["results"] == []
    for query in ("state=gone", "category=nothing"):
        problem(aster.get(f"/clues?{query}"), 422, "field-invalid")


def test_a_correction_is_seen_at_once_and_told(aster: Member, birch: Member) -> None:
    mine = report(aster, token("x"))
    report(birch, token("x"))
    answer = edit(aster, mine, {"grade": "B1", "category": "malware", "amount_cny": "5", "channel": "sms"})
    assert answer.status_code == 200 and answer["ETag"] == '"2"'
    assert answer.json() == mine | {
        "grade": "B1", "category": "malware", "amount_cny": "5.00", "channel": "sms", "version": 2,
        "answers_screenings": True,
        "expires_at": answer.json()["expires_at"],
    }  # fmt: skip
    assert answer.json()["expires_at"] < mine["expires_at"], "malware is kept shorter than telecom fraud"
    apply()
    assert kinds(birch) == ["match.released", "match.changed"]
    assert kinds(aster) == ["match.released"], "what it did itself is no news"
    (seen,) = birch.get("/matches").json()["results"]
    assert (seen["best_grade"], seen["categories"]) == ("B1", ["malware", "telecom-fraud"])
    (step,) = aster.get(f"/clues/{mine['clue']}/history").json()["results"]
    assert (step["version"], step["change"], step["reason"]) == (2, "corrected", None)
    with acting_as("aif_audit"):
        event = AuditEvent.objects.get(verb="clue.correct")
    assert event.detail == {"version": 2, "reason": "", "fields": ["amount_cny", "category", "channel", "grade"]}


def test_new_identifiers_leave_one_match_and_make_another(aster: Member, birch: Member) -> None:
    mine = report(aster, token("x"), token("z"))
    report(birch, token("x"))
    report(birch, token("y"))
    shown = edit(aster, mine, {"identifiers": [token("y"), token("z")]}).json()
    assert [each["counted"] for each in shown["identifiers"]] == [False, False], "the matcher has not been there yet"
    apply()
    assert sorted(kinds(birch)) == ["match.released", "match.released", "match.undone"]
    assert sorted(kinds(aster)) == ["match.released", "match.released", "match.undone"]
    after = find(aster, mine["client_ref"])
    assert [each["counted"] for each in after["identifiers"]] == [True, True] and after["version"] == 2
    (seen,) = aster.get("/matches").json()["results"]
    assert seen["mine"] == [{"client_ref": mine["client_ref"], "identifier": 0}]


def test_roles_alone(aster: Member, birch: Member) -> None:
    mine = report(aster, token("x"))
    report(birch, token("x"))
    assert edit(aster, mine, {"roles": [{"identifier": 0, "role": "victim"}]}).status_code == 200
    apply()
    assert kinds(birch) == ["match.released", "match.undone"]
    assert find(aster, mine["client_ref"])["identifiers"] == [
        {"type": "domain", "epoch": 1, "epochs": [1], "role": "victim", "counted": False}
    ]
    row = find(aster, mine["client_ref"])
    assert edit(aster, row, {"roles": [{"identifier": 0, "role": "agent"}]}).status_code == 200
    apply()
    assert kinds(birch) == ["match.released", "match.undone", "match.released"]
    (match_now,) = birch.get("/matches").json()["results"]
    assert match_now["mine"]


@pytest.mark.parametrize("basis", [None, "user-agreement"])
def test_the_fingerprint_is_that_of_a_fresh_submission(aster: Member, basis: str | None) -> None:
    """The corrected content sent again is a duplicate; the former one is refused."""
    fields: dict[str, Any] = {
        "observed_at": "2026-11-01T16:00:00+08:00", "amount_cny": "12.5", "evidence_sha256": "AB" * 32, "region": "CN-31",
        "indicators": [],
    }  # fmt: skip
    fields |= {"basis": basis} if basis else {}
    mine = report(aster, token("x"), **fields)
    corrected = edit(aster, mine, {"grade": "C", "identifiers": [token("x"), token("y")]})
    assert corrected.status_code == 200
    apply()
    ref = mine["client_ref"]
    again = clue(token("x"), token("y"), client_ref=ref, grade="C", **fields)
    former = clue(token("x"), client_ref=ref, **fields)
    outcomes = []
    for body in (again, former):
        batch = aster.submit([body]).json()["batch"]
        _empty()
        match()
        (row,) = aster.get(f"/batches/{batch}/results").json()["results"]
        outcomes.append((row["outcome"], row["code"]))
    assert outcomes == [("duplicate", None), ("refused", "client-ref-reused")]


def test_what_is_right_already_makes_no_version(aster: Member) -> None:
    mine = report(aster, token("x"), evidence_sha256="AB" * 32)
    same = edit(aster, mine, {"grade": "B2", "evidence_sha256": "ab" * 32, "identifiers": [token("x")]})
    assert same.json() == mine
    assert aster.get(f"/clues/{mine['clue']}/history").json()["results"] == []


def test_withdrawn_for_good(aster: Member, birch: Member) -> None:
    mine = report(aster, token("x"))
    report(birch, token("x"))
    row = edit(aster, mine, {"reason": "wrong-person"}, step="/withdraw").json()
    assert (row["state"], row["version"]) == ("withdrawn", 2)
    hits = birch.screen(token("x")).json()["results"]
    assert not hits[0]["hit"], "before the matcher was there"
    apply()
    assert kinds(birch) == kinds(aster) == ["match.released", "match.undone"]
    assert birch.get("/matches").json()["results"] == []
    for body, step in (
        ({"grade": "A"}, ""),
        ({"reason": "mistake"}, "/withdraw"),
        ({"reason": "case-open"}, "/extend"),
    ):
        problem(edit(aster, row, body, step=step), 409, "transition-refused")


def test_extended_a_full_period_from_now(aster: Member) -> None:
    mine = report(aster, token("x"), grade="C")
    days = datetime.fromisoformat(mine["expires_at"]) - datetime.fromisoformat(mine["received_at"])
    assert days.days in (365, 366), "a suspicion is kept twelve months at most"
    with acting_as("aif_match"), connection.cursor() as cursor:
        cursor.execute("UPDATE clue SET expires_at = expires_at - interval '100 days'")
    row = edit(aster, mine, {"reason": "new-activity"}, step="/extend").json()
    assert row["expires_at"] > mine["expires_at"] and row["version"] == 2
    (step,) = aster.get(f"/clues/{mine['clue']}/history").json()["results"]
    assert (step["change"], step["reason"]) == ("extended", "new-activity")


def test_extended_again_only_with_fresh_evidence(aster: Member) -> None:
    row = report(aster, token("x"), evidence_sha256="a" * 64)
    row = edit(aster, row, {"reason": "new-activity"}, step="/extend").json()
    problem(edit(aster, row, {"reason": "new-activity"}, step="/extend"), 409, "evidence-stale")
    row = edit(aster, row, {"region": "CN-31"}).json()
    problem(edit(aster, row, {"reason": "new-activity"}, step="/extend"), 409, "evidence-stale")
    row = edit(aster, row, {"evidence_sha256": "b" * 64}).json()
    row = edit(aster, row, {"reason": "new-activity"}, step="/extend").json()
    problem(edit(aster, row, {"reason": "new-activity"}, step="/extend"), 409, "evidence-stale")
    suspicion = report(aster, token("y"), grade="C")
    for _ in range(2):
        suspicion = edit(aster, suspicion, {"reason": "new-activity"}, step="/extend").json()
    assert suspicion["version"] == 3


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({}, 400, "field-missing"),
        ({"client_ref": "other"}, 400, "unknown-field"),
        ({"state": "active"}, 400, "unknown-field"),
        ({"grade": "Z"}, 422, "grade-unknown"),
        ({"grade": None}, 400, "field-missing"),
        ({"amount_cny": 5}, 422, "amount-invalid"),
        ({"category": "anti-collection"}, 422, "indicator-missing"),
        ({"identifiers": []}, 422, "identifiers-missing"),
        ({"identifiers": [token(1) | {"token": "13800138000"}]}, 422, "raw-identifier"),
        ({"identifiers": [token(1)], "roles": []}, 422, "field-invalid"),
        ({"roles": [{"identifier": 1, "role": "victim"}]}, 422, "field-invalid"),
        ({"roles": [{"identifier": True, "role": "victim"}]}, 422, "field-invalid"),
        ({"roles": [{"identifier": 0, "role": "hero"}]}, 422, "role-unknown"),
    ],
)
def test_corrections_that_are_refused_leave_no_trace(
    aster: Member, tables: Any, body: Any, status: int, code: str
) -> None:
    mine = report(aster, token("x"))
    before = tables()
    problem(edit(aster, mine, body), status, code)
    assert tables() == before
    assert aster.get(f"/clues/{mine['clue']}").json() == mine


def test_versions_and_keys(aster: Member) -> None:
    mine = report(aster, token("x"))
    problem(edit(aster, mine, {"grade": "A"}, HTTP_IF_MATCH=None), 428, "precondition-required")
    problem(edit(aster, mine, {"grade": "A"}, version=2), 412, "version-changed")
    problem(edit(aster, mine, {"grade": "A"}, HTTP_IDEMPOTENCY_KEY=None), 400, "idempotency-key-missing")
    first = edit(aster, mine, {"grade": "A"}, HTTP_IDEMPOTENCY_KEY="one")
    again = edit(aster, mine, {"grade": "A"}, HTTP_IDEMPOTENCY_KEY="one")
    assert again.json() == first.json() and again["Idempotency-Replayed"] == "true" and again["ETag"] == '"2"'
    problem(edit(aster, mine, {"reason": "no-reason"}, step="/withdraw"), 422, "field-invalid")
    problem(edit(aster, mine, {"why": "x"}, step="/extend"), 400, "unknown-field")
    problem(edit(aster, mine, {}, step="/extend"), 400, "field-missing")
    assert fingerprint(mine)


def test_other_identifiers_cost_what_a_clue_costs(aster: Member) -> None:
    """Otherwise one clue, corrected again and again, would ask about any number of tokens."""
    row = report(aster, token(1))
    with acting_as("aif_owner"), connection.cursor() as cursor:
        cursor.execute("UPDATE institution SET submit_quota = 2 WHERE id = %s", [aster.institution.pk])
    assert edit(aster, row, {"identifiers": [token(1)]}).status_code == 200, "nothing new, nothing charged"
    first = edit(aster, row, {"identifiers": [token(2)]})
    assert first.status_code == 200
    problem(edit(aster, first.json(), {"identifiers": [token(3)]}), 429, "quota-exhausted")
    assert edit(aster, first.json(), {"roles": [{"identifier": 0, "role": "victim"}]}).status_code == 200
