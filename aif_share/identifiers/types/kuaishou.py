"""Kuaishou accounts."""

import re

from ..base import IdentifierType, fullmatch
from ..text import fold_case

_PROFILE = re.compile(
    r"(?:https?://)?(?:www\.|live\.|v\.)?kuaishou\.com/(?:profile|u)/([^/?#\s]+)/?(?:[?#].*)?", re.IGNORECASE
)
_ID = re.compile(r"[a-z0-9_-]{3,32}")
_LABEL = re.compile(r"快手(?:号|ID|id)? ?: ?")


def rule(text: str) -> str:
    if found := _PROFILE.fullmatch(text):
        text = found[1]
    name = fold_case(_LABEL.sub("", text, count=1) if _LABEL.match(text) else text)
    fullmatch(_ID, name, "a Kuaishou ID has 3 to 32 letters, digits, _ or -; a nickname is none")
    return name


IDENTIFIER = IdentifierType(
    code="kuaishou",
    zh="快手号",
    en="Kuaishou account",
    form="the Kuaishou ID, or the id of the profile's address, in lower case",
    link=1,
    rule=rule,
    examples={
        "ZhangSan_88": "zhangsan_88",
        "zhangsan_88": "zhangsan_88",
        "快手号：zhangsan_88": "zhangsan_88",
        "１２３４５６７８９０": "1234567890",
        "https://www.kuaishou.com/profile/3xabcdefg123456": "3xabcdefg123456",
    },
    rejects=("张三理财", "ab", "zhang san", "https://www.kuaishou.com/short-video/3xabcdefg123456"),
)
