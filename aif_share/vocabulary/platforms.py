"""Platforms that hold content, and how a canonical identifier tells of them."""

from __future__ import annotations

from dataclasses import dataclass

from .term import Term, by_code


@dataclass(frozen=True)
class Platform(Term):
    """`prefixes` begin its canonical content identifiers; `hosts` are its domains, with everything below them."""

    prefixes: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()


OTHER = "other-web"

ROWS = (
    Platform("douyin", "抖音", "Douyin", prefixes=("douyin:",), hosts=("douyin.com", "iesdouyin.com")),
    Platform(
        "kuaishou",
        "快手",
        "Kuaishou",
        prefixes=("kuaishou:",),
        hosts=("kuaishou.com", "gifshow.com", "chenzhongtech.com"),
    ),
    Platform(
        "xiaohongshu", "小红书", "Xiaohongshu", prefixes=("xiaohongshu:",), hosts=("xiaohongshu.com", "xhslink.com")
    ),
    Platform("bilibili", "哔哩哔哩", "Bilibili", prefixes=("bilibili:",), hosts=("bilibili.com", "b23.tv")),
    Platform("weibo", "微博", "Weibo", prefixes=("weibo:",), hosts=("weibo.com", "weibo.cn", "t.cn")),
    Platform("weixin", "微信", "WeChat", hosts=("weixin.qq.com", "weixin110.qq.com")),
    Platform("qq", "腾讯 QQ", "Tencent QQ", hosts=("qq.com",)),
    Platform("toutiao", "今日头条", "Toutiao", hosts=("toutiao.com", "ixigua.com")),
    Platform("zhihu", "知乎", "Zhihu", hosts=("zhihu.com",)),
    Platform("baidu", "百度", "Baidu", hosts=("baidu.com",)),
    Platform("douban", "豆瓣", "Douban", hosts=("douban.com",)),
    Platform("xianyu", "闲鱼", "Xianyu", hosts=("goofish.com", "2.taobao.com")),
    Platform("taobao", "淘宝", "Taobao", hosts=("taobao.com", "tmall.com")),
    Platform("jd", "京东", "JD.com", hosts=("jd.com",)),
    Platform("pinduoduo", "拼多多", "Pinduoduo", hosts=("pinduoduo.com", "yangkeduo.com")),
    Platform("apple-app-store", "苹果应用商店", "Apple App Store", hosts=("apps.apple.com",)),
    Platform("huawei-appgallery", "华为应用市场", "Huawei AppGallery", hosts=("appgallery.huawei.com",)),
    Platform(OTHER, "其他网站", "Other web site"),
)
BY_CODE = by_code(ROWS)
# Longest first: what has a row of its own does not fall to the site above it.
_HOSTS = sorted(((host, row.code) for row in ROWS for host in row.hosts), key=lambda pair: -len(pair[0]))


def platform_of(canonical: str, host: str | None) -> str:
    """Return the code of the platform of a canonical content identifier, or of a host name; OTHER if none is known."""
    for row in ROWS:
        if canonical.startswith(row.prefixes or ("\0",)):
            return row.code
    for known, code in _HOSTS:
        if host is not None and (host == known or host.endswith("." + known)):
            return code
    return OTHER
