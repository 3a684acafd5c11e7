"""The supervisor: starts the children in order, starts again what dies, stops all of it in the end."""

from __future__ import annotations

import fcntl
import json
import os
import select
import shutil
import signal
import sys
import time
from pathlib import Path
from types import FrameType

from config.stack import children as parts
from config.stack.child import Child, stop_all
from config.stack.folders import Folders, StackError, everything, wipe
from config.stack.guardian import Guardian
from config.stack.plan import CUSTODIANS, Plan, write_private

READY_SECONDS = 90.0


class Stopped(BaseException):
    """A signal, or the end of the process that owns the stack, asks for an orderly stop."""


class Supervisor:
    """Owns every child of one stack. Single-threaded: it forks."""

    def __init__(
        self,
        data: Path,
        *,
        port: int,
        overrides: dict[str, str],
        lifeline: int | None = None,
        temporary: bool = False,
    ) -> None:
        self.temporary = temporary
        self.folders = Folders(data)
        self._lock = (self.folders.data / "stack.lock").open("w")
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise StackError(f"a stack already runs in {self.folders.data}") from None
        self.guardian = Guardian()
        self.plan = Plan(self.folders, port=port, overrides=overrides)
        self.guardian.folder(str(self.folders.run))
        if temporary:
            for folder in everything(self.folders.data):
                self.guardian.folder(str(folder))
        self.children: list[Child] = []
        self.lifeline = lifeline
        self.ready = False

    def start(self) -> None:
        """Start everything; return once all of it answers. A child that dies before that fails the stack."""
        plan = self.plan
        if not plan.external_database:
            self._launch(parts.database(plan, temporary=self.temporary))
        if not plan.external_redis:
            self._launch(parts.broker(plan))
        for name in CUSTODIANS:
            self._launch(parts.custodian(plan, name))
        self._wait_until_ready()
        parts.prepare_database(plan)
        for child in parts.django_children(plan):
            self._launch(child)
        self._wait_until_ready()
        self.ready = True
        self.write_state()

    def _launch(self, child: Child) -> None:
        self.children.append(child)
        self._run(child)

    def _run(self, child: Child) -> None:
        child.start()
        self.guardian.add(child.group)

    def _wait_until_ready(self) -> None:
        self.write_state()
        limit = time.monotonic() + READY_SECONDS
        while waiting := [child for child in self.children if not child.ready]:
            for child in waiting:
                if child.died():
                    raise StackError(f"{child.name} ended before it was ready:\n{child.last_lines()}")
                child.ready = child.answers()
            if time.monotonic() > limit:
                raise StackError(f"{waiting[0].name} did not answer in time:\n{waiting[0].last_lines()}")
            self._pause(0.05)

    def _pause(self, seconds: float) -> None:
        if self.lifeline is None:
            time.sleep(seconds)
        elif select.select([self.lifeline], [], [], seconds)[0]:
            raise Stopped

    def watch(self) -> None:
        """Start again what dies, for ever."""
        while True:
            self._pause(0.05)
            if any([self._tend(child) for child in self.children]):
                self.write_state()

    def _tend(self, child: Child) -> bool:
        """Look after one child; return whether its process changed."""
        if child.died():
            code = child.process.returncode if child.process else None
            delay = child.bury()
            self.guardian.remove(child.group)
            print(f"{child.name} ended ({code}); starting it again in {delay:g} s", flush=True)
            return True
        if child.process is None and time.monotonic() >= child.restart_at:
            self._run(child)
            return True
        return False

    def write_state(self) -> None:
        """Write AIF_DATA/stack.json: addresses, process ids and the environment for manage.py."""
        state = {
            "pid": os.getpid(),
            "ready": self.ready,
            "urls": {
                "web": self.plan.url("web"),
                "desk": self.plan.url("desk"),
                "custodians": {name: self.plan.url(name) for name in CUSTODIANS},
            },
            "env": self.plan.env("manage"),
            "processes": {child.name: child.pid for child in self.children},
            "sockets": {"valkey": str(self.plan.valkey_socket), "postgres": str(self.plan.sockets)},
            "admin_url": self.plan.admin_url,
        }
        write_private(self.folders.data / "stack.json", json.dumps(state, indent=1))

    def stop(self) -> None:
        """Stop the servers' users first, then the servers; remove what would claim that the stack runs."""
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_IGN)
        servers = [child for child in self.children if child.name in ("postgres", "valkey")]
        stop_all([child for child in self.children if child not in servers])
        stop_all(servers)
        (self.folders.data / "stack.json").unlink(missing_ok=True)
        shutil.rmtree(self.folders.run, ignore_errors=True)
        if self.temporary:
            wipe(self.folders.data)
        self.guardian.dismiss()


def _ask_to_stop(_number: int, _frame: FrameType | None) -> None:
    raise Stopped


def serve(
    data: Path, *, port: int, overrides: dict[str, str], lifeline: int | None = None, temporary: bool = False
) -> int:
    """Run a stack in the foreground until a signal comes; return the exit code.

    A `temporary` one leaves nothing behind, however it ends.
    """
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _ask_to_stop)
    supervisor: Supervisor | None = None
    try:
        supervisor = Supervisor(data, port=port, overrides=overrides, lifeline=lifeline, temporary=temporary)
        supervisor.start()
        print(f"ready {supervisor.plan.url('web')}", flush=True)
        supervisor.watch()
    except StackError as why:
        sys.stdout.flush()
        print(f"the stack could not be started: {why}", file=sys.stderr, flush=True)
        return 1
    except Stopped:
        pass
    finally:
        if supervisor is not None:
            supervisor.stop()
    return 0
