"""Package names of Android apps and bundle ids of Apple ones."""

import re

from ..base import IdentifierType, fullmatch

_SHAPE = re.compile(r"[A-Za-z][A-Za-z0-9_-]*(?:\.[A-Za-z0-9_][A-Za-z0-9_-]*)+")
_MAX = 200
_LENGTH = re.compile(rf".{{3,{_MAX}}}")


def rule(text: str) -> str:
    fullmatch(_SHAPE, text[: _MAX + 1], "a package name is words of letters, digits, _ or - with dots between them")
    fullmatch(_LENGTH, text, f"a package name has at most {_MAX} characters")
    return text


IDENTIFIER = IdentifierType(
    code="app-package",
    zh="App 包名",
    en="App package name",
    form="as written: Android tells upper from lower case",
    personal=False,
    rule=rule,
    examples={
        "com.example.Loan": "com.example.Loan",
        " com.example.loan ": "com.example.loan",
        "ｃｏｍ．ｅｘａｍｐｌｅ．ｌｏａｎ": "com.example.loan",
        "com.example.loan-ios": "com.example.loan-ios",
    },
    rejects=("loan", "com..loan", "1com.example", "com.example.贷款", "com.example loan"),
)
