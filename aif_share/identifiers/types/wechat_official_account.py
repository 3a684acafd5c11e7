"""WeChat official accounts."""

import re

from ..base import IdentifierType, fullmatch
from ..text import fold_case

_NAME = re.compile(r"gh_[0-9a-f]{12}|(?!gh_)[^\s:/@]{2,40}(?: [^\s:/@]{1,40})*")


def rule(text: str) -> str:
    name = fold_case(text)
    fullmatch(_NAME, name, "give the gh_ id, the account's WeChat ID or its exact name")
    return name


IDENTIFIER = IdentifierType(
    code="wechat-official-account",
    zh="微信公众号",
    en="WeChat official account",
    form="gh_ and 12 hexadecimal digits, else the account's WeChat ID or name, Latin letters lower case",
    personal=False,
    rule=rule,
    examples={
        "gh_0123456789AB": "gh_0123456789ab",
        "ｇｈ＿０１２３４５６７８９ａｂ": "gh_0123456789ab",
        "示例维权助手": "示例维权助手",
        "Example_Bank": "example_bank",
    },
    rejects=("gh_123", "示", "https://mp.weixin.qq.com/s/abc", "a@b"),
)
