"""The process itself: it stops cleanly, survives a kill with its charges, and under root becomes another user."""

import os
import pwd
import signal
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from aif_share.custodian.home import make_home

from .conftest import NAME, ROOT, blinded, run_command, start

root_only = pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")


@pytest.fixture
def home(tmp_path):
    for folder in (tmp_path, *list(tmp_path.parents)[:-2]):
        folder.chmod(0o755)
    return make_home(tmp_path / "home", name=NAME)


def processes(running):
    """Process ids of the master and its workers."""
    children = Path(f"/proc/{running.process.pid}/task/{running.process.pid}/children").read_text().split()
    return [running.process.pid, *map(int, children)]


def uids(pid):
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return {
        name: set(map(int, line.split()[1:]))
        for line in lines
        for name in ("Uid", "Gid", "Groups")
        if line.startswith(name)
    }


def test_sigterm_stops_it_cleanly(home, tmp_path):
    with start(home, tmp_path) as running:
        member = running.member(quota=10)
        assert member.evaluate(blinded("a", "b")).status == 200
        pids = processes(running)
        assert len(pids) >= 2
        assert running.stop() == 0
        for pid in pids:
            with pytest.raises(ProcessLookupError):
                os.kill(pid, 0)
    with start(home, tmp_path) as again:
        assert again.ask("GET", "/me", bearer=member.bearer).json["quota"]["evaluate"]["used"] == 2


def test_a_charge_survives_a_kill(home, tmp_path):
    with start(home, tmp_path) as running:
        member = running.member(quota=10)
        member.evaluate(blinded("a", "b", "c"))
        for pid in processes(running):
            os.kill(pid, signal.SIGKILL)
        running.process.wait(10)
    with start(home, tmp_path) as again:
        assert again.store.get_used(member.ref, datetime.now(UTC).date().isoformat()) == 3


def test_a_plain_user_cannot_become_another(home):
    if os.geteuid() == 0:
        command = [sys.executable, "-c", PLAIN, str(home.path)]
        done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, timeout=60)
    else:
        done = run_command("serve", "--home", home.path, "--user", "root", "--bind", "127.0.0.1:1")
    assert done.returncode == 1
    assert "only root" in done.stderr


PLAIN = """
import os, pwd, sys
nobody = pwd.getpwnam("nobody")
from aif_share.cli.custodian import custodian
import aif_share.custodian.serve
from aif_share.custodian import preload
from aif_share.custodian.home import Home
preload.load_everything()
Home(__import__("pathlib").Path(sys.argv[1])).give_to(nobody.pw_uid, nobody.pw_gid)
os.setgid(nobody.pw_gid); os.setuid(nobody.pw_uid)
custodian(["serve", "--home", sys.argv[1], "--user", "root", "--bind", "127.0.0.1:1"])
"""


def test_an_unknown_user(home):
    done = run_command("serve", "--home", home.path, "--user", "no-such-user", "--bind", "127.0.0.1:1")
    assert done.returncode == 1
    assert "Traceback" not in done.stderr


@root_only
def test_as_root_it_becomes_another_user_for_good(home, tmp_path):
    nobody = pwd.getpwnam("nobody")
    with start(home, tmp_path, "--user", "nobody", extra_groups=[0, 4]) as running:
        member = Known(running)
        answer = running.ask("POST", "/evaluate", member.body("a", "b"), bearer=member.bearer)
        assert answer.status == 200
        found = [uids(pid) for pid in processes(running)]
        assert len(found) >= 2
        for each in found:
            assert each["Uid"] == {nobody.pw_uid}
            assert each["Gid"] == {nobody.pw_gid}
            assert not each["Groups"] & {0, 4}
        assert {path.stat().st_uid for path in home.path.iterdir()} == {nobody.pw_uid}
        assert running.stop() == 0


# The hook tells of every file of code that is opened once the process is nobody.
WATCHED = """
import os, sys
sink = os.open(sys.argv.pop(1), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o666)
def watch(event, arguments):
    if event == "open" and os.geteuid() != 0 and str(arguments[0]).endswith((".py", ".pyc", ".so")):
        os.write(sink, str(arguments[0]).encode() + b"\\n")
    if event == "import" and os.geteuid() != 0:
        os.write(sink, b"import " + str(arguments[0]).encode() + b"\\n")
sys.addaudithook(watch)
from aif_share.cli.custodian import custodian
custodian()
"""


@root_only
def test_no_code_is_read_after_the_user_changed(home, tmp_path, monkeypatch):
    opened = tmp_path / "opened"
    from . import conftest

    monkeypatch.setattr(conftest, "COMMAND", [sys.executable, "-c", WATCHED, str(opened)])
    with start(home, tmp_path, "--user", "nobody") as running:
        member = Known(running)
        for body in (member.body(*map(str, range(200))), member.body("a"), b"{", None):
            running.ask("POST", "/evaluate", body, bearer=member.bearer)
            running.ask("POST", "/evaluate", body, bearer="x")
        running.ask("GET", "/me", bearer=member.bearer)
        running.ask("GET", "/keys?epoch=1")
        running.ask("PUT", "/operator/members/x", {})
        running.send_bytes(b"nonsense\r\n\r\n")
        for pid in processes(running)[1:]:
            os.kill(pid, signal.SIGKILL)  # the master forks new workers, as nobody
        while len(processes(running)) < 2:
            pass
        assert running.stop() == 0
    assert opened.read_text() == ""


class Known:
    """A member added by root through the command, as an operator would."""

    def __init__(self, running):
        from aif_share.wire.keys import MemberKey, custodian_server, verifier

        self.bearer = MemberKey.new().bearer_for(custodian_server(NAME))
        done = run_command("members", "--home", running.home.path, "add", "I-1", "--verifier", verifier(self.bearer))
        assert done.returncode == 0, done.stderr

    def body(self, *inputs):
        from aif_share.oprf import encoding

        return {"type": "domain", "epoch": 1, "elements": [encoding.encode(each) for each in blinded(*inputs)]}
