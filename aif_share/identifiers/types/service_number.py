"""Service numbers: hotlines of companies and authorities."""

from ..base import IdentifierType
from ..phones import as_kind


def rule(text: str) -> str:
    return as_kind("service-number", text)


IDENTIFIER = IdentifierType(
    code="service-number",
    zh="服务号码（95、400 等）",
    en="Service number (95xxx, 400 and the like)",
    form="the digits as dialed, without country or area code; an extension follows as ;ext=",
    personal=False,
    rule=rule,
    examples={
        "95588": "95588",
        "+86 95588": "95588",
        "010-95588": "95588",
        "９５５８８": "95588",
        "400-820-8820": "4008208820",
        "400 8208 820": "4008208820",
        "+86 400 820 8820": "4008208820",
        "12345": "12345",
        "10086": "10086",
        "400-820-8820转12": "4008208820;ext=12",
    },
    rejects=("13800138000", "010-62345678", "1069 8009 5588", "110", "400-820", "+852 2123 4567"),
)
