"""Xiaohongshu accounts."""

import re

from ..base import IdentifierType, fullmatch
from ..text import fold_case

_PROFILE = re.compile(
    r"(?:https?://)?(?:www\.)?xiaohongshu\.com/user/profile/([0-9a-f]{24})/?(?:[?#].*)?", re.IGNORECASE
)
_ID = re.compile(r"[0-9a-f]{24}|[a-z0-9_]{4,20}")
_LABEL = re.compile(r"小红书号? ?: ?")


def rule(text: str) -> str:
    if found := _PROFILE.fullmatch(text):
        text = found[1]
    name = fold_case(_LABEL.sub("", text, count=1) if _LABEL.match(text) else text)
    fullmatch(
        _ID, name, "a Xiaohongshu number has 4 to 20 letters, digits or _, or 24 hexadecimal digits in an address"
    )
    return name


IDENTIFIER = IdentifierType(
    code="xiaohongshu",
    zh="小红书号",
    en="Xiaohongshu account",
    form="the Xiaohongshu number in lower case, or the 24 hexadecimal digits of the profile's address",
    link=1,
    rule=rule,
    examples={
        "123456789": "123456789",
        "１２３４５６７８９": "123456789",
        "小红书号：ZhangSan_88": "zhangsan_88",
        "zhangsan_88": "zhangsan_88",
        "https://www.xiaohongshu.com/user/profile/5AB0C1D2E3F4051627384950?x=1": "5ab0c1d2e3f4051627384950",
    },
    rejects=("张三理财", "abc", "zhang san", "https://www.xiaohongshu.com/explore/64a1b2c3000000001f00abcd"),
)
