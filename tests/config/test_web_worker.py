"""The worker that serves a connection on in the same thread: who waits, who is not kept waiting, and how it stops."""

import http.client
import socket
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, suppress
from pathlib import Path

import pytest

from config.stack.plan import ROOT

THREADS = 3
APP = textwrap.dedent("""
    import threading, time
    import config.web.reading
    config.web.reading.WAIT_S = 1
    def application(environ, start_response):
        try:
            size = 0 if environ["PATH_INFO"] == "/unread" else len(environ["wsgi.input"].read())
        except OSError:
            size = -1
        if environ["PATH_INFO"] == "/slow":
            time.sleep(0.5)
        if environ["PATH_INFO"] == "/busy":
            time.sleep(0.003)
        body = f"{threading.get_ident()} {size}".encode()
        start_response("200 OK", [("Content-Length", str(len(body)))])
        return [body]
""")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("app")


@pytest.fixture(scope="module")
def port(folder: Path) -> Iterator[int]:
    """A server of one process and three threads, with an application of its own."""
    (folder / "tiny.py").write_text(APP, encoding="utf-8")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        number = int(probe.getsockname()[1])
    process = start(folder, number)
    yield number
    process.terminate()
    process.wait(timeout=20)


def start(folder: Path, number: int) -> subprocess.Popen[bytes]:
    options = ["--bind", f"127.0.0.1:{number}", "--workers", "1", "--threads", str(THREADS), "--keep-alive", "30"]
    options += ["--worker-class", "config.web.worker.WebWorker", "--pythonpath", str(folder), "--log-level", "warning"]
    with (folder / "log").open("ab") as log:
        process = subprocess.Popen([sys.executable, "-m", "gunicorn", *options, "tiny"], cwd=ROOT, stderr=log)
    limit = time.monotonic() + 20
    while time.monotonic() < limit:
        try:
            socket.create_connection(("127.0.0.1", number), timeout=1).close()
            return process
        except OSError:
            time.sleep(0.05)
    process.kill()
    raise AssertionError("the server did not start")


def ask(connection: http.client.HTTPConnection, path: str = "/", body: bytes | None = None) -> tuple[int, int]:
    connection.request("POST" if body is not None else "GET", path, body)
    answer = connection.getresponse()
    assert answer.status == 200
    thread, size = answer.read().split()
    return int(thread), int(size)


def test_requests_that_follow_at_once_are_served_by_one_thread(port: int):
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=5)) as connection:
        served = [ask(connection, body=b"x" * number) for number in range(50)]
    assert [size for _, size in served] == list(range(50))
    assert len({thread for thread, _ in served}) == 1


def test_a_connection_that_rests_is_served_again(port: int):
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=5)) as connection:
        ask(connection)
        time.sleep(0.3)  # longer than any thread waits
        assert ask(connection, body=b"abc")[1] == 3


def test_no_thread_waits_for_a_resting_connection_while_another_one_asks(port: int):
    resting = [http.client.HTTPConnection("127.0.0.1", port, timeout=5) for _ in range(THREADS * 5)]
    try:
        for connection in resting:
            ask(connection)
        begun = time.monotonic()
        for connection in resting:
            ask(connection)
        # One after the other behind threads that wait 50 ms each would take more than half a second.
        assert time.monotonic() - begun < 0.4
    finally:
        for connection in resting:
            connection.close()


def test_pipelined_requests_are_all_answered(port: int):
    begun = time.monotonic()
    with socket.create_connection(("127.0.0.1", port), timeout=5) as link:
        link.sendall(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n" * 5)
        received = b""
        while received.count(b"HTTP/1.1 200 OK") < 5:
            data = link.recv(65536)
            assert data
            received += data
    assert time.monotonic() - begun < 0.1  # nobody waited for a request that was there already


def test_connections_that_never_rest_leave_room_for_others(port: int):
    """More of them than threads: each gets its turn."""
    stop = threading.Event()
    served = [0] * (THREADS * 3)

    def hammer(number: int) -> None:
        with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=10)) as connection:
            while not stop.is_set():
                ask(connection, "/busy")
                served[number] += 1

    busy = [threading.Thread(target=hammer, args=(number,)) for number in range(len(served))]
    for thread in busy:
        thread.start()
    try:
        time.sleep(0.3)
        begun = time.monotonic()
        with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=5)) as connection:
            ask(connection)
        assert time.monotonic() - begun < 1
        time.sleep(0.7)
    finally:
        stop.set()
        for thread in busy:
            thread.join()
    assert min(served) > 0


def test_a_stop_answers_what_is_under_way_and_ends(tmp_path: Path):
    (tmp_path / "tiny.py").write_text(APP, encoding="utf-8")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        number = int(probe.getsockname()[1])
    process = start(tmp_path, number)
    with closing(http.client.HTTPConnection("127.0.0.1", number, timeout=5)) as connection:
        ask(connection)
        connection.request("GET", "/slow")
        time.sleep(0.1)
        process.terminate()
        answer = connection.getresponse()
        assert answer.status == 200
        assert answer.getheader("Connection") in ("close", "keep-alive")
        answer.read()
    assert process.wait(timeout=20) == 0


UNREADABLE = (
    b"GET / HTTP/1.1\r\nX-13800138000 : a\r\n\r\n",
    b"13800138000\r\n\r\n",
    b"GET / HTTP/1.1\r\nX-A: 13800138000\x01\r\n\r\n",
    b"GET / HTTP/1.1\r\nContent-Type: text/plain\r\nContent-Type: 13800138000\r\n\r\n",
)


@pytest.mark.parametrize("head", UNREADABLE)
def test_what_cannot_be_read_is_not_repeated(port: int, folder: Path, head: bytes):
    with socket.create_connection(("127.0.0.1", port), timeout=5) as link:
        link.sendall(head)
        answer = link.recv(65536)
    assert answer.startswith(b"HTTP/1.1 400") and b"application/problem+json" in answer
    assert b"13800138000" not in answer + (log := (folder / "log").read_bytes())
    headers = dict(line.split(b": ") for line in answer.partition(b"\r\n\r\n")[0].split(b"\r\n")[1:])
    assert headers[b"Cache-Control"] == b"no-store"
    assert len(headers[b"X-Request-ID"]) == 32 and log.count(headers[b"X-Request-ID"]) == 1


def receive(link: socket.socket) -> bytes:
    """What comes until the server closes its side, or for 5 s."""
    link.settimeout(5)
    received = b""
    try:
        while data := link.recv(65536):
            received += data
    except TimeoutError:
        received += b"(open)"
    return received


UNREAD = (
    b"Content-Length: 9000\r\n\r\nx",
    b"Content-Length: 90000000\r\n\r\nx",
    b"Transfer-Encoding: chunked\r\n\r\n9\r\nx",
)


@pytest.mark.parametrize("rest", UNREAD)
def test_a_body_that_nobody_read_holds_nobody(port: int, rest: bytes):
    """More of them than threads, who neither send on nor close: others are served at once, also by the main thread."""
    links = [socket.create_connection(("127.0.0.1", port), timeout=5) for _ in range(THREADS * 3)]
    try:
        begun = time.monotonic()
        for link in links:
            link.sendall(b"POST /unread HTTP/1.1\r\nHost: a\r\n" + rest)
        for link in links:
            answer = link.recv(65536)
            assert answer.startswith(b"HTTP/1.1 200") and b"Connection: close" in answer
        with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=5)) as connection:
            ask(connection)
        assert time.monotonic() - begun < 0.5
        assert all(b"(open)" not in receive(link) for link in links)  # nor do they stay
    finally:
        for link in links:
            link.close()


def test_an_unread_body_that_is_here_costs_no_connection(port: int):
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=5)) as connection:
        ask(connection)
        kept = connection.sock
        for _ in range(3):
            head = b"POST /unread HTTP/1.1\r\nHost: a\r\nContent-Length: 5000\r\n\r\n"
            connection.sock.sendall(head + b"x" * 5000)
            answer = http.client.HTTPResponse(connection.sock)  # head and body may come in two pieces
            answer.begin()
            assert answer.read() and answer.headers["Connection"] == "keep-alive"
        assert ask(connection, body=b"abc")[1] == 3 and connection.sock is kept


def test_the_answer_is_read_by_who_sends_on(port: int):
    with socket.create_connection(("127.0.0.1", port), timeout=5) as link:
        link.sendall(b"POST /unread HTTP/1.1\r\nHost: a\r\nContent-Length: 800000\r\n\r\n")
        for _ in range(8):
            link.sendall(b"x" * 100_000)
            time.sleep(0.01)
        assert receive(link).startswith(b"HTTP/1.1 200")


@pytest.mark.parametrize("sent", [b"Content-Length: 10\r\n\r\nabc", b"Transfer-Encoding: chunked\r\n\r\n9\r\nx"])
def test_a_body_that_stops_coming_ends(port: int, sent: bytes):
    begun = time.monotonic()
    with socket.create_connection(("127.0.0.1", port), timeout=5) as link:
        link.sendall(b"POST / HTTP/1.1\r\nHost: a\r\n" + sent)
        answer = receive(link)
    assert answer.startswith(b"HTTP/1.1 200") and answer.endswith(b" -1") and b"Connection: close" in answer
    assert 0.9 < time.monotonic() - begun < 3


def test_a_body_that_comes_byte_by_byte_ends(port: int):
    """No pause is longer than the wait, but all in all nothing comes."""
    sent = 0
    with socket.create_connection(("127.0.0.1", port), timeout=5) as link, suppress(OSError):
        link.sendall(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n")
        while sent < 40:
            time.sleep(0.1)
            link.sendall(b"x")
            sent += 1
    assert 5 < sent < 35


def test_a_head_that_stops_coming_ends(port: int):
    with socket.create_connection(("127.0.0.1", port), timeout=5) as link:
        link.sendall(b"POST / HTTP/1.1\r\nHost: a\r\n")
        assert receive(link) == b""


def test_connections_that_say_nothing_hold_nobody(port: int):
    with ExitStack() as held:
        links = (socket.create_connection(("127.0.0.1", port), timeout=5) for _ in range(4 * THREADS))
        first, *_rest = [held.enter_context(link) for link in links]
        ask(held.enter_context(closing(http.client.HTTPConnection("127.0.0.1", port, timeout=4))))
        first.sendall(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        assert receive(first).startswith(b"HTTP/1.1 200")


def test_a_body_that_flows_may_take_long(port: int):
    # Longer than the wait, at more than the least rate; in chunks as well, and the connection lives on.
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=5)) as connection:
        for chunked in (False, True):
            pieces = (time.sleep(0.2) or b"x" * 8000 for _ in range(10))
            headers = {} if chunked else {"Content-Length": "80000"}
            connection.request("POST", "/", pieces, headers, encode_chunked=chunked)
            answer = connection.getresponse()
            assert answer.getheader("Connection") == "keep-alive"
            assert answer.read().split()[1] == b"80000"


def test_chunks_without_form_are_a_body_that_breaks_off(port: int):
    with socket.create_connection(("127.0.0.1", port), timeout=5) as link:
        link.sendall(b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n13800138000z\r\n")
        assert (answer := receive(link)).endswith(b" -1") and b"Connection: close" in answer
