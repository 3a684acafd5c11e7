"""Write a package: one ZIP, straight into whatever takes its bytes, with a manifest of every file and a signature over it.

Nothing lies in a temporary file: tables and report are small, evidence passes through in blocks. What is written can be
checked with the program that the package carries (`verify.py`), and with plain `openssl cms -verify`.
"""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO, Final, Protocol

from cryptography.hazmat.primitives import hashes
from django.template.loader import render_to_string
from django.utils.translation import gettext_noop

from aif_share.errors import Refusal
from clues.packages import sheets
from clues.packages.contents import Contents, as_document
from clues.packages.signing import Signer
from clues.working_days import ZONE

FORMAT: Final = "aif-share-package/1"
BLOCK: Final = 1 << 20
VERIFIER: Final = Path(__file__).with_name("verify.py")
ABOUT: Final = {
    "README.txt": "说明与核验方法 how to read and verify",
    "report.pdf": "封面报告 cover report",
    "contents.json": "全部内容（机器可读）everything, for programs",
    "amounts.csv": "金额与人数 amounts and persons",
    "identifiers.csv": "标识原值 raw identifiers",
    "clues.csv": "线索 clues",
    "evidence.csv": "证据目录 list of the evidence",
    "custody.csv": "证据保管链 chain of custody",
    "checklist.csv": "罪名构成要件核对 elements of the charges",
    "steps.csv": "专案经过 steps of the case",
    "verify.py": "核验程序 program that verifies",
    "signer.pem": "签名证书 certificate of the signer",
}


class DigestWrong(Refusal):
    """An item of evidence is not what it was when it was stored. The package stops; `evidence` says which one."""

    def __init__(self, evidence: str) -> None:
        super().__init__(
            "integrity-failed", gettext_noop("An item of evidence differs from its digest."), evidence=evidence
        )


class Target(Protocol):
    """Whatever takes the bytes of the package, in order."""

    def write(self, data: bytes, /) -> object:
        """Take some bytes."""


@dataclass(slots=True)
class _Written:
    """What was written so far: path, size, digests."""

    rows: list[dict[str, Any]] = field(default_factory=list)


class _Forward:
    """A file that only goes forward, for `zipfile`."""

    def __init__(self, target: Target) -> None:
        self.target = target

    def write(self, data: bytes) -> int:
        self.target.write(bytes(data))
        return len(data)

    def flush(self) -> None:
        """Nothing is held back here."""


def write(target: Target, contents: Contents, *, signer: Signer, open_evidence: Callable[[str], BinaryIO]) -> bytes:
    """Write the package of `contents` and return the SHA-256 of its manifest.

    `open_evidence` opens an item, by `EV-…`, for reading. Raise DigestWrong, and whatever opening or the target raises:
    what was written by then is no package, for it has no manifest.
    """
    with zipfile.ZipFile(_Forward(target), "w", zipfile.ZIP_DEFLATED, allowZip64=True) as archive:  # type: ignore[call-overload]
        done = _Written()
        for name, text in _texts(contents, signer).items():
            _put(archive, contents, done, name, text)
        for item in contents.evidence:
            try:
                with open_evidence(item.evidence) as source:
                    row = _copy(archive, contents, done, item.file, source, compress=False)
            except Refusal as refusal:
                refusal.extra.setdefault("evidence", item.evidence)
                raise
            if (row["sha256"], row["size"]) != (item.sha256, item.size):
                raise DigestWrong(item.evidence)
        _put(archive, contents, done, "index.csv", _index(contents, done).encode())
        manifest = _manifest(contents, done, signer)
        _put(archive, contents, _Written(), "manifest.json", manifest)
        _put(archive, contents, _Written(), "manifest.json.p7s", signer.sign(manifest))
    return hashlib.sha256(manifest).digest()


def _texts(contents: Contents, signer: Signer) -> dict[str, bytes]:
    """Every file but the evidence and what speaks of all files."""
    from clues.packages import report  # brings Pango, so it is loaded where a report is made

    said = {
        "README.txt": render_to_string("clues/packages/readme.txt", {"contents": contents, "signer": signer}),
        "contents.json": json.dumps(as_document(contents), ensure_ascii=False, indent=1) + "\n",
        **{f"members/{party.party}.csv": sheets.facts_table(party) for party in contents.parties},
        **{name: sheets.table(name, contents) for name in sheets.TABLES},
    }
    texts = {name: text.encode() for name, text in said.items()}
    texts["README.txt"] = texts["README.txt"].replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
    texts["report.pdf"] = report.render(contents, signer=signer)
    texts["verify.py"] = VERIFIER.read_bytes()
    texts["signer.pem"] = signer.certificate_pem
    return texts


def _index(contents: Contents, done: _Written) -> str:
    about = ABOUT | {f"members/{party.party}.csv": f"{party.name} 事实表 facts" for party in contents.parties}
    about |= {item.file: f"{item.evidence} {item.kind_name.zh} {item.title}" for item in contents.evidence}
    rows = sorted(done.rows, key=lambda row: (row["path"].startswith("evidence/"), row["path"]))
    return sheets.index((row["path"], about[row["path"]], row["size"], row["sha256"]) for row in rows)


def _manifest(contents: Contents, done: _Written, signer: Signer) -> bytes:
    document = as_document(contents)
    said = {name: document[name] for name in ("package", "case", "version", "receiver", "unit", "made_at")}
    rows = sorted(done.rows, key=lambda row: row["path"])
    whole = {"format": FORMAT, **said, "signer_sha256": signer.fingerprint, "files": rows}
    return (json.dumps(whole, ensure_ascii=False, indent=1) + "\n").encode()


def _put(archive: zipfile.ZipFile, contents: Contents, done: _Written, name: str, text: bytes) -> None:
    with archive.open(_entry(contents, name), "w", force_zip64=True) as out:
        out.write(text)
    done.rows.append(_row(name, len(text), hashlib.sha256(text).hexdigest(), _sm3(text)))


def _copy(
    archive: zipfile.ZipFile, contents: Contents, done: _Written, name: str, source: BinaryIO, *, compress: bool
) -> dict[str, Any]:
    sha256, sm3, size = hashlib.sha256(), hashes.Hash(hashes.SM3()), 0
    entry = _entry(contents, name, compress=compress)
    with archive.open(entry, "w", force_zip64=True) as out:
        while block := source.read(BLOCK):
            sha256.update(block)
            sm3.update(block)
            size += len(block)
            out.write(block)
    done.rows.append(_row(name, size, sha256.hexdigest(), sm3.finalize().hex()))
    return done.rows[-1]


def _entry(contents: Contents, name: str, *, compress: bool = True) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, contents.made_at.astimezone(ZONE).timetuple()[:6])
    entry.compress_type = zipfile.ZIP_DEFLATED if compress else zipfile.ZIP_STORED
    entry.external_attr = 0o100644 << 16
    return entry


def _row(path: str, size: int, sha256: str, sm3: str) -> dict[str, Any]:
    return {"path": path, "size": size, "sha256": sha256, "sm3": sm3}


def _sm3(text: bytes) -> str:
    digest = hashes.Hash(hashes.SM3())
    digest.update(text)
    return digest.finalize().hex()
