"""Weibo accounts."""

import re

from ..base import IdentifierType, fullmatch
from ..text import fold_case

_PROFILE = re.compile(
    r"(?:https?://)?(?:www\.|m\.)?weibo\.(?:com|cn)/(?:u/|profile/|n/(?=[^0-9]))?([^/?#\s]+)/?(?:[?#].*)?",
    re.IGNORECASE,
)
_UID = re.compile(r"[1-9][0-9]{4,10}")
_NAME = re.compile(r"@?([\w\u4e00-\u9fff-]{2,30})")


def rule(text: str) -> str:
    if found := _PROFILE.fullmatch(text):
        text = found[1]
    if _UID.fullmatch(text):
        return text
    found = fullmatch(_NAME, fold_case(text), "give the number or address of the profile, or its name")
    return f"@{found[1]}"


IDENTIFIER = IdentifierType(
    code="weibo",
    zh="微博账号",
    en="Weibo account",
    form="the profile's number; where only a name is known, @ and the name in lower case",
    link=1,
    rule=rule,
    examples={
        "https://weibo.com/u/1234567890": "1234567890",
        "https://m.weibo.cn/profile/1234567890?from=a": "1234567890",
        "1234567890": "1234567890",
        "１２３４５６７８９０": "1234567890",
        "@张三理财": "@张三理财",
        "https://weibo.com/n/张三理财": "@张三理财",
        "ZhangSan": "@zhangsan",
    },
    rejects=("@", "张三 理财", "https://weibo.com/1234567890/z0JH2lOMb", "https://example.com/u/1234567890"),
)
