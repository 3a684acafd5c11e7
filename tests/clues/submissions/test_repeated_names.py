"""A name that stands twice is found, in whatever way the text is written, and no other text is suspected."""

from __future__ import annotations

import json
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clues.submissions.repeated_names import has_repeated_name

documents = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(),
    lambda children: st.lists(children, max_size=3) | st.dictionaries(st.text(max_size=4), children, max_size=3),
    max_leaves=12,
)
manners: list[dict[str, Any]] = [
    {"separators": (",", ":")},
    {"separators": (",", ":"), "ensure_ascii": False},
    {},
    {"indent": 1},
    {"separators": (" , ", " : ")},
]


@given(documents, st.sampled_from(manners))
def test_the_standard_library_agrees(document: Any, manner: dict[str, Any]) -> None:
    """No text that holds each name once is suspected, however it is written."""
    text = json.dumps(document, **manner).encode()
    assert not has_repeated_name(text, orjson.loads(text))


@given(documents, documents, st.text(max_size=4), st.sampled_from(manners))
def test_one_more_name_is_found(first: Any, second: Any, name: str, manner: dict[str, Any]) -> None:
    """Wherever in the document it stands."""
    gap = manner.get("separators", (",", ": "))[1]
    quoted = json.dumps(name, **manner)
    twice = f"{{{quoted}{gap}{json.dumps(first, **manner)},{quoted}{gap}{json.dumps(second, **manner)}}}"
    for text in (twice, f'[0,{{"a":{twice}}}]'):
        assert has_repeated_name(text.encode(), orjson.loads(text))


@pytest.mark.parametrize(
    ("text", "twice"),
    [
        (b'{"a":1,"\\u0061":2}', True),
        (b'{"a":"\\u003a","a":2}', True),
        (b'{"a":"\\"a\\":1,","b":":::"}', False),
        (b'{"a\\\\":1,"a\\\\" : 2}', True),
        (b'{"a" : 1, "b":": \\u003a"}', False),
        (b'{"a":1.0,"b":1e2}', False),
        (b'{"a":{"a":{"a":[{"a":1},{"a":1}]}}}', False),
    ],
)
def test_escapes_and_colons(text: bytes, twice: bool) -> None:
    assert has_repeated_name(text, orjson.loads(text)) is twice


def test_too_deep() -> None:
    with pytest.raises(orjson.JSONEncodeError):
        has_repeated_name(b"[" * 300 + b" ]" * 300, orjson.loads(b"[" * 300 + b"]" * 300))
