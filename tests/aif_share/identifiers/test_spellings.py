"""Spellings that must give one canonical form, written out: what members' systems really hold."""

import pytest

from aif_share.errors import InvalidIdentifier
from aif_share.identifiers import normalize


def full_width(text):
    return "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text)


@pytest.mark.parametrize(
    "raw",
    [
        "138 0013 8000",
        "+86-138-0013-8000",
        "008613800138000",
        "００８６１３８００１３８０００",
        "13800138000",
        " 138\t0013 8000\r\n",
        "\ufeff13800138000",
        "+86\u2011138\u20110013\u20118000",
        "(86)13800138000",
        "+86 (0) 138 0013 8000",
    ],
)
def test_spellings_of_one_mobile_number(raw):
    assert normalize("cn-mobile", raw) == "+8613800138000"


@pytest.mark.parametrize("prefix", [f"1{second}{third}" for second in "3456789" for third in "0123456789"])
def test_every_mobile_range_is_told_by_structure_not_by_the_library_version(prefix):
    assert normalize("cn-mobile", f"{prefix}12345678") == f"+86{prefix}12345678"


def test_the_old_and_the_new_form_of_a_resident_id_are_one():
    # GB 11643-1999's own example, and its form of before 1999.
    assert normalize("resident-id", "110105491231002") == normalize("resident-id", "11010519491231002x")
    assert normalize("resident-id", full_width("11010519491231002x")) == "11010519491231002X"


@pytest.mark.parametrize("position", range(17))
def test_a_wrong_digit_of_a_resident_id_is_noticed(position):
    number = "11010519491231002X"
    wrong = number[:position] + str((int(number[position]) + 1) % 10) + number[position + 1 :]
    with pytest.raises(InvalidIdentifier):
        normalize("resident-id", wrong)


def test_domains_follow_the_whatwg_url_standard():
    assert normalize("domain", "BÜCHER.example.") == normalize("domain", "xn--bcher-kva.example")
    assert normalize("domain", "www.example.com") != normalize("domain", "example.com")
    assert normalize("domain", "faß.example") == "xn--fa-hia.example"
    assert normalize("domain", "ex%61mple.com") == "example.com"


@pytest.mark.parametrize("raw", ["https://example.com/login", "example.com/", "//example.com", "example.com?x=1"])
def test_a_web_address_is_sent_to_its_own_type(raw):
    with pytest.raises(InvalidIdentifier) as refusal:
        normalize("domain", raw)
    assert refusal.value.suggested_type == "url"


@pytest.mark.parametrize(
    "raw", ["192.0.2.1", "0300.0.2.1", "3221225985.", "0xc0.0.2.1", "[2001:db8::1]", "2001:db8::1"]
)
def test_an_ip_literal_in_any_spelling_is_no_domain(raw):
    with pytest.raises(InvalidIdentifier):
        normalize("domain", raw)


def test_a_link_shared_over_other_channels_is_one_address():
    plain = normalize("url", "https://example.com/p?id=7")
    for tail in ("&utm_source=sms", "&UTM_Campaign=a&fbclid=b", "#section", "&spm=1.2.3", "&"):
        assert normalize("url", f"https://example.com/p?id=7{tail}") == plain
    assert normalize("url", "https://example.com/p?id=8") != plain
    assert normalize("url", "https://example.com/p?b=1&a=2") != normalize("url", "https://example.com/p?a=2&b=1")


@pytest.mark.parametrize(
    ("raw", "suggested"),
    [
        ("wechat|gh_0123456789ab", "wechat-official-account"),
        ("wechat|13800138000", "cn-mobile"),
        ("wechat|123456789@chatroom", "im-group"),
        ("qq|12345@qq.com", "email"),
        ("domain|someone@example.com", "email"),
        ("domain|192.0.2.1", "ip"),
        ("sms-port|95588", "service-number"),
        ("sms-port|13800138000", "cn-mobile"),
    ],
)
def test_a_value_of_another_type_is_sent_there(raw, suggested):
    code, _, value = raw.partition("|")
    with pytest.raises(InvalidIdentifier) as refusal:
        normalize(code, value)
    assert refusal.value.suggested_type == suggested
    normalize(suggested, value)


def test_an_ipv4_mapped_address_is_its_ipv4_address():
    assert normalize("ip", "::ffff:203.0.113.7") == normalize("ip", "203.0.113.7")
    for private in ("::ffff:10.0.0.1", "172.31.0.1", "100.64.0.1", "fd00::1", "255.255.255.255", "0.0.0.0"):
        with pytest.raises(InvalidIdentifier):
            normalize("ip", private)


def test_imeisv_and_imei_are_one_device():
    assert {normalize("imei", raw) for raw in ("35417803685978", "354178036859789", "3541780368597801")} == {
        "354178036859789"
    }


def test_one_bank_one_code():
    assert normalize("bank-account", "102100099996:62000123456") == normalize("bank-account", "102:62000123456")
    assert normalize("bank-account", "313100000013:62000123456") != normalize(
        "bank-account", "313290000017:62000123456"
    )
