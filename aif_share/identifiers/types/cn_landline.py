"""Mainland landline numbers."""

from ..base import IdentifierType
from ..phones import as_kind


def rule(text: str) -> str:
    return as_kind("cn-landline", text)


IDENTIFIER = IdentifierType(
    code="cn-landline",
    zh="固定电话",
    en="Mainland landline number",
    form="E.164: +86, area code without its 0, number; an extension follows as ;ext=",
    link=1,
    rule=rule,
    examples={
        "010-62345678": "+861062345678",
        "(0755) 2601 2345": "+8675526012345",
        "+86 755 26012345": "+8675526012345",
        "0086-0755-26012345": "+8675526012345",
        "０７５５－２６０１２３４５": "+8675526012345",
        "010-62345678转801": "+861062345678;ext=801",
        "010-62345678-801": "+861062345678;ext=801",
    },
    rejects=("62345678", "138 0013 8000", "400-820-8820", "+81 3 1234 5678", "010-6234", "75526012345"),
)
