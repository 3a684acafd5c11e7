"""Every type keeps the promises of its examples and rejects, and the types are exactly those of the product."""

import dataclasses
import re
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

from aif_share.errors import InvalidIdentifier, UnknownType
from aif_share.identifiers import get_type, normalize, types, warnings
from aif_share.identifiers.registry import register

# Typed from the product's description, not read from the code: personal ones first, then those marked otherwise.
PERSONAL = """
    cn-mobile cn-landline phone resident-id passport bank-card bank-account email ip imei oaid android-id idfa wechat qq
    weibo alipay douyin kuaishou xiaohongshu im-group wallet certificate-no courier-waybill-no""".split()
NOT_PERSONAL = """
    service-number sms-port sms-signature uscc domain url content-url icp-filing-no wechat-official-account
    wechat-channels mini-program-appid app-package app-cert-sha256 file-sha256""".split()
VERY_STRONG = "resident-id passport bank-card bank-account imei oaid android-id idfa wechat wallet".split()
STRONG = """
    cn-mobile cn-landline phone qq alipay email weibo douyin kuaishou xiaohongshu im-group app-cert-sha256
    certificate-no uscc""".split()

EXAMPLES = [(code, raw) for code, each in types().items() for raw in each.examples]
REJECTS = [(code, raw) for code, each in types().items() for raw in each.rejects]


def test_there_are_exactly_the_types_of_the_product():
    assert sorted(types()) == sorted(PERSONAL + NOT_PERSONAL)
    assert {code for code, each in types().items() if each.personal} == set(PERSONAL)


def test_types_link_rings_as_strongly_as_the_product_says():
    assert {code for code, each in types().items() if each.link == 2} == set(VERY_STRONG)
    assert {code for code, each in types().items() if each.link == 1} == set(STRONG)
    assert {each.link for each in types().values()} == {0, 1, 2}


@pytest.mark.parametrize(("code", "raw"), EXAMPLES)
def test_an_example_becomes_its_canonical_form(code, raw):
    assert normalize(code, raw) == types()[code].examples[raw]


@pytest.mark.parametrize(("code", "raw"), EXAMPLES)
def test_a_canonical_form_is_its_own_canonical_form(code, raw):
    canonical = types()[code].examples[raw]
    assert normalize(code, canonical) == canonical


@pytest.mark.parametrize(("code", "raw"), REJECTS)
def test_a_reject_is_refused_and_not_repeated(code, raw):
    with pytest.raises(InvalidIdentifier) as refusal:
        normalize(code, raw)
    error = refusal.value
    said = f"{error} {error!r} {error.args} {error.extra}"
    # A reject may be a word or a chain's name that a message uses; what could be of a person is longer.
    assert len(raw) < 6 or raw not in said
    assert error.__cause__ is None and error.__context__ is None
    assert error.suggested_type is None or error.suggested_type in types()


@pytest.mark.parametrize("code", PERSONAL + NOT_PERSONAL)
def test_a_type_shows_several_spellings_and_several_refusals(code):
    each = types()[code]
    assert len(each.examples) >= 3 and len(each.rejects) >= 3
    assert len(set(each.examples.values())) < len(each.examples), "two spellings of one identifier"
    assert any(not raw.isascii() for raw in each.examples), "a full-width or other non-ASCII spelling"
    assert re.search(r"[\u4e00-\u9fff]|ID|IP", each.zh) and each.en and each.form and each.version >= 1


@pytest.mark.parametrize("code", PERSONAL + NOT_PERSONAL)
@pytest.mark.parametrize("raw", ["", "  \t", "\u200b", "x" * 5000, "\ud800abc", "?", "\x00"])
def test_no_type_accepts_nothing_noise_or_broken_text(code, raw):
    with pytest.raises(InvalidIdentifier):
        normalize(code, raw)


@pytest.mark.parametrize("raw", [None, 13800138000, b"13800138000", ["13800138000"]])
def test_only_text_is_an_identifier(raw):
    with pytest.raises(InvalidIdentifier) as refusal:
        normalize("cn-mobile", raw)
    assert "13800138000" not in str(refusal.value)


@pytest.mark.parametrize("code", ["iban", "", "cn_mobile", "CN-MOBILE", None, ["x"]])
def test_an_unknown_type_is_unknown_type(code):
    with pytest.raises(UnknownType):
        get_type(code)


def test_every_module_of_the_package_is_a_type():
    (folder,) = import_module("aif_share.identifiers.types").__path__
    modules = {path.stem for path in Path(folder).glob("*.py")} - {"__init__"}
    assert modules == {code.replace("-", "_") for code in types()}


@pytest.mark.parametrize(
    "first", ["aif_share.identifiers", "aif_share.identifiers.registry", "aif_share.identifiers.types.email"]
)
def test_types_is_the_function_whatever_is_imported_first(first):
    code = f"import {first}; from aif_share.identifiers import types; types(); from aif_share.identifiers import types; types()"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_normalizing_loads_neither_an_http_library_nor_a_framework():
    code = (
        "import sys; from aif_share.identifiers import normalize, types; "
        "normalize('domain', 'example.com'); normalize('cn-mobile', '13800138000'); "
        "sys.exit(bool({'requests', 'urllib3', 'httpx', 'django', 'tldextract'} & set(sys.modules)))"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_the_registry_refuses_a_second_type_of_a_code_and_a_wrongly_named_one():
    email = types()["email"]
    found = {}
    register(found, "email", email)
    with pytest.raises(ValueError, match="twice"):
        register(found, "email", email)
    with pytest.raises(ValueError, match="belongs"):
        register(found, "mailbox", dataclasses.replace(email, code="e-mail"))
    with pytest.raises(ValueError, match="no IdentifierType"):
        register(found, "other", object())


def test_types_cannot_be_changed():
    with pytest.raises(TypeError):
        types()["new"] = types()["email"]
    with pytest.raises(dataclasses.FrozenInstanceError):
        types()["email"].personal = False


def test_luhn_only_warns():
    assert warnings("bank-card", "4111 1111 1111 1111") == ()
    assert warnings("bank-card", "4111 1111 1111 1112") == ("luhn-failed",)
    assert warnings("cn-mobile", "13800138000") == ()
