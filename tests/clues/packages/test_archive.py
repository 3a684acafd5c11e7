"""What a package holds: tables without a formula, a report in Chinese, evidence as it was, and nothing if it was not."""

from __future__ import annotations

import ast
import csv
import hashlib
import io
import json
import sys
import tracemalloc
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any, NoReturn

import pytest
from django.utils import timezone

from clues import pdf
from clues.packages import archive, report, signing
from clues.packages.archive import DigestWrong
from clues.packages.signing import Signer, SignerMissing
from tests.clues.packages.conftest import Taken
from tests.clues.packages.sample import FILES, make_contents, open_sample


def rows_of(folder: Path, name: str) -> list[list[str]]:
    text = (folder / name).read_bytes()
    assert text.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(text.decode("utf-8-sig"))))


def test_the_files_of_a_package(folder: Path) -> None:
    found = {each.relative_to(folder).as_posix() for each in folder.rglob("*") if each.is_file()}
    assert found == {
        *archive.ABOUT, "index.csv", "manifest.json", "manifest.json.p7s",
        "members/member-a.csv", "members/member-b.csv", "members/member-c.csv",
        "evidence/EV-7Q2M4K1A.mp3", "evidence/EV-9B3X5C2D.pdf",
    }  # fmt: skip
    assert (folder / "evidence/EV-7Q2M4K1A.mp3").read_bytes() == FILES["EV-7Q2M4K1A"]
    indexed = {row[0] for row in rows_of(folder, "index.csv")[1:]}
    assert indexed == found - {"index.csv", "manifest.json", "manifest.json.p7s"}


def test_a_party_stands_by_its_name_or_its_pseudonym(folder: Path) -> None:
    assert [row[0] for row in rows_of(folder, "amounts.csv")[1:]] == ["晨星银行", "成员乙", "成员丙", "合计 Total"]
    assert [row[0] for row in rows_of(folder, "identifiers.csv")[1:]] == ["晨星银行", "晨星银行", "成员乙"]
    assert rows_of(folder, "members/member-b.csv")[1] == ["单位 Member", "成员乙"]


def test_sums_count_what_is_known(folder: Path) -> None:
    assert rows_of(folder, "amounts.csv")[-1][1:] == ["696200.00", "123400.50", "125000.00", "22", "6"]


def test_no_cell_is_a_formula_and_values_stay_whole(folder: Path) -> None:
    for path in folder.rglob("*.csv"):
        for row in rows_of(folder, path.relative_to(folder).as_posix()):
            assert not [cell for cell in row if cell[:1] in "=+-@＝＋－＠" and cell], path
    document = json.loads((folder / "contents.json").read_text(encoding="utf-8"))
    assert [each["value"] for each in document["identifiers"]][1] == "+8613800138001"
    assert document["evidence"][1]["file_name"] == "=cmd|letter.pdf"
    assert document["made_at"] == "2026-11-28T06:30:05.000000Z"


def test_no_file_name_of_a_member_becomes_a_path(signer: Signer) -> None:
    contents = make_contents()
    hostile = replace(contents.evidence[0], file_name="../../etc/passwd\x00.exe")
    taken = Taken()
    archive.write(taken, make_contents(evidence=(hostile,), custody=()), signer=signer, open_evidence=open_sample)
    with zipfile.ZipFile(io.BytesIO(bytes(taken.data))) as opened:
        assert [name for name in opened.namelist() if name.startswith("evidence/")] == ["evidence/EV-7Q2M4K1A.mp3"]
        assert not [name for name in opened.namelist() if ".." in name or name.startswith("/")]


def test_evidence_that_differs_from_its_digest_stops_the_package(signer: Signer) -> None:
    taken = Taken()
    with pytest.raises(DigestWrong) as caught:
        archive.write(
            taken, make_contents(), signer=signer,
            open_evidence=lambda ref: io.BytesIO(FILES[ref][:-1] + b"!"),
        )  # fmt: skip
    assert caught.value.extra["evidence"] == "EV-7Q2M4K1A"
    assert b"manifest.json" not in taken.data  # what was written by then verifies nowhere


def test_the_report_reads_chinese_and_escapes(signer: Signer) -> None:
    pdfium = pytest.importorskip("pypdfium2")
    party = replace(make_contents().parties[0], facts="<img src='file:///etc/hostname'> & “引号”")
    pdf = report.render(make_contents(parties=(party,)), signer=signer)
    document = pdfium.PdfDocument(pdf)
    texts = [document[number].get_textpage().get_text_range() for number in range(len(document))]
    document.close()
    whole = "".join(texts)
    cover = texts[0].replace(" ", "")
    assert "报案材料" in cover and "上海市公安局经济犯罪侦查总队" in cover
    assert "<img src='file:///etc/hostname'>" in whole
    assert "刑法第274条" in whole and "刑法第253条之一" in whole
    assert "English summary" in texts[-1] and signer.fingerprint[:16] in whole.replace("\r\n", "")


def test_a_report_loads_nothing(signer: Signer, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    class Noted(pdf.NothingElse):
        def fetch(self, url: str, headers: Any = None) -> NoReturn:
            asked.append(url)
            super().fetch(url, headers)

    page = "<img src='http://127.0.0.1:1/x'><img src='file:///etc/hostname'><p>text</p>"
    monkeypatch.setattr(pdf, "render_to_string", lambda *_: page)
    monkeypatch.setattr(pdf, "NothingElse", Noted)
    assert report.render(make_contents(), signer=signer).startswith(b"%PDF-")
    assert asked == ["http://127.0.0.1:1/x", "file:///etc/hostname"]


@pytest.mark.parametrize("text", ["", "no key", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----"])
def test_no_usable_key_is_refused(settings: Any, text: str) -> None:
    settings.AIF_PACKAGE_SIGNER = text
    with pytest.raises(SignerMissing):
        signing.load_signer(now=timezone.now())


def test_a_key_of_another_certificate_or_time_is_refused(settings: Any, signer_text: str) -> None:
    other = signing.make_signer(name="Other", now=timezone.now())
    key, _, _rest = signer_text.partition("-----BEGIN CERTIFICATE-----")
    _key, mark, certificate = other.partition("-----BEGIN CERTIFICATE-----")
    settings.AIF_PACKAGE_SIGNER = key + mark + certificate
    with pytest.raises(SignerMissing):
        signing.load_signer(now=timezone.now())
    settings.AIF_PACKAGE_SIGNER = signer_text
    with pytest.raises(SignerMissing):
        signing.load_signer(now=timezone.now().replace(year=timezone.now().year + signing.YEARS + 1))


def test_the_key_shows_nowhere(signer: Signer, signer_text: str) -> None:
    assert repr(signer) == f"Signer({signer.fingerprint[:16]})"
    assert "PRIVATE" not in repr(signer) and "PRIVATE" in signer_text


class Zeros(io.RawIOBase):
    """A large file that nobody keeps."""

    def __init__(self, size: int) -> None:
        self.left = size

    def readable(self) -> bool:
        return True

    def readinto(self, into: Any) -> int:
        count = min(len(into), self.left)
        into[:count] = bytes(count)
        self.left -= count
        return count


class Thrown:
    """Takes bytes and forgets them."""

    size = 0

    def write(self, data: bytes) -> None:
        self.size += len(data)


def test_evidence_passes_through_in_blocks(signer: Signer, monkeypatch: pytest.MonkeyPatch, scale: Any) -> None:
    size = scale(64, full=1024) << 20
    digest = hashlib.sha256()
    for _block in range(size >> 20):
        digest.update(bytes(1 << 20))
    item = replace(make_contents().evidence[0], size=size, sha256=digest.hexdigest())
    monkeypatch.setattr(report, "render", lambda *_given, **_named: b"%PDF-1.7")
    thrown = Thrown()
    tracemalloc.start()
    try:
        archive.write(
            thrown,
            make_contents(evidence=(item,)),
            signer=signer,
            open_evidence=lambda _ref: io.BufferedReader(Zeros(size)),
        )
        _now, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert thrown.size > size and peak < 12 << 20, peak


def test_the_verifier_is_python_3_8_with_its_standard_library() -> None:
    tree = ast.parse(archive.VERIFIER.read_text(encoding="utf-8"), feature_version=(3, 8))
    named = {
        name.partition(".")[0]
        for node in ast.walk(tree)
        for name in (
            [each.name for each in node.names]
            if isinstance(node, ast.Import)
            else [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else []
        )
    }
    assert named <= sys.stdlib_module_names and "zipfile" in named
