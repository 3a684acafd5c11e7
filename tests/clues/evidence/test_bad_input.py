"""Bad evidence: hostile names, wrong digests, archives in archives, 5 GB: refused with reason, on the trail, and nothing left."""

from __future__ import annotations

import os
from typing import Any

import pytest
from django.utils import timezone

from aif_share.errors import Refusal
from clues.cases import refusals
from clues.evidence import uploads
from clues.models import EvidenceUpload, StoredObject
from members.models import AuditEvent
from tests.clues.evidence.test_uploads import nothing_is_left, refused, stands
from tests.clues.exhibits import TEXT, add, announce, begin, finish, packed, send
from tests.clues.joint import Joint, who
from tests.factories import acting_as


@pytest.mark.parametrize(
    ("fields", "content", "code"),
    [
        ({"sha256": "0" * 64}, TEXT, "digest-differs"),
        ({"file_name": "letter.pdf"}, TEXT, "media-refused"),
        ({"file_name": "photo.jpg"}, b"MZ\x90\x00" + bytes(2000), "media-refused"),
        ({"file_name": "notes.txt"}, b"\x7fELF" + bytes(2000), "media-refused"),
        ({"file_name": "all.zip"}, packed(**{"inner.zip": packed(a=b"a")}), "archive-refused"),
        ({"file_name": "all.zip"}, packed(**{"inner.dat": packed(a=b"a")}), "archive-refused"),
        ({"file_name": "all.zip"}, packed(**{"../../etc/cron.d/x": b"a"}), "archive-refused"),
        ({"file_name": "all.zip"}, packed(**{"a\\b.txt": b"a"}), "archive-refused"),
        ({"file_name": "all.zip"}, packed(**{"bomb.txt": bytes(200_000_000)}), "archive-refused"),
        ({"file_name": "all.zip"}, b"PK\x03\x04" + os.urandom(2000), "archive-refused"),
        ({"file_name": "table.xlsx"}, packed(**{"a.txt": b"a"}), "media-refused"),
    ],
    ids=lambda value: value if isinstance(value, str) else "-",
)  # fmt: skip
def test_what_arrives_and_is_not_what_it_should_be_leaves_nothing(
    joint: Joint, audited: Any, django_capture_on_commit_callbacks: Any, fields: dict, content: bytes, code: str
) -> None:
    upload = begin(joint.case, joint.alice, content, **fields)
    with django_capture_on_commit_callbacks(execute=True):
        refused(code, lambda: (send(upload, joint.alice, content), finish(upload, joint.alice)))
    assert stands(upload, joint).state == "refused"
    nothing_is_left()
    with acting_as("aif_desk"):
        event = AuditEvent.objects.get(verb="evidence.cancel")
    assert (event.actor_ref, event.detail["code"]) == (joint.alice.ref, code)


def test_an_archive_of_plain_files_is_taken(joint: Joint) -> None:
    content = packed(**{"聊天记录/1.txt": TEXT, "table.docx": packed(a=b"a")})
    assert add(joint.case, joint.alice, content, file_name="all.zip").media_type == "application/zip"


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"size": 5 * 1024**3}, "too-large"),
        ({"size": 0}, "field-invalid"),
        ({"size": True}, "field-invalid"),
        ({"kind": "hearsay"}, "field-invalid"),
        ({"kind": None}, "field-missing"),
        ({"file_name": "../../etc/passwd.txt"}, "file-name-refused"),
        ({"file_name": "a\0.txt"}, "file-name-refused"),
        ({"file_name": "gpj.\u202etxt"}, "file-name-refused"),
        ({"file_name": "n" * 201 + ".txt"}, "file-name-refused"),
        ({"file_name": "..txt"}, "file-name-refused"),
        ({"file_name": "run.exe"}, "media-refused"),
        ({"file_name": "txt"}, "media-refused"),
        ({"media_type": "image/png"}, "media-refused"),
        ({"title": "from 13800138000"}, "raw-identifier"),
        ({"title": None}, "field-missing"),
        ({"collected_by": " "}, "field-missing"),
        ({"collected_at": "2099-01-01T00:00:00Z"}, "field-invalid"),
        ({"collected_at": "2026-01-05T08:00:00"}, "field-invalid"),
        ({"time_source": "stars"}, "field-invalid"),
        ({"keep_until": "1999-01-01"}, "field-invalid"),
        ({"keep_until": "20270601"}, "field-invalid"),
        ({"keep_until": ""}, "field-invalid"),
        ({"shared_with_parties": "yes"}, "field-invalid"),
        ({"sha256": "abc"}, "field-invalid"),
        ({"color": "red"}, "unknown-field"),
    ],
)
def test_what_is_announced_wrongly_changes_nothing(joint: Joint, fields: dict, code: str) -> None:
    refusal = refused(code, uploads.begin, case=joint.case, request=announce(**fields), by=who(joint.alice),
                      now=timezone.now())  # fmt: skip
    assert not {str(value) for value in fields.values() if isinstance(value, str)} & {*map(str, refusal.args)}
    assert (EvidenceUpload.objects.count(), StoredObject.objects.count()) == (0, 0)
    nothing_is_left()


@pytest.mark.parametrize("fields", [{"size": 5 * 1024**3}, {"file_name": "../a.txt"}, {"file_name": "a.exe"}])
def test_bad_input_is_on_the_trail(joint: Joint, fields: dict) -> None:
    with pytest.raises(Refusal) as caught, refusals.recorded(
        case=joint.case, action="evidence-begin", by=who(joint.alice), also=uploads.BAD_INPUT
    ):  # fmt: skip
        begin(joint.case, joint.alice, **fields)
    with acting_as("aif_desk"):
        event = AuditEvent.objects.get(verb="case.refuse")
    assert (event.subject_ref, event.detail) == (joint.case, {"action": "evidence-begin", "code": caught.value.code})
