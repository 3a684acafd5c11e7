"""`aif-share normalize`: canonical values on stdout, and a reject never repeated anywhere."""

from __future__ import annotations

import json
from pathlib import Path

from .conftest import run_process

PHONES = "138 0013 8000\n+86-138-0013-8000\n\n００８６１３８００１３８０００\n"


def test_lines_of_stdin(tmp_path: Path) -> None:
    done = run_process({"HOME": str(tmp_path), "PATH": ""}, "normalize", "cn-mobile", "-", stdin=PHONES.encode())
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines() == ["+8613800138000"] * 3


def test_gb18030_and_a_narrow_locale(tmp_path: Path) -> None:
    environment = {"HOME": str(tmp_path), "LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"}
    done = run_process(environment, "normalize", "sms-signature", "-", stdin="【某某金融】\n".encode("gb18030"))
    assert done.returncode == 0 and "某某金融" in done.stdout


def test_a_reject_is_told_by_line_and_code(tmp_path: Path) -> None:
    done = run_process({"HOME": str(tmp_path)}, "normalize", "cn-mobile", stdin=b"13800138000\n95588\nzzyzx\n")
    assert done.returncode == 1 and done.stdout == "+8613800138000\n"
    assert done.stderr.splitlines()[0] == "line 2: identifier-invalid (looks like service-number)"
    assert "95588" not in done.stderr and "zzyzx" not in done.stderr


def test_json(tmp_path: Path) -> None:
    done = run_process({"HOME": str(tmp_path)}, "normalize", "cn-mobile", "-", "--json", stdin=b"13800138000\n95588\n")
    assert json.loads(done.stdout) == [
        {"line": 1, "canonical": "+8613800138000"},
        {"line": 2, "code": "identifier-invalid", "suggested_type": "service-number"},
    ]


def test_one_value(tmp_path: Path) -> None:
    done = run_process({"HOME": str(tmp_path)}, "normalize", "domain", "BÜCHER.example.")
    assert (done.returncode, done.stdout) == (0, "xn--bcher-kva.example\n")
