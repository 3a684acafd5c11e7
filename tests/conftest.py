"""Fixtures of every test: a real PostgreSQL in the role of the web process, roles to switch to, a whole stack.

- `db` / `@pytest.mark.django_db`: rolled back after the test, with the grants of aif_web. Tests make and look at rows of
  every institution, so row security does not hold them (aif_tests); it holds each request that a client makes (aif_web).
- `as_role("aif_match")`: a context manager that works as another process does.
- `fresh_database`: a database of its own for a test that commits, or that has threads; `class_database`: for a class.
- `connect("aif_match")`: a bare session beside Django's, closed in the end.
- `scale(40, full=200)`: how often; `make prove` says --full-scale.
- `stack`: a whole running stack (config.stack.Stack), one for the session.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import django
import hypothesis
import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tests import network

network.isolate()


DATA = Path(tempfile.gettempdir()) / f"aif-test-data-{os.getpid()}"  # made by whoever needs it
for name in [name for name in os.environ if name.startswith(("AIF_", "DATABASE_", "REDIS_"))]:
    del os.environ[name]
os.environ |= {
    "AIF_ENV": "test",
    "AIF_DATA": str(DATA),
    "DJANGO_SETTINGS_MODULE": "config.settings",
}

# Playwright keeps an event loop in this process; the tests of other files run beside it, not in it.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"

from config.stack import Stack  # noqa: E402
from tests import order  # noqa: E402
from tests.embedded import UNHELD, TestServer, prepare  # noqa: E402
from tests.left_behind import watched  # noqa: E402
from tests.session_stack import SessionStack  # noqa: E402


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option under which `make prove` runs tests at full scale."""
    parser.addoption("--full-scale", action="store_true", help="run at the scale of `make prove`")


def pytest_configure(config: pytest.Config) -> None:
    """Block Python's own sockets as well: the message names the test's mistake, not a missing route."""
    config.option.allow_hosts = network.ALLOWED_HOSTS
    config.option.allow_unix_socket = True
    # The same examples on every run, so that a red run is about the change; --full-scale draws new ones each time.
    hypothesis.settings.register_profile("drawn", deadline=None)
    hypothesis.settings.register_profile("repeatable", deadline=None, derandomize=True)
    hypothesis.settings.load_profile("drawn" if config.getoption("--full-scale") else "repeatable")
    django.setup()
    from tests.static_files import share

    share()


def pytest_unconfigure() -> None:
    """Remove what tests left in AIF_DATA."""
    shutil.rmtree(DATA, ignore_errors=True)


def pytest_report_header() -> str:
    """Say how the network is blocked."""
    return "network: loopback only" + (
        "" if network.isolated else " (children of tests are not held: no namespace here)"
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Put long files first (tests.order); refuse Django's way of emptying tables: aif_web must not learn to TRUNCATE."""
    order.arrange(items)
    config.stash[order.AFTER_STACK] = order.after_stack(items)
    for item in items:
        mark = item.get_closest_marker("django_db")
        if mark is not None and mark.kwargs.get("transaction"):
            raise pytest.UsageError(f"{item.nodeid}: use the fixture fresh_database, not transaction=True")
        if order.uses_stack(item):
            item.add_marker("stack")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> Iterator[None]:
    """End the session's stack once no test will need it."""
    try:
        return (yield)
    finally:
        order.end_stack(item.config, nextitem)


@pytest.fixture(scope="session", autouse=True)
def prepared_cluster() -> None:
    """What servers and stacks of tests start on, instead of migrating each."""
    prepare()


@pytest.fixture(scope="session")
def database_server() -> Iterator[TestServer]:
    """The session's server, with a migrated template."""
    server = TestServer()
    try:
        server.start()
        yield server
    finally:
        server.stop()


@pytest.fixture(scope="session")
def django_db_setup(pytestconfig: pytest.Config, database_server: TestServer, django_db_blocker: Any) -> Iterator[None]:
    """Take the place of pytest-django's own database: a clone of the template, in which no test leaves anything."""
    with django_db_blocker.unblock(), _pointed_to(database_server) as database:
        with watched(pytestconfig.pluginmanager, database_server, database):
            yield


@contextlib.contextmanager
def _pointed_to(server: TestServer) -> Iterator[str]:
    """Point connections["default"], of every thread, to a new clone; take it back and drop the clone."""
    from django.db import connections

    target = connections["default"].settings_dict  # one and the same dict for every thread
    before = {key: target.get(key) for key in server.settings("")}
    database = server.clone()
    connections["default"].close()
    target.update(server.settings(database))
    try:
        yield database
    finally:
        connections["default"].close()
        target.update(before)
        server.drop(database)


@pytest.fixture
def fresh_database(django_db_setup: None, database_server: TestServer, django_db_blocker: Any) -> Iterator[str]:
    """A database of this test's own: commits are real, threads may connect. Yields its name."""
    with django_db_blocker.unblock(), _pointed_to(database_server) as database:
        yield database


@pytest.fixture(scope="class")
def class_database(django_db_setup: None, database_server: TestServer, django_db_blocker: Any) -> Iterator[str]:
    """A database of this test class's own. Yields its name."""
    with django_db_blocker.unblock(), _pointed_to(database_server) as database:
        yield database


@contextlib.contextmanager
def _as_role(role: str, *, held: bool = False) -> Iterator[None]:
    import psycopg2
    from django.db import connection

    role = role if held else UNHELD.get(role, role)
    before = connection.role
    _take(role)
    connection.role = role  # this thread's connection keeps it, should it be opened anew
    try:
        yield
    finally:
        connection.role = before
        # In a transaction that failed nothing can be set; rolling it back takes the role back as well.
        if connection.connection is not None:
            with contextlib.suppress(psycopg2.Error):
                _take(before or connection.settings_dict["BECOME"])


def _role_now() -> str:
    from django.db import connection

    connection.ensure_connection()
    with connection.connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        return str(cursor.fetchone()[0])


def _take(role: str) -> None:
    from django.db import connection

    connection.ensure_connection()
    with connection.connection.cursor() as cursor:  # beside Django, whose queries tests count
        cursor.execute(f'SET ROLE "{role}"')


@pytest.fixture(autouse=True)
def fresh_epochs() -> None:
    """Epochs are cached for two seconds, and those of one test are not there in the next."""
    from clues.blinding import epochs

    epochs._cache.value = None


@pytest.fixture(autouse=True)
def requests_as_web() -> Iterator[None]:
    """Let each request that Django's client makes work as the web process does, row security included."""
    from django.core.signals import request_finished, request_started
    from django.db import connection

    held: list[contextlib.AbstractContextManager[None]] = []

    def begin(**_kwargs: Any) -> None:
        if connection.settings_dict.get("BECOME") == "aif_tests" and _role_now() == "aif_tests":
            held.append(_as_role("aif_web", held=True))
            held[-1].__enter__()

    def end(**_kwargs: Any) -> None:
        while held:
            held.pop().__exit__(None, None, None)

    request_started.connect(begin)
    request_finished.connect(end)
    try:
        yield
    finally:
        request_started.disconnect(begin)
        request_finished.disconnect(end)
        end()


@pytest.fixture
def not_embedded(django_db_setup: None, database_server: TestServer) -> Iterator[None]:
    """Take the mark of an embedded stack from the database of this test: it is one of production."""
    from django.db import connection

    name = connection.settings_dict["NAME"]
    database_server.mark(name, None)
    try:
        yield
    finally:
        database_server.mark(name)


@pytest.fixture
def as_role() -> Callable[..., contextlib.AbstractContextManager[None]]:
    """`with as_role("aif_match"): …` works in that role; then back to the role before (aif_tests at first).

    aif_web stands for its grants; `as_role("aif_web", held=True)` is the role itself, held by row security.
    """
    return _as_role


@pytest.fixture
def connect(django_db_setup: None, database_server: TestServer) -> Iterator[Callable[..., Any]]:
    """`connect("aif_match")` opens a bare psycopg2 session on the current database; all are closed in the end."""
    from django.db import connection

    opened: list[Any] = []

    def open_session(role: str, *, held: bool = False) -> Any:
        role = role if held else UNHELD.get(role, role)
        opened.append(database_server.connect(connection.settings_dict["NAME"], role))
        return opened[-1]

    yield open_session
    for session in opened:
        session.close()


@pytest.fixture(scope="session")
def stack(pytestconfig: pytest.Config) -> Iterator[Stack]:
    """A whole running stack in a temporary folder, with a short disclosure tick, whose webhooks may go to this machine."""
    with SessionStack(env={"AIF_DISCLOSURE_TICK": "0.2", "AIF_WEBHOOK_ALLOW_CIDRS": "127.0.0.0/8"}) as running:
        pytestconfig.stash[order.STACK] = running
        yield running


@pytest.fixture
def client() -> Any:
    """A browser whose `force_login` passes the second factor (tests.browsing)."""
    from tests.browsing import Browser

    return Browser()


@pytest.fixture
def scale(request: pytest.FixtureRequest) -> Callable[..., int]:
    """`scale(40, full=200)` is 40 in `make test` and 200 with --full-scale."""

    def choose(reduced: int, *, full: int) -> int:
        return full if request.config.getoption("--full-scale") else reduced

    return choose
