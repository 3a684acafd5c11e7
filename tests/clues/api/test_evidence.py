"""Evidence over the API: announced, sent in pieces, finished, listed, opened with a reason; within the case alone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from clues.models import EvidenceItem, EvidenceUpload
from members.models import AuditEvent
from tests.clues.api.member import bytes_of, problem
from tests.clues.api.test_case_joint import joint, key, scene, write
from tests.clues.api.test_schema import document, valid
from tests.clues.exhibits import PDF, TEXT, announce, on_disk
from tests.clues.joint import Joint, approve
from tests.factories import acting_as

__all__ = ["document", "joint", "scene"]
MIB = 1024 * 1024


@pytest.fixture(autouse=True)
def evidence_folder(tmp_path: Path, settings: Any) -> None:
    settings.AIF_EVIDENCE = tmp_path / "evidence"


def piece(member: Any, upload: str, content: bytes, offset: int | str | None = 0, **extra: Any) -> Any:
    headers = {} if offset is None else {"HTTP_UPLOAD_OFFSET": str(offset)}
    return member.post(
        f"/evidence-uploads/{upload}", content, REQUEST_METHOD="PATCH", content_type="application/octet-stream", **headers,
        **extra,
    )  # fmt: skip


def add(member: Any, case: str, content: bytes = TEXT, **fields: Any) -> dict[str, Any]:
    upload = write(member, f"/cases/{case}/evidence", announce(content, **fields)).json()["upload"]
    assert piece(member, upload, content).json()["offset"] == len(content)
    return write(member, f"/evidence-uploads/{upload}/finish", b"").json()


def test_a_file_goes_in_and_comes_out(joint: Joint, document: Any) -> None:
    aster = key(joint.aster)
    path = f"/cases/{joint.case}/evidence"
    begun = write(aster, path, announce(PDF, file_name="通知.pdf"), HTTP_IDEMPOTENCY_KEY="k")
    assert begun.status_code == 201
    assert write(aster, path, announce(PDF, file_name="通知.pdf"), HTTP_IDEMPOTENCY_KEY="k").content == begun.content
    assert EvidenceUpload.objects.count() == 1
    upload = begun.json()["upload"]
    valid(document, "EvidenceUpload", begun.json())
    assert aster.get(path).json() == {"results": [], "uploads": [begun.json()]}
    problem(write(aster, f"/evidence-uploads/{upload}/finish", b""), 409, "upload-incomplete")
    assert piece(aster, upload, PDF).json()["offset"] == len(PDF)
    problem(piece(aster, upload, PDF), 409, "upload-offset")
    made = write(aster, f"/evidence-uploads/{upload}/finish", b"", HTTP_IDEMPOTENCY_KEY="f")
    assert made.status_code == 201
    assert write(aster, f"/evidence-uploads/{upload}/finish", b"", HTTP_IDEMPOTENCY_KEY="f").content == made.content
    body = made.json()
    valid(document, "Evidence", body)
    assert (body["own"], body["details"]["file_name"], body["media_type"]) == (True, "通知.pdf", "application/pdf")
    shown = aster.get(f"/evidence/{body['evidence']}")
    assert shown.json() == body and shown["ETag"] == '"1"'
    assert aster.get(f"/evidence-uploads/{upload}").json()["evidence"] == body["evidence"]
    opened = aster.post(f"/evidence/{body['evidence']}/open", {"reason": "To compare"})
    assert b"".join(opened.streaming_content) == PDF
    custody = aster.get(f"/evidence/{body['evidence']}/custody").json()
    valid(document, "Custody", custody)
    assert (custody["holds"], custody["results"][-1]["note"]) == (True, "To compare")


@pytest.mark.parametrize("name", ["page.html", "drawing.svg"])
def test_what_a_browser_would_run_is_never_shown(joint: Joint, name: str) -> None:
    aster = key(joint.aster)
    item = add(aster, joint.case, b"<svg xmlns='http://www.w3.org/2000/svg'><script>1</script></svg>", file_name=name)
    answer = aster.post(f"/evidence/{item['evidence']}/open", {"reason": "To compare"}, HTTP_ACCEPT="*/*")
    assert answer["Content-Type"] == "application/octet-stream"
    assert answer["Content-Disposition"] == f"attachment; filename*=UTF-8''{name}"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'none'; sandbox"
    assert answer["Cache-Control"] == "no-store"


def test_opening_needs_a_reason_and_both_scopes(joint: Joint) -> None:
    aster = key(joint.aster)
    item = add(aster, joint.case)
    path = f"/evidence/{item['evidence']}/open"
    problem(aster.post(path, {}), 422, "field-invalid")
    problem(aster.post(path, {"reason": " "}), 422, "field-invalid")
    problem(aster.post(path, {"reason": "x", "why": "y"}), 400, "unknown-field")
    problem(key(joint.aster, "read").post(path, {"reason": "x"}), 403, "permission-missing")
    with acting_as("aif_owner"):
        assert not AuditEvent.objects.filter(verb="evidence.open").exists()


def test_others_see_it_once_approved_and_share_only_what_is_shared(joint: Joint) -> None:
    aster, birch, cedar = key(joint.aster), key(joint.birch), key(joint.cedar)
    item = add(aster, joint.case)
    path = f"/evidence/{item['evidence']}"
    problem(birch.get(path), 404, "not-found")
    problem(write(aster, path, {"shared_with_parties": True}, method="PATCH"), 428, "precondition-required")
    problem(write(aster, path, {"shared_with_parties": "yes"}, method="PATCH", version=1), 422, "field-invalid")
    approve(joint, joint.alice, joint.amir)
    seen = birch.get(path).json()
    assert (seen["details"], seen["own"], seen["sha256"]) == (None, False, item["sha256"])
    problem(birch.post(f"{path}/open", {"reason": "x"}), 404, "not-found")
    shared = write(aster, path, {"shared_with_parties": True}, method="PATCH", version=1)
    assert (shared.json()["shared_with_parties"], shared["ETag"]) == (True, '"2"')
    approve(joint, joint.alice, joint.amir)
    assert b"".join(birch.post(f"{path}/open", {"reason": "x"}).streaming_content) == TEXT
    for each, none in (
        (path, "/evidence/EV-NONE"),
        (f"{path}/custody", "/evidence/EV-NONE/custody"),
        (f"/cases/{joint.case}/evidence", "/cases/CASE-NONE/evidence"),
    ):
        assert bytes_of(cedar.get(each)) == bytes_of(cedar.get(none))
        problem(cedar.get(each), 404, "not-found")


@pytest.mark.parametrize(
    ("offset", "content_type", "status", "code"),
    [
        (None, "application/octet-stream", 400, "field-missing"),
        ("-1", "application/octet-stream", 400, "field-missing"),
        ("1e3", "application/octet-stream", 400, "field-missing"),
        (7, "application/octet-stream", 409, "upload-offset"),
        (0, "application/json", 415, "media-type"),
    ],
)
def test_a_piece_says_where_it_begins(joint: Joint, offset: Any, content_type: str, status: int, code: str) -> None:
    aster = key(joint.aster)
    upload = write(aster, f"/cases/{joint.case}/evidence", announce()).json()["upload"]
    headers = {} if offset is None else {"HTTP_UPLOAD_OFFSET": str(offset)}
    answer = aster.post(
        f"/evidence-uploads/{upload}", TEXT, REQUEST_METHOD="PATCH", content_type=content_type, **headers
    )
    problem(answer, status, code)
    assert on_disk() == [] or on_disk()[0].stat().st_size == 16


def test_a_refused_file_leaves_no_trace_but_the_trail(joint: Joint, django_capture_on_commit_callbacks: Any) -> None:
    aster = key(joint.aster)
    upload = write(aster, f"/cases/{joint.case}/evidence", announce(PDF, file_name="a.png")).json()["upload"]
    with django_capture_on_commit_callbacks(execute=True):
        problem(piece(aster, upload, PDF), 415, "media-refused")
    assert (on_disk(), EvidenceItem.objects.count()) == ([], 0)
    problem(write(aster, f"/cases/{joint.case}/evidence", announce(size=5 * 1024**3)), 413, "too-large")
    with acting_as("aif_desk"):
        events = AuditEvent.objects.filter(verb="case.refuse").order_by("id")
        assert [event.detail["code"] for event in events] == ["media-refused", "too-large"]


def test_an_upload_is_given_up(joint: Joint) -> None:
    aster = key(joint.aster)
    upload = write(aster, f"/cases/{joint.case}/evidence", announce()).json()["upload"]
    problem(write(key(joint.birch), f"/evidence-uploads/{upload}", b"", method="DELETE"), 404, "not-found")
    assert write(aster, f"/evidence-uploads/{upload}", b"", method="DELETE").json()["state"] == "canceled"
    problem(piece(aster, upload, TEXT), 409, "transition-refused")
