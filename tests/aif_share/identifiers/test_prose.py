"""A text is searched as a reader would: whatever a number is written in, and whatever stands between its digits."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum import luhn
from stdnum.cn import ric

from aif_share.identifiers import find_raw

PLAIN = [str.maketrans("0123456789", digits) for digits in (
    "0123456789", "０１２３４５６７８９", "零一二三四五六七八九", "〇壹贰叁肆伍陆柒捌玖", "٠١٢٣٤٥٦٧٨٩", "𝟎𝟏𝟐𝟑𝟒𝟓𝟔𝟕𝟖𝟗",
)]  # fmt: skip
BETWEEN = ["", " ", "-", "—", "·", "  ", "\u200b", "\u00a0", ".", " - ", "_", "/", "）（", "\n", "、"]
AROUND = ["", "tel", "电话", "联系：", "(", "x", "该客户", " ", "，"]


def with_check(body: str) -> str:
    """The 17 digits of a resident ID with their check digit."""
    return body + ric.calc_check_digit(f"{body}0")


mobiles = st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True)
ids = st.builds(
    lambda region, day, order: with_check(f"{region}0101{day}{order:03d}"),
    st.sampled_from([11, 31, 44, 51, 65]),
    st.dates(min_value=date(1940, 1, 1), max_value=date(2025, 12, 31)).map(lambda day: f"{day:%Y%m%d}"),
    st.integers(0, 999),
)
cards = st.from_regex(r"62[0-9]{13,16}", fullmatch=True).map(lambda body: body + luhn.calc_check_digit(body))


def disguised(numbers: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """A number in other digits, with something between them, within words."""

    @st.composite
    def build(draw: st.DrawFn) -> str:
        number = draw(numbers)
        table, between = draw(st.sampled_from(PLAIN)), draw(st.sampled_from(BETWEEN))
        places = draw(st.lists(st.booleans(), min_size=len(number) - 1, max_size=len(number) - 1))
        written = number[0].translate(table)
        for digit, parted in zip(number[1:], places, strict=True):
            written += (between if parted else "") + digit.translate(table)
        return f"{draw(st.sampled_from(AROUND))}{written}{draw(st.sampled_from(AROUND))}"

    return build()


@given(text=disguised(mobiles))
def test_no_mobile_number_passes(text: str) -> None:
    assert find_raw(text) is not None


@given(text=disguised(ids))
def test_no_resident_id_passes(text: str) -> None:
    assert find_raw(text) is not None


@given(text=disguised(cards))
def test_no_bank_card_passes(text: str) -> None:
    assert find_raw(text) is not None


@given(text=st.text(max_size=200))
def test_any_text_has_an_answer(text: str) -> None:
    find_raw(text)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("请核实 138-0013-8000 的机主", "cn-mobile"),
        ("一三八零零一三八零零零", "cn-mobile"),
        ("号码幺三八零零幺三八零零零", "cn-mobile"),
        ("call1 3 8 0 0 1 3 8 0 0 0now", "cn-mobile"),
        ("+86 (138) 0013 8000", "cn-mobile"),
        (f"身份证 310101 19900101 001{with_check('31010119900101001')[-1]}", "resident-id"),
        (f"身份证 310101-1990-01-01-001{with_check('31010119900101001')[-1]}", "resident-id"),
        ("身份证 310101900101001", "resident-id"),
        (f"6222 0212 3456 7890 {luhn.calc_check_digit('6222021234567890')}", "bank-card"),
        ("座机 010-62345678 转", "cn-landline"),
        ("mail to somebody@example.com please", "email"),
        ("见 https://bad.example.com/p/1。", "url"),
    ],
)
def test_found(text: str, kind: str) -> None:
    assert find_raw(text) == kind


@pytest.mark.parametrize(
    "text",
    [
        "",
        "该客户于2026年11月20日来电投诉，称未收到退款 1,280.00 元，请贵行核实。",
        "Called on 2026-11-20 15:30:45 and again on 2026-11-21 09:00; 3 calls, 12 minutes.",
        "2026-11-01 至 2026-11-28 共 1234 次，涉及 56 人，金额 1200000 元。",
        "依据《反电信网络诈骗法》第三十四条、银保监发〔2021〕12号，请于两个工作日内回复。",
        "来电显示为 95588，客服热线 400-800-8820。",
        "RQ-EXAMPLEEXAMPLEEXAMPLEEXAMP, M-2QKXFLB3HZ6Y5M4WNVYTQ7JD5E, 2026-C-118",
        "一、二、三季度共上报四十五件，其中六件涉案。",
        "第一百二十条、第三百四十五条",
        "Nothing known; score 72/100, grade B2, 2-4 others.",
    ],
)
def test_what_people_write_passes(text: str) -> None:
    assert find_raw(text) is None
