"""One raw value is of exactly one of cn-mobile, cn-landline, service-number and phone; the others name it."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aif_share.errors import InvalidIdentifier
from aif_share.identifiers import normalize, types
from aif_share.identifiers.phones import classify

FAMILY = ("cn-mobile", "cn-landline", "service-number", "phone")


def verdicts(raw):
    """What each of the family says of a raw value: (accepting types, suggested types)."""
    accepting, suggested = [], set()
    for code in FAMILY:
        try:
            normalize(code, raw)
            accepting.append(code)
        except InvalidIdentifier as refusal:
            suggested.add(refusal.suggested_type)
    return accepting, suggested


@pytest.mark.parametrize(("code", "raw"), [(code, raw) for code in FAMILY for raw in types()[code].examples])
def test_an_example_of_one_is_refused_by_the_others_who_name_it(code, raw):
    assert verdicts(raw) == ([code], {code})


@pytest.mark.parametrize(
    ("raw", "kind", "canonical"),
    [
        ("95588", "service-number", "95588"),
        ("01095588", "service-number", "95588"),
        ("+86 10 95588", "service-number", "95588"),
        ("075595588", "service-number", "95588"),
        ("4008001234", "service-number", "4008001234"),
        ("800-820-8820", "service-number", "8008208820"),
        ("+86 10 6234 5678", "cn-landline", "+861062345678"),
        ("861062345678", "cn-landline", "+861062345678"),
        ("1062345678", "sms-port", "1062345678"),
        ("+86 106980095588", "sms-port", "106980095588"),
        ("0371-55512345", "cn-landline", "+8637155512345"),
        ("0951 2345678", "cn-landline", "+869512345678"),
        ("17912345678", "cn-mobile", "+8617912345678"),
        ("+8613800138000;ext=7", "cn-mobile", "+8613800138000;ext=7"),
        ("13800138000 分机 7", "cn-mobile", "+8613800138000;ext=7"),
        ("400-820-8820-12", "service-number", "4008208820;ext=12"),
        ("+81 3-1234-5678", "phone", "+81312345678"),
        ("+39 06 1234 5678", "phone", "+390612345678"),
        ("00 1 202 555 0123", "phone", "+12025550123"),
        ("+853 6612 3456", "phone", "+85366123456"),
    ],
)
def test_kinds_and_canonical_forms(raw, kind, canonical):
    assert classify(raw) == (kind, canonical)
    assert classify(canonical) == (kind, canonical)


@pytest.mark.parametrize(
    "raw",
    [
        "62345678",  # no area code
        "2125550123",  # an American number without +1, which would otherwise pass for Shanghai's
        "85291234567",  # a Hong Kong number without +, which would otherwise pass for Guizhou's
        "110",
        "+86 138001380001",
        "0",
        "+",
        "++8613800138000",
        "1380013800O",
        "13800138000 13900139000",
        "+86",
        "转801",
        "0008613800138000",
        "13800138000转",
        "+310000000",  # each reading would drop one more zero
    ],
)
def test_what_is_incomplete_or_ambiguous_is_of_none(raw):
    assert verdicts(raw) == ([], {None})


def full_width(text):
    return "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text)


digits = st.text("0123456789", min_size=1, max_size=16)
prefixes = st.sampled_from(
    ["", "+86", "86", "0086", "0", "+", "00", "010", "0755", "+852", "400", "95", "106", "1", "(86)"]
)
tails = st.sampled_from(["", "转12", " ext 7", ";ext=7", "-801", "x9"])
grouping = st.sampled_from(["", " ", "-", "\u2011", "."])


@st.composite
def numbers(draw):
    body = draw(digits)
    at = draw(st.integers(0, len(body)))
    raw = draw(prefixes) + body[:at] + draw(grouping) + body[at:] + draw(tails)
    return full_width(raw) if draw(st.booleans()) else raw


@settings(max_examples=500, deadline=None)
@given(raw=numbers() | st.sampled_from([raw for code in FAMILY for raw in types()[code].examples]))
def test_never_two_of_the_family_accept_and_refusals_name_the_one_that_does(raw):
    accepting, suggested = verdicts(raw)
    assert len(accepting) <= 1
    if accepting:
        assert suggested == set(accepting)
        (code,) = accepting
        canonical = normalize(code, raw)
        assert verdicts(canonical)[0] == [code] and normalize(code, canonical) == canonical
    else:
        assert suggested in ({None}, {"sms-port"})
        if suggested == {"sms-port"} and not raw.endswith(("12", "7", "801", "x9", "ｘ９", "１２", "７", "８０１")):
            normalize("sms-port", raw)
