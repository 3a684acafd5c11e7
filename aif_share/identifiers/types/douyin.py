"""Douyin accounts."""

import re

from aif_share.errors import InvalidIdentifier

from ..base import IdentifierType, fullmatch
from ..text import fold_case

_PROFILE = re.compile(
    r"(?:https?://)?(?:www\.)?(?:ies)?douyin\.com/(?:share/)?user/([A-Za-z0-9_-]+)/?(?:[?#].*)?", re.IGNORECASE
)
_ADDRESS_ID = re.compile(r"MS4wLjABAAAA[A-Za-z0-9_-]{20,80}")
_HANDLE = re.compile(r"[a-z0-9_.-]{2,30}")
_LABEL = re.compile(r"抖音号? ?: ?")


def rule(text: str) -> str:
    if found := _PROFILE.fullmatch(text):
        text = found[1]
        if not _ADDRESS_ID.fullmatch(text):
            raise InvalidIdentifier("the address holds no account; give the Douyin ID of the profile page")
    if _ADDRESS_ID.fullmatch(text):
        return text
    handle = fold_case(_LABEL.sub("", text, count=1) if _LABEL.match(text) else text)
    fullmatch(_HANDLE, handle, "a Douyin ID has 2 to 30 letters, digits, _ . or -; a nickname is none")
    return handle


IDENTIFIER = IdentifierType(
    code="douyin",
    zh="抖音号",
    en="Douyin account",
    form="the Douyin ID in lower case, or the id of the profile's address as it stands",
    link=1,
    rule=rule,
    examples={
        "ZhangSan.88": "zhangsan.88",
        "zhangsan.88": "zhangsan.88",
        "抖音号：zhangsan.88": "zhangsan.88",
        "ｚｈａｎｇｓａｎ．８８": "zhangsan.88",
        "https://www.douyin.com/user/MS4wLjABAAAAabcdefghijklmnopqrst_-0123?from=a": (
            "MS4wLjABAAAAabcdefghijklmnopqrst_-0123"
        ),
    },
    rejects=("张三理财", "a", "zhang san", "https://www.douyin.com/user/self"),
)
