"""What a pasted link names, however it is written; and what is not taken, with a reason and without an echo."""

from __future__ import annotations

import pytest

from clues.content.links import LinkRefused, read_link

TAKEN = {
    " https://www.douyin.com/video/7123456789012345678?region=CN ": (
        "content-url",
        "douyin:7123456789012345678",
        "douyin",
    ),
    "douyin:7123456789012345678": ("content-url", "douyin:7123456789012345678", "douyin"),
    "https://v.douyin.com/iAbCdEf/?utm_source=x": ("url", "https://v.douyin.com/iAbCdEf/", "douyin"),
    "https://m.bilibili.com/video/bv1xx411c7mD": ("content-url", "bilibili:BV1xx411c7mD", "bilibili"),
    "https://mp.weixin.qq.com/s/AbCdEf": ("url", "https://mp.weixin.qq.com/s/AbCdEf", "weixin"),
    "https://user.qzone.qq.com/1": ("url", "https://user.qzone.qq.com/1", "qq"),
    "hxxps://evil[.]example.com/a": ("url", "https://evil.example.com/a", "other-web"),
    "https://bank.example.com@evil.example.net/": ("url", "https://evil.example.net/", "other-web"),
    "https://apps.apple.com/cn/app/id123456789": (
        "url",
        "https://apps.apple.com/cn/app/id123456789",
        "apple-app-store",
    ),
    "Evil-Shop.example.com": ("domain", "evil-shop.example.com", "other-web"),
    "https://notdouyin.com/video/1": ("url", "https://notdouyin.com/video/1", "other-web"),
    "http://203.0.113.7/": None,  # a documentation network, which is nobody's
    "http://8.8.8.8/login": ("url", "http://8.8.8.8/login", "other-web"),
    "https://例子.example.com/网页": ("url", "https://xn--fsqu00a.example.com/%E7%BD%91%E9%A1%B5", "other-web"),
}
HOSTILE = {
    "": "link-refused", "   ": "link-refused", "javascript:alert(1)": "link-refused", "JaVaScRiPt:alert(1)": "link-refused",
    "data:text/html,<script>alert(1)</script>": "link-refused", "file:///etc/passwd": "link-refused",
    "ftp://example.com/": "link-refused", "intent://x#Intent;end": "link-refused", "weixin://dl/business": "link-refused",
    "http://localhost/": "link-refused", "http://127.0.0.1/": "link-refused", "http://10.0.0.8/x": "link-refused",
    "http://[::1]/": "link-refused", "http://0x7f.1/": "link-refused", "http://169.254.169.254/latest": "link-refused",
    "https://": "link-refused", "看看这个 https://v.douyin.com/iAbCdEf/": "link-refused", "not a link": "link-refused",
    "https://example.com/a\tb": "link-refused", "https://example.com/\u202egpj.exe": "link-refused",
    "https://example.com/\x00": "link-refused", "=HYPERLINK(\"http://evil.example.com\")": "link-refused",
    "https://example.com/" + "a" * 2000: "link-refused", "https://example.com/?tel=13800138000": "raw-identifier",
    "https://example.com/u/someone@mail.example.com": "raw-identifier", "https://example.com/%31%33800138000": "raw-identifier",
}  # fmt: skip


@pytest.mark.parametrize("text", TAKEN)
def test_however_it_is_written_it_is_one_content(text: str) -> None:
    expected = TAKEN[text]
    if expected is None:
        with pytest.raises(LinkRefused):
            read_link(text)
        return
    link = read_link(text)
    assert (link.type, link.canonical, link.platform) == expected
    again = read_link(link.canonical)
    assert (again.type, again.canonical, again.platform) == expected, "the canonical form names itself"


@pytest.mark.parametrize("text", HOSTILE)
def test_what_is_no_public_link_is_refused_with_a_reason(text: str) -> None:
    with pytest.raises(LinkRefused) as caught:
        read_link(text)
    assert caught.value.code == HOSTILE[text] and caught.value.detail
    assert len(text) < 9 or text not in str(caught.value) + repr(caught.value.extra)


@pytest.mark.parametrize("value", [None, 5, ["https://example.com/"], {"link": "x"}, True])
def test_what_is_no_text(value: object) -> None:
    with pytest.raises(LinkRefused):
        read_link(value)


@pytest.mark.parametrize(
    ("text", "opens"),
    [
        ("https://www.iesdouyin.com/share/video/7123456789012345678/?region=CN&u_code=abc&from_uid=13800138000",
         "https://www.iesdouyin.com/share/video/7123456789012345678"),
        ("https://www.douyin.com/user/self?from=me&modal_id=7123456789012345678",
         "https://www.douyin.com/user/self?modal_id=7123456789012345678"),
        ("https://someone:secret@www.douyin.com/video/7123456789012345678/13800138000",
         "https://www.douyin.com/video/7123456789012345678"),
        ("https://bank.example.com@evil.example.net/", "https://evil.example.net/"),
        ("hxxps://evil[.]example.com/a#me", "https://evil.example.com/a"),
    ],
)  # fmt: skip
def test_the_link_that_all_are_shown_says_nothing_of_who_came_first(text: str, opens: str) -> None:
    """Who shared it, a session, a user name, a number in the query: the reporters see one address, and it is clean."""
    assert read_link(text).link == opens
