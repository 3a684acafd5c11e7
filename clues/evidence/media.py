"""Whether a file is what it is called: by its first bytes, and an archive by its list of files."""

from __future__ import annotations

import codecs
import io
import unicodedata
import zipfile
from typing import IO, Final

import puremagic
from django.utils.translation import gettext_noop

from aif_share.errors import Refusal
from aif_share.vocabulary import evidence_media
from aif_share.vocabulary.evidence_media import Media

HEAD: Final = 8 * 1024
MOST_FILES: Final = 10_000
MOST_BYTES: Final = 8 * 1024 * 1024 * 1024
MOST_AT_ONCE: Final = 16 * 1024 * 1024
MOST_RATIO: Final = 200
"""How much larger than packed the files of an archive may be, together."""
_ARCHIVES: Final = frozenset(
    "zip 7z rar gz tgz bz2 xz zst tar iso cab jar apk war ear lzh arj ace z lz lzma dmg img vhd vmdk".split()
)
_ARCHIVE_STARTS: Final = (
    b"PK\x03\x04", b"PK\x05\x06", b"7z\xbc\xaf\x27\x1c", b"Rar!", b"\x1f\x8b", b"BZh", b"\xfd7zXZ", b"\x28\xb5\x2f\xfd",
    b"MSCF",
)  # fmt: skip
_OFFICE: Final = frozenset({"docx", "xlsx", "pptx"})
_ENCODINGS: Final = ("utf-8", "gb18030")


class _Bounded:
    """Reads no more at once than a list of files may take: whoever makes an archive says in it how long its list is."""

    def __init__(self, content: IO[bytes]) -> None:
        self._content = content
        self.seek, self.tell, self.close = content.seek, content.tell, content.close

    def read(self, size: int = -1, /) -> bytes:
        """Return up to `size` bytes. Raise ArchiveRefused for what no archive that is taken asks for."""
        taken = self._content.read(MOST_AT_ONCE + 1 if size < 0 else min(size, MOST_AT_ONCE + 1))
        if len(taken) > MOST_AT_ONCE:
            raise ArchiveRefused
        return taken

    def seekable(self) -> bool:
        """Yes."""
        return True


class MediaRefused(Refusal):
    """The content is not of the type that was announced."""

    def __init__(self) -> None:
        super().__init__("media-refused", gettext_noop("The content is not of the type that its name says."))


class ArchiveRefused(Refusal):
    """What an archive holds is not taken."""

    def __init__(self) -> None:
        super().__init__(
            "archive-refused",
            gettext_noop("The archive holds another archive, something encrypted, or files of strange names or sizes."),
        )


def check_start(media_type: str, start: bytes) -> None:
    """Check the first bytes of a file, 1 MiB at most. Raise MediaRefused."""
    row = evidence_media.BY_TYPE[media_type]
    if row.look == "text":
        _check_text(start)
        return
    try:
        seen = {match.extension.lstrip(".").lower() for match in puremagic.magic_string(start[:HEAD])}
    except (puremagic.PureError, ValueError):
        seen = set()
    if not seen & {*row.extensions, *row.seen_as}:
        raise MediaRefused


def check_whole(media_type: str, content: IO[bytes]) -> None:
    """Check a whole file, seekable, once it is there. Raise MediaRefused or ArchiveRefused."""
    row = evidence_media.BY_TYPE[media_type]
    if row.look in ("zip", "office"):
        _check_archive(row, content)


def _check_text(start: bytes) -> None:
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encodings: tuple[str, ...] = ("utf-16",)
    elif b"\0" in start:
        raise MediaRefused
    else:
        encodings = _ENCODINGS
    for encoding in encodings:
        try:
            codecs.getincrementaldecoder(encoding)().decode(start)  # the last letter may be cut
        except UnicodeDecodeError:
            continue
        return
    raise MediaRefused


def _check_archive(row: Media, content: IO[bytes]) -> None:
    try:
        with zipfile.ZipFile(_Bounded(content)) as archive:
            entries = archive.infolist()
            if len(entries) > MOST_FILES or sum(entry.file_size for entry in entries) > _most(entries):
                raise ArchiveRefused
            for entry in entries:
                _check_entry(archive, entry, office=row.look == "office")
            if row.look == "office" and "[Content_Types].xml" not in archive.namelist():
                raise MediaRefused
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, ValueError, OverflowError):
        raise ArchiveRefused from None


def _most(entries: list[zipfile.ZipInfo]) -> int:
    packed = sum(entry.compress_size for entry in entries)
    return min(MOST_BYTES, max(64 * 1024 * 1024, MOST_RATIO * packed))


def _check_entry(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, *, office: bool) -> None:
    """An entry is a plain file under a plain path. An office document may embed others, which are no archives of their own."""
    name = entry.filename
    parts = name.rstrip("/").split("/")
    is_plain = (
        0 < len(name) <= 1000
        and not name.startswith("/")
        and not any(part in ("", ".", "..") or part != part.strip() for part in parts)
        and not any(letter in "\\:" or unicodedata.category(letter) in ("Cc", "Cf") for letter in name)
    )
    is_link = (entry.external_attr >> 16) & 0o170000 == 0o120000
    if not is_plain or is_link or entry.flag_bits & 0x1:
        raise ArchiveRefused
    extension = parts[-1].rpartition(".")[2].lower()
    if entry.is_dir() or (office and extension in _OFFICE):
        return
    with archive.open(entry) as member:
        start = io.BytesIO(member.read(16)).getvalue()
    if extension in _ARCHIVES or (start.startswith(_ARCHIVE_STARTS) and extension not in _OFFICE):
        raise ArchiveRefused
