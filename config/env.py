"""Loud readers of the process environment, and nothing else.

Every reader names the variable it could not read. A secret may be given as NAME, or as NAME_FILE, the path of
a file that holds it (a trailing newline is dropped). Values are never put into a message: only names are.
"""

from __future__ import annotations

import ipaddress
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

TRUE = frozenset({"1", "true", "yes", "on"})
FALSE = frozenset({"0", "false", "no", "off"})

Network = ipaddress.IPv4Network | ipaddress.IPv6Network

PLACEHOLDERS: Mapping[str, str] = {
    "DATABASE_URL": "postgresql://aif_web:placeholder@127.0.0.1:1/aif",
    "REDIS_URL": "redis://127.0.0.1:1/0",
    "AIF_DATA": "var/test",
    "AIF_SECRET_KEY": "test-only-" + "0123456789" * 6,
    "AIF_REFERENCE_KEY": "00112233445566778899aabbccddeeff" * 2,
    "AIF_PEPPERS": "p1:" + "0f1e2d3c4b5a69788796a5b4c3d2e1f0" * 2,
    "AIF_CONTEXT_KEYS": "c1:" + "8899aabbccddeeff0011223344556677" * 2,
    "AIF_KEKS": "k1:" + "00ff11ee22dd33cc44bb55aa66997788" * 2,
    "AIF_PUBLIC_URL": "http://testserver",
    "AIF_ALLOWED_HOSTS": "testserver,localhost,127.0.0.1",
}
"""What stands in for a missing variable when AIF_ENV=test, and only then: for tests, linters and schema tools."""


class Misconfigured(Exception):
    """The environment lacks a variable, or holds one that cannot be read. The message names it."""


def text(name: str, default: str | None = None) -> str:
    """Return the variable, else `default`; without a default a missing or empty variable raises Misconfigured."""
    value = os.environ.get(name, "")
    if value == "" and os.environ.get(name + "_FILE"):
        value = _from_file(name)
    if value == "" and os.environ.get("AIF_ENV") == "test":
        value = PLACEHOLDERS.get(name, "")
    if value != "":
        return value
    if default is None:
        raise Misconfigured(f"{name} is not set (set {name}, or {name}_FILE to the path of a file that holds it)")
    return default


def _from_file(name: str) -> str:
    try:
        return Path(os.environ[name + "_FILE"]).read_text(encoding="utf-8").rstrip("\r\n")
    except OSError as why:
        raise Misconfigured(f"{name}_FILE cannot be read: {why.strerror}") from None


def choice(name: str, allowed: tuple[str, ...], default: str | None = None) -> str:
    """Return the variable if it is one of `allowed`."""
    value = text(name, default)
    if value not in allowed:
        raise Misconfigured(f"{name} must be one of {', '.join(allowed)}")
    return value


def boolean(name: str, default: bool | None = None) -> bool:
    """Return 1/true/yes/on as True and 0/false/no/off as False; anything else is an error, not False."""
    value = text(name, None if default is None else str(default)).lower()
    if value in TRUE:
        return True
    if value in FALSE:
        return False
    raise Misconfigured(f"{name} must be one of 1, true, yes, on, 0, false, no, off")


def number(name: str, default: float | None = None) -> float:
    """Return the variable as a number above 0."""
    try:
        value = float(text(name, None if default is None else repr(default)))
    except ValueError:
        raise Misconfigured(f"{name} must be a number") from None
    if not 0 < value < float("inf"):
        raise Misconfigured(f"{name} must be above 0")
    return value


def rate(name: str, default: str) -> tuple[int, int]:
    """Return "200000/minute" as (200000, 60): how many, in how many seconds."""
    amount, _, unit = text(name, default).partition("/")
    windows = {"second": 1, "minute": 60, "hour": 3600}
    if not (amount.isascii() and amount.isdigit() and int(amount) > 0 and unit in windows):
        raise Misconfigured(f"{name} must look like 200000/minute (or second, or hour)")
    return int(amount), windows[unit]


def words(name: str, default: str | None = None) -> list[str]:
    """Return a comma-separated list without empty items."""
    return [word.strip() for word in text(name, default).split(",") if word.strip()]


def networks(name: str, default: str | None = None) -> tuple[Network, ...]:
    """Return a comma-separated list of networks like 192.0.2.0/24."""
    try:
        return tuple(ipaddress.ip_network(word) for word in words(name, default))
    except ValueError:
        raise Misconfigured(f"{name} must be networks like 192.0.2.0/24, separated by commas") from None


def document(name: str, default: str) -> Any:
    """Return the variable parsed as JSON."""
    try:
        return json.loads(text(name, default))
    except ValueError:
        raise Misconfigured(f"{name} must be JSON") from None


def key_bytes(name: str, length: int) -> bytes:
    """Return a secret given in hex, of exactly `length` bytes."""
    try:
        value = bytes.fromhex(text(name))
    except ValueError:
        raise Misconfigured(f"{name} must be hexadecimal") from None
    if len(value) != length:
        raise Misconfigured(f"{name} must be {length} bytes in hexadecimal")
    return value


def peppers(name: str, default: str | None = None) -> dict[str, bytes]:
    """Return {id: 32 bytes} of "id:hex,id:hex", newest last."""
    found: dict[str, bytes] = {}
    for item in words(name, default):
        ident, _, secret = item.partition(":")
        try:
            found[ident] = bytes.fromhex(secret)
        except ValueError:
            found[ident] = b""
        if not ident or len(found[ident]) != 32:
            raise Misconfigured(f"{name} must be id:hex pairs of 32 bytes each, separated by commas")
    return found


def database(name: str) -> dict[str, Any]:
    """Return NAME, USER, PASSWORD, HOST, PORT of a postgresql:// address; a unix socket folder goes in ?host=."""
    try:
        parts = urlsplit(text(name))
        port = parts.port
    except ValueError:
        raise Misconfigured(f"{name} is not an address") from None
    if parts.scheme not in ("postgresql", "postgres") or not parts.path.strip("/"):
        raise Misconfigured(f"{name} must look like postgresql://user:password@host:port/database")
    query = parse_qs(parts.query)
    return {
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": query["host"][0] if "host" in query else unquote(parts.hostname or ""),
        "PORT": query["port"][0] if "port" in query else str(port or ""),
    }
