"""Domains: exact host names."""

from ..base import IdentifierType
from ..hosts import canonical_host

IDENTIFIER = IdentifierType(
    code="domain",
    zh="域名",
    en="Domain (exact host)",
    form="the WHATWG host: ASCII, lower case, no trailing dot; www. stays",
    personal=False,
    rule=canonical_host,
    examples={
        "Example.COM": "example.com",
        "example.com.": "example.com",
        "www.example.com": "www.example.com",
        "BÜCHER.example.": "xn--bcher-kva.example",
        "xn--bcher-kva.example": "xn--bcher-kva.example",
        "ｅｘａｍｐｌｅ。ｃｏｍ": "example.com",
        "example[.]com": "example.com",
        "_dmarc.example.com": "_dmarc.example.com",
        "例子.中国": "xn--fsqu00a.xn--fiqs8s",
    },
    rejects=(
        "https://example.com/",
        "example.com/path",
        "example.com:8080",
        "192.0.2.1",
        "0x7f.1",
        "[2001:db8::1]",
        "2001:db8::1",
        "localhost",
        "a..example.com",
        ".example.com",
        "*.example.com",
        "a b.example.com",
        "someone@example.com",
        "a" * 64 + ".example.com",
    ),
)
