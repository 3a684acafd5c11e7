"""The manual: open to anybody, in both languages, complete, and promising exactly what docs/tokens.md promises."""

from __future__ import annotations

import html
import re
from pathlib import Path
from typing import Any

import pytest

from aif_share.vocabulary import lists
from members.permissions import ROLE_PERMISSIONS
from members.portal.help import ABILITIES, TOPICS

ROOT = Path(__file__).resolve().parents[3]
TEXTS = ROOT / "members" / "templates" / "members" / "help"


def read(client: Any, topic: str, language: str) -> str:
    page = client.get(f"/help/{topic}" if topic else "/help", HTTP_ACCEPT_LANGUAGE=language)
    assert page.status_code == 200
    text = page.content.decode()
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", text[text.index("<main") : text.index("</main")])))


@pytest.mark.django_db
@pytest.mark.parametrize("topic", ["", *TOPICS])
def test_open_in_both_languages(client: Any, topic: str) -> None:
    chinese, english = read(client, topic, "zh-hans"), read(client, topic, "en")
    assert len(re.findall("[一-鿿]", chinese)) > 80
    if topic != "glossary":
        assert not re.search("[一-鿿]{4,}", english)
    assert client.post(f"/help/{topic}" if topic else "/help").status_code == 405


@pytest.mark.django_db
def test_other_topics_are_not_there(client: Any) -> None:
    for address in ("/help/no-such-topic", "/help/_roles", "/help/start.en"):
        assert client.get(address).status_code == 404


def test_every_topic_is_written_twice() -> None:
    assert {path.name for path in TEXTS.glob("[a-z]*.html")} == {"page.html"} | {
        f"{topic}.{language}.html" for topic in TOPICS for language in ("zh-hans", "en")
    }


@pytest.mark.django_db
def test_the_promise_is_that_of_the_documentation(client: Any) -> None:
    source = (ROOT / "docs" / "tokens.md").read_text(encoding="utf-8")
    promise = source.partition("## The promise")[2].partition("\n\nThat is all")[0]
    shown = read(client, "privacy", "en")
    lines = [line[2:].replace("*", "").strip() for line in promise.strip().splitlines()]
    assert len(lines) == 3
    for line in lines:
        assert line in shown


@pytest.mark.django_db
def test_codes_and_abilities_are_those_of_the_program(client: Any) -> None:
    shown = read(client, "files", "en")
    for name in ("categories", "grades", "indicators"):
        assert all(row.code in shown for row in lists()[name])
    of_members = {
        each for role, allowed in ROLE_PERMISSIONS.items() if not role.startswith("alliance-") for each in allowed
    }
    assert set(ABILITIES) == of_members
