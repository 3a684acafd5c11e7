"""Citizen identity numbers of GB 11643, and the residence permits that follow their 18-digit form."""

import re
from datetime import date

from stdnum.cn.ric import calc_check_digit

from aif_share.errors import InvalidIdentifier
from aif_share.vocabulary.regions import BY_CODE as REGIONS

from ..base import IdentifierType, fullmatch
from ..text import ungroup

_SHAPE = re.compile(r"[1-9][0-9]{14}(?:[0-9]{2}[0-9X])?")
# Residents of Taiwan got 830000 on their permits, where GB/T 2260 has 71.
_PROVINCES = frozenset(code.removeprefix("CN-") for code in REGIONS) | {"83"}


def rule(text: str) -> str:
    number = ungroup(text).upper()
    fullmatch(_SHAPE, number, "an ID number has 18 digits (the last may be X), or 15 in its old form")
    if len(number) == 15:
        # The old form has no century and no check digit; all its holders were born in 19xx but for some centenarians.
        number = f"{number[:6]}19{number[6:]}"
        number += calc_check_digit(number + "0")
    # A foreign permanent resident's number: 9, province, three digits of the country, then as everybody's.
    province = number[1:3] if number[0] == "9" else number[:2]
    if province not in _PROVINCES:
        raise InvalidIdentifier("the number names no province; check its first digits")
    if not _is_date(number[6:14]):
        raise InvalidIdentifier("the number holds no date of birth; check digits 7 to 14")
    if number[-1] != calc_check_digit(number):
        raise InvalidIdentifier("the check digit is wrong; compare the number with the card")
    return number


def _is_date(digits: str) -> bool:
    try:
        return 1850 <= date(int(digits[:4]), int(digits[4:6]), int(digits[6:])).year < 2100
    except ValueError:
        return False


IDENTIFIER = IdentifierType(
    code="resident-id",
    zh="居民身份证及居住证号码",
    en="Resident identity number",
    form="18 characters of GB 11643, X upper case",
    link=2,
    rule=rule,
    examples={
        "11010519491231002X": "11010519491231002X",
        "11010519491231002x": "11010519491231002X",
        "110105 19491231 002X": "11010519491231002X",
        "１１０１０５１９４９１２３１００２Ｘ": "11010519491231002X",
        "110105491231002": "11010519491231002X",
        "440524800101001": "440524198001010013",
        "440524198001010013": "440524198001010013",
        "810000199408230021": "810000199408230021",
        "830000199201300022": "830000199201300022",
        "931084198507150036": "931084198507150036",
    },
    rejects=(
        "110105194912310021",
        "11010519491331002X",
        "99010519491231002X",
        "1101051949123100",
        "000000000000000000",
        "1101054912310O2",
        "ABC110105123456",
    ),
)
