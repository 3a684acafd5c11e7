"""What a stack consists of: its secrets, ports and addresses, and the environment each process gets.

Each process gets its own database login and nothing it does not need: only the worker holds the operator's token of
the platform's custodian, and no process but the supervisor's own jobs may become the owner of the database.
"""

from __future__ import annotations

import json
import os
import secrets
import socket
import sys
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from clues.packages.signing import make_signer
from config.stack import postgres, valkey
from config.stack.folders import Folders, StackError
from members.row_security.logins import LOGIN_OF

ROOT = Path(__file__).resolve().parents[2]
CUSTODIANS = ("platform", "partner")
DESK_ABOVE = 1000
OF_COMMANDS = "aif_desk"
SYSTEM = ("PATH", "HOME", "LANG", "LC_ALL", "TZ", "USER", "PYTHONWARNINGS", "SSL_CERT_FILE")
CHOSEN = ("AIF_DISCLOSURE_TICK", "AIF_LOG_LEVEL", "AIF_QUEUE_MAX_AGE", "AIF_RATE_LIMIT", "AIF_WEBHOOK_ALLOW_CIDRS")
OF_ALL = ("AIF_SECRET_KEY", "AIF_REFERENCE_KEY", "AIF_PEPPERS")
PASSED_ON = SYSTEM + CHOSEN  # of whoever starts the stack; no secret


def write_private(path: Path, text: str) -> None:
    """Replace a file at once by one that only its owner can read."""
    beside = path.with_name(f".{path.name}.new")
    with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as out:
        out.write(text)
    beside.replace(path)


def load_secrets(data: Path) -> dict[str, str]:
    """Return the secrets of this stack, each made once; one that an older stack had not is made now."""
    path = data / "secrets.json"
    kept = dict(json.loads(path.read_text(encoding="utf-8"))) if path.exists() else {}
    made = {
        "AIF_SECRET_KEY": secrets.token_urlsafe(60),
        "AIF_REFERENCE_KEY": secrets.token_hex(32),
        "AIF_PEPPERS": f"p1:{secrets.token_hex(32)}",
        "AIF_CONTEXT_KEYS": f"c1:{secrets.token_hex(32)}",
        "AIF_SEALS": f"s1:{secrets.token_hex(32)}",
        "AIF_LOG_KEY": secrets.token_hex(32),
        "AIF_PACKAGE_SIGNER": make_signer(name="AIF-Share (embedded)", now=datetime.now(UTC)),
        "operator-token": secrets.token_urlsafe(32),
        postgres.SUPERUSER: secrets.token_urlsafe(24),
        **{login: secrets.token_urlsafe(24) for login in postgres.LOGINS},
    } | kept
    if made != kept:
        write_private(path, json.dumps(made, indent=1))
    return made


def key_file(data: Path) -> Path:
    """Return the file of the keys that wrap the keys of evidence (AIF_KEKS), made once; apart from what it opens."""
    path = data / "keks"
    if not path.exists():
        write_private(path, f"k1:{secrets.token_hex(32)}\n")
    return path


def listen(port: int) -> socket.socket:
    """Return a listening socket on the loopback; 0 takes any free port."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind(("127.0.0.1", port))
        listener.listen(512)
    except OSError as why:
        listener.close()
        raise StackError(f"port {port} of 127.0.0.1 is taken ({why.strerror}): set PORT to a free one") from None
    return listener


def listen_near(port: int) -> socket.socket:
    """Like listen(), with any free port where this one is taken."""
    try:
        return listen(port)
    except StackError:
        return listen(0)


def desk_port(web: int) -> int:
    """The port to try first for the desk: a fixed way above web's, for the next one is often a second stack's web."""
    return web + DESK_ABOVE if web + DESK_ABOVE < 2**16 else 0


@dataclass
class Plan:
    """One stack, before anything runs. Web and desk keep their sockets open while they restart."""

    folders: Folders
    port: int = 0
    overrides: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.secrets = load_secrets(self.folders.data)
        self.key_file = key_file(self.folders.data)
        given = {name: os.environ.get(name, "") for name in ("DATABASE_URL", "DATABASE_ADMIN_URL", "REDIS_URL")}
        given |= self.overrides
        self.external_database = given.get("DATABASE_ADMIN_URL") or given.get("DATABASE_URL") or ""
        self.external_redis = given.get("REDIS_URL") or ""
        self._take_ports()
        run = self.folders.open_run()
        self.sockets = run / "pg"
        self.valkey_socket = run / "valkey.sock"
        self.ready_file = run / "worker.ready"
        self.log_ready_file = run / "sequencer.ready"

    def _take_ports(self) -> None:
        # Ports are kept over restarts: the signed directory names the custodians' addresses.
        path = self.folders.data / "ports.json"
        before = json.loads(path.read_text(encoding="ascii")) if path.exists() else {}
        self.listeners = {"web": listen(self.port) if self.port else listen_near(before.get("web", 0))}
        web = self.listeners["web"].getsockname()[1]
        self.listeners["desk"] = listen_near(before.get("desk", desk_port(web) if self.port else 0))
        held = {}
        for name in CUSTODIANS:
            held[name] = listen_near(before.get(name, 0))
        self.ports = {name: sock.getsockname()[1] for name, sock in (self.listeners | held).items()}
        for sock in held.values():
            sock.close()  # a custodian binds its own
        write_private(path, json.dumps(self.ports))

    def url(self, name: str) -> str:
        """Return the address of web, desk or a custodian."""
        return f"http://127.0.0.1:{self.ports[name]}"

    def portal_origins(self) -> list[str]:
        """Return the origins whose pages the custodians answer: web, under both names it is opened by here."""
        return [self.url("web"), f"http://localhost:{self.ports['web']}"]

    @property
    def admin_url(self) -> str:
        """The database as its administrator."""
        if self.external_database:
            return self.external_database
        return postgres.url(self.sockets, postgres.SUPERUSER, self.secrets[postgres.SUPERUSER])

    def database_url(self, login: str) -> str:
        """Return the database as one of the login roles."""
        if not self.external_database:
            return postgres.url(self.sockets, login, self.secrets[login])
        parts = urlsplit(self.external_database)
        host = parts.netloc.rpartition("@")[2]
        return urlunsplit(parts._replace(netloc=f"{login}:{self.secrets[login]}@{host}"))

    @property
    def redis_url(self) -> str:
        """The broker."""
        return self.external_redis or valkey.url(self.valkey_socket)

    def custodian_home(self, name: str) -> Path:
        """Return the home of a custodian, without the link: its user cannot pass through AIF_DATA."""
        return (self.folders.data / f"custodian-{name}").resolve()

    @staticmethod
    def custodian_user(name: str) -> str:
        """Return the system user a custodian runs under when the stack is started as root."""
        return f"aif-custodian-{name}"

    def base_env(self) -> dict[str, str]:
        """Return what every child gets, custodians included: no secret."""
        env = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
        env |= {name: value for name, value in self.overrides.items() if name in PASSED_ON}
        return env | {"PYTHONUNBUFFERED": "1", "TMPDIR": str(self.folders.tmp)}

    def env(self, process: str) -> dict[str, str]:
        """Return the environment of a Django process: web, desk, worker, beat, or manage for manage.py."""
        env = self.base_env() | {
            "AIF_ENV": "embedded",
            "AIF_PROCESS": process,
            "AIF_DATA": str(self.folders.data),
            "AIF_TMP": str(self.folders.tmp),
            "AIF_PUBLIC_URL": self.url("web"),
            "AIF_ALLOWED_HOSTS": "localhost,127.0.0.1,[::1]",
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "DATABASE_URL": self.database_url(LOGIN_OF.get(process, OF_COMMANDS)),
            "REDIS_URL": self.redis_url,
            **{name: self.secrets[name] for name in OF_ALL},
        }
        if process != "beat":
            env["AIF_KEKS_FILE"] = str(self.key_file)
        if process not in ("beat", "sequencer"):
            env["AIF_SEALS"] = self.secrets["AIF_SEALS"]
        if process == "web":
            env["AIF_CONTEXT_KEYS"] = self.secrets["AIF_CONTEXT_KEYS"]
        if process == "worker":
            env["AIF_READY_SIGN"] = str(self.ready_file)
            env["AIF_PACKAGE_SIGNER"] = self.secrets["AIF_PACKAGE_SIGNER"]
        if process == "sequencer":
            env["AIF_LOG_KEY"] = self.secrets["AIF_LOG_KEY"]
        if process in ("worker", "manage"):
            env["AIF_CUSTODIAN_URL"] = self.url("platform")
            env["AIF_CUSTODIAN_OPERATOR_TOKEN"] = self.secrets["operator-token"]
        if process in ("desk", "manage"):
            env["AIF_EMBEDDED_CUSTODIANS"] = json.dumps(self.custodians())
        if process == "manage":
            env["DATABASE_ADMIN_URL"] = self.admin_url
        return env | {name: value for name, value in self.overrides.items() if name.startswith("AIF_")}

    def custodians(self) -> list[dict[str, str]]:
        """Return name, url, home and user of each custodian of this stack."""
        return [
            {
                "name": name,
                "url": self.url(name),
                "home": str(self.custodian_home(name)),
                "user": self.custodian_user(name),
            }
            for name in CUSTODIANS
        ]

    @staticmethod
    def python(*arguments: str) -> list[str]:
        """Return a command of this interpreter."""
        return [sys.executable, *arguments]
