"""The doctor on TLS: what browsers are held to, what a member's system meets at the address, the ways of mail and to PostgreSQL."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from django.conf import settings as project

from clues.doctor import transport
from clues.doctor.finding import Level
from tests.factories import acting_as

pytestmark = pytest.mark.django_db
SOUND = {
    "PRODUCTION": True, "AIF_PUBLIC_URL": "https://127.0.0.1:9", "SESSION_COOKIE_SECURE": True, "CSRF_COOKIE_SECURE": True,
    "SECURE_SSL_REDIRECT": True, "SECURE_HSTS_SECONDS": 365 * 24 * 3600, "SECURE_HSTS_INCLUDE_SUBDOMAINS": True,
    "SECURE_PROXY_SSL_HEADER": ("HTTP_X_FORWARDED_PROTO", "https"), "EMAIL_HOST": "mail.example", "EMAIL_USE_TLS": True,
}  # fmt: skip


@pytest.fixture
def production(settings: Any) -> Any:
    for name, value in SOUND.items():
        setattr(settings, name, value)
    return settings


def levels() -> dict[str, Level]:
    with acting_as("aif_desk"):
        return {finding.code: finding.level for finding in transport.look()}


def said(code: str) -> str:
    with acting_as("aif_desk"):
        return next(each.says for each in transport.look() if each.code == code)


def test_a_sound_one(production: Any) -> None:
    assert levels() == {
        "address": Level.GOOD,
        "tls.browsers": Level.GOOD,
        "tls.proxy": Level.GOOD,
        "tls.address": Level.UNSURE,  # nobody listens there
        "mail.way": Level.GOOD,
        "database.way": Level.GOOD,
    }


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("SESSION_COOKIE_SECURE", False, "tls.browsers"),
        ("SESSION_COOKIE_HTTPONLY", False, "tls.browsers"),
        ("CSRF_COOKIE_SECURE", False, "tls.browsers"),
        ("SECURE_SSL_REDIRECT", False, "tls.browsers"),
        ("SECURE_HSTS_INCLUDE_SUBDOMAINS", False, "tls.browsers"),
        ("SECURE_HSTS_SECONDS", 3600, "tls.browsers"),
        ("SECURE_PROXY_SSL_HEADER", None, "tls.proxy"),
        ("AIF_PUBLIC_URL", "http://aif.example", "address"),
    ],
)
def test_what_is_lax_is_named(production: Any, name: str, value: Any, code: str) -> None:
    setattr(production, name, value)
    assert levels()[code] is Level.WRONG
    assert code == "tls.proxy" or name in said(code)


def test_outside_production_browsers_are_not_looked_at() -> None:
    assert set(levels()) == {"address", "mail.way", "database.way"} and not project.PRODUCTION


@pytest.mark.parametrize(
    ("host", "encrypted", "level"),
    [
        ("", False, Level.GOOD),  # none is sent
        ("mail.example", True, Level.GOOD),
        ("localhost", False, Level.GOOD),
        ("127.0.0.1", False, Level.GOOD),
        ("::1", False, Level.GOOD),
        ("mail.example", False, Level.WRONG),
        ("10.1.1.9", False, Level.WRONG),
        ("fd00::9", False, Level.WRONG),
        ("localhost.example", False, Level.WRONG),
        ("relay", False, Level.UNSURE),  # containers of one host, or not
    ],
)
def test_the_way_of_mail(production: Any, host: str, encrypted: bool, level: Level) -> None:
    production.EMAIL_HOST, production.EMAIL_USE_TLS = host, encrypted
    assert levels()["mail.way"] is level
    assert level is not Level.WRONG or "without TLS" in said("mail.way")
    assert not host or host not in said("mail.way")


def test_mail_without_tls_is_named_outside_production_and_without_a_database(settings: Any) -> None:
    settings.EMAIL_HOST, settings.EMAIL_USE_TLS = "mail.example", False
    found = {each.code: each.level for each in transport.look(database=False)}
    assert found == {"address": Level.UNSURE, "mail.way": Level.UNSURE}


@pytest.mark.parametrize(
    ("host", "sslmode", "address", "level"),
    [
        ("", "prefer", None, Level.GOOD),
        ("/var/run/postgresql", "prefer", None, Level.GOOD),
        ("127.0.0.1", "prefer", "127.0.0.1", Level.GOOD),
        ("::1", "disable", "::1", Level.GOOD),
        ("db.example", "verify-full", "203.0.113.9", Level.GOOD),
        ("db.example", "verify-ca", "203.0.113.9", Level.WRONG),  # any server of that authority would do
        ("db.example", "require", "10.1.1.9", Level.WRONG),
        ("db.example", "prefer", "10.1.1.9", Level.WRONG),
        ("10.1.1.9", "", "10.1.1.9", Level.WRONG),
        ("postgres", "prefer", "172.18.0.2", Level.UNSURE),  # containers of one host
        ("postgres", "prefer", "8.8.8.8", Level.WRONG),
        (
            "pool.example",
            "prefer",
            None,
            Level.WRONG,
        ),  # a pooler on another machine, which comes to the server by a socket
        ("pool.example", "verify-full", None, Level.GOOD),
        ("pgbouncer", "prefer", None, Level.UNSURE),
    ],
)
def test_the_way_to_the_database(production: Any, host: str, sslmode: str, address: str | None, level: Level) -> None:
    assert transport.database_way(host, sslmode, address).level is level


def test_the_mode_that_is_looked_at_is_the_connection_s_own(production: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[str, str, str | None]] = []
    monkeypatch.setattr(transport, "database_way", lambda *given: asked.append(given) or transport.good("x", "x"))
    levels()
    ((host, sslmode, address),) = asked
    assert host.startswith("/") and sslmode in ("prefer", "") and address is None


class Web(BaseHTTPRequestHandler):
    """What the proxy answers."""

    hsts = "max-age=31536000"

    def do_GET(self) -> None:
        self.send_response(200)
        if self.hsts:
            self.send_header("Strict-Transport-Security", self.hsts)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_args: Any) -> None:
        """Nothing."""


def certify(folder: Path, *, days: int, name: str = "localhost") -> ssl.SSLContext:
    """Return a server's context whose certificate (of `name`, by itself) ends in some days; ca.pem holds it."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    made = (
        x509.CertificateBuilder().subject_name(subject).issuer_name(subject).public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=400)).not_valid_after(now + timedelta(days=days))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    (folder / "ca.pem").write_bytes(made.public_bytes(Encoding.PEM))
    (folder / "key.pem").write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "ca.pem", folder / "key.pem")
    return context


@pytest.fixture
def served(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, production: Any) -> Iterator[Any]:
    """Return what starts a real TLS server behind AIF_PUBLIC_URL."""
    servers: list[ThreadingHTTPServer] = []

    def serve(*, days: int = 90, trusted: bool = True, hsts: str = Web.hsts) -> None:
        handler = type("Handler", (Web,), {"hsts": hsts})
        server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        server.socket = certify(tmp_path, days=days).wrap_socket(server.socket, server_side=True)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        servers.append(server)
        if trusted:
            monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
        production.AIF_PUBLIC_URL = f"https://localhost:{server.server_port}"

    yield serve
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.mark.parametrize(
    ("how", "level", "says"),
    [
        ({}, Level.GOOD, "valid certificate"),
        ({"days": 5}, Level.UNSURE, "ends on"),
        ({"days": -1}, Level.WRONG, "not valid"),
        ({"trusted": False}, Level.WRONG, "not valid"),
        ({"hsts": ""}, Level.WRONG, "Strict-Transport-Security"),
        ({"hsts": "nothing"}, Level.WRONG, "Strict-Transport-Security"),
    ],
)
def test_what_members_meet_at_the_address(served: Any, how: dict[str, Any], level: Level, says: str) -> None:
    served(**how)
    assert levels()["tls.address"] is level
    assert says in said("tls.address")
