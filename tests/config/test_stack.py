"""The running stack: who gets which login, what a kill does, what stays private."""

import os
import socket
import stat
import time
import urllib.request
from pathlib import Path

import psycopg2
import pytest

from config.stack import Stack
from config.stack.plan import ROOT

CHILDREN = {
    "postgres",
    "valkey",
    "custodian-platform",
    "custodian-partner",
    "web",
    "desk",
    "worker",
    "beat",
    "sequencer",
}


def environment(pid: int) -> dict[str, str]:
    pairs = Path(f"/proc/{pid}/environ").read_bytes().decode().split("\0")
    return dict(pair.split("=", 1) for pair in pairs if "=" in pair)


def wait_until(check, seconds: float = 30.0) -> None:
    limit = time.monotonic() + seconds
    while not check():
        assert time.monotonic() < limit, "it did not happen in time"
        time.sleep(0.05)


def healthy(url: str) -> bool:
    try:
        with urllib.request.urlopen(url + "/healthz", timeout=5) as answer:
            return answer.status == 200
    except OSError:
        return False


def test_all_children_run_and_answer(stack: Stack):
    assert set(stack.state["processes"]) == CHILDREN
    assert all(healthy(url) for url in (stack.url, stack.desk_url, *stack.custodian_urls.values()))


@pytest.mark.parametrize(
    ("name", "login"),
    [
        ("web", "aif_web"),
        ("desk", "aif_desk"),
        ("worker", "aif_match"),
        ("beat", "aif_match"),
        ("sequencer", "aif_audit"),
    ],
)
def test_each_process_has_its_own_login_and_no_more(stack: Stack, name: str, login: str):
    env = environment(stack.pid(name))
    assert env["DATABASE_URL"].startswith(f"postgresql://{login}:")
    assert "DATABASE_ADMIN_URL" not in env
    assert ("AIF_CUSTODIAN_OPERATOR_TOKEN" in env) == (name == "worker")


@pytest.mark.parametrize("name", ["custodian-platform", "custodian-partner", "valkey", "postgres"])
def test_the_others_get_no_secret_of_the_platform(stack: Stack, name: str):
    assert not any(
        key.startswith(("AIF_SECRET", "AIF_PEPPER", "AIF_REF", "DATABASE")) for key in environment(stack.pid(name))
    )


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_the_portals_pages_may_ask_both_custodians(stack: Stack, host: str):
    origin = stack.url.replace("127.0.0.1", host)
    for url in stack.custodian_urls.values():
        asked = urllib.request.Request(
            url + "/evaluate", method="OPTIONS", headers={"Origin": origin, "Access-Control-Request-Method": "POST"}
        )
        with urllib.request.urlopen(asked, timeout=5) as answer:
            assert (answer.status, answer.headers["Access-Control-Allow-Origin"]) == (204, origin)


def test_a_login_cannot_be_used_with_another_ones_password(stack: Stack):
    wrong = stack.env["DATABASE_URL"].replace("aif_desk:", "aif_match:")
    with pytest.raises(psycopg2.OperationalError, match="password authentication failed"):
        psycopg2.connect(wrong)


def test_what_is_secret_is_private(stack: Stack):
    for name in ("stack.json", "secrets.json", "keks"):
        assert stat.S_IMODE((stack.data / name).stat().st_mode) == 0o600
    assert stat.S_IMODE(stack.data.stat().st_mode) == 0o700


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a child another user")
@pytest.mark.parametrize("name", ["postgres", "custodian-platform", "custodian-partner"])
def test_as_root_these_run_under_users_of_their_own(stack: Stack, name: str):
    real = next(line for line in Path(f"/proc/{stack.pid(name)}/status").read_text().splitlines() if "Uid" in line)
    assert set(real.split()[1:]) != {"0"}


@pytest.mark.parametrize("name", ["postgres", "custodian-platform", "custodian-partner"])
def test_these_do_not_stand_in_the_repository(stack: Stack, name: str):
    """Their users could not enter it where it lies in a folder of root's: gunicorn then refuses to start."""
    assert not Path(f"/proc/{stack.pid(name)}/cwd").resolve().is_relative_to(ROOT)


def test_acknowledged_means_written(stack: Stack):
    with psycopg2.connect(stack.admin_url) as session, session.cursor() as cursor:
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            cursor.execute(f"SHOW {setting}")
            assert cursor.fetchone() == ("on",)


@pytest.mark.parametrize("name", sorted(CHILDREN))
def test_a_killed_child_comes_back(stack: Stack, name: str):
    before = stack.kill(name)
    assert stack.wait_restarted(name, before) != before
    for url in (stack.url, stack.desk_url, *stack.custodian_urls.values()):
        wait_until(lambda url=url: healthy(url))


def test_the_bell_rings_again_after_the_broker_was_killed(stack: Stack):
    def delivered() -> int:
        with socket.socket(socket.AF_UNIX) as link:
            link.settimeout(5)
            try:
                link.connect(stack.state["sockets"]["valkey"])
            except OSError:
                return 0
            link.sendall(b"INFO commandstats\r\n")
            text = link.recv(65536).decode()
        lines = [line for line in text.splitlines() if line.startswith("cmdstat_lpush:calls=")]
        return int(lines[0].split("=")[1].split(",")[0]) if lines else 0

    stack.wait_restarted("valkey", stack.kill("valkey"))  # its counters start at 0 again
    wait_until(lambda: delivered() >= 2)


def test_logs_hold_no_path_of_a_failed_request(stack: Stack):
    canary = "13800138000-in-a-path"
    with pytest.raises(urllib.error.HTTPError, match="404"):
        urllib.request.urlopen(f"{stack.url}/{canary}?q={canary}", timeout=5)
    request = urllib.request.Request(stack.url + "/healthz", headers={"Host": canary + ".example"})
    with pytest.raises(urllib.error.HTTPError, match="400"):
        urllib.request.urlopen(request, timeout=5)
    found = [line for text in stack.logs().values() for line in text.splitlines() if canary in line]
    assert found == []
