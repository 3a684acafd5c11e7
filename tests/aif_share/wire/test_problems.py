"""The table of problem codes: what the contract promises is there, and every refusal of ours has a row."""

import re
from pathlib import Path

import pytest

import aif_share
from aif_share import errors
from aif_share.wire import problems

# contract.md "Problems", with the statuses fixed for them
PROMISED = {
    "raw-identifier": 422,
    "unkeyed-hash": 422,
    "token-malformed": 422,
    "type-unknown": 422,
    "epoch-retired": 422,
    "element-invalid": 422,
    "client-ref-reused": 409,
    "idempotency-conflict": 409,
    "institution-suspended": 403,
    "quota-exhausted": 429,
    "scope-missing": 403,
    "not-found": 404,
    "too-large": 413,
    "charset": 400,
    "unauthenticated": 401,
    "malformed": 400,
    "epoch-unknown": 422,
    "method-not-allowed": 405,
}


def test_promised_codes():
    assert {code: problems.PROBLEMS[code].status for code in PROMISED} == PROMISED


def test_every_row_is_whole():
    for code, row in problems.PROBLEMS.items():
        assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", code)
        assert 400 <= row.status <= 599
        assert row.title_en and row.title_en.isascii()
        assert re.search(r"[\u4e00-\u9fff]", row.title_zh)


def test_every_refusal_over_http_has_a_row():
    folder = Path(aif_share.__file__).parent / "custodian"
    not_over_http = {"home.py", "origins.py", "privilege.py", "serve.py"}
    found = set()
    for file in folder.glob("*.py"):
        if file.name not in not_over_http:
            found |= set(re.findall(r'Refusal\(\s*"([a-z-]+)"', file.read_text()))
    assert len(found) > 15
    assert found <= set(problems.PROBLEMS)


def test_a_document():
    assert problems.document("element-invalid", "an element is not valid", index=3) == {
        "type": "urn:aif-share:problem:element-invalid",
        "title": "An element is not valid",
        "status": 422,
        "code": "element-invalid",
        "detail": "an element is not valid",
        "index": 3,
    }
    assert "detail" not in problems.document("not-found")
    with pytest.raises(KeyError):
        problems.document("no-such-code")


def test_the_drawn_tree_is_the_tree():
    drawn = set(re.findall(r"[A-Z][A-Za-z]+", errors.__doc__))
    classes = {name for name, each in vars(errors).items() if isinstance(each, type) and issubclass(each, Exception)}
    assert classes <= drawn
    for each in (errors.AifShareError, errors.InvalidInput, errors.PinError):
        assert each().code in str(each())
