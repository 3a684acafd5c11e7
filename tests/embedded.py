"""The PostgreSQL of a test process: embedded, on a unix socket, with a migrated template database.

The first process migrates (`prepare`); its own server and those of others, and temporary stacks, start on copies.

Tests log in as `aif_test`, which inherits nothing and becomes aif_web on connect: what a test can do is what the web
process can do. `as_role` switches, with SET ROLE, to what another process can do.
"""

from __future__ import annotations

import fcntl
import hashlib
import itertools
import os
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

import django
import psycopg2
from django.apps import apps
from django.conf import settings

from config.stack import children, cluster, postgres, wipe
from config.stack.child import stop_all
from config.stack.folders import Folders, as_root, everything, shared_folder
from config.stack.guardian import Guardian
from config.stack.plan import ROOT, Plan
from members.row_security.logins import MARK

LOGIN = "aif_test"
ROLES = (*postgres.LOGINS, "aif_owner", "aif_tests")
UNHELD = {"aif_web": "aif_tests"}
"""Who has the grants of a role and is not held by row security."""
TEMPLATE = postgres.DATABASE
MEMORY = Path("/dev/shm")
MEMORY_NEEDED = 4 * 2**30
CLUSTERS = ROOT / "var" / "test-cluster"
MADE_FROM = (
    "clues/migrations/**/*.*", "members/migrations/**/*.*", "requirements/runtime.txt", "config/settings.py",
    "config/stack/*.py", "tests/embedded.py",
)  # fmt: skip


def prepare() -> None:
    """Migrate a cluster once for all runs with these migrations; from now on servers and temporary stacks copy it.

    It lies in var/test-cluster under the digest of what it is made from, so a changed migration makes a new one.
    """
    found = hashlib.sha256()
    for path in sorted(
        path for place in MADE_FROM for path in ROOT.glob(place) if path.is_file() and path.suffix != ".pyc"
    ):
        found.update(f"{path.relative_to(ROOT)}\0".encode() + path.read_bytes())
    CLUSTERS.mkdir(parents=True, exist_ok=True)
    prepared = CLUSTERS / found.hexdigest()[:16]
    with (CLUSTERS / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not prepared.exists():
            for old in sorted(CLUSTERS.glob("*/"), key=lambda folder: folder.stat().st_mtime)[:-1]:
                shutil.rmtree(old)  # all but the latest, which another run may be copying
            server = TestServer()
            try:
                _set_up()
                server.start()
                server.keep(prepared)
            finally:
                server.stop()
    os.environ[cluster.PREPARED] = str(prepared)


def _set_up() -> None:
    """Let a program that is no test session, like `make faults`, have models too."""
    if not apps.ready:
        os.environ.setdefault("AIF_ENV", "test")
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
        django.setup()


class TestServer:
    """One server for the session; databases are cloned from the migrated template."""

    __test__ = False

    def __init__(self) -> None:
        self.data = Path(tempfile.mkdtemp(prefix="aif-test-"))
        self.guardian = Guardian()
        self.plan = Plan(Folders(self.data), overrides={"DATABASE_URL": "", "DATABASE_ADMIN_URL": ""})
        for listener in self.plan.listeners.values():
            listener.close()
        self.memory = self._data_in_memory()
        for folder in (self.plan.folders.run, *everything(self.data), *self.memory):
            self.guardian.folder(str(folder))
        self.child = children.database(self.plan, temporary=True)
        # No crash is tested on this server, and a clone is made for many tests.
        self.child.command += ["-c", "fsync=off", "-c", "full_page_writes=off", "-c", "file_copy_method=clone"]
        self._numbers = itertools.count(1)
        self.password = self.plan.secrets[postgres.SUPERUSER]

    def _data_in_memory(self) -> tuple[Path, ...]:
        """Let the data folder lie in memory where there is room; return the folder to remove in the end.

        A clone is made and dropped for many tests, and ext4 is slow to make files where many were just removed (it looks
        for inodes that were not in use a moment ago): 0.7 s of processor time a clone instead of 0.06 s.
        """
        if not MEMORY.is_dir() or shutil.disk_usage(MEMORY).free < MEMORY_NEEDED:
            return ()
        memory = Path(tempfile.mkdtemp(prefix="aif-test-", dir=MEMORY))
        memory.chmod(0o711)
        (memory / "pg").mkdir()
        ((shared_folder(self.data) if as_root() else self.data) / "pg").symlink_to(memory / "pg")
        return (memory,)

    def start(self) -> None:
        """Start it, migrate the template as the owner unless it is a copy, and make the login of the tests."""
        self.child.start()
        self.guardian.add(self.child.group)
        while not self.child.answers():
            if self.child.died():
                raise RuntimeError(self.child.last_lines())
            time.sleep(0.05)
        if not os.environ.get(cluster.PREPARED):
            self._migrate()
        with postgres.connected(self.superuser_url("postgres")) as cursor:
            cursor.execute(f"ALTER ROLE {LOGIN} PASSWORD %s", [self.password])
        from members.row_security.keys import pads  # models are there once Django is set up

        with postgres.connected(self.superuser_url(TEMPLATE)) as cursor:
            cursor.execute("DELETE FROM context_key")
            for ident, key in settings.AIF_CONTEXT_KEYS.items():
                cursor.execute("INSERT INTO context_key VALUES (%s, %s, %s)", [ident, *map(psycopg2.Binary, pads(key))])

    def _migrate(self) -> None:
        with postgres.connected(self.superuser_url("postgres")) as cursor:
            cursor.execute(f'CREATE DATABASE "{TEMPLATE}"')
        done = subprocess.run(
            self.plan.python("-m", "config.stack.bootstrap", "migrate"),
            env=self.plan.env("manage") | {"AIF_DB_OWNER": "1"},
            cwd=str(ROOT),
            capture_output=True,
            text=True,
        )
        if done.returncode:
            raise RuntimeError(f"migrate failed:\n{done.stderr[-3000:]}")
        with postgres.connected(self.superuser_url("postgres")) as cursor:
            cursor.execute(f"CREATE ROLE {LOGIN} LOGIN NOINHERIT")
            # Rows are made and looked at with web's grants and without its row security; a request is held by both.
            cursor.execute("CREATE ROLE aif_tests LOGIN INHERIT BYPASSRLS IN ROLE aif_web")
            cursor.execute(f"GRANT {', '.join(ROLES)} TO {LOGIN} WITH INHERIT FALSE, SET TRUE")

    def keep(self, folder: Path) -> None:
        """Stop it cleanly and copy its data folder: what `config.stack.cluster` copies from."""
        self.child.stop_signal = signal.SIGINT
        stop_all([self.child])
        beside = folder.with_name(f"{folder.name}.new")
        subprocess.run(["cp", "-a", f"{self.plan.folders.data / 'pg'}/.", str(beside)], check=True)
        beside.rename(folder)

    def stop(self) -> None:
        """Stop it and remove its data."""
        stop_all([self.child])
        self.guardian.dismiss()
        shutil.rmtree(self.plan.folders.run, ignore_errors=True)
        wipe(self.data)
        for folder in self.memory:
            shutil.rmtree(folder, ignore_errors=True)

    def superuser_url(self, database: str) -> str:
        """Address of a database as the superuser."""
        return postgres.url(self.plan.sockets, postgres.SUPERUSER, self.password, database)

    def clone(self) -> str:
        """Make a database like the template; return its name."""
        name = f"t{os.getpid()}_{next(self._numbers)}"
        with postgres.connected(self.superuser_url("postgres")) as cursor:
            cursor.execute(f'CREATE DATABASE "{name}" TEMPLATE "{TEMPLATE}" STRATEGY file_copy')
            self.mark(name)
        return name

    def mark(self, name: str, text: str | None = MARK) -> None:
        """Say that a database is an embedded stack's, or (None) that it is not."""
        with postgres.connected(self.superuser_url("postgres")) as cursor:
            cursor.execute(f'COMMENT ON DATABASE "{name}" IS %s', [text])

    def drop(self, name: str) -> None:
        """Remove a clone, whoever is still connected."""
        with postgres.connected(self.superuser_url("postgres")) as cursor:
            cursor.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def settings(self, name: str) -> dict[str, Any]:
        """What DATABASES["default"] must say to reach a database as aif_web."""
        return {
            "NAME": name,
            "USER": LOGIN,
            "PASSWORD": self.password,
            "HOST": str(self.plan.sockets),
            "PORT": "",
            "BECOME": "aif_tests",
        }

    def connect(self, name: str, role: str) -> Any:
        """Open a bare psycopg2 connection in a role, for tests that hold several sessions."""
        address = postgres.url(self.plan.sockets, LOGIN, self.password, name)
        return psycopg2.connect(address, options=f"-c role={role}", application_name=f"test-{role}")
