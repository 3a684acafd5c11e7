"""Tokens in a real browser: Python's own, the pin of the alliance, and the map that goes between browser and CLI."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, Route, expect

from aif_share.client.api import Client
from aif_share.client.map import Map, Submitted
from aif_share.identifiers import normalize
from config.stack import Stack
from tests.browser.own_browser import load_key, make_place
from tests.browser.portal import Portal

VECTORS = Path(__file__).resolve().parents[2] / "docs" / "api" / "vectors.json"
WAIT = 30_000

# The page's own protocol with its worker: what config/frontend/tokens/index.js does.
ASK = """(identifiers) => new Promise((resolve) => {
  const { dataset } = document.querySelector("[data-map-owner]");
  const worker = new Worker(dataset.tokensWorker, { type: "module" });
  worker.onmessage = ({ data }) => { if (data.result || data.error) resolve(data.result ?? data.error); };
  worker.postMessage({ name: "begin", question: { owner: dataset.mapOwner } });
  worker.postMessage({ id: 1, name: "tokenize", question: { identifiers } });
})"""


def cli(stack: Stack, key: str, home: Path, *arguments: str) -> Any:
    done = subprocess.run(
        [sys.executable, "-m", "aif_share.cli", *arguments, "--json"],
        env=os.environ | {"AIF_SHARE_URL": stack.url, "AIF_SHARE_KEY": key, "XDG_DATA_HOME": str(home)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def open_form(portal: Portal, place: Any, key: str, folder: Path) -> Page:
    page = portal.page(place, "analyst", language="en")
    page.goto(portal.url + "/portal/clues/new")
    load_key(page, key, folder)
    return page


def test_the_same_300_tokens_as_python(portal: Portal, tmp_path: Path) -> None:
    place, key = make_place(portal, "Three Hundred Bank")
    page = open_form(portal, place, key, tmp_path)
    published = json.loads(VECTORS.read_text(encoding="utf-8"))["tokens"]
    values = list(dict.fromkeys((one["type"], one["canonical"]) for one in published))
    values += [("domain", normalize("domain", f"vector-{number}.example")) for number in range(300 - len(values))]
    assert len(set(values)) == len(values) == 300
    made = page.evaluate(ASK, [{"type": type, "canonical": canonical} for type, canonical in values])
    wanted = {}
    with Client(portal.stack.url, place.key, data_home=tmp_path / "cli") as client:
        for type in dict(values):
            own = [canonical for kind, canonical in values if kind == type]
            wanted |= {(type, raw): one for raw, one in zip(own, client.tokenize(type, own), strict=True)}
    assert isinstance(made, list), made
    assert made == [
        {"type": one.type, "epoch": one.epoch, "token": one.token} for one in (wanted[value] for value in values)
    ]


def test_the_map_goes_from_cli_to_browser_and_back(portal: Portal, tmp_path: Path) -> None:
    """What the CLI submitted has its name in the browser's map, and what the browser submitted in the CLI's."""
    stack = portal.stack
    place, key = make_place(portal, "Map Bank")
    _other, _ = make_place(portal, "Other Map Bank")
    lines = tmp_path / "hosts.txt"
    lines.write_text("by-cli.example\n")
    submit = ("--type", "domain", "--category", "counterfeit-site-app", "--grade", "B2", "--wait")
    map_file = tmp_path / "cli.sqlite"
    cli(stack, place.key, tmp_path, "submit", str(lines), *submit, "--map", str(map_file))

    page = open_form(portal, place, key, tmp_path)
    page.locator("[data-map-file]").set_input_files(map_file)
    expect(page.locator("[data-map-state]")).to_have_text("The map holds 1 raw values", timeout=WAIT)
    page.get_by_label("Category").select_option("counterfeit-site-app")
    page.get_by_label("B2 ·").check()
    page.get_by_label("Value").fill("By-Browser.example")
    page.get_by_role("button", name="Make the tokens and review").click()
    page.get_by_role("button", name="Submit the clue").click()
    expect(page.locator("[data-outcome]")).to_have_text("The clue was accepted.", timeout=WAIT)

    page.get_by_role("button", name="Report another").click()
    with page.expect_download() as download:
        page.get_by_role("button", name="Save as file").click()
    saved = tmp_path / "saved.sqlite"
    download.value.save_as(saved)
    both = tmp_path / "both.txt"
    both.write_text("by-cli.example\nby-browser.example\n")
    cli(stack, _other.key, tmp_path / "other", "submit", str(both), *submit, "--map", str(tmp_path / "other.sqlite"))
    matches = cli(stack, place.key, tmp_path, "matches", "--map", str(saved))
    assert {one["raw"] for one in matches} == {"by-cli.example", "By-Browser.example"}
    # Nothing of the CLI's own is lost: its secret, hence its references, and the tokens it made.
    again = cli(stack, place.key, tmp_path, "submit", str(lines), *submit, "--map", str(saved))
    assert again["duplicates"] == 1 and again["accepted"] == 0


def test_a_map_of_another_secret_is_joined_and_a_broken_file_refused(portal: Portal, tmp_path: Path) -> None:
    place, key = make_place(portal, "Joining Bank")
    page = open_form(portal, place, key, tmp_path)
    for name in ("one", "two"):
        with closing(Map(tmp_path / name)) as map, map.transaction() as db:
            map.remember(db, [Submitted(name.ljust(22, "x"), 0, "domain", f"{name}.example")])
    files = page.locator("[data-map-file]")
    files.set_input_files(tmp_path / "one")
    expect(page.locator("[data-machine-notice]")).to_contain_text("1 raw values are new", timeout=WAIT)
    files.set_input_files(tmp_path / "two")
    expect(page.locator("[data-machine-notice]")).to_contain_text("keeps its own map secret", timeout=WAIT)
    expect(page.locator("[data-map-state]")).to_have_text("The map holds 2 raw values", timeout=WAIT)
    (tmp_path / "broken").write_bytes((tmp_path / "one").read_bytes()[:3000])
    files.set_input_files(tmp_path / "broken")
    expect(page.locator("[data-machine-failure]")).to_contain_text("not a map file", timeout=WAIT)
    expect(page.locator("[data-map-state]")).to_have_text("The map holds 2 raw values")


def test_another_signing_key_stops_everything(portal: Portal, tmp_path: Path) -> None:
    place, key = make_place(portal, "Pinned Bank")
    page = open_form(portal, place, key, tmp_path)
    asked: list[str] = []
    page.context.on("request", lambda sent: asked.append(sent.url) if sent.url.endswith("/evaluate") else None)

    def resign(route: Route) -> None:
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

        from aif_share.oprf.encoding import encode

        own, document = Ed25519PrivateKey.generate(), route.fetch().json()
        document |= {
            "public_key": encode(own.public_key().public_bytes_raw()),
            "signature": encode(own.sign(document["signed"].encode())),
        }
        route.fulfill(json=document)

    page.context.route("**/portal/api/oprf/directory", resign)
    page.reload()
    answer = page.evaluate(ASK, [{"type": "domain", "canonical": "pinned.example"}])
    assert answer["code"] == "pin-mismatch" and asked == []


def test_the_worker_reaches_custodians_and_nobody_else(portal: Portal, tmp_path: Path) -> None:
    """Its policy is its own script's: a script that got in could send nothing anywhere else."""
    place, _key = make_place(portal, "Policy Bank")
    page = portal.page(place, "analyst", language="en")
    page.goto(portal.url + "/portal/clues/new")
    answer = page.request.get(portal.url + "/static/aif/workers/tokens.js")
    policy = dict(part.strip().split(" ", 1) for part in answer.headers["content-security-policy"].split(";"))
    assert policy["connect-src"].split() == ["'self'", *sorted(portal.stack.custodian_urls.values())]
    assert "script-src" not in policy and policy["default-src"] == "'self'"
    wasm = page.request.get(portal.url + "/static/aif/workers/map_file.js").headers["content-security-policy"]
    assert "'wasm-unsafe-eval'" in wasm and "connect-src 'self';" in wasm + ";"
