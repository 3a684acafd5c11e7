"""Show 2 in Chromium: the browser's tokens and normalization are Python's."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

from aif_share.client import Client
from tests.browser.portal import Portal, load_key
from tests.frontend.node import NODE
from tests.frontend.spellings import spellings
from tests.frontend.test_identifiers import in_python

ROOT = Path(__file__).resolve().parents[2]
VECTORS = json.loads((ROOT / "docs" / "api" / "vectors.json").read_text(encoding="utf-8"))

ASK_WORKER = """
async (identifiers) => {
  const place = document.querySelector("[data-machine]").dataset;
  const worker = new Worker(place.tokensWorker, { type: "module" });
  worker.postMessage({ name: "begin", question: { owner: place.mapOwner } });
  const answer = await new Promise((resolve, reject) => {
    worker.addEventListener("error", (event) => reject(new Error(event.message)));
    worker.addEventListener("message", ({ data }) => {
      if (data.result || data.error) resolve(data);
    });
    worker.postMessage({ id: 1, name: "tokenize", question: { identifiers } });
  });
  worker.terminate();
  return answer;
}
"""


def test_tokens_of_three_hundred_vectors_are_equal(portal: Portal) -> None:
    """The same values through the same custodians: Python's client here, the page's worker there."""
    place = portal.institution()
    rows = list({(row["type"], row["canonical"]): row for row in VECTORS["tokens"]}.values())
    spelled = VECTORS["tokens"]
    assert len(spelled) >= 300
    page = portal.page(place, "analyst")
    page.goto(portal.url + "/portal/clues/new")
    load_key(page, place)
    answer = page.evaluate(ASK_WORKER, [{"type": row["type"], "canonical": row["canonical"]} for row in rows])
    assert "result" in answer, answer
    made = {(row["type"], row["canonical"]): token["token"] for row, token in zip(rows, answer["result"], strict=True)}
    assert len(set(made.values())) == len(made)
    with Client(portal.stack.url, place.key) as client:
        for code in sorted({row["type"] for row in spelled}):
            own = [row for row in spelled if row["type"] == code]
            tokens = client.tokenize(code, [row["raw"] for row in own])
            assert [each.token for each in tokens] == [made[code, row["canonical"]] for row in own], code


def test_normalization_in_chromium_is_python_s(portal: Portal, scale: Any) -> None:
    """Random spellings of every type and every vector, in the bundled code that pages use."""
    rows = list(spellings(seed=20261122, count=scale(600, full=2000)))
    rows += [(row["type"], row["raw"]) for name in ("tokens", "rejects", "spellings") for row in VECTORS[name]]
    page = portal.context().new_page()
    page.evaluate(bundle())
    found = normalize_all(page, rows)
    assert [(*row, *end) for row, end in zip(rows, found, strict=True)] == [(*row, *in_python(*row)) for row in rows]


def bundle() -> str:
    """The identifiers of config/frontend as one script that leaves `aif` behind."""
    source = """
      import { build } from "esbuild";
      const made = await build({ entryPoints: ["config/frontend/identifiers/index.js"], bundle: true, write: false,
        format: "iife", globalName: "aif", target: "chrome100" });
      process.stdout.write(made.outputFiles[0].text);
    """
    done = subprocess.run(
        [NODE, "--input-type=module", "-e", source], capture_output=True, text=True, cwd=ROOT, check=True
    )
    return f"{done.stdout}\nwindow.aif = aif;"


def normalize_all(page: Page, rows: list[tuple[str, str]]) -> list[tuple[Any, ...]]:
    """The outcome of each row in the browser: canonical value, or code and suggested type."""
    found = page.evaluate(
        """async (rows) => Promise.all(rows.map(async ([type, raw]) => {
          try { return [await aif.normalize(type, raw), null, null]; }
          catch (error) { if (!error.code) throw error; return [null, error.code, error.suggestedType ?? null]; }
        }))""",
        rows,
    )
    return [tuple(each) for each in found]
