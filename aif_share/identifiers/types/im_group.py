"""Groups of messaging services."""

import re

from aif_share.errors import InvalidIdentifier

from ..base import IdentifierType
from ..text import fold_case, ungroup

_FORMS = {
    "qq": re.compile(r"[1-9][0-9]{4,11}"),
    "wechat": re.compile(r"[0-9]{6,20}@chatroom"),
    "telegram": re.compile(r"[a-z][a-z0-9_]{4,31}|-?[0-9]{6,16}|\+[A-Za-z0-9_-]{10,40}"),
    "dingtalk": re.compile(r"[0-9]{6,14}"),
    "feishu": re.compile(r"oc_[0-9a-f]{32}"),
    "whatsapp": re.compile(r"[A-Za-z0-9]{20,24}|[0-9-]{10,40}@g\.us"),
}
_CASE_MATTERS = ("whatsapp",)
_ADDRESSES = (
    ("telegram", re.compile(r"(?:https?://)?(?:t|telegram)\.me/(?:s/)?([A-Za-z0-9_+-]+)/?(?:\?.*)?")),
    ("telegram", re.compile(r"(?:https?://)?(?:t|telegram)\.me/joinchat/([A-Za-z0-9_-]+)/?(?:\?.*)?")),
    ("whatsapp", re.compile(r"(?:https?://)?chat\.whatsapp\.com/([A-Za-z0-9]+)/?(?:\?.*)?")),
)


def rule(text: str) -> str:
    service, number = _parts(text)
    if service == "telegram" and not number.startswith("+"):
        number = number.removeprefix("@")
    if service not in _CASE_MATTERS and not number.startswith("+"):
        number = fold_case(number)
    if service not in _FORMS or not _FORMS[service].fullmatch(number):
        raise InvalidIdentifier(
            f"write SERVICE:GROUP, the service one of {', '.join(_FORMS)}; bare digits are a QQ group"
        )
    return f"{service}:{number}"


def _parts(text: str) -> tuple[str, str]:
    for service, address in _ADDRESSES:
        if found := address.fullmatch(text):
            invitation = "joinchat/" in text and service == "telegram"
            return service, ("+" if invitation else "") + found[1]
    service, colon, number = text.partition(":")
    if colon:
        return service.strip().lower(), number.replace(" ", "")
    if text.lower().endswith("@chatroom"):
        return "wechat", text
    return "qq", ungroup(text)


IDENTIFIER = IdentifierType(
    code="im-group",
    zh="即时通讯群组",
    en="Messaging group",
    form="SERVICE:GROUP; the service is qq, wechat, telegram, dingtalk, feishu or whatsapp",
    link=1,
    rule=rule,
    examples={
        "123456789": "qq:123456789",
        "qq:123456789": "qq:123456789",
        "ＱＱ：１２３４５６７８９": "qq:123456789",
        "12345678901@chatroom": "wechat:12345678901@chatroom",
        "https://t.me/Some_Group": "telegram:some_group",
        "telegram:@some_group": "telegram:some_group",
        "https://t.me/joinchat/AbCdEf012345": "telegram:+AbCdEf012345",
        "https://t.me/+AbCdEf012345": "telegram:+AbCdEf012345",
    },
    rejects=("催收维权群", "1234", "icq:123456789", "telegram:群", "https://example.com/123456789"),
)
