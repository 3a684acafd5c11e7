"""Uploads: announced, sent in pieces that may break off, finished once; what is refused leaves nothing."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from typing import Any

import pytest
from django.utils import timezone

from aif_share.errors import Refusal
from clues.cases import part_queries
from clues.evidence import upload_queries, uploads
from clues.models import Case, CasePart, CustodyEntry, EvidenceItem, EvidenceUpload, StoredObject
from clues.vault import frames, objects
from tests.clues.exhibits import PDF, TEXT, add, begin, finish, on_disk, send
from tests.clues.joint import Joint, approve, who
from tests.clues.scene import step
from tests.factories import acting_as

MIB = frames.FRAME


def refused(code: str, call: Any, *given: Any, **named: Any) -> Refusal:
    with pytest.raises(Refusal) as caught:
        call(*given, **named)
    assert caught.value.code == code
    return caught.value


def stands(upload: str, joint: Joint) -> upload_queries.UploadView:
    return upload_queries.get_upload(upload=upload, viewer=who(joint.alice))


def nothing_is_left() -> None:
    with acting_as("aif_owner"):
        assert EvidenceItem.objects.count() == 0
        assert set(StoredObject.objects.values_list("state", flat=True)) <= {"destroyed"}
    assert on_disk() == []


def test_a_file_becomes_evidence_of_the_own_part(joint: Joint, audited: Any) -> None:
    item = add(joint.case, joint.alice, PDF, file_name="notice.pdf", kind="documentary")
    assert (item.size, item.sha256, item.media_type) == (len(PDF), hashlib.sha256(PDF).hexdigest(), "application/pdf")
    objects.verify(item.object)
    part = part_queries.get_own_part(case=joint.case, viewer=who(joint.alice))
    assert (part.state, part.version, part.author, part.editor) == ("draft", 2, joint.alice.ref, joint.alice.ref)
    assert audited("evidence.begin") == audited("evidence.add") == [joint.alice.ref]
    with acting_as("aif_desk"):
        assert [row.action for row in CustodyEntry.objects.order_by("seq")] == ["collected", "added"]


def test_an_upload_goes_on_where_it_broke_off(joint: Joint) -> None:
    content = b"%PDF-1.7" + os.urandom(3 * MIB + 77)
    upload = begin(joint.case, joint.alice, content, file_name="scan.pdf")

    def breaking(upto: int) -> Iterator[bytes]:
        yield content[:upto]
        raise Refusal("malformed")

    refused("malformed", uploads.append, upload=upload, offset=0, blocks=breaking(2 * MIB + 500), by=who(joint.alice),
            now=timezone.now())  # fmt: skip
    assert stands(upload, joint).offset == 2 * MIB
    told = refused("upload-offset", send, upload, joint.alice, content, offset=MIB)
    assert told.extra == {"offset": 2 * MIB}
    told = refused("upload-incomplete", finish, upload, joint.alice)
    assert told.extra == {"offset": 2 * MIB}
    assert send(upload, joint.alice, content, offset=2 * MIB) == len(content)
    assert finish(upload, joint.alice).sha256 == hashlib.sha256(content).hexdigest()


def test_what_a_crash_left_behind_the_last_acknowledged_byte_is_cut_off(joint: Joint) -> None:
    content = b"%PDF-1.7" + os.urandom(2 * MIB)
    upload = begin(joint.case, joint.alice, content, file_name="scan.pdf")
    send(upload, joint.alice, content[: MIB + 10])
    (path,) = on_disk()
    with path.open("ab") as file:
        file.write(os.urandom(3 * MIB))
    assert send(upload, joint.alice, content, offset=MIB) == len(content)
    objects.verify(finish(upload, joint.alice).object)


def test_a_file_that_lost_acknowledged_bytes_raises_the_alarm(joint: Joint, audited: Any) -> None:
    content = b"%PDF-1.7" + os.urandom(2 * MIB)
    upload = begin(joint.case, joint.alice, content, file_name="scan.pdf")
    send(upload, joint.alice, content[: MIB + 10])
    (path,) = on_disk()
    os.truncate(path, 500_000)
    refused("integrity-failed", send, upload, joint.alice, content, offset=MIB)
    assert audited("vault.integrity") == ["vault"]


def test_a_lost_file_raises_the_alarm(joint: Joint, audited: Any) -> None:
    content = b"%PDF-1.7" + os.urandom(2 * MIB)
    upload = begin(joint.case, joint.alice, content, file_name="scan.pdf")
    send(upload, joint.alice, content[: MIB + 10])
    on_disk()[0].unlink()
    refused("integrity-failed", send, upload, joint.alice, content, offset=MIB)
    assert audited("vault.integrity") == ["vault"]


@pytest.mark.parametrize("call", ["pwrite", "fsync"])
def test_a_full_disk_acknowledges_nothing_and_the_sender_comes_again(
    joint: Joint, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    content = b"%PDF-1.7" + os.urandom(2 * MIB)
    upload = begin(joint.case, joint.alice, content, file_name="scan.pdf")
    send(upload, joint.alice, content[: MIB + 10])

    def full(*_arguments: Any) -> int:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, call, full)
        told = refused("unavailable", send, upload, joint.alice, content, offset=MIB)
    assert told.extra == {"retry_after": 60}
    assert stands(upload, joint).offset == MIB
    assert send(upload, joint.alice, content, offset=MIB) == len(content)
    objects.verify(finish(upload, joint.alice).object)


def test_a_part_holds_so_much_and_no_more(joint: Joint, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads, "MOST_ITEMS", 2)
    add(joint.case, joint.alice)
    begin(joint.case, joint.alice)
    refused("conflict", begin, joint.case, joint.alice)
    begin(joint.case, joint.bea)
    monkeypatch.setattr(uploads, "MOST_OPEN", 1)
    refused("conflict", begin, joint.case, joint.bea)


def test_two_do_not_send_at_once(joint: Joint) -> None:
    content = b"%PDF-1.7" + os.urandom(2 * MIB)
    upload = begin(joint.case, joint.alice, content, file_name="scan.pdf")

    def slow() -> Iterator[bytes]:
        yield content[:MIB]
        refused("upload-busy", send, upload, joint.alice, content)
        yield content[MIB:]

    uploads.append(upload=upload, offset=0, blocks=slow(), by=who(joint.alice), now=timezone.now())
    assert stands(upload, joint).offset == len(content)


def test_an_upload_that_is_canceled_meanwhile_acknowledges_nothing(
    joint: Joint, django_capture_on_commit_callbacks: Any
) -> None:
    content = b"%PDF-1.7" + os.urandom(2 * MIB)
    upload = begin(joint.case, joint.alice, content, file_name="scan.pdf")

    def slow() -> Iterator[bytes]:
        yield content[:MIB]
        with django_capture_on_commit_callbacks(execute=True):
            uploads.cancel(upload=upload, by=who(joint.alice), now=timezone.now())
        yield content[MIB:]

    refused("evidence-destroyed", uploads.append, upload=upload, offset=0, blocks=slow(), by=who(joint.alice),
            now=timezone.now())  # fmt: skip
    assert stands(upload, joint).state == "canceled"
    nothing_is_left()


def test_finishing_twice_is_finishing_once(joint: Joint) -> None:
    upload = begin(joint.case, joint.alice)
    send(upload, joint.alice, TEXT)
    assert finish(upload, joint.alice).pk == finish(upload, joint.alice).pk
    refused("transition-refused", send, upload, joint.alice, TEXT, offset=len(TEXT))


def test_more_than_was_announced_is_refused(joint: Joint) -> None:
    upload = begin(joint.case, joint.alice, TEXT)
    refused("too-large", send, upload, joint.alice, TEXT + b"more")
    assert stands(upload, joint).offset == 0


def test_strangers_and_other_roles_add_nothing(joint: Joint) -> None:
    refused("not-found", begin, joint.case, joint.cy)
    refused("permission-missing", begin, joint.case, joint.bert)
    upload = begin(joint.case, joint.alice)
    for other in (joint.cy, joint.bea):
        refused("not-found", send, upload, other, TEXT)
        refused("not-found", finish, upload, other)
        refused("not-found", uploads.cancel, upload=upload, by=who(other), now=timezone.now())


def test_a_canceled_upload_is_gone(joint: Joint, django_capture_on_commit_callbacks: Any) -> None:
    upload = begin(joint.case, joint.alice)
    send(upload, joint.alice, TEXT)
    with django_capture_on_commit_callbacks(execute=True):
        uploads.cancel(upload=upload, by=who(joint.alice), now=timezone.now())
    nothing_is_left()
    refused("transition-refused", send, upload, joint.alice, TEXT)
    refused("transition-refused", finish, upload, joint.alice)


def test_without_a_kek_nothing_is_begun_or_received(joint: Joint, settings: Any) -> None:
    upload = begin(joint.case, joint.alice)
    settings.AIF_KEKS = {}
    refused("kek-missing", begin, joint.case, joint.alice)
    refused("kek-missing", send, upload, joint.alice, TEXT)
    assert EvidenceUpload.objects.count() == 1


def test_new_evidence_takes_the_approval_of_the_part_back(joint: Joint) -> None:
    approve(joint, joint.alice, joint.amir)
    assert CasePart.objects.get(institution=joint.aster).state == "approved"
    add(joint.case, joint.alice)
    part = CasePart.objects.get(institution=joint.aster)
    assert (part.state, part.approved_by_id, part.released_at) == ("draft", None, None)


def test_once_parts_stand_nothing_is_added(joint: Joint) -> None:
    upload = begin(joint.case, joint.alice)
    send(upload, joint.alice, TEXT)
    approve(joint, joint.alice, joint.amir)
    approve(joint, joint.bea, joint.bert)
    with acting_as("aif_desk"):
        case = Case.objects.get()
    step(case, "ready", joint.alice)
    refused("transition-refused", begin, joint.case, joint.alice)
    refused("transition-refused", finish, upload, joint.alice)
    assert EvidenceItem.objects.count() == 0
    assert CasePart.objects.get(institution=joint.aster).state == "approved"
