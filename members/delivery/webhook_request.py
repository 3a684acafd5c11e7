"""One HTTP request of a webhook: to an address that was checked, five seconds in all, and no word of the answer kept."""

from __future__ import annotations

import email.utils
import ssl
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

import httpcore
import httpx

from members.delivery.webhook_address import AddressBlocked, LookupFailed, Target, choose, look_up

SECONDS = 5.0
MAX_ANSWER = 64 * 1024
"""Bytes of an answer's body that are read, and dropped, so that the other side can finish writing a short one."""


@dataclass(frozen=True, slots=True)
class Result:
    """How an attempt ended: a code, '' when it arrived, the status if there was one, seconds if it asks us to wait."""

    error: str
    status: int | None = None
    retry_after: float | None = None


def post(
    target: Target,
    *,
    body: bytes,
    headers: Mapping[str, str],
    resolve: Callable[[str, int], Iterable[str]] = look_up,
    seconds: float = SECONDS,
) -> Result:
    """POST once and tell how it went. Never raises for anything that the other side does, or its name server."""
    deadline = time.monotonic() + seconds
    try:
        addresses = _within(lambda: choose(target, resolve), deadline)
        return _send(target, addresses, body, headers, deadline)
    except AddressBlocked as blocked:
        return Result(str(blocked))
    except LookupFailed:
        return Result("lookup")
    except (httpcore.TimeoutException, TimeoutError):
        return Result("timeout")
    except ssl.SSLError:
        return Result("tls")
    except httpcore.ConnectError as error:
        return Result("tls" if any(isinstance(why, ssl.SSLError) for why in error.args) else "connect")
    except (httpcore.NetworkError, httpcore.ProtocolError, OSError):
        return Result("protocol")


def _send(target: Target, addresses: list[str], body: bytes, headers: Mapping[str, str], deadline: float) -> Result:
    # Neither redirects nor proxies nor decompression exist at this level, so none can be switched on by accident.
    with (
        httpcore.ConnectionPool(
            ssl_context=_tls(), max_connections=1, network_backend=_Pinned(addresses, deadline)
        ) as pool,
        pool.stream("POST", target.url, headers=list(headers.items()), content=body) as answer,
    ):
        status = answer.status
        retry_after = _retry_after(answer.headers)
        _drop(answer)
    if 200 <= status < 300:
        return Result("", status)
    return Result("redirect" if 300 <= status < 400 else "status", status, retry_after)


def _drop(answer: httpcore.Response) -> None:
    read = 0
    try:
        for piece in answer.iter_stream():
            read += len(piece)
            if read > MAX_ANSWER:
                return
    except (httpcore.TimeoutException, httpcore.NetworkError, httpcore.ProtocolError, TimeoutError):
        return  # the status has arrived, and that is all we want to know


def _retry_after(headers: Iterable[tuple[bytes, bytes]]) -> float | None:
    """Return the seconds of Retry-After, a number or a date (RFC 9110, section 10.2.3); None for anything else."""
    text = next((value for name, value in headers if name.lower() == b"retry-after"), b"").decode("latin-1").strip()
    if text.isascii() and text.isdigit() and len(text) <= 9:
        return float(text)
    try:
        moment = email.utils.parsedate_to_datetime(text)
    except (ValueError, OverflowError):  # the latter for a year or a zone of many digits
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(0.0, (moment - datetime.now(tz=UTC)).total_seconds())


@lru_cache(maxsize=1)
def _tls() -> ssl.SSLContext:
    """Return the context of all deliveries: certifi's roots, or those of SSL_CERT_FILE."""
    return httpx.create_ssl_context()


def _within(work: Callable[[], list[str]], deadline: float) -> list[str]:
    """Return what `work` returns before the deadline. The system's resolver cannot be hurried, only left behind."""
    outcome: list[Any] = []

    def body() -> None:
        try:
            outcome.append(work())
        except BaseException as error:
            outcome.append(error)

    thread = threading.Thread(target=body, name="webhook-lookup", daemon=True)
    thread.start()
    thread.join(timeout=max(0.0, deadline - time.monotonic()))
    if not outcome:
        raise TimeoutError
    if isinstance(outcome[0], BaseException):
        raise outcome[0]
    found: list[str] = outcome[0]
    return found


class _Pinned(httpcore.NetworkBackend):
    """Connects to the addresses that were checked, whatever the name leads to meanwhile; TLS is of the name."""

    def __init__(self, addresses: list[str], deadline: float) -> None:
        self._addresses = addresses
        self._deadline = deadline
        self._plain = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Any = None,
    ) -> httpcore.NetworkStream:
        """Try one address after the other."""
        error: Exception = httpcore.ConnectError()
        for place, address in enumerate(self._addresses):
            share = _left(self._deadline) / (len(self._addresses) - place)
            try:
                return _Bounded(self._plain.connect_tcp(address, port, timeout=share), self._deadline)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as why:
                error = why
        raise error


class _Bounded(httpcore.NetworkStream):
    """A connection of which no step may pass the one deadline: bytes that drip do not prolong it."""

    def __init__(self, stream: httpcore.NetworkStream, deadline: float) -> None:
        self._stream = stream
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, timeout=_left(self._deadline))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, timeout=_left(self._deadline))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        stream = self._stream.start_tls(ssl_context, server_hostname, timeout=_left(self._deadline))
        return _Bounded(stream, self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


def _left(deadline: float) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise httpcore.ReadTimeout
    return left
