"""Normalization in Chromium itself, as it is bundled for pages: the vectors, and spellings that only it and Python check."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.frontend.node import NODE
from tests.frontend.spellings import spellings
from tests.frontend.test_identifiers import Outcome, in_python

ROOT = Path(__file__).resolve().parents[2]
BUNDLE = """
  import { build } from "esbuild";
  import { numberPlans } from "./config/frontend/number_plans.mjs";
  await build({ entryPoints: ["config/frontend/identifiers/index.js"], bundle: true, minify: true, format: "iife",
    globalName: "identifiers", outfile: process.argv[1], plugins: [numberPlans] });
"""
NORMALIZE = """rows => rows.map(([type, raw]) => {
  try { return [identifiers.normalize(type, raw), null, null]; }
  catch (error) { return [null, error.code, error.suggestedType]; }
})"""


@pytest.fixture(scope="module")
def normalized(chromium: Browser, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Return a function from pairs of type and raw value to what Chromium makes of them."""
    bundle = tmp_path_factory.mktemp("identifiers") / "identifiers.js"
    command = [NODE, "--input-type=module", "-e", BUNDLE, str(bundle)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    context = chromium.new_context()
    page = context.new_page()
    page.add_script_tag(path=bundle)

    def normalize(rows: list[tuple[str, str]]) -> list[Outcome]:
        return [tuple(found) for found in page.evaluate(NORMALIZE, rows)]

    yield normalize
    context.close()


def test_the_vectors(normalized: Any) -> None:
    vectors = json.loads((ROOT / "docs" / "api" / "vectors.json").read_text())
    rows = [*vectors["tokens"], *vectors["rejects"], *vectors["spellings"]]
    assert len(vectors["tokens"]) >= 300
    found = normalized([(row["type"], row["raw"]) for row in rows])
    assert found == [(row.get("canonical"), row.get("code"), row.get("suggested_type")) for row in rows]


def test_two_thousand_random_spellings(normalized: Any) -> None:
    rows = list(spellings(seed=20261102, count=2000))
    assert normalized(rows) == [in_python(*row) for row in rows]


@pytest.mark.parametrize("type", ["domain", "email", "url"])
def test_international_names(normalized: Any, type: str) -> None:
    """Letters of every script in a host, and the order of those written from right to left, which Node does not check."""
    letters = [chr(code) for code in range(0xA1, 0x3000) if chr(code).isalpha()] + list("中文例子가나ｱ")
    start = {"domain": "", "email": "a@", "url": "https://"}[type]
    rows = [(type, f"{start}{letter * 2}.example") for letter in letters]
    rows += [(type, f"{start}{name}.example") for name in ("שלום", "aשלום", "شلا1", "1شلا", "xn--a", "straße", "Ⅷ")]
    different = [
        (ascii(row[1]), found, wanted)
        for row, found in zip(rows, normalized(rows), strict=True)
        # Old Uyghur and other letters of Unicode 14 are refused by Chromium: never another host, at most none.
        if found != (wanted := in_python(*row)) and found[0] is not None
    ]
    assert not different
