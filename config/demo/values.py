"""Synthetic Chinese identifiers with valid check digits, and the ways people spell them.

Nothing here belongs to a person: the numbers come from a seeded generator. A ``Mint`` never gives one value twice, so
whether two clues name the same object is decided by the plan alone and never by chance.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from random import Random

from stdnum import luhn
from stdnum.cn import ric, uscc

COUNTIES = (
    "110105",
    "110108",
    "120104",
    "310101",
    "310104",
    "330105",
    "350203",
    "370202",
    "420103",
    "440104",
    "610102",
    "410102",
    "210102",
)
MOBILE_PREFIXES = (
    "133",
    "135",
    "136",
    "137",
    "138",
    "139",
    "150",
    "151",
    "152",
    "158",
    "159",
    "176",
    "180",
    "186",
    "188",
    "189",
)
CARD_PREFIXES = ("622202", "621700", "622848", "621661", "622588", "621226")
IMEI_PREFIXES = ("35209900", "86020303", "35845208", "86736804")
SYLLABLES = (
    "bao",
    "cai",
    "da",
    "fu",
    "gui",
    "hui",
    "jin",
    "kai",
    "li",
    "ming",
    "qian",
    "rong",
    "sheng",
    "tong",
    "wan",
    "xin",
    "yi",
    "zhong",
)
USCC_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
FULL_WIDTH = str.maketrans({chr(code): chr(code + 0xFEE0) for code in range(0x21, 0x7F)})


def digits(random: Random, count: int) -> str:
    """``count`` random decimal digits."""
    return "".join(random.choices("0123456789", k=count))


def words(random: Random, count: int) -> str:
    """``count`` pinyin syllables written together."""
    return "".join(random.choices(SYLLABLES, k=count))


def make_mobile(random: Random) -> str:
    return random.choice(MOBILE_PREFIXES) + digits(random, 8)


def make_landline(random: Random) -> str:
    return random.choice(("010", "021")) + "6" + digits(random, 7)


def make_resident_id(random: Random) -> str:
    """An 18-digit resident ID (GB 11643) of somebody born in the 20th century, so that it has a 15-digit form too.

    Not before 1983: most county codes of today were assigned then, and a careful check looks at that.
    """
    born = date(1983, 1, 1) + timedelta(days=random.randrange(16 * 365))
    body = random.choice(COUNTIES) + born.strftime("%Y%m%d") + f"{random.randrange(1, 1000):03d}"
    return body + ric.calc_check_digit(body + "0")


def make_bank_card(random: Random) -> str:
    body = random.choice(CARD_PREFIXES) + digits(random, 12)
    return body + luhn.calc_check_digit(body)


def make_imei(random: Random) -> str:
    body = random.choice(IMEI_PREFIXES) + digits(random, 6)
    return body + luhn.calc_check_digit(body)


def make_uscc(random: Random) -> str:
    """A unified social credit code (GB 32100) of an enterprise."""
    body = "91" + random.choice(COUNTIES) + "MA" + "".join(random.choices(USCC_ALPHABET, k=7))
    return body + uscc.calc_check_digit(body)


def make_domain(random: Random) -> str:
    return f"{words(random, 2)}-{words(random, 1)}{digits(random, 3)}.example"


def make_url(random: Random) -> str:
    return f"https://{make_domain(random)}/{words(random, 2)}/{digits(random, 4)}"


def make_email(random: Random) -> str:
    return f"{words(random, 2)}{digits(random, 4)}@{words(random, 2)}.example"


def make_wechat(random: Random) -> str:
    return f"wxid_{words(random, 1)}{digits(random, 8)}"


def make_qq(random: Random) -> str:
    return random.choice("123456789") + digits(random, 8)


def make_service_number(random: Random) -> str:
    return "400" + random.choice("168") + digits(random, 6)


MAKERS: dict[str, Callable[[Random], str]] = {
    "cn-mobile": make_mobile,
    "cn-landline": make_landline,
    "resident-id": make_resident_id,
    "bank-card": make_bank_card,
    "imei": make_imei,
    "uscc": make_uscc,
    "domain": make_domain,
    "url": make_url,
    "email": make_email,
    "wechat": make_wechat,
    "qq": make_qq,
    "service-number": make_service_number,
}


class Mint:
    """Makes values of a type and never the same one twice."""

    def __init__(self, random: Random) -> None:
        self._random = random
        self._made: set[tuple[str, str]] = set()

    def make(self, type_code: str) -> str:
        """A new plain value of this type."""
        while True:
            value = MAKERS[type_code](self._random)
            if (type_code, value) not in self._made:
                self._made.add((type_code, value))
                return value


def groups_of_four(value: str) -> str:
    return " ".join(value[start : start + 4] for start in range(0, len(value), 4))


def mobile_parts(value: str, mark: str) -> str:
    return mark.join((value[:3], value[3:7], value[7:]))


SPELLINGS: dict[str, tuple[Callable[[str], str], ...]] = {
    "cn-mobile": (
        str,
        lambda value: mobile_parts(value, " "),
        lambda value: mobile_parts(value, "-"),
        lambda value: "+86" + value,
        lambda value: "+86 " + mobile_parts(value, " "),
        lambda value: "+86-" + mobile_parts(value, "-"),
        lambda value: "0086" + value,
        lambda value: value.translate(FULL_WIDTH),
        lambda value: ("0086" + value).translate(FULL_WIDTH),
    ),
    "cn-landline": (
        str,
        lambda value: f"{value[:3]}-{value[3:]}",
        lambda value: f"+86 {value[1:3]} {value[3:7]} {value[7:]}",
    ),
    # The 15-digit form of before 1999: no century, no check digit.
    "resident-id": (
        str,
        str,
        lambda value: value[:6] + value[8:17],
        str.lower,
        lambda value: value.translate(FULL_WIDTH),
    ),
    "bank-card": (
        str,
        groups_of_four,
        lambda value: groups_of_four(value).replace(" ", "-"),
        lambda value: value.translate(FULL_WIDTH),
    ),
    "imei": (str, lambda value: f"{value[:2]}-{value[2:8]}-{value[8:14]}-{value[14]}"),
    "uscc": (str, str.lower),
    "domain": (str, str.upper, lambda value: value + "."),
    "url": (str, lambda value: value.replace("https://", "HTTPS://")),
    "email": (str, lambda value: value.partition("@")[0] + "@" + value.partition("@")[2].upper()),
    "wechat": (str,),
    "qq": (str, lambda value: value.translate(FULL_WIDTH)),
    "service-number": (str, lambda value: f"{value[:3]}-{value[3:6]}-{value[6:]}"),
}


def spell(type_code: str, value: str, random: Random) -> str:
    """One of the spellings under which members report this value."""
    return random.choice(SPELLINGS[type_code])(value)
