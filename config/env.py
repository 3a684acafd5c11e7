"""Loud readers of the process environment, and nothing else.

Every reader names the variable it could not read. A secret may be given as NAME, as NAME_FILE, the path of a file
that holds it, or as NAME_COMMAND, a command that says it (aif_share.secret_source; docs/secrets.md). Values are never
put into a message: only names are.
"""

from __future__ import annotations

import ipaddress
import json
import os
import re
from collections.abc import Collection, Mapping
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from aif_share import secret_source

TRUE = frozenset({"1", "true", "yes", "on"})
FALSE = frozenset({"0", "false", "no", "off"})

_OF_TLS = ("sslmode", "sslrootcert", "sslcert", "sslkey")
_MODES = ("disable", "allow", "prefer", "require", "verify-ca", "verify-full")
_KEY_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
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
    try:
        value = secret_source.read(name)
    except secret_source.SourceError as why:
        raise Misconfigured(str(why)) from None
    if value == "" and os.environ.get("AIF_ENV") == "test":
        value = PLACEHOLDERS.get(name, "")
    if value != "":
        return value
    if default is None:
        raise Misconfigured(f"{name} is not set (set {name}, {name}_FILE: a path, or {name}_COMMAND: what says it)")
    return default


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


def lines(name: str) -> list[str]:
    """Return secrets that stand one a line, one at least."""
    found = text(name).split()
    if not found:
        raise Misconfigured(f"{name} is empty")
    return found


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
    return _key(name, text(name), length)


def keys(name: str, length: int) -> list[bytes]:
    """Return secrets given in hex, separated by commas, newest last; one at least, none twice."""
    found = [_key(name, word, length) for word in words(name)]
    if not found or len(set(found)) < len(found):
        raise Misconfigured(f"{name} must be different keys in hexadecimal, separated by commas")
    return found


def _key(name: str, value: str, length: int) -> bytes:
    try:
        key = bytes.fromhex(value)
    except ValueError:
        raise Misconfigured(f"{name} must be hexadecimal") from None
    if len(key) != length:
        raise Misconfigured(f"{name} must be {length} bytes in hexadecimal")
    return key


def peppers(name: str, default: str | None = None) -> dict[str, bytes]:
    """Return {id: 32 bytes} of "id:hex,id:hex", newest last."""
    return {ident: value for ident, value in _ring(name, default).items() if isinstance(value, bytes)}


def keks(name: str, default: str | None, holders: Collection[str]) -> dict[str, bytes | str]:
    """Return {id: 32 bytes, or the holder that keeps them} of "id:hex,id:holder", newest last."""
    return _ring(name, default, holders)


def _ring(name: str, default: str | None, holders: Collection[str] = ()) -> dict[str, bytes | str]:
    found: dict[str, bytes | str] = {}
    for item in words(name, default):
        ident, _, secret = item.partition(":")
        if ident in found:
            raise Misconfigured(f"{name} names a key twice")
        try:
            value = secret if secret in holders else bytes.fromhex(secret)
        except ValueError:
            value = b""
        if not _KEY_ID.fullmatch(ident) or (isinstance(value, bytes) and len(value) != 32):
            or_holder = f", or id:{' or id:'.join(holders)}" if holders else ""
            raise Misconfigured(f"{name} must be id:hex pairs of 32 bytes each{or_holder}, separated by commas")
        found[ident] = value
    return found


def database(name: str) -> dict[str, Any]:
    """Return NAME, USER, PASSWORD, HOST, PORT of a postgresql:// address; a unix socket folder goes in ?host=.

    OPTIONS as well, if it says by sslmode, sslrootcert, sslcert and sslkey how the server proves itself. Anything else in it
    is an error: what is overlooked would not protect.
    """
    try:
        parts = urlsplit(text(name))
        port = parts.port
    except ValueError:
        raise Misconfigured(f"{name} is not an address") from None
    if parts.scheme not in ("postgresql", "postgres") or not parts.path.strip("/"):
        raise Misconfigured(f"{name} must look like postgresql://user:password@host:port/database")
    query = parse_qs(parts.query, keep_blank_values=True)
    if unknown := sorted(query.keys() - {"host", "port", *_OF_TLS}):
        raise Misconfigured(f"{name} has a parameter that is not known: {', '.join(unknown)}")
    if query.get("sslmode", ["prefer"])[-1] not in _MODES:
        raise Misconfigured(f"{name}: sslmode must be one of {', '.join(_MODES)}")
    tls = {word: query[word][-1] for word in _OF_TLS if word in query}
    return {
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": query["host"][0] if "host" in query else unquote(parts.hostname or ""),
        "PORT": query["port"][0] if "port" in query else str(port or ""),
        **({"OPTIONS": tls} if tls else {}),
    }
