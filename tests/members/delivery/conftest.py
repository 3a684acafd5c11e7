"""A receiver on 127.0.0.1 that the operator allows, and a member with a database of its own."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from typing import Any

import pytest

from tests.members.delivery.receiver import Receiver


@pytest.fixture
def receiver(settings: Any) -> Iterator[Receiver]:
    settings.AIF_WEBHOOK_ALLOW_CIDRS = (ipaddress.ip_network("127.0.0.1/32"),)
    with Receiver() as running:
        yield running


@pytest.fixture
def member(fresh_database: str) -> Any:
    from tests.clues.alliance import caller
    from tests.factories import make_institution

    return caller(make_institution(), scopes=("keys", "read"))
