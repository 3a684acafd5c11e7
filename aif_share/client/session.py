"""HTTP of a member: one bearer per server, patient retries, problems as typed errors.

A write is only ever repeated with the Idempotency-Key it had the first time, so a retry cannot count twice.
Not here: what the requests mean.
"""

from __future__ import annotations

import email.utils
import json
import secrets
import time
import uuid
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Any, Final
from urllib.parse import urlsplit

import httpx

from aif_share import __version__
from aif_share.errors import AuthenticationError, NetworkError, QuotaError, RefusedError, RequestError
from aif_share.wire.keys import PLATFORM, MemberKey

API: Final = "/api/v1/"
RETRIED: Final = frozenset({429, 502, 503, 504})
BUSY: Final = "idempotency-busy"
PATIENCE: Final = 60.0
"""Seconds one request may spend waiting between its attempts."""
FIRST_PATIENCE: Final = 10.0
"""The same for a server that never answered yet: its address is more likely wrong than it is away."""
_LOOPBACK: Final = ("127.0.0.1", "localhost", "[::1]")
_RANDOM: Final = secrets.SystemRandom()


class Session:
    """A member's connections to the platform and to the custodians. Safe to share between threads."""

    def __init__(
        self,
        url: str,
        key: MemberKey,
        *,
        timeout: float = 60.0,
        patience: float = PATIENCE,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.url = normalize_url(url)
        self.key_id = key.id
        self._key = key
        self._patience = patience
        self._sleep = sleep
        self._bearers: dict[str, str] = {}
        self._reached: set[str] = set()
        # A proxy of the environment is for the outside; what runs on this machine is reached directly.
        direct: Mapping[str, httpx.BaseTransport | None] = {f"all://{host}": None for host in _LOOPBACK}
        self._http = httpx.Client(
            timeout=httpx.Timeout(timeout, connect=min(timeout, 10.0)),
            limits=httpx.Limits(max_connections=64, max_keepalive_connections=32),
            # Errors are shown among the client's own sentences, which are English.
            headers={"User-Agent": f"aif-share/{__version__}", "Accept": "application/json", "Accept-Language": "en"},
            follow_redirects=False,  # a redirect would carry the bearer elsewhere
            mounts=direct,
        )

    def __repr__(self) -> str:
        return f"Session(url={self.url!r}, key_id={self.key_id!r})"

    def __enter__(self) -> Session:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close all connections."""
        self._http.close()

    def get(self, path: str, params: Mapping[str, str] | None = None) -> Any:
        """GET a path of the API, or a full address that the platform gave as the next page; the decoded JSON."""
        return self.request("GET", self._address(path), params=params)

    def post(self, path: str, body: bytes, *, idempotency_key: str) -> Any:
        """POST JSON bytes to a path of the API; the decoded JSON."""
        return self.request("POST", self._address(path), body=body, idempotency_key=idempotency_key)

    def request(
        self,
        method: str,
        url: str,
        *,
        server: str = PLATFORM,
        body: bytes | None = None,
        params: Mapping[str, str] | None = None,
        idempotency_key: str | None = None,
    ) -> Any:
        """Send until there is an answer or patience ends; the decoded JSON.

        Raise AuthenticationError, QuotaError or RefusedError for a problem, NetworkError without an answer.
        """
        request_id = uuid.uuid4().hex
        headers = {"Authorization": f"Bearer {self._bearer(server)}", "X-Request-ID": request_id}
        if body is not None:
            headers["Content-Type"] = "application/json"
        if idempotency_key is not None:
            headers["Idempotency-Key"] = idempotency_key
        may_repeat = method == "GET" or idempotency_key is not None
        waited, attempt = 0.0, 0
        while True:
            failure: RequestError | NetworkError
            try:
                response = self._http.request(method, url, content=body, params=params, headers=headers)
            except (httpx.TransportError, httpx.InvalidURL) as error:
                failure = NetworkError(
                    f"no answer from {_origin(url)} ({type(error).__name__}); check the address and the network",
                    request_id=request_id,
                )
                repeat, pause = may_repeat and isinstance(error, httpx.TransportError), _backoff(attempt)
            else:
                self._reached.add(_origin(url))
                if response.is_success:
                    return _decoded(response, request_id)
                failure = problem_error(response, server, request_id)
                repeat = may_repeat and (response.status_code in RETRIED or failure.code == BUSY)
                asked = _retry_after(response)
                pause = _backoff(attempt) if asked is None else asked
            patience = self._patience if _origin(url) in self._reached else min(self._patience, FIRST_PATIENCE)
            if not repeat or waited + pause > patience:
                raise failure from None
            self._sleep(pause)
            waited += pause
            attempt += 1

    def _bearer(self, server: str) -> str:
        if server not in self._bearers:
            self._bearers[server] = self._key.bearer_for(server)
        return self._bearers[server]

    def _address(self, path: str) -> str:
        if not path.startswith(("http://", "https://")):
            return self.url + API + path.lstrip("/")
        # The bearer goes to the platform only, whatever a page's `next` says.
        if _origin(path) != _origin(self.url):
            raise NetworkError("the server's next page is on another server; this is not followed")
        return path


def normalize_url(url: str) -> str:
    """The address of the platform without the API's path: `https://host[:port][/prefix]`."""
    parts = urlsplit(url.strip())
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.username or parts.query or parts.fragment:
        raise ValueError("the platform's address looks like https://host")
    path = parts.path.rstrip("/").removesuffix(API.rstrip("/")).rstrip("/")
    return f"{parts.scheme}://{parts.netloc.lower()}{path}"


def is_plain_and_remote(url: str) -> bool:
    """Whether bearers would cross a network unencrypted."""
    parts = urlsplit(url)
    return parts.scheme == "http" and parts.hostname not in ("127.0.0.1", "localhost", "::1")


def problem_error(response: httpx.Response, server: str, request_id: str) -> RequestError:
    """The typed error of an answer that is not a success. Unreadable bodies are dropped, never repeated.

    Its `extra` names the `server` and the `request_id`, beside the problem's own further members.
    """
    try:
        body = response.json()
    except ValueError:
        body = None
    problem: dict[str, Any] = body if isinstance(body, dict) else {}
    status = response.status_code
    extra = {name: value for name, value in problem.items() if name not in _STANDARD}
    extra |= {"server": server, "request_id": request_id}
    known: dict[str, Any] = {
        "status": status,
        "code": str(problem.get("code") or f"http-{status}"),
        "title": str(problem.get("title") or response.reason_phrase)[:200],
        "detail": str(problem.get("detail") or "")[:500],
        "extra": extra,
    }
    if status in (401, 403):
        return AuthenticationError(**known)
    if status == 429:
        pause = _retry_after(response)
        return QuotaError(**known, retry_after=None if pause is None else round(pause))
    return RefusedError(**known)


_STANDARD: Final = frozenset({"type", "title", "status", "detail", "instance", "code"})


def _decoded(response: httpx.Response, request_id: str) -> Any:
    if response.status_code == 204:
        return None
    try:
        return json.loads(response.content)
    except ValueError:
        raise NetworkError(
            f"the answer of {_origin(str(response.url))} is not JSON; is this the platform's address?",
            request_id=request_id,
        ) from None


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.lower()}"


def _backoff(attempt: int) -> float:
    return float(min(8.0, 0.2 * 2**attempt) * _RANDOM.uniform(0.5, 1.0))


def _retry_after(response: httpx.Response) -> float | None:
    """Seconds of a Retry-After header in either of its forms (RFC 9110 section 10.2.3)."""
    text = response.headers.get("Retry-After", "").strip()
    if text.isdigit():
        return float(text)
    try:
        return max(0.0, email.utils.parsedate_to_datetime(text).timestamp() - time.time())
    except (TypeError, ValueError):
        return None
