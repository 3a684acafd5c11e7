"""A real custodian process on a free loopback port, and members to ask it as."""

import contextlib
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from aif_share import oprf
from aif_share.custodian.home import Home, make_home
from aif_share.custodian.store import Store, Verifier
from aif_share.oprf import encoding
from aif_share.wire.keys import MemberKey, custodian_server, verifier

ROOT = Path(__file__).parents[3]
COMMAND = [sys.executable, "-c", "from aif_share.cli.custodian import custodian; custodian()"]
NAME = "platform"
TOKEN = "operator-" + "t" * 40


def run_command(*arguments, **options):
    return subprocess.run(
        [*COMMAND, *map(str, arguments)], capture_output=True, text=True, cwd=ROOT, timeout=60, **options
    )


@dataclass
class Answer:
    status: int
    headers: dict
    raw: bytes

    @property
    def json(self):
        return json.loads(self.raw)

    @property
    def code(self):
        assert self.headers["content-type"] == "application/problem+json"
        assert self.json["status"] == self.status
        assert self.json["type"].endswith(self.json["code"])
        return self.json["code"]


@dataclass
class Running:
    """A custodian process."""

    home: Home
    port: int
    process: subprocess.Popen
    log: Path
    store: Store = field(init=False)

    def __post_init__(self):
        self.store = Store(self.home.store)

    def ask(self, method, path, body=None, *, bearer=None, headers=()):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        with contextlib.closing(connection):
            sent = dict(headers)
            if bearer is not None:
                sent["Authorization"] = f"Bearer {bearer}"
            if body is not None and not isinstance(body, bytes):
                body = json.dumps(body).encode()
            if body is not None:
                sent.setdefault("Content-Type", "application/json")
            connection.request(method, path, body, sent)
            answer = connection.getresponse()
            return Answer(answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read())

    def send_bytes(self, data):
        with socket.create_connection(("127.0.0.1", self.port), timeout=10) as sock:
            sock.sendall(data)
            received = b""
            while part := sock.recv(65536):
                received += part
        return received

    def member(self, quota=100_000, **verifier_options):
        return Member(self, MemberKey.new(), quota, verifier_options)

    def stop(self):
        self.store.close()
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        return self.process.wait(20)


class Member:
    """An institution with one key at a running custodian."""

    def __init__(self, custodian, key, quota, verifier_options):
        self.custodian, self.key, self.ref = custodian, key, f"I-{key.id}"
        self.bearer = key.bearer_for(custodian_server(NAME))
        custodian.store.add_verifier(
            self.ref, Verifier(verifier(self.bearer), **verifier_options), evaluate_quota=quota, default_quota=1
        )

    def evaluate(self, elements, *, type="domain", epoch=1, headers=(), bearer=None, **extra):
        texts = [each if isinstance(each, str) else encoding.encode(each) for each in elements]
        body = {"type": type, "epoch": epoch, "elements": texts, **extra}
        return self.custodian.ask("POST", "/evaluate", body, bearer=bearer or self.bearer, headers=headers)

    def used(self):
        return self.custodian.ask("GET", "/me", bearer=self.bearer).json["quota"]["evaluate"]["used"]


@contextlib.contextmanager
def start(home, folder, *arguments, **process_options):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    log = folder / f"custodian-{port}.log"
    with log.open("wb") as sink:
        process = subprocess.Popen(
            [*COMMAND, "serve", "--home", str(home.path), "--bind", f"127.0.0.1:{port}", *arguments],
            stdout=sink,
            stderr=sink,
            cwd=ROOT,
            env=os.environ | {"PYTHONPATH": str(ROOT)},
            **process_options,
        )
    running = Running(home, port, process, log)
    try:
        deadline = time.monotonic() + 30
        while True:
            try:
                if running.ask("GET", "/healthz").status == 200:
                    break
            except OSError:
                if process.poll() is not None or time.monotonic() > deadline:
                    raise RuntimeError(f"the custodian does not answer:\n{log.read_text()}") from None
                time.sleep(0.05)
        yield running
    finally:
        running.stop()


@pytest.fixture(scope="package")
def custodian(tmp_path_factory):
    folder = tmp_path_factory.mktemp("custodian")
    home = make_home(folder / "home", name=NAME, operator_token=TOKEN)
    make_home(home.path, name=NAME, epoch=3)
    with start(home, folder) as running:
        yield running


@pytest.fixture
def member(custodian):
    return custodian.member()


def blinded(*inputs):
    return [each.element for each in oprf.blind([each.encode() for each in inputs or ("one",)])]
