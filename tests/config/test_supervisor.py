"""Starting, failing and ending a stack: each with one of its own."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from config.stack import Stack, StackError, wipe
from config.stack.child import Child
from config.stack.plan import ROOT
from config.stack.supervisor import Supervisor

CLOSED = "redis://127.0.0.1:1/0"


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def wait_gone(pids: list[int]) -> None:
    limit = time.monotonic() + 20
    while left := [pid for pid in pids if alive(pid)]:
        assert time.monotonic() < limit, f"still there: {left}"
        time.sleep(0.05)


def serve(data: Path, **env: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "config.stack", "serve", "--data", str(data)]
    return subprocess.Popen(
        command, env=os.environ | env, cwd=ROOT, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )


def test_without_a_broker_it_says_ready_and_ctrl_c_stops_all_of_it(tmp_path: Path):
    process = serve(tmp_path / "serve", REDIS_URL=CLOSED, PORT="0")
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        assert line.startswith("ready http://127.0.0.1:")
        env = {key: value for key, value in os.environ.items() if not key.startswith("AIF_")}
        shown = subprocess.run(
            [sys.executable, str(ROOT / "manage.py"), "showmigrations", "members"],
            env=env | {"AIF_DATA": str(tmp_path / "serve")},
            capture_output=True,
            text=True,
        )
        assert "[X] 0001_database_roles" in shown.stdout
        second = subprocess.run(
            [sys.executable, "-m", "config.stack", "serve", "--data", str(tmp_path / "serve"), "--port", "0"],
            cwd=ROOT,
            capture_output=True,
            text=True,
        )
        assert (second.returncode, "already runs" in second.stderr) == (1, True)
        with pytest.raises(StackError, match="stop it first"):
            wipe(tmp_path / "serve")
        pids = Stack(tmp_path / "serve").state["processes"]
        assert "valkey" not in pids
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 0
        wait_gone(list(pids.values()))
        assert not (tmp_path / "serve" / "stack.json").exists()
    finally:
        process.kill()
        process.communicate()
    wipe(tmp_path / "serve")
    assert not (tmp_path / "serve").exists()


def test_a_killed_supervisor_leaves_nothing_behind():
    stack = Stack(env={"REDIS_URL": CLOSED}).start()
    state = stack.state
    os.kill(state["pid"], signal.SIGKILL)
    wait_gone(list(state["processes"].values()))
    limit = time.monotonic() + 10
    while stack.data.exists() or Path(state["sockets"]["postgres"]).exists():
        assert time.monotonic() < limit
        time.sleep(0.05)
    stack.stop()


def test_a_taken_port_is_said(tmp_path: Path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        process = serve(tmp_path / "serve", PORT=port)
        _, errors = process.communicate(timeout=30)
    assert process.returncode == 1
    assert f"port {port} of 127.0.0.1 is taken" in errors
    assert "set PORT" in errors


def test_a_step_that_fails_fails_the_stack_with_its_words():
    with pytest.raises(StackError, match="AIF_DISCLOSURE_TICK must be a number"):
        Stack(env={"AIF_DISCLOSURE_TICK": "often", "REDIS_URL": CLOSED}).start()


def test_a_child_that_dies_before_it_is_ready_fails_the_stack_with_its_last_lines(tmp_path: Path):
    supervisor = Supervisor(tmp_path / "data", port=0, overrides={})
    try:
        child = Child(
            name="early",
            command=["/bin/sh", "-c", "echo what went wrong; exit 3"],
            env={},
            log=tmp_path / "early.log",
            answers=lambda: False,
        )
        supervisor._launch(child)
        with pytest.raises(StackError, match=r"early ended before it was ready:\nwhat went wrong"):
            supervisor._wait_until_ready()
    finally:
        for listener in supervisor.plan.listeners.values():
            listener.close()
        supervisor.stop()
        supervisor._lock.close()


def test_a_child_that_keeps_dying_is_started_ever_more_slowly(tmp_path: Path):
    child = Child(name="brief", command=["/bin/true"], env={}, log=tmp_path / "brief.log", answers=lambda: True)
    delays = []
    for _ in range(8):
        child.start()
        assert child.process is not None
        child.process.wait()
        delays.append(child.bury())
    assert delays == [0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 5.0, 5.0]


def test_what_is_no_stack_is_not_wiped(tmp_path: Path):
    (tmp_path / "thesis.txt").write_text("three years of work")
    with pytest.raises(StackError, match="left alone"):
        wipe(tmp_path)
    assert (tmp_path / "thesis.txt").exists()


@pytest.mark.parametrize("command", ["create_institution", "migrate"])
def test_manage_says_in_one_line_that_no_stack_runs(tmp_path: Path, command: str):
    env = {key: value for key, value in os.environ.items() if not key.startswith("AIF_")}
    done = subprocess.run(
        [sys.executable, str(ROOT / "manage.py"), command],
        env=env | {"AIF_DATA": str(tmp_path)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert "make serve" in done.stderr
