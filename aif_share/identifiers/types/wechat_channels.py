"""WeChat Channels accounts."""

import re

from ..base import IdentifierType, fullmatch
from ..text import fold_case

# The two ids that Channels gives out tell upper from lower case; names do not.
_ID = re.compile(r"sph[0-9A-Za-z]{12}|v2_[0-9A-Za-z]{20,200}@finder")
_NAME = re.compile(r"[^\s:/@]{2,40}(?: [^\s:/@]{1,40})*")


def rule(text: str) -> str:
    if _ID.fullmatch(text):
        return text
    name = fold_case(text)
    fullmatch(_NAME, name, "give the account's id (sph… or v2_…@finder) or its exact name")
    return name


IDENTIFIER = IdentifierType(
    code="wechat-channels",
    zh="微信视频号",
    en="WeChat Channels account",
    form="the id sph… or v2_…@finder as it stands, else the account's name, Latin letters lower case",
    personal=False,
    rule=rule,
    examples={
        "sphAbCdEf012345": "sphAbCdEf012345",
        "示例维权助手": "示例维权助手",
        "Example 维权": "example 维权",
        "Ｅｘａｍｐｌｅ 维权": "example 维权",
    },
    rejects=("示", "https://channels.weixin.qq.com/abc", "a@finder"),
)
