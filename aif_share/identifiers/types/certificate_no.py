"""Numbers of certificates and documents, as forged ones are used again and again."""

import re

from ..base import IdentifierType, fullmatch

_BRACKETS = str.maketrans("[]{}〔〕【】〈〉《》", "()()()()()()")
_SHAPE = re.compile(r"(?=(?:.*[0-9]){4})[\w()/.:-]{5,64}")
_DASHES = re.compile(r"[\u2010-\u2015\u2212]")
_LABEL = re.compile(r"(?:(?:证书编号|编号|证号):?|NO[.:])+")


def rule(text: str) -> str:
    number = _DASHES.sub("-", text.upper().translate(_BRACKETS).replace(" ", ""))
    if found := _LABEL.match(number):
        number = number[found.end() :]
    fullmatch(_SHAPE, number, "a certificate number has 5 to 64 characters, at least four of them digits")
    return number


IDENTIFIER = IdentifierType(
    code="certificate-no",
    zh="证明、证书编号",
    en="Certificate number",
    form="upper case without spaces; every kind of bracket is a round one",
    link=1,
    rule=rule,
    examples={
        "(2024)京01民终123号": "(2024)京01民终123号",
        "〔2024〕京01民终 123号": "(2024)京01民终123号",
        "（２０２４）京０１民终１２３号": "(2024)京01民终123号",
        "编号：hosp-2024-00123": "HOSP-2024-00123",
        "HOSP-2024-00123": "HOSP-2024-00123",
    },
    rejects=("证明", "A123", "1" * 65, "2024;00123"),
)
