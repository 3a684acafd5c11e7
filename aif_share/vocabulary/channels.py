"""Channels a clue came by. What a model says stays grade C until a person confirms it (`needs_confirmation`)."""

from __future__ import annotations

from dataclasses import dataclass

from .term import Term, by_code


@dataclass(frozen=True)
class Channel(Term):
    """Where the institution met the conduct."""

    needs_confirmation: bool = False


ROWS = (
    Channel("own-desk", "本机构柜面或客服", "Own desk"),
    Channel("regulator-transfer", "监管转办", "Transfer from a regulator"),
    Channel("petition", "信访", "Petition"),
    Channel("hotline-12345", "12345 热线", "Hotline 12345"),
    Channel("third-party-complaint-site", "第三方投诉平台", "Third-party complaint site"),
    Channel("consumer-association", "消费者协会", "Consumer association"),
    Channel("inbound-call", "呼入电话", "Inbound call"),
    Channel("outbound-call", "呼出电话", "Outbound call"),
    Channel("sms", "短信", "SMS"),
    Channel("short-video", "短视频", "Short video"),
    Channel("live-stream", "直播", "Live stream"),
    Channel("social-post", "社交平台帖文", "Social post"),
    Channel("im-group", "即时通讯群组", "Messaging group"),
    Channel("search-ad", "搜索广告", "Search advertisement"),
    Channel("app", "App", "App"),
    Channel("website", "网站", "Website"),
    Channel("e-commerce-shop", "电商店铺", "E-commerce shop"),
    Channel("email", "电子邮件", "E-mail"),
    Channel("postal-letter", "信函", "Postal letter"),
    Channel("litigation", "诉讼", "Litigation"),
    Channel("in-person", "现场", "In person"),
    Channel("model", "模型识别", "Model", needs_confirmation=True),
)
BY_CODE = by_code(ROWS)
