"""ICP filing and licence numbers of websites and apps."""

import re

from ..base import IdentifierType, fullmatch

_PROVINCE = "[京津冀晋蒙辽吉黑沪苏浙皖闽赣鲁豫鄂湘粤桂琼渝川蜀贵黔云滇藏陕秦甘陇青宁新]"
_SHAPE = re.compile(rf"({_PROVINCE}ICP(?:备|证)[0-9]{{6,10}})号?")
_SITE = re.compile(r"(.*?)[-\u2010-\u2015\u2212]([0-9]{1,5}[A-Z]?)")


def rule(text: str) -> str:
    number = text.upper().replace(" ", "")
    site = ""
    if found := _SITE.fullmatch(number):
        number, site = found[1], f"-{found[2]}"
    found = fullmatch(
        _SHAPE, number, "an ICP number is a province, ICP备 or ICP证, digits and 号, as on the site itself"
    )
    return f"{found[1]}号{site}"


IDENTIFIER = IdentifierType(
    code="icp-filing-no",
    zh="ICP 备案号",
    en="ICP filing number",
    form="province, ICP备 or ICP证, digits, 号, and the site's or app's number behind a dash where it is given",
    personal=False,
    rule=rule,
    examples={
        "京ICP备12345678号-1": "京ICP备12345678号-1",
        "京icp备 12345678号－1": "京ICP备12345678号-1",
        "京ICP备12345678-1": "京ICP备12345678号-1",
        "粤ICP备2021123456号-2a": "粤ICP备2021123456号-2A",
        "沪ICP证030173号": "沪ICP证030173号",
    },
    rejects=("ICP备12345678号", "京ICP备号", "京公网安备11010502030143号", "12345678"),
)
