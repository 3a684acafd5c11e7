"""Who receives a package has Python, openssl maybe, and nothing of ours: what they run says what is wrong, by file."""

from __future__ import annotations

import hashlib
import json
import os
import random
import shutil
import subprocess
import sys
import zipfile
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from django.utils import timezone

from clues.packages.signing import YEARS, Signer, load_signer, make_signer

NO_OPENSSL = pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not installed")


def verify(where: Path, *arguments: str, program: Path | None = None, path: str = "/usr/bin:/bin") -> tuple[int, str]:
    """Run the package's own program from an empty folder, without the project and without its environment."""
    empty = where.parent / "empty"
    empty.mkdir(exist_ok=True)
    script = program or where / "verify.py"
    done = subprocess.run(
        [sys.executable, "-I", str(script), *([] if program is None else [str(where)]), *arguments],
        cwd=empty, env={"PATH": path, "PYTHONUTF8": "1"}, capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert "Traceback" not in done.stderr, done.stderr
    return done.returncode, done.stdout


@NO_OPENSSL
def test_a_package_as_it_was_signed(folder: Path, package: Path) -> None:
    assert verify(folder)[0] == 0
    code, said = verify(package, program=folder / "verify.py")
    assert code == 0 and "verified" in said and "PK-5R8T2N6W" in said


@NO_OPENSSL
def test_plain_openssl_accepts_the_signature(folder: Path) -> None:
    line = ["openssl", "cms", "-verify", "-binary", "-inform", "DER", "-in", "manifest.json.p7s",
            "-content", "manifest.json", "-CAfile", "signer.pem", "-out", "/dev/null"]  # fmt: skip
    assert " ".join(line) in (folder / "README.txt").read_text(encoding="utf-8")
    assert subprocess.run(line, cwd=folder, capture_output=True, env={"PATH": "/usr/bin:/bin"}).returncode == 0
    text = (folder / "manifest.json").read_bytes()
    (folder / "manifest.json").write_bytes(text.replace(b'"version": 2', b'"version": 3'))
    assert subprocess.run(line, cwd=folder, capture_output=True, env={"PATH": "/usr/bin:/bin"}).returncode != 0


@NO_OPENSSL
def test_every_file_is_covered_and_named(folder: Path) -> None:
    for path in sorted(each for each in folder.rglob("*") if each.is_file()):
        text = path.read_bytes()
        place = random.Random(path.name).randrange(len(text))
        path.write_bytes(text[:place] + bytes([text[place] ^ 1]) + text[place + 1 :])
        if path.name == "verify.py":  # one that was changed says what it likes; another copy finds it
            trusted = Path(sys.modules["clues.packages.archive"].__file__ or "").with_name("verify.py")
            code, said = verify(folder, program=trusted)
        else:
            code, said = verify(folder)
        assert code == 1, path
        if path.name not in ("manifest.json", "manifest.json.p7s"):
            assert f"!! {path.relative_to(folder).as_posix()}: " in said
        path.write_bytes(text)
    assert verify(folder)[0] == 0


def test_missing_extra_and_swapped(folder: Path) -> None:
    (folder / "evidence" / "note.txt").write_text("slipped in")
    (folder / "custody.csv").unlink()
    first, second = sorted((folder / "evidence").glob("EV-*"))
    first_text, second_text = first.read_bytes(), second.read_bytes()
    first.write_bytes(second_text)
    second.write_bytes(first_text)
    code, said = verify(folder)
    assert code == 1
    for name in ("evidence/note.txt", "custody.csv", f"evidence/{first.name}", f"evidence/{second.name}"):
        assert f"!! {name}: " in said


def test_a_link_is_no_file_of_the_package(folder: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    (folder / "clues.csv").rename(outside)
    os.symlink(outside, folder / "clues.csv")
    code, said = verify(folder)
    assert code == 1 and "!! clues.csv: " in said


def test_without_openssl_it_says_so(folder: Path, tmp_path: Path) -> None:
    code, said = verify(folder, path=str(tmp_path))
    assert code == 3 and "SIGNATURE WAS NOT CHECKED" in said and "verified:" not in said
    (folder / "clues.csv").write_text("")
    assert verify(folder, path=str(tmp_path))[0] == 1


def sign_anew(folder: Path, signer: Signer) -> None:
    """Let a signer sign the package with a change of its own, as whole as before."""
    rows = json.loads((folder / "manifest.json").read_bytes().replace(b'"version": 2', b'"version": 3'))
    for row in rows["files"]:
        if row["path"] == "signer.pem":
            row |= {"size": len(signer.certificate_pem), "sha256": hashlib.sha256(signer.certificate_pem).hexdigest()}
            row["sm3"] = ""
    manifest = json.dumps(rows).encode()
    (folder / "manifest.json").write_bytes(manifest)
    (folder / "manifest.json.p7s").write_bytes(signer.sign(manifest))
    (folder / "signer.pem").write_bytes(signer.certificate_pem)


@NO_OPENSSL
def test_another_signer_is_told_by_the_fingerprint(folder: Path, settings: object) -> None:
    known = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["signer_sha256"]
    assert verify(folder, "--fingerprint", known)[0] == 0
    settings.AIF_PACKAGE_SIGNER = make_signer(name="Somebody else", now=timezone.now())  # type: ignore[attr-defined]
    sign_anew(folder, load_signer(now=timezone.now()))
    assert verify(folder)[0] == 0  # whole and signed, by somebody
    code, said = verify(folder, "--fingerprint", known)
    assert code == 1 and "another certificate" in said


@NO_OPENSSL
def test_what_was_signed_before_the_certificate_was_changed_stays_verified(folder: Path) -> None:
    """The certificate has run out since, and another one signs: the package is held against its own, by its fingerprint."""
    then = timezone.now() - timedelta(days=365 * (YEARS + 1))
    text = make_signer(name="The one before", now=then).encode()
    before = Signer(load_pem_private_key(text, None), x509.load_pem_x509_certificate(text))  # type: ignore[arg-type]
    known = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["signer_sha256"]
    sign_anew(folder, before)
    assert verify(folder, "--fingerprint", before.fingerprint)[0] == 0
    assert verify(folder, "--fingerprint", known)[0] == 1


def test_hostile_manifests_reach_no_file_outside(folder: Path, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("x")
    for path in ("../secret", str(secret), "a/../../secret", "..\\secret", "C:secret", ""):
        rows = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
        rows["files"].append({"path": path, "size": 1, "sha256": hashlib.sha256(b"x").hexdigest()})
        (tmp_path / "bad").mkdir(exist_ok=True)
        (tmp_path / "bad" / "manifest.json").write_text(json.dumps(rows))
        code, said = verify(tmp_path / "bad", program=folder / "verify.py")
        assert code == 1 and "another form" in said
    for text in (b"", b"[]", b"{}", b"\xff", b'{"format": "aif-share-package/2", "files": []}'):
        (tmp_path / "bad" / "manifest.json").write_bytes(text)
        assert verify(tmp_path / "bad", program=folder / "verify.py")[0] == 1


def test_a_zip_with_a_path_twice(folder: Path, package: Path, tmp_path: Path) -> None:
    twice = tmp_path / "twice.zip"
    twice.write_bytes(package.read_bytes())
    with zipfile.ZipFile(twice, "a") as opened, pytest.warns(UserWarning, match="Duplicate"):
        opened.writestr("clues.csv", opened.read("clues.csv"))
    code, said = verify(twice, program=folder / "verify.py")
    assert code == 1 and "!! clues.csv: " in said
    cut = tmp_path / "cut.zip"
    cut.write_bytes(package.read_bytes()[:-30])
    assert verify(cut, program=folder / "verify.py")[0] == 1


def test_any_flipped_byte_of_the_zip(folder: Path, package: Path, tmp_path: Path) -> None:
    text = package.read_bytes()
    with zipfile.ZipFile(package) as opened:
        item = next(each for each in opened.infolist() if each.filename.startswith("evidence/"))
    place = item.header_offset + 200  # within what is stored
    changed = tmp_path / "changed.zip"
    changed.write_bytes(text[:place] + bytes([text[place] ^ 0x40]) + text[place + 1 :])
    code, said = verify(changed, program=folder / "verify.py")
    assert code == 1 and f"!! {item.filename}: " in said
