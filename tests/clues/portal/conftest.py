"""A browser for each test of a page."""

from __future__ import annotations

from typing import Any

import pytest


@pytest.fixture
def portal(client: Any) -> Any:
    """`portal(person)` is the person's browser; English, so that tests read."""

    def log_in(person: Any) -> Any:
        client.force_login(person)
        client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
        return client

    return log_in
