"""Properties of every type: normalization is idempotent, spelling does not matter, refusals keep the value to themselves."""

import ast
import re
from importlib import import_module
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from aif_share.errors import InvalidIdentifier
from aif_share.identifiers import normalize, types

CODES = sorted(types())
NOISE = " \t\u00a0\u3000-\u2011\u2013.:/()[]【】@#%?&=_\u200b\ufeff\u202e\u00ad+~'\"\\|0aAZ９Ａé\u0301İſßﬁ①々号转"


def rule_text():
    """Every text written in the rules, without the examples: hypothesis draws values from there too, and a value that
    is part of a message's own wording gives nothing away."""
    (folder,) = import_module("aif_share.identifiers").__path__
    texts = []
    for path in Path(folder).rglob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            if isinstance(node, ast.Call):
                node.keywords = [each for each in node.keywords if each.arg not in ("examples", "rejects")]
        texts += [
            node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)
        ]
    return "\n".join(texts)


RULE_TEXT = rule_text()


def full_width(text):
    return "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text)


@st.composite
def spellings(draw, code):
    """An example of the type, changed a little: full width, case, separators, characters added, dropped or doubled."""
    raw = draw(st.sampled_from([*types()[code].examples, *types()[code].examples.values()]))
    for _ in range(draw(st.integers(0, 3))):
        at = draw(st.integers(0, len(raw)))
        change = draw(st.sampled_from(["insert", "drop", "full-width", "upper", "lower", "swap", "double", "surround"]))
        if change == "insert":
            raw = raw[:at] + draw(st.sampled_from(NOISE) | st.characters(exclude_categories=["Cs"])) + raw[at:]
        elif change == "drop":
            raw = raw[:at] + raw[at + 1 :]
        elif change == "full-width":
            raw = raw[:at] + full_width(raw[at:])
        elif change == "upper":
            raw = raw.upper()
        elif change == "lower":
            raw = raw.lower()
        elif change == "swap":
            raw = raw[:at] + raw[at:].swapcase()
        elif change == "double":
            raw = raw[:at] + raw[at - 1 : at] + raw[at:]
        else:
            raw = f"{draw(st.sampled_from(NOISE))}{raw}{draw(st.sampled_from(NOISE))}"
    return raw


def anything(code):
    return spellings(code) | st.text(max_size=40) | st.text(NOISE + "0123456789abcxyzABCXYZ", max_size=40)


@pytest.mark.parametrize("code", CODES)
def test_normalization_is_idempotent(code):
    accepted = 0

    @settings(max_examples=100, deadline=None)
    @given(raw=anything(code))
    def check(raw):
        nonlocal accepted
        try:
            canonical = normalize(code, raw)
        except InvalidIdentifier:
            return
        accepted += 1
        assert normalize(code, canonical) == canonical
        canonical.encode()
        assert canonical == canonical.strip() and "\n" not in canonical and canonical

    check()
    assert accepted >= 8, "the generator must reach the accepting side of the rule"


@pytest.mark.parametrize(
    ("code", "raw"),
    [
        ("certificate-no", "编 号：hosp-2024-00123"),
        ("certificate-no", "编号编号:hosp-2024-00123"),
        ("url", "https://example.com??fbclid=1"),
        ("url", "https://example.com/?fbclid=1&?utm_source=2&??a=1&fbclid"),
        ("content-url", "https://www.douyin.com/user/self??modal_id=7123456789012345678"),
        ("content-url", "https://ww.xiaohongshu.com/explore/64a1b2c3000000001f00abcd??xsec_token=A"),
    ],
)
def test_normalization_settles_at_once_where_a_longer_search_once_found_it_did_not(code, raw):
    assert normalize(code, normalize(code, raw)) == normalize(code, raw)


@pytest.mark.parametrize("code", CODES)
@settings(max_examples=30, deadline=None)
@given(data=st.data())
def test_invisible_characters_white_space_around_and_full_width_change_nothing(code, data):
    raw = data.draw(st.sampled_from(list(types()[code].examples)))
    at = data.draw(st.integers(0, len(raw)))
    invisible = data.draw(st.sampled_from("\u200b\u200d\u2060\ufeff\u202d\u00ad\x00\ufe0f"))
    around = data.draw(st.sampled_from(["", " ", "\u3000", "\t\n", "\u00a0"]))
    expected = types()[code].examples[raw]
    assert normalize(code, around + raw[:at] + invisible + raw[at:] + around) == expected
    assert normalize(code, full_width(raw)) == expected


@pytest.mark.parametrize("code", CODES)
@settings(max_examples=30, deadline=None)
@given(data=st.data())
def test_a_refusal_says_nothing_of_the_value(code, data):
    raw = data.draw(anything(code))
    try:
        normalize(code, raw)
    except InvalidIdentifier as error:
        said = f"{error} {error!r} {error.args} {error.extra}"
        for piece in {raw, *re.findall(r"[0-9]{5,}", raw), *re.findall(r"[A-Za-z0-9._-]{9,}", raw)}:
            assert len(piece) < 5 or piece in RULE_TEXT or piece not in said
        assert error.__cause__ is None and error.__context__ is None
        assert error.suggested_type != code
        assert error.suggested_type is None or error.suggested_type in types()


@settings(max_examples=500, deadline=None)
@given(raw=st.text())
@example(raw="\u1100\u200b\u1161")  # dropping the invisible one lets NFKC compose its neighbors
@example(raw="a\u034f\u0308")
@example(raw="İ")
def test_free_text_types_settle_at_once(raw):
    for code in ("sms-signature", "wechat-official-account", "wechat-channels", "weibo", "certificate-no"):
        try:
            canonical = normalize(code, raw)
        except InvalidIdentifier:
            continue
        assert normalize(code, canonical) == canonical
