"""Web addresses."""

from ..base import IdentifierType
from ..urls import canonical_url, parse_web


def rule(text: str) -> str:
    return canonical_url(parse_web(text))


IDENTIFIER = IdentifierType(
    code="url",
    zh="网址",
    en="Web address",
    form="the WHATWG URL without fragment, user name, password and tracking parameters; the scheme is kept",
    personal=False,
    rule=rule,
    examples={
        "HTTPS://Example.COM:443/a/../b?x=1#part": "https://example.com/b?x=1",
        "https://example.com./b?utm_source=mail&x=1&spm=a.b": "https://example.com/b?x=1",
        "hxxps://example[.]com/b": "https://example.com/b",
        "https://bank.example@evil.example/": "https://evil.example/",
        "https://example.com?fbclid=1": "https://example.com/",
        "ｈｔｔｐｓ：／／ｅｘａｍｐｌｅ．ｃｏｍ／ｂ": "https://example.com/b",
        "http://203.0.113.7/login": "http://203.0.113.7/login",
    },
    rejects=(
        "example.com",
        "ftp://example.com/",
        "https://",
        "http://localhost/",
        "javascript:alert(1)",
        "see https://example.com/",
    ),
)
