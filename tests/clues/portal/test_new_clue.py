"""The page that reports a clue: who sees it, and that nothing raw has a name a form could send."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from typing import Any

import pytest

from aif_share.vocabulary import categories, grades
from tests.browsing import Browser
from tests.clues.scene import Scene

ADDRESS = "/portal/clues/new"


class Fields(HTMLParser):
    """Collect the controls of a page, those of templates too."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[dict[str, str | None]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep each control."""
        if tag in ("input", "select", "textarea", "form"):
            self.found.append({"tag": tag, **dict(attrs)})


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_form(scene: Scene, client: Any, language: str) -> None:
    client.force_login(scene.cast.alice)
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = language
    page = client.get(ADDRESS)
    assert page.status_code == 200
    text = page.content.decode()
    form = text[text.index("data-clue") : text.index("</form>", text.index("data-clue"))]
    fields = Fields()
    fields.feed(text[text.index("<main") :])
    assert not any(field["tag"] == "form" and field.get("action") for field in fields.found)
    named = {field["name"] for field in fields.found if field.get("name")}
    assert named <= {"grade"}, "a code may have a name; what a person types may not"
    assert "post" not in form.lower().split(">")[0]
    for row in (*categories.ROWS, *grades.ROWS):
        assert f'value="{row.code}"' in text
        assert (row.zh if language == "zh-hans" else row.en) in text
    owner = re.search(r'data-map-owner="(I-\w+)/(U-\w+)"', text)
    assert owner and (owner[1], owner[2]) == (scene.cast.alice.institution.ref, scene.cast.alice.ref)
    rules = json.loads(re.search(r'<script id="rules"[^>]*>(.*?)</script>', text, re.DOTALL)[1])  # type: ignore[index]
    assert rules["claims"] == [row.code for row in categories.ROWS if row.rights_claim]
    assert rules["blocking"] == ["individual-not-gray-industry"] and rules["suspected"] == "C"
    assert "<noscript>" in text


def test_who_may_see_it(scene: Scene, client: Any) -> None:
    assert client.get(ADDRESS).status_code == 302
    assert client.post(ADDRESS).status_code in (302, 405)


def test_the_script_posts_a_batch(scene: Scene) -> None:
    """As the page does: the session, the page's CSRF token, an Idempotency-Key; and a repetition has no effect."""
    browser = Browser(enforce_csrf_checks=True)
    browser.force_login(scene.cast.alice)
    page = browser.get(ADDRESS).content.decode()
    token = re.search(r'name="csrf-token" content="(\w+)"', page)[1]  # type: ignore[index]
    identifier = {"type": "domain", "epoch": 1, "token": "A" * 43}
    clue = {"client_ref": "one", "category": "telecom-fraud", "grade": "C", "identifiers": [identifier]}

    def post(**headers: str) -> Any:
        return browser.post(
            "/portal/api/batches",
            data=json.dumps({"clues": [clue]}),
            content_type="application/json",
            headers={"Idempotency-Key": "first", **headers},
        )

    assert post().status_code == 403, "without the page's token"
    first, again = post(**{"X-CSRFToken": token}), post(**{"X-CSRFToken": token})
    assert (first.status_code, again.status_code) == (202, 202), first.content
    assert first.json()["batch"] == again.json()["batch"] and again["Idempotency-Replayed"] == "true"
