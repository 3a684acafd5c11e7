"""Alipay accounts: the login (mobile number or mailbox) or the user number."""

import re

from aif_share.errors import InvalidIdentifier

from ..base import IdentifierType
from ..emails import canonical_email
from ..phones import classify
from ..text import ungroup

_USER = re.compile(r"2088[0-9]{12}")


def rule(text: str) -> str:
    if _USER.fullmatch(ungroup(text)):
        return ungroup(text)
    if "@" in text:
        return canonical_email(text)
    login = _login(text)
    if login is None:
        raise InvalidIdentifier("an Alipay account is 2088 and 12 digits, a mobile number or an e-mail address")
    return login


def _login(text: str) -> str | None:
    try:
        kind, canonical = classify(text)
    except InvalidIdentifier:
        return None
    return canonical if kind in ("cn-mobile", "phone") and ";" not in canonical else None


IDENTIFIER = IdentifierType(
    code="alipay",
    zh="支付宝账号",
    en="Alipay account",
    form="2088 and 12 digits, or the login as in cn-mobile, phone or email",
    link=1,
    rule=rule,
    examples={
        "2088 1234 5678 9012": "2088123456789012",
        "２０８８１２３４５６７８９０１２": "2088123456789012",
        "138 0013 8000": "+8613800138000",
        "+86-138-0013-8000": "+8613800138000",
        "Zhang@Example.com": "zhang@example.com",
    },
    rejects=("张三", "123456", "2087123456789012", "010-62345678", "zhang@localhost"),
)
