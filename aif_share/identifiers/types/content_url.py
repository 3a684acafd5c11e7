"""Videos and posts: one content, however its address is written."""

import re

from ..base import IdentifierType
from ..urls import canonical_url, parse_web

_CANONICAL = re.compile(
    r"douyin:[0-9]{15,21}|kuaishou:[0-9a-zA-Z]{10,20}|xiaohongshu:[0-9a-f]{24}"
    r"|bilibili:(?:BV[0-9A-Za-z]{10}|av[0-9]{1,16}|cv[0-9]{1,12}|opus[0-9]{10,20})|weibo:[0-9]{15,19}"
)
# What the canonical form begins with, and host, path and query of an address with the id as its one group.
# Short links cannot be resolved offline and stay addresses.
_END = r"(?:[/?].*)?"
_PLACES = tuple(
    (prefix, re.compile(pattern))
    for prefix, pattern in (
        ("douyin:", rf"(?:www\.)?douyin\.com/(?:video|note)/([0-9]{{15,21}}){_END}"),
        ("douyin:", r"(?:www\.)?douyin\.com/[^?]*\?(?:.*&)?(?:modal_id|vid)=([0-9]{15,21})(?:&.*)?"),
        ("douyin:", rf"(?:www\.|m\.)?(?:ies)?douyin\.com/share/(?:video|note|slides)/([0-9]{{15,21}}){_END}"),
        ("kuaishou:", rf"(?:www\.)?kuaishou\.com/short-video/([0-9a-zA-Z]{{10,20}}){_END}"),
        (
            "kuaishou:",
            r"(?:[a-z0-9-]+\.)*(?:chenzhongtech|gifshow|kuaishou)\.com/fw/(?:photo|long-video)/"
            rf"([0-9a-zA-Z]{{10,20}}){_END}",
        ),
        (
            "xiaohongshu:",
            r"(?:www\.)?xiaohongshu\.com/(?:explore|discovery/item|search_result|user/profile/[0-9a-f]{24})/"
            rf"([0-9a-f]{{24}}){_END}",
        ),
        ("bilibili:BV", rf"(?:(?:www\.|m\.)?bilibili\.com/video|b23\.tv)/[Bb][Vv]([0-9A-Za-z]{{10}}){_END}"),
        ("bilibili:av", rf"(?:(?:www\.|m\.)?bilibili\.com/video|b23\.tv)/[Aa][Vv]([0-9]{{1,16}}){_END}"),
        ("bilibili:cv", rf"(?:www\.|m\.)?bilibili\.com/read/(?:mobile/|cv|mobile/cv)([0-9]{{1,12}}){_END}"),
        ("bilibili:opus", rf"(?:(?:www|m)\.bilibili\.com/opus|t\.bilibili\.com)/([0-9]{{10,20}}){_END}"),
        ("weibo:", rf"(?:www\.)?weibo\.com/[0-9]{{5,11}}/([0-9A-Za-z]{{8,10}}){_END}"),
        ("weibo:", rf"(?:www\.)?weibo\.com/detail/([0-9]{{15,19}}){_END}"),
        ("weibo:", rf"m\.weibo\.cn/(?:detail|status|[0-9]{{5,11}})/([0-9A-Za-z]{{8,19}}){_END}"),
    )
)
_BASE62 = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"


def rule(text: str) -> str:
    if _CANONICAL.fullmatch(text):
        return text
    address = canonical_url(parse_web(text))
    place = address.partition("://")[2]
    for prefix, pattern in _PLACES:
        if found := pattern.fullmatch(place):
            content = found[1]
            if prefix == "weibo:" and len(content) < 15:
                content = _weibo_number(content)
            if _CANONICAL.fullmatch(prefix + content):
                return prefix + content
    return address


def _weibo_number(short: str) -> str:
    """The decimal id of a post from the letters of its address: each four letters, from the end, write seven digits
    in base 62, the first group without leading zeros."""
    groups = [short[max(0, end - 4) : end] for end in range(len(short), 0, -4)][::-1]
    numbers = [sum(_BASE62.index(c) * 62**power for power, c in enumerate(reversed(group))) for group in groups]
    return str(numbers[0]) + "".join(f"{number:07d}" for number in numbers[1:])


IDENTIFIER = IdentifierType(
    code="content-url",
    zh="短视频、帖文链接",
    en="Video or post",
    form="platform:id for douyin, kuaishou, xiaohongshu, bilibili and weibo; any other address as in url",
    personal=False,
    rule=rule,
    examples={
        "https://www.douyin.com/video/7123456789012345678": "douyin:7123456789012345678",
        "https://www.douyin.com/user/self?modal_id=7123456789012345678": "douyin:7123456789012345678",
        "https://www.iesdouyin.com/share/video/7123456789012345678/?region=CN": "douyin:7123456789012345678",
        "ｄｏｕｙｉｎ：７１２３４５６７８９０１２３４５６７８": "douyin:7123456789012345678",
        "douyin:7123456789012345678": "douyin:7123456789012345678",
        "https://www.kuaishou.com/short-video/3xabcdefg123456?authorId=1": "kuaishou:3xabcdefg123456",
        "https://www.xiaohongshu.com/explore/64a1b2c3000000001f00abcd?xsec_token=A": "xiaohongshu:64a1b2c3000000001f00abcd",
        "https://www.xiaohongshu.com/discovery/item/64a1b2c3000000001f00abcd": "xiaohongshu:64a1b2c3000000001f00abcd",
        "https://www.bilibili.com/video/BV1xx411c7mD/?p=1": "bilibili:BV1xx411c7mD",
        "https://m.bilibili.com/video/bv1xx411c7mD": "bilibili:BV1xx411c7mD",
        "https://t.bilibili.com/712345678901234567": "bilibili:opus712345678901234567",
        "https://www.bilibili.com/opus/712345678901234567": "bilibili:opus712345678901234567",
        "https://weibo.com/1234567890/z0JH2lOMb": "weibo:3501756485200075",
        "https://m.weibo.cn/detail/3501756485200075": "weibo:3501756485200075",
        "https://v.douyin.com/iAbCdEf/?utm_source=x": "https://v.douyin.com/iAbCdEf/",
        "https://example.com/post/1#reply": "https://example.com/post/1",
    },
    rejects=("7123456789012345678", "douyin:1", "看看这个 https://v.douyin.com/iAbCdEf/", "myapp://video/1"),
)
