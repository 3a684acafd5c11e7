"""The doctor on what kind of deployment this is, by which login it works, and what its operator lets through."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection

from clues.doctor.deployment import SHORTEST_TICK_S
from clues.doctor.examination import examine
from clues.doctor.finding import Level
from config import limits
from tests.embedded import TestServer
from tests.factories import acting_as


def levels() -> dict[str, Level]:
    with acting_as("aif_desk"):
        return {finding.code: finding.level for finding in examine()}


@pytest.mark.parametrize(
    ("marked", "production", "level"),
    [(True, True, Level.WRONG), (False, True, Level.GOOD), (True, False, Level.UNSURE), (False, False, Level.WRONG)],
)
def test_the_mark_and_the_variable_agree(
    fresh_database: str, database_server: TestServer, settings: Any, marked: bool, production: bool, level: Level
) -> None:
    if not marked:
        database_server.mark(fresh_database, None)
    settings.PRODUCTION = production
    assert levels()["deployment"] is level


def test_where_webhooks_may_go_is_said(fresh_database: str, settings: Any) -> None:
    settings.AIF_WEBHOOK_ALLOW_CIDRS = ()
    assert levels()["webhooks.allowed"] is Level.GOOD
    settings.AIF_WEBHOOK_ALLOW_CIDRS = (ipaddress.ip_network("10.1.0.0/16"),)
    assert levels()["webhooks.allowed"] is Level.UNSURE


@pytest.mark.parametrize(("seconds", "level"), [(1.0, Level.GOOD), (0.999, Level.UNSURE)])
def test_a_short_tick_is_said(fresh_database: str, settings: Any, seconds: float, level: Level) -> None:
    settings.AIF_DISCLOSURE_TICK = seconds
    assert levels()["tick"] is level and limits.SHORTEST_TICK_S == SHORTEST_TICK_S


@pytest.fixture
def by_superuser(fresh_database: str, database_server: TestServer) -> Iterator[None]:
    known = connection.settings_dict
    before = {name: known[name] for name in ("USER", "BECOME")}
    connection.close()
    known.update(USER="postgres", BECOME="")
    yield
    connection.close()
    known.update(before)


def test_a_login_of_no_process_is_wrong(by_superuser: None) -> None:
    assert {each.code: each.level for each in examine()}["database.login"] is Level.WRONG


def test_a_process_by_another_login_is_wrong(by_superuser: None, settings: Any) -> None:
    settings.AIF_PROCESS = "web"
    found = next(iter(examine()))
    assert (found.code, found.level) == ("database.login", Level.WRONG) and "aif_web" in found.says


def test_a_command_by_the_login_of_a_process_is_good(fresh_database: str) -> None:
    assert levels()["database.login"] is Level.GOOD
