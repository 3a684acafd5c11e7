"""How outcomes and what goes with them are written for readers of either language."""

from __future__ import annotations

import pytest
from django.utils.translation import override

from clues.templatetags.outcomes import article


@pytest.mark.parametrize(
    ("source", "chinese", "english"),
    [
        ("刑法 art. 274", "刑法第274条", "Criminal Law art. 274"),
        ("刑法 art. 253-1", "刑法第253条之一", "Criminal Law art. 253-1"),
        ("", "", ""),
    ],
)
def test_an_article_is_cited_as_the_reader_cites_it(source: str, chinese: str, english: str) -> None:
    with override("zh-hans"):
        assert article(source) == chinese
    with override("en"):
        assert article(source) == english
