"""`GET /schema`: the OpenAPI document, and whether it tells the truth."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.test import Client
from django.urls import get_resolver
from jsonschema import Draft202012Validator

from tests.clues.alliance import clue, token
from tests.clues.api.member import API, Member

DOCUMENT = Path(__file__).resolve().parents[3] / "docs" / "openapi.yaml"


@pytest.fixture(scope="module")
def document() -> Any:
    return Client().get(f"{API}/schema").json()


def test_forms() -> None:
    """JSON unless YAML is asked for; no key needed."""
    client = Client()
    plain = client.get(f"{API}/schema")
    assert plain["Content-Type"] == "application/json"
    text = client.get(f"{API}/schema", HTTP_ACCEPT="application/yaml")
    assert text["Content-Type"].startswith("application/yaml")
    assert yaml.safe_load(text.content) == plain.json()
    assert client.get(f"{API}/schema", HTTP_ACCEPT="text/html").status_code == 406


def test_the_file_is_this_document(document: Any) -> None:
    assert yaml.safe_load(DOCUMENT.read_text(encoding="utf-8")) == document


def test_every_address_is_described(document: Any) -> None:
    found = set()
    for included in get_resolver("config.urls").url_patterns:
        if getattr(included, "app_name", "") in ("clues-api", "members-api"):
            found |= {f"{API}/" + re.sub(r"<\w+:(\w+)>", r"{\1}", str(each.pattern)) for each in included.url_patterns}
    assert document["paths"].keys() == found - {f"{API}/schema", f"{API}/docs"}


def test_who_has_it_already_is_told_so(document: Any) -> None:
    """An address that takes If-None-Match may answer 304, and no other may."""
    asking, answering = set(), set()
    for path, methods in document["paths"].items():
        if "get" not in methods:
            continue
        names = {each["name"] for each in methods["get"].get("parameters", ())}
        asking |= {path} if "If-None-Match" in names else set()
        answering |= {path} if "304" in methods["get"]["responses"] else set()
    assert asking == answering and len(asking) > 6


def test_problems_have_one_form(document: Any) -> None:
    """Every answer of 400 and more is the one component, and asks for the key's scheme."""
    for path, methods in document["paths"].items():
        for operation in methods.values():
            for status, answer in operation["responses"].items():
                answer = resolved(document, answer)
                if int(status) >= 400:
                    media = answer["content"]["application/problem+json"]
                    assert media["schema"] == {"$ref": "#/components/schemas/Problem"}, path
    assert document["components"]["securitySchemes"]["key"]["scheme"] == "bearer"


def resolved(document: Any, answer: Any) -> Any:
    """Return an answer that may stand among the shared ones."""
    name = answer.get("$ref", "").rpartition("/")[2]
    return document["components"]["responses"][name] if name else answer


def valid(document: Any, name: str, value: Any) -> None:
    """Raise unless a value is of a component's form (OpenAPI 3.0 writes null its own way)."""

    def plain(node: Any) -> Any:
        if isinstance(node, list):
            return [plain(each) for each in node]
        if not isinstance(node, dict):
            return node
        node = {key: plain(each) for key, each in node.items()}
        return {"anyOf": [node, {"type": "null"}]} if node.pop("nullable", False) else node

    components = plain(document["components"]["schemas"])
    schema = {"$ref": f"#/components/schemas/{name}", "components": {"schemas": components}}
    Draft202012Validator(schema).validate(value)


def test_answers_are_as_described(aster: Member, document: Any) -> None:
    receipt = aster.submit([clue(token(1)), {}]).json()
    valid(document, "Receipt", receipt)
    valid(document, "Batch", aster.get(f"/batches/{receipt['batch']}").json())
    valid(document, "BatchPage", aster.get("/batches").json())
    valid(document, "RowPage", aster.get(f"/batches/{receipt['batch']}/results").json())
    valid(document, "MatchPage", aster.get("/matches").json())
    valid(document, "Screening", aster.screen(token(1)).json())
    valid(document, "Vocabulary", aster.get("/vocabulary").json())
    valid(document, "Problem", aster.get("/batches/B-NONE").json())
    valid(document, "Me", aster.get("/me").json())
    with pytest.raises(Exception, match="is not of type"):
        valid(document, "Batch", {**aster.get(f"/batches/{receipt['batch']}").json(), "clues": "1"})


def test_examples_are_as_described(document: Any) -> None:
    """Every example fits the shape beside it."""
    seen = 0
    for methods in document["paths"].values():
        for operation in methods.values():
            contents = [operation.get("requestBody", {"content": {}})["content"]]
            answers = [resolved(document, answer) for answer in operation["responses"].values()]
            contents += [answer["content"] for answer in answers if "content" in answer]
            for content in contents:
                for media in content.values():
                    name = media["schema"].get("$ref", "").rpartition("/")[2]
                    for example in media.get("examples", {}).values():
                        seen += 1
                        valid(document, name, example["value"])
    assert seen > 20
