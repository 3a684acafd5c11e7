"""Whatever an endpoint writes into Retry-After, an attempt ends with a result."""

from __future__ import annotations

import pytest

from members.delivery.webhook_request import _retry_after


@pytest.mark.parametrize(
    "text",
    [
        "Mon, 01 Jan 99999999999 00:00:00 GMT",
        "Mon, 01 Jan 2026 00:00:00 +99999999999999999999",
        "Mon, 01 Jan 2026 99999999999999999999:00:00 GMT",
        "Mon, 01 Jan 2026 00:00:00 +9999",
        "1e9",
        "-1",
        "\u00b2",
        "",
    ],
)
def test_what_says_nothing_counts_for_nothing(text: str) -> None:
    assert _retry_after([(b"Retry-After", text.encode("latin-1"))]) is None
