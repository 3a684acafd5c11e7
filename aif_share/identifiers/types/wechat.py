"""WeChat accounts of persons."""

import re

from aif_share.errors import InvalidIdentifier

from ..base import IdentifierType, fullmatch

_ID = re.compile(r"[a-z][a-z0-9_-]{5,19}|wxid_[a-z0-9]{6,30}")
_LABEL = re.compile(r"(?:微信号?|weixin|wechat|wx) ?: ?", re.IGNORECASE)
_MOBILE = re.compile(r"(?:\+?86)?1[3-9][0-9]{9}")


def rule(text: str) -> str:
    name = _LABEL.sub("", text, count=1).lower() if _LABEL.match(text) else text.lower()
    if name.startswith("gh_"):
        raise InvalidIdentifier(
            "gh_ marks an official account; use the type wechat-official-account",
            suggested_type="wechat-official-account",
        )
    if name.endswith("@chatroom"):
        raise InvalidIdentifier("this is a group; use the type im-group", suggested_type="im-group")
    if _MOBILE.fullmatch(name):
        raise InvalidIdentifier("this is a mobile number; use the type cn-mobile", suggested_type="cn-mobile")
    fullmatch(_ID, name, "a WeChat ID begins with a letter and has 6 to 20 letters, digits, _ or -; a nickname is none")
    return name


IDENTIFIER = IdentifierType(
    code="wechat",
    zh="微信号",
    en="WeChat ID",
    form="the ID (not the nickname) in lower case",
    link=2,
    rule=rule,
    examples={
        "Zhang_San-88": "zhang_san-88",
        "zhang_san-88": "zhang_san-88",
        "微信号：zhang_san-88": "zhang_san-88",
        "ｚｈａｎｇ＿ｓａｎ－８８": "zhang_san-88",
        "wxid_0abcdefghij122": "wxid_0abcdefghij122",
    },
    rejects=("zhang", "8zhangsan", "张三理财", "gh_0123456789ab", "13800138000", "12345678@chatroom", "zhang san 88"),
)
