"""Web serves by its own login only, and what is fit for one machine is done on a database that an embedded stack made."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Callable, Iterator
from typing import Any

import psycopg2
import pytest
from celery import signals
from django.db import OperationalError, connection
from django.test import Client

import config.celery  # noqa: F401 - it connects the handlers
from clues import tasks
from clues.duty import Duty
from config.env import Misconfigured
from config.processes import insist
from config.stack.postgres import connected, set_passwords
from members.management.commands import sequence_log
from members.row_security import logins
from tests.embedded import TestServer

LogIn = Callable[..., None]


@pytest.fixture
def administrator(fresh_database: str, database_server: TestServer) -> Iterator[Any]:
    with connected(database_server.superuser_url(fresh_database)) as cursor:
        yield cursor


@pytest.fixture
def log_in(fresh_database: str, database_server: TestServer, settings: Any) -> Iterator[LogIn]:
    """`log_in("web", "aif_desk")`: from now on this is web, whose DATABASE_URL names the login aif_desk."""
    known = connection.settings_dict
    before = {name: known[name] for name in ("USER", "PASSWORD", "BECOME")}
    keys = settings.AIF_CONTEXT_KEYS

    def become(process: str, login: str, *, become: str = "") -> None:
        connection.close()
        settings.AIF_PROCESS = process
        settings.AIF_CONTEXT_KEYS = keys if process == "web" else {}
        if login != "postgres":
            set_passwords(database_server.superuser_url(fresh_database), {login: database_server.password})
        known.update(USER=login, PASSWORD=database_server.password, BECOME=become)

    yield become
    connection.close()
    known.update(before)


def ask() -> Any:
    with connection.cursor() as cursor:
        cursor.execute("SELECT session_user")
        return cursor.fetchone()[0]


@pytest.mark.parametrize(("process", "login"), sorted(logins.LOGIN_OF.items()))
def test_every_process_works_by_its_own_login(log_in: LogIn, process: str, login: str) -> None:
    log_in(process, login)
    assert ask() == login


@pytest.mark.parametrize("login", ["aif_desk", "aif_match", "aif_audit", "postgres"])
def test_web_works_by_no_other(log_in: LogIn, login: str) -> None:
    log_in("web", login)
    for _again in range(2):  # a connection that was refused is not kept
        with pytest.raises(OperationalError, match="must log in as aif_web"):
            ask()
    answer = Client(raise_request_exception=False).get("/healthz")
    assert answer.status_code >= 500


class Once:
    """A stop that comes after the first look."""

    def __init__(self) -> None:
        self.looks = 0

    def is_set(self) -> bool:
        self.looks += 1
        return self.looks > 1

    def wait(self, seconds: float) -> None:
        """At once."""


def test_the_sequencer_says_why_it_does_not_serve(log_in: LogIn, settings: Any, caplog: Any) -> None:
    settings.AIF_LOG_KEYS = [bytes(32)]
    log_in("sequencer", "aif_desk")
    with caplog.at_level(logging.WARNING):
        sequence_log.Command()._run(Once(), None)  # type: ignore[arg-type]
    assert "waits for the database: the process sequencer must log in as aif_audit" in caplog.text


def test_a_worker_says_why_it_does_not_serve(log_in: LogIn, monkeypatch: pytest.MonkeyPatch, caplog: Any) -> None:
    def end() -> None:
        raise SystemExit

    log_in("worker", "aif_desk")
    monkeypatch.setattr(tasks, "close_old_connections", end)
    with caplog.at_level(logging.WARNING), pytest.raises(SystemExit):
        tasks._look_for_ever(Duty("match", ask, 1.0))
    assert "match: the process worker must log in as aif_match" in caplog.text


@pytest.mark.parametrize("error", [OperationalError("host=10.0.0.1 password=canary"), OperationalError()])
def test_what_the_database_says_is_not_logged(error: OperationalError) -> None:
    assert logins.told(error) == "OperationalError"


def test_nor_as_the_owner(log_in: LogIn) -> None:
    log_in("web", "postgres", become="aif_owner")
    with pytest.raises(OperationalError, match="must log in as aif_web"):
        ask()


MORE: dict[str, tuple[str, str]] = {
    "passes row security": ("ALTER ROLE aif_web BYPASSRLS", "ALTER ROLE aif_web NOBYPASSRLS"),
    "is a superuser": ("ALTER ROLE aif_web SUPERUSER", "ALTER ROLE aif_web NOSUPERUSER"),
    "has another login's policies": ("GRANT aif_desk TO aif_web", "REVOKE aif_desk FROM aif_web"),
    "may become a superuser": ("GRANT postgres TO aif_web", "REVOKE postgres FROM aif_web"),
}


@pytest.mark.parametrize("what", MORE)
def test_web_does_not_work_with_more_rights_than_it_has(log_in: LogIn, administrator: Any, what: str) -> None:
    give, take = MORE[what]
    log_in("web", "aif_web")
    administrator.execute(give)
    try:
        with pytest.raises(OperationalError, match="superuser, passes row security"):
            ask()
    finally:
        administrator.execute(take)
    assert ask() == "aif_web"


def test_a_superuser_who_becomes_web_is_not_web(log_in: LogIn, administrator: Any) -> None:
    log_in("web", "postgres")
    administrator.execute("ALTER ROLE postgres SET role = aif_web")
    try:
        with pytest.raises(OperationalError, match="must log in as aif_web"):
            ask()
    finally:
        administrator.execute("ALTER ROLE postgres RESET role")


@pytest.mark.parametrize("process", logins.LOGIN_OF)
def test_what_is_not_production_works_on_an_embedded_database_only(
    log_in: LogIn, database_server: TestServer, fresh_database: str, settings: Any, process: str
) -> None:
    database_server.mark(fresh_database, None)
    log_in(process, logins.LOGIN_OF[process])
    with pytest.raises(OperationalError, match="AIF_ENV=production"):
        ask()
    settings.PRODUCTION = True
    assert ask() == logins.LOGIN_OF[process]


@pytest.mark.parametrize("login", sorted(set(logins.LOGIN_OF.values())))
def test_no_login_writes_the_mark(log_in: LogIn, fresh_database: str, connect: Any, login: str) -> None:
    with connect(login).cursor() as cursor, pytest.raises(psycopg2.errors.InsufficientPrivilege):
        cursor.execute(f'COMMENT ON DATABASE "{fresh_database}" IS %s', [logins.MARK])


def test_the_mark_is_for_a_database_without_members(
    administrator: Any, database_server: TestServer, fresh_database: str
) -> None:
    from tests.factories import make_institution

    database_server.mark(fresh_database, None)
    make_institution("Aster")
    assert not logins.mark(administrator, own=False) and not logins.is_embedded()
    assert logins.mark(administrator, own=True) and logins.is_embedded()
    assert logins.mark(administrator, own=False), "it is marked already"


def test_and_for_one_without_tables(database_server: TestServer) -> None:
    with contextlib.ExitStack() as cleanup, connected(database_server.superuser_url("postgres")) as cursor:
        cursor.execute("CREATE DATABASE nothing_yet")
        cleanup.callback(database_server.drop, "nothing_yet")
        with connected(database_server.superuser_url("nothing_yet")) as there:
            assert logins.mark(there, own=False)


def test_a_program_is_the_process_that_it_says(settings: Any) -> None:
    with pytest.raises(Misconfigured, match="AIF_PROCESS must be web"):
        insist("web")
    settings.AIF_PROCESS = "web"
    insist("web")


def test_a_worker_and_a_beat_end_under_another_name(settings: Any) -> None:
    """Celery logs what a handler raises, and goes on; a SystemExit ends it."""
    for signal, process in ((signals.worker_init, "worker"), (signals.beat_init, "beat")):
        settings.AIF_PROCESS = "manage"
        with pytest.raises(SystemExit, match=f"AIF_PROCESS must be {process}"):
            signal.send(sender=None)
        settings.AIF_PROCESS = process
        signal.send(sender=None)
