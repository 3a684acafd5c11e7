"""Exports: rows that may be seen and no others, valid STIX, cells that no spreadsheet runs, each on the trail before its bytes."""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from datetime import date, datetime, timedelta
from typing import Any

import pytest
import stix2
from django.utils import timezone
from stix2validator import ValidationOptions, validate_string

from aif_share.errors import Refusal
from clues.content import reporting
from clues.exports import making
from clues.exports.making import Span
from clues.exports.registry import formats
from clues.matching import changes
from clues.models import Clue, Match
from clues.submissions import edits
from members.models import AuditEvent, Institution
from members.queries import Caller, person_of
from tests.clues.alliance import caller, clue, submit, token
from tests.clues.exports.hostile import NOTES, REFS, is_formula
from tests.clues.scene import Scene, work
from tests.factories import acting_as

WHAT = ("clues", "matches", "content")
# As OASIS published them (cti-stix-common-objects, extension-definition-specifications/tlp-2.0).
TLP_2 = "extension-definition--60a3c5c5-0d10-413e-aab3-9e08dde9e88d"
MARKINGS = {
    ("marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487", "clear"),
    ("marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb", "green"),
    ("marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421", "amber"),
    ("marking-definition--939a9414-2ddd-4d32-a0cd-375ea402b003", "amber+strict"),
    ("marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1", "red"),
}


def export(by: Caller | Institution, what: str, form: str = "csv", **given: Any) -> bytes:
    """Return the bytes of an export."""
    who = caller(by) if isinstance(by, Institution) else by
    return b"".join(making.make(what=what, form=form, by=who, now=given.pop("now", timezone.now()), **given).pieces)


def rows_of(content: bytes) -> list[dict[str, str]]:
    """Read a CSV as a program that opens one does."""
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def objects_of(content: bytes) -> list[dict[str, Any]]:
    """Return the objects of a bundle that the validator of OASIS accepts in its strict mode, and `stix2` too."""
    # Strict asks for random ids as well; ours are derived (UUIDv5), or a second import would double everything.
    found = validate_string(content.decode(), ValidationOptions(version="2.1", strict=True, disabled=["uuid-check"]))
    assert found.is_valid, [str(each) for each in found.errors]
    assert not found.warnings, found.warnings
    stix2.parse(content.decode(), allow_custom=False)
    return list(json.loads(content)["objects"])


def report_notes(by: Institution) -> None:
    """Report content, a link for each hostile note."""
    links = [
        {"link": f"https://evil.example/{number}", "category": "gray-advertising", "note": note}
        for number, note in enumerate(NOTES)
    ]
    done = reporting.report(request={"links": links}, by=caller(by), now=timezone.now())
    assert {each.outcome for each in done} == {"reported"}, "a note that is refused proves nothing"


def code_of(*arguments: Any, **named: Any) -> str:
    with pytest.raises(Refusal) as caught:
        export(*arguments, **named)
    return caught.value.code


def trail() -> list[AuditEvent]:
    with acting_as("aif_desk"):
        return list(AuditEvent.objects.filter(verb="export.make").order_by("id"))


def test_the_formats_are_found() -> None:
    assert list(formats()) == ["csv", "stix"]
    assert all(set(each.writers) == set(making.SUBJECTS) == set(WHAT) for each in formats().values())


def test_rows_are_those_that_may_be_seen(scene: Scene) -> None:
    """Each institution has its own clues, the match is its parties' alone, and nobody stands in the other's file."""
    aster, birch, cedar = (getattr(scene.cast, name) for name in ("aster", "birch", "cedar"))
    for own, ref in ((aster, "aster-1"), (birch, "birch-1"), (cedar, "cedar-1")):
        assert [row["client_ref"] for row in rows_of(export(own, "clues"))] == [ref]
    for own, ref in ((aster, "aster-1"), (birch, "birch-1")):
        (row,) = rows_of(export(own, "matches"))
        assert (row["match"], row["client_refs"], row["type"]) == (scene.match, ref, "resident-id")
        assert row["band"] == row["sectors"] == "", "fewer than five institutions: no band"
    assert rows_of(export(cedar, "matches")) == []
    sightings = [each for each in objects_of(export(cedar, "matches", "stix")) if each["type"] == "sighting"]
    assert sightings == []
    for form in formats():
        text = export(aster, "matches", form) + export(aster, "clues", form)
        assert b"birch" not in text.lower() and b"cedar" not in text.lower()


def test_no_token_in_any_file(scene: Scene) -> None:
    everything = b"".join(export(scene.cast.aster, what, form) for what in WHAT for form in formats())
    for each in (token("one person", kind="resident-id"), token("a", kind="cn-mobile")):
        assert each["token"].encode() not in everything
    with acting_as("aif_owner"):
        stored = {str(each) for each in Match.objects.values_list("token", flat=True)}
    assert stored and not any(each.encode() in everything for each in stored)


def test_a_match_goes_when_the_other_is_withdrawn(scene: Scene) -> None:
    other = Clue.objects.get(client_ref="birch-1")
    edits.withdraw(clue=str(other), reason="mistake", version=1, by=caller(scene.cast.birch), now=timezone.now())
    made = making.make(what="matches", form="csv", by=caller(scene.cast.aster), now=timezone.now())
    with acting_as("aif_match"):
        assert changes.apply_changes(limit=100, now=timezone.now())
    assert rows_of(b"".join(made.pieces)) == [], "chosen before, no longer there when it is written"


def test_stix_is_valid_and_says_the_same_again(scene: Scene) -> None:
    aster, now = scene.cast.aster, timezone.now()
    report_notes(aster)
    for what, kinds in (
        ("clues", {"incident": 1}),
        ("matches", {"incident": 1, "sighting": 1}),
        ("content", {"indicator": len(NOTES), "note": len(NOTES)}),
    ):
        first = export(aster, what, "stix", now=now)
        found = objects_of(first)
        count = Counter(each["type"] for each in found)
        assert {kind: count[kind] for kind in kinds} == kinds
        assert count["identity"] == 2
        assert {
            (each["id"], each["extensions"][TLP_2]["tlp_2_0"]) for each in found if each["type"] == "marking-definition"
        } == MARKINGS
        ids = {each["id"] for each in found}
        assert len(ids) == len(found)
        marked = [each for each in found if each["type"] in kinds]
        assert all(each["object_marking_refs"][0] in ids and each["created_by_ref"] in ids for each in marked)
        assert export(aster, what, "stix", now=now) == first
        later = objects_of(export(aster, what, "stix", now=now + timedelta(days=1)))
        assert {each["id"] for each in later} == ids, "the same objects, newer"
    assert objects_of(export(scene.cast.cedar, "content", "stix")), "a bundle without rows is one too"


def test_what_is_withdrawn_is_revoked(scene: Scene) -> None:
    row = Clue.objects.get(client_ref="aster-1")
    edits.withdraw(clue=str(row), reason="mistake", version=1, by=caller(scene.cast.aster), now=timezone.now())
    (found,) = [each for each in objects_of(export(scene.cast.aster, "clues", "stix")) if each["type"] == "incident"]
    assert found["revoked"] is True
    assert rows_of(export(scene.cast.aster, "clues"))[0]["state"] == "withdrawn"


def test_no_cell_is_a_formula(scene: Scene) -> None:
    """Forty notes and ten references that a spreadsheet would run; what it is given is text, and complete."""
    aster = scene.cast.aster
    report_notes(aster)
    submit(caller(aster), [clue(token(ref), client_ref=ref) for ref in REFS])
    work()
    content, clues = rows_of(export(aster, "content")), rows_of(export(aster, "clues"))
    cells = [cell for row in (*content, *clues) for cell in row.values()]
    assert not [cell for cell in cells if is_formula(cell)]
    assert sorted(row["note"].removeprefix("'") for row in content) == sorted(NOTES)
    assert {row["client_ref"].removeprefix("'") for row in clues} == {"aster-1", *REFS}
    assert all(is_formula(note) for note in NOTES), "each is one before"


def test_the_trail_has_it_before_the_first_byte(scene: Scene) -> None:
    made = making.make(
        what="clues", form="stix", by=person_of(scene.cast.alice), now=timezone.now(), span=Span(since=date(2026, 1, 1))
    )
    (event,) = trail()
    assert (event.actor_ref, event.institution_id) == (scene.cast.alice.ref, scene.cast.aster.pk)
    assert event.detail == {"what": "clues", "form": "stix", "rows": 1, "since": "2026-01-01"}
    assert made.rows == 1 and made.file_name.endswith(".stix.json")


def test_what_is_refused(scene: Scene, monkeypatch: Any) -> None:
    aster = scene.cast.aster
    assert code_of(aster, "screenings") == code_of(aster, "clues", "xlsx") == "not-found"
    reader = caller(aster, scopes=("screen",))
    assert code_of(reader, "clues") == code_of(reader, "matches") == "permission-missing"
    monkeypatch.setattr(making, "MOST_ROWS", 0)
    assert code_of(aster, "clues") == "too-large"
    assert trail() == []


def test_days_are_those_of_shanghai(scene: Scene) -> None:
    aster, today = scene.cast.aster, timezone.localdate()
    yesterday = today - timedelta(days=1)
    for what in ("clues", "matches"):
        assert len(rows_of(export(aster, what, span=Span(today, today)))) == 1
        assert rows_of(export(aster, what, span=Span(None, yesterday))) == []
    assert making.read_span({"since": "2026-11-02"}) == Span(since=date(2026, 11, 2))
    for wrong in (
        {"since": "2026-13-01"},
        {"since": ""},
        {"since": "20261102"},
        {"since": "2026-W45-1"},
        {"until": "x"},
        {"since": "2026-11-02", "until": "2026-11-01"},
    ):
        with pytest.raises(Refusal):
            making.read_span(wrong)
    begin, end = Span(date(2026, 11, 2), date(2026, 11, 2)).bounds()
    assert (begin, end) == tuple(datetime.fromisoformat(f"2026-11-0{day}T00:00:00+08:00") for day in (2, 3))
