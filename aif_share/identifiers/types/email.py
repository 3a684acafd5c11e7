"""E-mail addresses."""

from ..base import IdentifierType
from ..emails import canonical_email

IDENTIFIER = IdentifierType(
    code="email",
    zh="电子邮箱",
    en="E-mail address",
    form="local part and WHATWG domain, both lower case; dots and +tags are kept",
    link=1,
    rule=canonical_email,
    examples={
        "Zhang.San@Example.COM": "zhang.san@example.com",
        "mailto:zhang.san@example.com": "zhang.san@example.com",
        "ｚｈａｎｇ．ｓａｎ＠ｅｘａｍｐｌｅ．ｃｏｍ": "zhang.san@example.com",
        "zhang.san@BÜCHER.example.": "zhang.san@xn--bcher-kva.example",
        "zhang.san[@]example[.]com": "zhang.san@example.com",
        "12345@qq.com": "12345@qq.com",
        "张三@example.cn": "张三@example.cn",
    },
    rejects=(
        "zhang.san",
        "@example.com",
        "zhang.san@",
        "zhang@localhost",
        "zhang san@example.com",
        "zhang@192.0.2.1",
        "Zhang San <zhang.san@example.com>",
        ".zhang@example.com",
    ),
)
