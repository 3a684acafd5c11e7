#!/usr/bin/env python3
"""Check a report package of AIF-Share, offline, with nothing but Python (3.8 or later) and, for the signature, openssl.

    python3 -I verify.py                          checks the folder it lies in
    python3 -I verify.py package.zip              checks a package that is not unpacked
    python3 -I verify.py --fingerprint HEX …      also that this certificate signed it (64 hexadecimal digits)

It ends with 0 if everything is as it was signed, with 1 if something is not, and with 3 if every file is as the manifest
says but the signature could not be checked here. A changed copy of this file could say anything: take the digest of your
copy from the letter that came with the package, or run the openssl line of README.txt yourself.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, BinaryIO

FORMAT = "aif-share-package/1"
CONTENTS = "contents.json"
MANIFEST, SIGNATURE, CERTIFICATE = "manifest.json", "manifest.json.p7s", "signer.pem"
UNLISTED = {MANIFEST, SIGNATURE}  # the one is signed, the other is the signature
CHUNK = 1 << 20
OK, BAD, UNSIGNED = 0, 1, 3


class Unreadable(Exception):
    """The package cannot be checked at all: what there is is no package."""


class Folder:
    """A package that is unpacked. Links are never followed: what they lead to was not packed."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def names(self) -> Iterator[str]:
        """Yield every file below the folder, by its path with slashes."""
        for folder, inner, files in os.walk(str(self.root)):
            links = [name for name in inner if os.path.islink(os.path.join(folder, name))]
            for name in files + links:
                yield (Path(folder) / name).relative_to(self.root).as_posix()

    def open(self, name: str) -> BinaryIO:
        """Open one file for reading."""
        path = self.root / name
        if path.is_symlink() or not path.is_file():
            raise OSError("not a file")
        return path.open("rb")


class Archive:
    """A package as one ZIP file. A path that stands in it twice is one too many."""

    def __init__(self, path: Path) -> None:
        try:
            self.zip = zipfile.ZipFile(str(path))
        except (zipfile.BadZipFile, OSError) as why:
            raise Unreadable("不是可读取的 ZIP 文件 / not a readable ZIP file") from why

    def names(self) -> Iterator[str]:
        """Yield every file of the archive."""
        return iter([each.filename for each in self.zip.infolist() if not each.filename.endswith("/")])

    def open(self, name: str) -> BinaryIO:
        """Open one file for reading."""
        return self.zip.open(name)  # type: ignore[return-value]


def main(arguments: list[str]) -> int:
    """Check what the arguments name, say what was found, and return the code to end with."""
    parser = argparse.ArgumentParser(description="Check a report package / 核验报案材料包")
    parser.add_argument("package", nargs="?", default=str(Path(__file__).resolve().parent))
    parser.add_argument("--fingerprint", default="", help="SHA-256 of the certificate that has to have signed it")
    asked = parser.parse_args(arguments)
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="replace")  # type: ignore[union-attr]
    target = Path(asked.package)
    try:
        source: Any = Folder(target) if target.is_dir() else Archive(target)
        manifest = read_manifest(source)
    except Unreadable as why:
        say("!!", str(why))
        return BAD
    say("  ", "材料包 / package: {}  版本 / version: {}".format(manifest["package"], manifest["version"]))
    wrong = check_files(source, manifest) + check_custody(source)
    signed = check_signature(source, asked.fingerprint.replace(":", "").strip().lower())
    if wrong or signed is False:
        say("!!", "核验未通过，材料包与签名时不一致 / FAILED: the package is not as it was signed")
        return BAD
    if signed is None:
        say("??", "文件完整，但签名未核验 / the files are complete, but the SIGNATURE WAS NOT CHECKED")
        return UNSIGNED
    say("OK", "核验通过：文件完整，签名有效 / verified: every file is complete, the signature is valid")
    return OK


def say(mark: str, text: str) -> None:
    """Print one line."""
    print(f"{mark} {text}")


def read_manifest(source: Any) -> dict[str, Any]:
    """Return the manifest, each of its fields checked for its form. Raise Unreadable."""
    try:
        with source.open(MANIFEST) as file:
            manifest = json.loads(file.read().decode("utf-8"))
    except (OSError, KeyError, ValueError, zipfile.BadZipFile) as why:
        raise Unreadable(f"没有可读取的 {MANIFEST} / no readable {MANIFEST}") from why
    rows = manifest.get("files") if isinstance(manifest, dict) else None
    if not isinstance(rows, list) or manifest.get("format") != FORMAT or not all(map(is_row, rows)):
        raise Unreadable("清单格式不符 / the manifest has another form than this program knows")
    return {"package": manifest.get("package", "?"), "version": manifest.get("version", "?"), "files": rows}


def is_row(row: Any) -> bool:
    """Whether a row names a file inside the package, its size and its digest."""
    if not isinstance(row, dict) or not isinstance(row.get("path"), str) or not isinstance(row.get("size"), int):
        return False
    parts = row["path"].split("/")
    is_inside = all(part not in ("", ".", "..") for part in parts) and not re.search(
        r'[\\:*?"<>|\x00-\x1f]', row["path"]
    )
    return is_inside and re.fullmatch("[0-9a-f]{64}", str(row.get("sha256"))) is not None


def check_files(source: Any, manifest: dict[str, Any]) -> int:
    """Compare every file with the manifest; return how many are missing, changed, or too many. Each is named."""
    wrong, seen = 0, set()
    found = list(source.names())
    for row in manifest["files"]:
        problem = "重复列出 / listed twice" if row["path"] in seen else check_file(source, row)
        seen.add(row["path"])
        if problem:
            wrong += 1
            say("!!", "{}: {}".format(row["path"], problem))
    for name in sorted({each for each in found if found.count(each) > 1}):
        wrong += 1
        say("!!", f"{name}: 包内有重复文件 / stands in the package twice")
    for name in sorted(set(found) - seen - UNLISTED):
        wrong += 1
        say("!!", f"{name}: 清单中没有此文件 / is not in the manifest")
    if not wrong:
        say("OK", f"{len(seen)} 个文件与清单一致 / {len(seen)} files are as the manifest says")
    return wrong


def check_file(source: Any, row: dict[str, Any]) -> str:
    """Return what is wrong with one file, or nothing."""
    digests = [("sha256", hashlib.sha256())]
    if row.get("sm3"):
        try:
            digests.append(("sm3", hashlib.new("sm3")))
        except ValueError:
            pass  # this Python cannot reckon SM3; SHA-256 alone decides then
    size = 0
    try:
        with source.open(row["path"]) as file:
            for block in iter(lambda: file.read(CHUNK), b""):
                size += len(block)
                for _name, digest in digests:
                    digest.update(block)
    except KeyError:
        return "缺失 / missing"
    except OSError:
        return "缺失或不是普通文件 / missing, or no plain file"
    except (zipfile.BadZipFile, zlib.error, EOFError, ValueError, RuntimeError, NotImplementedError):
        return "已被改动，无法读取 / changed: it cannot be read"
    if size != row["size"]:
        return f"已被改动：大小不符 / changed: its size is {size}, not {row['size']}"
    for name, digest in digests:
        if digest.hexdigest() != row[name]:
            return f"已被改动：{name.upper()} 摘要不符 / changed: its {name.upper()} differs"
    return ""


def check_custody(source: Any) -> int:
    """Reckon every chain of custody anew from contents.json; return how many do not hold. Each is named."""
    chains: dict[str, str] = {}
    broken, links = set(), 0
    try:
        with source.open(CONTENTS) as file:
            document = json.loads(file.read().decode("utf-8"))
        files = {str(item["evidence"]) for item in document["evidence"]}
        for link in document["custody"]:
            links += 1
            item, previous = str(link["evidence"]), chains.get(str(link["evidence"]), "0" * 64)
            fields = [previous, *(link[name] for name in ("evidence", "number", "action", "at", "actor", "note"))]
            text = json.dumps(fields, ensure_ascii=False, separators=(",", ":"))
            chains[item] = hashlib.sha256(text.encode("utf-8")).hexdigest()
            if link["previous"] != previous or link["digest"] != chains[item]:
                broken.add(item)
        broken |= files - set(chains)
    except (OSError, KeyError, TypeError, ValueError, zipfile.BadZipFile, zlib.error):
        say("!!", f"{CONTENTS}: 无法读取保管链 / its chains of custody cannot be read")
        return 1
    for item in sorted(broken):
        say("!!", f"{item}: 保管链不完整或被改动 / its chain of custody does not hold")
    if not broken:
        say("OK", f"{len(chains)} 条保管链、{links} 条记录连续 / {len(chains)} chains of custody hold, {links} entries")
    return len(broken)


def check_signature(source: Any, expected: str) -> bool | None:
    """Check the signature of the manifest; None if there is nothing here to check it with."""
    try:
        texts = {}
        for name in (MANIFEST, SIGNATURE, CERTIFICATE):
            with source.open(name) as file:
                texts[name] = file.read()
        found = fingerprint_of(texts[CERTIFICATE])
    except (OSError, KeyError, ValueError, zipfile.BadZipFile):
        say("!!", "缺少签名或证书 / the signature or the certificate is missing or unreadable")
        return False
    say("  ", f"签名证书指纹 / fingerprint of the certificate (SHA-256): {found}")
    if expected and found != expected:
        say("!!", "证书指纹与给定的不同 / another certificate than the one you named")
        return False
    if not expected:
        say("  ", "请与联盟另行公布的指纹核对 / compare it with the one the alliance published elsewhere")
    program = shutil.which("openssl")
    if program is None:
        say("??", "本机没有 openssl，签名未核验 / no openssl here: the signature was not checked")
        return None
    with tempfile.TemporaryDirectory() as folder:
        for name, text in texts.items():
            (Path(folder) / name).write_bytes(text)
        is_valid = ask_openssl(program, folder)
    if is_valid:
        say("OK", "签名有效（openssl）/ the signature is valid, says openssl")
    else:
        say("!!", f"{MANIFEST}: 签名无效 / the signature is not valid")
    return is_valid


def ask_openssl(program: str, folder: str) -> bool:
    """Whether openssl accepts the signature over the manifest by the certificate, whatever the day is."""
    line = [program, "cms", "-verify", "-binary", "-inform", "DER", "-in", SIGNATURE, "-content", MANIFEST,
            "-CAfile", CERTIFICATE, "-purpose", "any", "-partial_chain", "-no_check_time", "-out", os.devnull]  # fmt: skip
    # No file of this machine's settings may add a certificate that is trusted.
    quiet = {name: os.environ[name] for name in ("PATH", "SYSTEMROOT") if name in os.environ}
    quiet.update({"SSL_CERT_FILE": os.devnull, "SSL_CERT_DIR": folder, "OPENSSL_CONF": os.devnull})
    done = subprocess.run(line, cwd=folder, env=quiet, capture_output=True, timeout=60)
    return done.returncode == 0


def fingerprint_of(pem: bytes) -> str:
    """Return SHA-256 of the one certificate in a PEM text. Raise ValueError."""
    blocks = re.findall(rb"-----BEGIN CERTIFICATE-----(.+?)-----END CERTIFICATE-----", pem, re.DOTALL)
    if len(blocks) != 1:
        raise ValueError("one certificate is expected")
    return hashlib.sha256(base64.b64decode(b"".join(blocks[0].split()), validate=True)).hexdigest()


if __name__ == "__main__":
    run: Callable[[list[str]], int] = main
    sys.exit(run(sys.argv[1:]))
