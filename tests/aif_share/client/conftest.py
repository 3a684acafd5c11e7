"""Two real custodians for the session, and a platform and a member for each test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from aif_share.client import Client
from aif_share.wire.keys import MemberKey

from . import alliance


@pytest.fixture(scope="session")
def chain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[alliance.CustodianProcess]]:
    """Two running custodians."""
    with alliance.custodians(tmp_path_factory.mktemp("custodians"), "platform", "partner") as running:
        yield running


@pytest.fixture
def platform(chain: list[alliance.CustodianProcess]) -> Iterator[alliance.Platform]:
    """A loopback platform that names both custodians."""
    with alliance.platform(chain) as running:
        yield running


@pytest.fixture
def key(chain: list[alliance.CustodianProcess]) -> MemberKey:
    """A member both custodians know."""
    made = MemberKey.new()
    for custodian in chain:
        custodian.admit(made)
    return made


@pytest.fixture
def client(platform: alliance.Platform, key: MemberKey, tmp_path: Path) -> Iterator[Client]:
    """The member's client, with a data home of its own."""
    with Client(platform.url, key, data_home=tmp_path / "share") as opened:
        yield opened
