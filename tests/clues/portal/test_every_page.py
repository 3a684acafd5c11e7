"""What holds for every page: two languages, no script or style within it, a strict policy, no caching."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.clues.scene import Scene, make_case


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_page(scene: Scene, client: Any, language: str) -> None:
    case = make_case(scene, at="triage")
    client.force_login(scene.cast.alice)
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = language
    for address in (
        "/",
        "/portal/notifications",
        "/portal/notifications/preferences",
        "/portal/batches",
        f"/portal/batches/{scene.batch}",
        "/portal/evidence-demands",
        "/portal/exports",
        "/portal/statements",
        "/portal/feeds",
        "/portal/feeds/new",
        "/portal/matches",
        f"/portal/matches/{scene.match}",
        "/portal/cases",
        f"/portal/cases/{case.ref}",
        f"/portal/cases/{case.ref}/do/claim",
    ):
        page = client.get(address)
        text = page.content.decode()
        assert page.status_code == 200, address
        inline = r'<script(?! (type="module" )?src="/static/)(?! id="[a-z-]+" type="application/json")'
        assert not re.search(inline + r"|<style|\sstyle=|\son[a-z]+=|javascript:", text), address
        policy = page["Content-Security-Policy"]
        assert "default-src 'self'" in policy and "unsafe" not in policy
        assert "no-store" in page["Cache-Control"]
        body = re.sub(r"<code>.*?</code>|<[^>]+>", " ", text[text.index("<main") : text.index("</main")])
        if language == "zh-hans":
            assert re.search("[一-鿿]", body), address
        else:
            assert not re.search("[一-鿿]", body.replace("中文", "")), address  # the name of the language itself
