"""The pages that explain the API: Swagger UI from this server's own files, and the catalog of problem codes."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.test import Client

from aif_share.wire.problem_advice import ADVICE
from aif_share.wire.problems import PROBLEMS

ROOT = Path(__file__).resolve().parents[3]


def test_swagger_ui_loads_nothing_from_elsewhere() -> None:
    answer = Client().get("/api/v1/docs")
    page = answer.content.decode()
    assert answer.status_code == 200 and not answer.cookies
    loaded = re.findall(r'(?:src|href)="([^"]+)"', page)
    assert len(loaded) == 4 and all(each.startswith("/static/") for each in loaded)
    assert all(finders.find(each.removeprefix("/static/")) for each in loaded)
    assert not re.search(r"<style|<script>|\sstyle=|\son\w+=", page)
    policy = answer["Content-Security-Policy"]
    assert "unsafe" not in policy and "default-src 'none'" in policy and "frame-ancestors 'none'" in policy
    for method in ("post", "delete", "put"):
        assert getattr(Client(), method)("/api/v1/docs").status_code == 405


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_code_is_explained_to_anybody(db: None, language: str) -> None:
    page = Client().get("/help/problems", HTTP_ACCEPT_LANGUAGE=language).content.decode()
    assert page.count("<tr id=") == len(PROBLEMS) == len(ADVICE)
    assert "<code>aif-share keys new</code>" in page and "`" not in page
    said = {"zh-hans": "密钥已吊销", "en": "The key is revoked"}
    assert {one for one, text in said.items() if text in page} == {language}, "in the reader's language alone"
    rows = {row["code"]: row for row in Client().get("/api/v1/problems").json()}
    assert rows.keys() == PROBLEMS.keys() and all(row["advice"] and row["advice_zh"] for row in rows.values())


def test_the_page_of_errors_is_this_table() -> None:
    done = subprocess.run([sys.executable, ".ci/errors.py", "--check"], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout
