"""Every other phone number: those of other countries, and mainland numbers of things."""

from ..base import IdentifierType
from ..phones import as_kind


def rule(text: str) -> str:
    return as_kind("phone", text)


IDENTIFIER = IdentifierType(
    code="phone",
    zh="电话号码（境外及物联网）",
    en="Phone number (abroad, or of a thing)",
    form="E.164; an extension follows as ;ext=",
    link=1,
    rule=rule,
    examples={
        "+852 9123 4567": "+85291234567",
        "0085291234567": "+85291234567",
        "+1 (202) 555-0123": "+12025550123",
        "+44 (0)20 7946 0958": "+442079460958",
        "＋４４２０７９４６０９５８": "+442079460958",
        "1440012345678": "+861440012345678",
        "+1 202 555 0123 ext. 45": "+12025550123;ext=45",
    },
    rejects=(
        "91234567",
        "+86 138 0013 8000",
        "+86 10 62345678",
        "+999 12345678",
        "+852 912",
        "95588",
        "+1-800-FLOWERS",
    ),
)
