"""Pieces of evidence for tests: what is announced, how it gets into a case, and what it leaves on the disk."""

from __future__ import annotations

import hashlib
import io
import zipfile
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import timezone

from clues.evidence import uploads
from clues.models import EvidenceItem
from members.models import User
from tests.clues.joint import who

PDF = b"%PDF-1.7\n" + b"0 obj\n" * 40_000
TEXT = "2026-01-05 对方自称某机构工作人员，要求先付服务费。\n".encode()


def announce(content: bytes = TEXT, **fields: Any) -> dict[str, Any]:
    """Return what is said of a file before it is sent."""
    said = {
        "kind": "electronic-data",
        "file_name": "chat.txt",
        "size": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
        "collected_at": "2026-01-05T08:00:00Z",
        "time_source": "system-log",
        "title": "Chat with the caller",
        "collected_by": "经办人王某",
        "device": "case phone 7",
        "witness": "同事李某",
    }
    return {name: value for name, value in {**said, **fields}.items() if value is not None}


def begin(case: str, by: User, content: bytes = TEXT, **fields: Any) -> str:
    """Announce a file; return the upload."""
    request = announce(content, **fields)
    return uploads.begin(case=case, request=request, by=who(by), now=timezone.now()).upload


def send(upload: str, by: User, content: bytes, *, offset: int = 0, block: int = 300_000) -> int:
    """Send the rest of a file from an offset on; return where the upload stands."""
    blocks = (content[at : at + block] for at in range(offset, len(content), block))
    return uploads.append(upload=upload, offset=offset, blocks=blocks, by=who(by), now=timezone.now()).offset


def finish(upload: str, by: User) -> EvidenceItem:
    """Finish an upload that is whole."""
    examined = uploads.examine(upload=upload, by=who(by), now=timezone.now())
    return uploads.finish(upload=upload, examined=examined, by=who(by), now=timezone.now())


def add(case: str, by: User, content: bytes = TEXT, **fields: Any) -> EvidenceItem:
    """Add a piece of evidence to the part of somebody's institution."""
    upload = begin(case, by, content, **fields)
    send(upload, by, content)
    return finish(upload, by)


def on_disk() -> list[Path]:
    """Return the files of the vault."""
    return sorted(path for path in Path(settings.AIF_EVIDENCE).rglob("*") if path.is_file())


def packed(**files: bytes) -> bytes:
    """Return a ZIP of files."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()
