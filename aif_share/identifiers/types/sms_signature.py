"""SMS signatures: the sender's name in brackets before a message."""

import re

from ..base import IdentifierType, fullmatch
from ..text import fold_case

_NAME = re.compile(r"[^\s【】\[\]]{2,20}")


def rule(text: str) -> str:
    text = text.replace(" ", "")
    if text[:1] in "【[" and text[-1:] in "】]":
        text = text[1:-1]
    text = fold_case(text)
    fullmatch(_NAME, text, "a signature has 2 to 20 characters; give what stands in the brackets, without the message")
    return text


IDENTIFIER = IdentifierType(
    code="sms-signature",
    zh="短信签名",
    en="SMS signature",
    form="the name without brackets and spaces, Latin letters lower case",
    personal=False,
    rule=rule,
    examples={
        "【示例银行】": "示例银行",
        "[示例 银行]": "示例银行",
        "示例银行": "示例银行",
        "【ＡＢＣ贷款】": "abc贷款",
    },
    rejects=("【】", "甲", "【示例银行】您的账户已冻结", "【" + "甲" * 21 + "】"),
)
