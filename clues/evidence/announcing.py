"""What is said of a piece of evidence before it is sent: read, checked, and sealed where it names people or files."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Final

from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_noop

from aif_share.errors import Refusal
from aif_share.vocabulary import evidence_kinds, evidence_media, evidence_time_sources
from clues.days import read_day
from clues.models import DataKey, StoredObject
from clues.notes import checked_note, has_control
from clues.submissions.rows import names_of
from clues.vault import records

MAX_NAME: Final = 200
MAX_WORDS: Final = 2000
_SHA256: Final = re.compile(r"[0-9a-f]{64}")
_EARLIEST: Final = datetime.fromisoformat("1990-01-01T00:00:00+08:00")


@dataclass(frozen=True, slots=True)
class Details:
    """What is sealed under the object's key. `collected_by` and `witness` are people, by whatever name they go."""

    title: str = ""
    file_name: str = ""
    collected_by: str = ""
    device: str = ""
    witness: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Announced:
    """A piece of evidence as it was announced; `size` in bytes, `sha256` empty where it was not given."""

    kind: str
    media_type: str
    size: int
    sha256: str
    collected_at: datetime
    time_source: str
    shared_with_parties: bool
    keep_until: date | None
    details: Details = field(default_factory=Details)


FIELDS: Final = frozenset(Announced.__slots__) - {"details"} | frozenset(Details.__slots__)


def read(request: Mapping[str, Any], *, now: datetime) -> Announced:
    """Return what a request announces.

    Raise Refusal `unknown-field`, `field-missing`, `field-invalid`, `too-large`, `media-refused`, `file-name-refused`,
    and NoteRefused for a title that holds an identifier.
    """
    unknown = request.keys() - FIELDS
    if unknown:
        raise Refusal("unknown-field", gettext_noop("The body has fields that do not exist."), fields=names_of(unknown))
    file_name = _file_name(request.get("file_name"))
    return Announced(
        kind=_code(request.get("kind"), evidence_kinds.BY_CODE, "kind"),
        media_type=_media_type(request.get("media_type"), file_name),
        size=_size(request.get("size")),
        sha256=_sha256(request.get("sha256")),
        collected_at=_collected_at(request.get("collected_at"), now),
        time_source=_code(request.get("time_source"), evidence_time_sources.BY_CODE, "time_source"),
        shared_with_parties=_flag(request.get("shared_with_parties"), "shared_with_parties"),
        keep_until=_keep_until(request.get("keep_until"), now),
        details=Details(
            title=_title(request.get("title")),
            file_name=file_name,
            collected_by=_words(request.get("collected_by"), "collected_by", required=True, most=MAX_NAME),
            device=_words(request.get("device"), "device", most=MAX_NAME),
            witness=_words(request.get("witness"), "witness", most=MAX_NAME),
            note=_words(request.get("note"), "note", most=MAX_WORDS),
        ),
    )


def seal(details: Details, stored: StoredObject) -> bytes:
    """Return the details sealed under the object's own key: destroyed with it. Raise KekMissing."""
    plain = json.dumps(asdict(details), ensure_ascii=False, sort_keys=True).encode()
    return records.seal(plain, key=stored.key, about=_about(stored))


def unseal(sealed: bytes, stored: StoredObject) -> Details:
    """Return the details of an object, whose `key` is loaded. Raise Destroyed, KekMissing, IntegrityFailed."""
    key: DataKey = stored.key
    return Details(**json.loads(records.unseal(sealed, key=key, about=_about(stored))))


def _about(stored: StoredObject) -> str:
    return f"evidence|{stored.id}"


def _code(value: Any, known: Mapping[str, Any], field: str) -> str:
    if value is None or value == "":
        raise Refusal("field-missing", gettext_noop("This has to be said."), field=field)
    if not isinstance(value, str) or value not in known:
        raise Refusal("field-invalid", gettext_noop("Take a code of the vocabulary."), field=field)
    return value


def _file_name(value: Any) -> str:
    """Return a plain file name: one that can go into an archive and onto any disk, and reads the same to everybody."""
    if value is None or value == "":
        raise Refusal("field-missing", gettext_noop("This has to be said."), field="file_name")
    name = unicodedata.normalize("NFC", value) if isinstance(value, str) else ""
    is_plain = (
        0 < len(name) <= MAX_NAME
        and len(name.encode(errors="replace")) <= 240
        and name == name.strip(" .")
        and not any(letter in '/\\:*?"<>|' or unicodedata.category(letter)[0] == "C" for letter in name)
    )
    if not is_plain:
        raise Refusal(
            "file-name-refused",
            gettext_noop(
                "Give a plain file name: no folders, no control or direction characters, 200 letters at most."
            ),
            field="file_name",
        )
    return name


def _media_type(value: Any, file_name: str) -> str:
    row = evidence_media.BY_EXTENSION.get(file_name.rpartition(".")[2].lower()) if "." in file_name else None
    if row is None or (value not in (None, "") and value != row.media_type):
        raise Refusal(
            "media-refused", gettext_noop("Files of this extension and media type are not taken."), field="file_name"
        )
    return row.media_type


def _size(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise Refusal("field-invalid", gettext_noop("This is a number of bytes, 1 or more."), field="size")
    if value > evidence_media.MAX_EVIDENCE:
        raise Refusal(
            "too-large", gettext_noop("The file is too large."), field="size", limit=evidence_media.MAX_EVIDENCE
        )
    return value


def _sha256(value: Any) -> str:
    if value is None or value == "":
        return ""
    if not isinstance(value, str) or _SHA256.fullmatch(value) is None:
        raise Refusal("field-invalid", gettext_noop("This is a SHA-256 in 64 lower-case hex digits."), field="sha256")
    return value


def _collected_at(value: Any, now: datetime) -> datetime:
    try:
        at = parse_datetime(value) if isinstance(value, str) else None
    except ValueError:
        at = None
    if at is None or at.tzinfo is None or not _EARLIEST <= at <= now + timedelta(minutes=5):
        raise Refusal(
            "field-invalid", gettext_noop("This is a time with its zone, between 1990 and now."), field="collected_at"
        )
    return at


def _keep_until(value: Any, now: datetime) -> date | None:
    if value is None:
        return None
    try:
        day = read_day(value)
    except ValueError:
        day = None
    if day is None or not now.date() < day <= now.date() + timedelta(days=30 * 366):
        raise Refusal("field-invalid", gettext_noop("This is a day in the next 30 years."), field="keep_until")
    return day


def _flag(value: Any, field: str) -> bool:
    if value is None:
        return False
    if not isinstance(value, bool):
        raise Refusal("field-invalid", gettext_noop("This is true or false."), field=field)
    return value


def _title(value: Any) -> str:
    if value is None or value == "":
        raise Refusal("field-missing", gettext_noop("This has to be said."), field="title")
    try:
        return checked_note(_words(value, "title", required=True, most=MAX_NAME), required=True)
    except Refusal as refusal:
        refusal.extra["field"] = "title"
        raise


def _words(value: Any, field: str, *, most: int, required: bool = False) -> str:
    """Return words that are sealed, so that they may name people."""
    text = "" if value is None else value
    if not isinstance(text, str) or len(text) > most or has_control(text):
        raise Refusal("field-invalid", gettext_noop("This is a text, not that long, without control characters."),
                      field=field, limit=most)  # fmt: skip
    if required and not text.strip():
        raise Refusal("field-missing", gettext_noop("This has to be said."), field=field)
    return text.strip()
