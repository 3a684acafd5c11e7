"""The stack that faults are made on: PostgreSQL and Valkey of this process's own, each behind a proxy, and all the rest.

`with World(seed=7) as world: …`. The servers are started and crashed here; web, desk, worker, beat, sequencer and the
custodians by the stack's own supervisor, which starts again what is killed.
"""

from __future__ import annotations

import contextlib
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Any
from urllib.parse import quote

import psycopg2
import redis

from config.stack import Stack, StackError, children, postgres, wipe
from config.stack.child import Child, stop_all
from config.stack.folders import Folders, everything
from config.stack.guardian import Guardian
from config.stack.plan import ROOT, Plan
from tests.embedded import prepare
from tests.faults.proxy import Proxy, forget_durability

TICK = "0.2"
JOIN = """
import json, os, sys
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
import django
django.setup()
from django.core.management import call_command
from io import StringIO
made = []
for name in json.loads(sys.argv[1]):
    out = StringIO()
    call_command("create_institution", name=name, sector="bank", submit_quota=100_000_000, screen_quota=1_000_000,
        as_json=True, stdout=out)
    made.append(json.loads(out.getvalue()))
print(json.dumps(made))
"""


class World:
    """One stack under faults. `durable` False is the negative control: acknowledged before it is written."""

    patience_s = 60.0
    """Seconds that a server may take until it answers."""

    def __init__(self, *, seed: int, durable: bool = True, env: dict[str, str] | None = None) -> None:
        self.seed = seed
        self.random = random.Random(seed)
        self._durable = durable
        self._env = {"AIF_DISCLOSURE_TICK": TICK, "AIF_WEBHOOK_ALLOW_CIDRS": "127.0.0.0/8", "AIF_LOG_LEVEL": "INFO"}
        self._env |= env or {}
        self.crashes = 0

    # ---- start and end ----

    def __enter__(self) -> World:
        prepare()
        self.folder = Path(tempfile.mkdtemp(prefix="aif-faults-"))
        self.furnish_servers()
        self.guardian = Guardian()
        self.plan = Plan(
            Folders(self.folder), overrides={"DATABASE_URL": "", "DATABASE_ADMIN_URL": "", "REDIS_URL": ""}
        )
        for listener in self.plan.listeners.values():
            listener.close()
        for folder in (self.plan.folders.run, *everything(self.folder)):
            self.guardian.folder(str(folder))
        self.postgres = children.database(self.plan, temporary=True)
        self.postgres.command += self.server_options()
        self.valkey = children.broker(self.plan)
        rewrite = None if self._durable else forget_durability
        self.to_postgres = Proxy(f"{self.plan.sockets}/.s.PGSQL.5432", seed=self.seed, rewrite=rewrite)
        self.to_valkey = Proxy(str(self.plan.valkey_socket), seed=self.seed + 1)
        try:
            for child in (self.postgres, self.valkey):
                self._run(child)
            for proxy in (self.to_postgres, self.to_valkey):
                proxy.start()
            self.stack = Stack(env=self._env | self._addresses())
            self.furnish_stack()
            self.stack.start()
        except BaseException:
            self._end()
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, why: BaseException | None, at: TracebackType | None) -> None:
        self.stack.stop()
        self._end()

    def server_options(self) -> list[str]:
        """More arguments of PostgreSQL."""
        return []

    def furnish_servers(self) -> None:
        """Put into `folder` what PostgreSQL is to find there: nothing, unless it is another's end that goes on here."""

    def furnish_stack(self) -> None:
        """Put into `stack.data` what the stack is to find there."""

    def _end(self) -> None:
        for proxy in (self.to_postgres, self.to_valkey):
            proxy.stop()
        stop_all([child for child in (self.postgres, self.valkey) if child.process is not None])
        self.guardian.dismiss()
        shutil.rmtree(self.plan.folders.run, ignore_errors=True)
        wipe(self.folder)

    def _addresses(self) -> dict[str, str]:
        password = quote(self.plan.secrets[postgres.SUPERUSER])
        server = f"127.0.0.1:{self.to_postgres.port}/{postgres.DATABASE}"
        return {
            "DATABASE_ADMIN_URL": f"postgresql://{postgres.SUPERUSER}:{password}@{server}",
            "REDIS_URL": f"redis://127.0.0.1:{self.to_valkey.port}/0",
        }

    def _run(self, child: Child) -> None:
        child.start()
        self.guardian.add(child.group)
        limit = time.monotonic() + self.patience_s
        while not child.answers():
            if child.died() or time.monotonic() > limit:
                raise StackError(f"{child.name} does not answer:\n{child.last_lines()}")
            time.sleep(0.02)

    # ---- faults ----

    def crash_postgres(self) -> float:
        """`pg_ctl stop -m immediate`, and start again; return the seconds until it answered again."""
        begun = time.monotonic()
        self.start_postgres()
        self.crashes += 1
        return time.monotonic() - begun

    def stop_postgres(self) -> None:
        """End it as its operator does; start_postgres() brings it back."""
        self._end_child(self.postgres, signal.SIGINT)

    def start_postgres(self) -> None:
        """Start it, as a supervisor does with what has ended by itself."""
        self._end_child(self.postgres, signal.SIGQUIT)
        self._run(self.postgres)

    def kill_valkey(self) -> None:
        """End it where it stands; start_valkey() brings it back."""
        self._end_child(self.valkey, signal.SIGKILL)

    def start_valkey(self) -> None:
        """Start it, unless it runs."""
        if self.valkey.pid is None:
            self._run(self.valkey)

    def flush_valkey(self) -> None:
        """FLUSHALL: every message and counter is gone."""
        self.open_valkey().flushall()

    def open_valkey(self) -> Any:
        """A client beside the proxy."""
        return redis.Redis(unix_socket_path=str(self.plan.valkey_socket), socket_timeout=10)

    def _end_child(self, child: Child, number: signal.Signals) -> None:
        if child.pid is not None:
            os.kill(child.pid, number)
        if child.process is not None:
            child.process.wait(timeout=60)
        child.kill_group(signal.SIGKILL)
        self.guardian.remove(child.group)

    def kill(self, name: str, *, one: bool = False) -> int:
        """SIGKILL a child of the stack with all its processes, or with `one` a single process that it forked.

        Return the process id. Raise StackError if there is nothing to kill at the moment.
        """
        try:
            if not one:
                return self.stack.kill(name, group=True)
            forked = self.forked(name)
            if not forked:
                raise StackError(f"{name} has forked nothing")
            pid = self.random.choice(forked)
            os.kill(pid, signal.SIGKILL)
            return pid
        except ProcessLookupError as why:
            raise StackError(f"{name} has gone") from why

    @staticmethod
    def end(pid: int) -> None:
        """SIGKILL one process, if it is still there."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)

    def forked(self, name: str) -> list[int]:
        """The processes that a child of the stack has forked: those that do its work. Raise StackError if it has gone."""
        parent = self.stack.pid(name)
        try:
            found = Path(f"/proc/{parent}/task/{parent}/children").read_text(encoding="ascii").split()
        except (FileNotFoundError, ProcessLookupError) as why:
            raise StackError(f"{name} has gone") from why
        return [int(pid) for pid in found]

    def heal(self) -> None:
        """End every fault: servers run, proxies pass everything on, every process of the stack runs and goes on."""
        for proxy in (self.to_postgres, self.to_valkey):
            proxy.heal()
        for child in (self.postgres, self.valkey):
            if child.pid is None:
                self._run(child)
            child.kill_group(signal.SIGCONT)
        limit = time.monotonic() + 60
        while time.monotonic() < limit:
            with contextlib.suppress(StackError, ProcessLookupError):
                names = list(self.stack.state["processes"])
                for name in names:
                    self.stack.kill(name, signal.SIGCONT, group=True)
                if self.stack.state["ready"] and self._answers():
                    return
            time.sleep(0.05)
        raise StackError("the stack does not run again after a minute")

    def _answers(self) -> bool:
        # Not through a Django connection: what a member's program sees.
        import http.client

        connection = http.client.HTTPConnection("127.0.0.1", int(self.stack.url.rpartition(":")[2]), timeout=5)
        try:
            connection.request("GET", "/healthz")
            return connection.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    # ---- what it is ----

    @contextlib.contextmanager
    def database(self) -> Iterator[Any]:
        """A cursor of the superuser in autocommit, beside the proxy."""
        address = postgres.url(self.plan.sockets, postgres.SUPERUSER, self.plan.secrets[postgres.SUPERUSER])
        connection = psycopg2.connect(address, application_name="faults")
        try:
            connection.autocommit = True
            with connection.cursor() as cursor:
                yield cursor
        finally:
            connection.close()

    def select(self, statement: str, parameters: Any = None) -> list[tuple[Any, ...]]:
        """Return the rows of one statement."""
        with self.database() as cursor:
            cursor.execute(statement, parameters)
            return list(cursor.fetchall())

    def join(self, *names: str) -> list[dict[str, str]]:
        """Admit institutions in one process; return {"institution": ref, "api_key": key} of each."""
        return list(json.loads(self.python("-c", JOIN, json.dumps(names), process="manage")))

    def env_of(self, process: str) -> dict[str, str]:
        """The environment of a process of the stack; `manage` is that of manage.py."""
        if process == "manage":
            return self.stack.env
        pairs = Path(f"/proc/{self.stack.pid(process)}/environ").read_bytes().decode().split("\0")
        return dict(pair.split("=", 1) for pair in pairs if "=" in pair)

    def run_beside(
        self, name: str, other: dict[str, str], env: dict[str, str] | None = None
    ) -> subprocess.Popen[bytes]:
        """Start a second one of a process of the stack; `other` says what to put in place of arguments of the first."""
        pid = self.stack.pid(name)
        command = Path(f"/proc/{pid}/cmdline").read_bytes().decode()[:-1].split("\0")
        with (self.folder / f"second-{name}.log").open("ab") as log:
            return subprocess.Popen(
                [other.get(word, word) for word in command], env=self.env_of(name) | (env or {}), cwd=str(ROOT),
                stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT,
            )  # fmt: skip

    def python(self, *arguments: str, process: str = "manage", timeout: float = 300.0) -> str:
        """Run this interpreter with the environment of a process of the stack; return what it printed."""
        done = subprocess.run(
            [sys.executable, *arguments], env=self.env_of(process), cwd=str(ROOT), capture_output=True, text=True,
            timeout=timeout,
        )  # fmt: skip
        if done.returncode:
            raise StackError(f"python failed ({done.returncode}): {done.stderr.strip()[-2000:]}")
        return done.stdout
