"""Unified social credit codes of organizations (GB 32100)."""

import re

from stdnum.cn import uscc

from aif_share.errors import InvalidIdentifier

from ..base import IdentifierType, fullmatch
from ..text import ungroup

_SHAPE = re.compile(r"[0-9A-Z]{18}")


def rule(text: str) -> str:
    code = ungroup(text).upper()
    fullmatch(_SHAPE, code, "a unified social credit code has 18 digits and capital letters")
    if not uscc.is_valid(code):
        raise InvalidIdentifier("the check digit is wrong, or it holds a letter the code has not (I, O, S, V, Z)")
    return code


IDENTIFIER = IdentifierType(
    code="uscc",
    zh="统一社会信用代码",
    en="Unified social credit code",
    form="18 characters of GB 32100",
    personal=False,
    link=1,
    rule=rule,
    examples={
        "91110000600037341L": "91110000600037341L",
        "9 1 110000 600037341L": "91110000600037341L",
        "91110000600037341l": "91110000600037341L",
        "９１１１００００６０００３７３４１Ｌ": "91110000600037341L",
    },
    rejects=("91110000600037341A", "A1110000600037341L", "9111000060003734", "公司"),
)
