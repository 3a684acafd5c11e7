"""TLS to PostgreSQL, as `DATABASE_URL` asks for it: the product connects to who proves the name, and to nobody else.

A real server and the real driver. The embedded server is built without TLS, so what a server's own TLS does, or that of a
pooler before it, is done here by a thread in front of it: it answers the request for TLS as PostgreSQL's protocol says,
shows the certificate, and passes the bytes on.
"""

from __future__ import annotations

import contextlib
import json
import os
import socket
import ssl
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from config.stack import postgres
from tests.clues.doctor.test_transport import certify
from tests.factories import PASSWORD

ROOT = Path(__file__).resolve().parents[2]
NAME = "db.example"
REQUEST = (8).to_bytes(4) + (80877103).to_bytes(4)
"""What a client sends that wants TLS: a length, and the number that stands for it."""
Front = Callable[..., int]


def carry(source: socket.socket, target: socket.socket) -> None:
    """Pass on what comes until it ends."""
    with contextlib.suppress(OSError):
        while data := source.recv(65536):
            target.sendall(data)
    for end in (source, target):
        with contextlib.suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)


def serve(client: socket.socket, server: str, tls: ssl.SSLContext | None) -> None:
    """Answer one client; with no certificate as a server does whose `ssl` is off, which does go on without."""
    with contextlib.suppress(OSError, ssl.SSLError), socket.socket(socket.AF_UNIX) as behind:
        behind.connect(server)
        first = client.recv(8, socket.MSG_PEEK)
        if first == REQUEST:
            client.recv(8)
            client.sendall(b"S" if tls else b"N")
            if tls:
                client = tls.wrap_socket(client, server_side=True)
        way_back = threading.Thread(target=carry, args=(behind, client), daemon=True)
        way_back.start()
        carry(client, behind)
        way_back.join(5)
    client.close()


@pytest.fixture
def front(database_server: Any) -> Iterator[Front]:
    """Return what stands before the database: with this certificate, on the port that is returned."""
    listeners: list[socket.socket] = []

    def begin(tls: ssl.SSLContext | None) -> int:
        listener = socket.create_server(("127.0.0.1", 0))
        listeners.append(listener)

        def accept() -> None:
            with contextlib.suppress(OSError):
                while True:
                    client, _address = listener.accept()
                    threading.Thread(
                        target=serve, args=(client, f"{database_server.plan.sockets}/.s.PGSQL.5432", tls), daemon=True
                    ).start()

        threading.Thread(target=accept, daemon=True).start()
        return int(listener.getsockname()[1])

    yield begin
    for listener in listeners:
        listener.close()


def examine(database_server: Any, database: str, port: int, how: str) -> dict[str, tuple[str, str]]:
    """Run the doctor of the desk on this way to the database; return {code: (level, what it says)}."""
    postgres.set_passwords(database_server.superuser_url("postgres"), {"aif_desk": PASSWORD})
    env = os.environ | {
        "AIF_ENV": "test", "AIF_PROCESS": "desk",
        "DATABASE_URL": f"postgresql://aif_desk:{PASSWORD}@{NAME}:{port}/{database}{how}",
        "PGHOSTADDR": "127.0.0.1",  # where the name leads; the driver still holds the certificate to the name
    }  # fmt: skip
    done = subprocess.run(
        [sys.executable, "manage.py", "doctor", "--json"],
        env=env,
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.stdout, done.stderr
    assert "Traceback" not in done.stderr and not any(word in done.stdout for word in (PASSWORD, NAME, "aif_desk:"))
    findings = json.loads(done.stdout)
    assert done.returncode == any(each["level"] == "wrong" for each in findings)
    return {each["code"]: (each["level"], each["says"]) for each in findings}


def authority(folder: Path, *, name: str = NAME) -> tuple[ssl.SSLContext, Path]:
    """Return a server's context with a certificate of this name, and the file of who vouches for it."""
    folder.mkdir()
    return certify(folder, days=90, name=name), folder / "ca.pem"


def test_the_server_that_proves_its_name_is_spoken_to(
    fresh_database: str, database_server: Any, front: Front, tmp_path: Path
) -> None:
    tls, vouches = authority(tmp_path / "a")
    found = examine(database_server, fresh_database, front(tls), f"?sslmode=verify-full&sslrootcert={vouches}")
    assert found["database.way"] == (
        "good", "the way to the database is encrypted, and the server proves its name",
    )  # fmt: skip
    assert "database.row-security" in found, "the rest was looked at over this way"


def test_another_authority_another_name_and_no_tls_are_refused_and_named(
    fresh_database: str, database_server: Any, front: Front, tmp_path: Path
) -> None:
    tls, vouches = authority(tmp_path / "a")
    _other, stranger = authority(tmp_path / "b")
    misnamed, of_misnamed = authority(tmp_path / "c", name="elsewhere.example")
    for context, root, says in (
        (tls, stranger, "not of the authority"),
        (misnamed, of_misnamed, "of another name"),
        (None, vouches, "does not speak TLS"),
        (tls, tmp_path / "missing.pem", "does not name a file"),
    ):
        found = examine(database_server, fresh_database, front(context), f"?sslmode=verify-full&sslrootcert={root}")
        level, said = found["database.tls"]
        assert level == "wrong" and says in said
        assert "address" in found and "database.way" not in found, "the rest that needs no database was looked at"


def test_who_asks_for_less_is_told(fresh_database: str, database_server: Any, front: Front, tmp_path: Path) -> None:
    """Red if a mode that takes any certificate, or none, passes for verified."""
    tls, _vouches = authority(tmp_path / "a")
    for context, how in ((tls, "?sslmode=require"), (None, "")):
        found = examine(database_server, fresh_database, front(context), how)
        assert found["database.way"][0] == "unsure" and "leaves this machine" in found["database.way"][1]


def test_a_database_that_is_not_there(database_server: Any) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    found = examine(database_server, "aif", port, "")
    assert found["database.reach"][0] == "wrong"
