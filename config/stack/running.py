"""A stack as a Python object, for the demo, the benchmark and tests: `with Stack() as stack: …`."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from types import TracebackType
from typing import Any

from config.stack.folders import StackError, running, wipe
from config.stack.plan import ROOT

START_SECONDS = 180.0


class Stack:
    """A stack of its own processes, which end with it, however this process ends.

    `data_dir` None takes a temporary folder and removes it in the end; `port` 0 takes free ports; `env` goes before
    what the stack chooses itself (AIF_DISCLOSURE_TICK, AIF_LOG_LEVEL, DATABASE_ADMIN_URL, REDIS_URL, …).
    """

    def __init__(self, data_dir: str | Path | None = None, *, port: int = 0, env: dict[str, str] | None = None) -> None:
        self._temporary = data_dir is None
        self.data = Path(data_dir if data_dir is not None else tempfile.mkdtemp(prefix="aif-stack-")).resolve()
        self._port = port
        self._overrides = dict(env or {})
        self._process: subprocess.Popen[bytes] | None = None
        self._lifeline = -1

    def start(self) -> Stack:
        """Start it and return once all of it answers; raise StackError with the supervisor's words if it cannot."""
        self.data.mkdir(parents=True, exist_ok=True)
        reading, self._lifeline = os.pipe()
        output = self.data / "supervisor.log"
        # Read through this file object later: the supervisor of a temporary stack removes the folder when it fails.
        with output.open("w+b") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "config.stack", "serve", "--data", str(self.data)]
                + ["--port", str(self._port), "--lifeline", str(reading)]
                + ["--temporary"] * self._temporary,
                env=os.environ | {"AIF_STACK_ENV": json.dumps(self._overrides)},
                cwd=str(ROOT),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                pass_fds=(reading,),
                start_new_session=True,
            )
            os.close(reading)
            limit = time.monotonic() + START_SECONDS
            while not self._is_ready():
                if self._process.poll() is not None or time.monotonic() > limit:
                    log.seek(0)
                    said = log.read().decode("utf-8", "replace").strip()
                    self.stop()
                    raise StackError(said or "the supervisor ended")
                time.sleep(0.05)
        return self

    def _is_ready(self) -> bool:
        state = running(self.data)
        return bool(state and self._process and state["pid"] == self._process.pid and state["ready"])

    def stop(self) -> None:
        """Stop it and wait; a temporary folder is removed."""
        if self._process is not None:
            with contextlib.suppress(ProcessLookupError):
                self._process.terminate()
            self._process.wait()
            self._process = None
            os.close(self._lifeline)
        if self._temporary:
            wipe(self.data)

    def __enter__(self) -> Stack:
        return self.start()

    def __exit__(self, kind: type[BaseException] | None, why: BaseException | None, at: TracebackType | None) -> None:
        self.stop()

    # ---- what it is ----

    @property
    def state(self) -> dict[str, Any]:
        """The current stack.json."""
        found = running(self.data)
        if found is None:
            raise StackError(f"no stack runs in {self.data}")
        return found

    @property
    def url(self) -> str:
        """Address of web (portal and API)."""
        return str(self.state["urls"]["web"])

    @property
    def desk_url(self) -> str:
        """Address of desk (the alliance's admin)."""
        return str(self.state["urls"]["desk"])

    @property
    def custodian_urls(self) -> dict[str, str]:
        """Addresses of the custodians by name."""
        return dict(self.state["urls"]["custodians"])

    @property
    def env(self) -> dict[str, str]:
        """Environment for manage.py (database role aif_desk)."""
        return dict(self.state["env"])

    @property
    def admin_url(self) -> str:
        """Database address of the administrator: for checks from outside, never given to a process of the platform."""
        return str(self.state["admin_url"])

    def pid(self, name: str) -> int:
        """Process id of a child: postgres, valkey, custodian-platform, custodian-partner, web, desk, worker, beat."""
        found = self.state["processes"].get(name)
        if found is None:
            raise StackError(f"{name} does not run")
        return int(found)

    # ---- what to do with it ----

    def kill(self, name: str, number: int = signal.SIGKILL, *, group: bool = False) -> int:
        """Send a signal to a child (or its whole process group); return the process id it had."""
        pid = self.pid(name)
        (os.killpg if group else os.kill)(pid, number)
        return pid

    def wait_restarted(self, name: str, old_pid: int, timeout: float = 30.0) -> int:
        """Wait until the child runs under another process id; return that."""
        limit = time.monotonic() + timeout
        while time.monotonic() < limit:
            pid = self.state["processes"].get(name)
            if pid not in (None, old_pid):
                return int(pid)
            time.sleep(0.02)
        raise StackError(f"{name} was not started again in {timeout:g} s")

    def manage(self, *arguments: str, owner: bool = False) -> str:
        """Run a command of manage.py on this stack and return what it printed; raise StackError if it fails."""
        done = subprocess.run(
            [sys.executable, str(ROOT / "manage.py"), *arguments],
            env=os.environ | self.env | ({"AIF_DB_OWNER": "1"} if owner else {}),
            cwd=str(ROOT),
            capture_output=True,
            text=True,
        )
        if done.returncode:
            raise StackError(f"manage.py {arguments[0]} failed ({done.returncode}): {done.stderr.strip()[-2000:]}")
        return done.stdout

    def create_institution(
        self, name: str, sector: str, group: str | None = None, *, browser_key: bool = False, **quotas: int
    ) -> dict[str, str]:
        """Return {"institution": ref, "api_key": key}, with `browser_key` one for the portal's pages under that name.

        Quotas: evaluate_quota, submit_quota, screen_quota.
        """
        command = ["create_institution", "--name", name, "--sector", sector, "--json"]
        command += ["--group", group] if group else []
        command += ["--browser-key"] if browser_key else []
        for quota, value in quotas.items():
            command += ["--" + quota.replace("_", "-"), str(value)]
        return dict(json.loads(self.manage(*command)))

    def logs(self) -> dict[str, str]:
        """Return what each child wrote, by name."""
        folder = self.data / "log"
        return {path.stem: path.read_text(encoding="utf-8", errors="replace") for path in sorted(folder.glob("*.log"))}
