"""Mainland mobile numbers."""

from ..base import IdentifierType
from ..phones import as_kind


def rule(text: str) -> str:
    return as_kind("cn-mobile", text)


IDENTIFIER = IdentifierType(
    code="cn-mobile",
    zh="手机号码",
    en="Mainland mobile number",
    form="E.164: +86 and 11 digits; an extension follows as ;ext=",
    link=1,
    rule=rule,
    examples={
        "138 0013 8000": "+8613800138000",
        "+86-138-0013-8000": "+8613800138000",
        "008613800138000": "+8613800138000",
        "００８６１３８００１３８０００": "+8613800138000",
        "8613800138000": "+8613800138000",
        "(+86) 138.0013.8000": "+8613800138000",
        "tel:+8613800138000": "+8613800138000",
        "013800138000": "+8613800138000",
        "\u202d138\u200b0013\u00a08000\u202c": "+8613800138000",
        "17012345678转8001": "+8617012345678;ext=8001",
    },
    rejects=(
        "1380013800",
        "138001380000",
        "010-62345678",
        "95588",
        "+852 9123 4567",
        "12800138000",
        "138OO138000",
        "86",
    ),
)
