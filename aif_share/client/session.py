"""HTTP of a member: one bearer per server, patient retries, problems as typed errors.

A write is only ever repeated with the Idempotency-Key it had the first time, so a retry cannot count twice.
Not here: what the requests mean.
"""

from __future__ import annotations

import json
import secrets
import time
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import TracebackType
from typing import IO, Any, Final, NamedTuple, TypeVar

import httpx

from aif_share import __version__
from aif_share.client.addresses import API, normalize_url, origin
from aif_share.client.answers import answered_id, problem_error, retry_after
from aif_share.errors import NetworkError, RequestError
from aif_share.wire.keys import PLATFORM, MemberKey

RETRIED: Final = frozenset({429, 502, 503, 504})
BUSY: Final = "idempotency-busy"
PATIENCE: Final = 60.0
"""Seconds one request may spend waiting between its attempts."""
FIRST_PATIENCE: Final = 10.0
"""The same for a server that never answered yet: its address is more likely wrong than it is away."""
_LOOPBACK: Final = ("127.0.0.1", "localhost", "[::1]")
_RANDOM: Final = secrets.SystemRandom()
JSON: Final = "application/json"
_Piece = TypeVar("_Piece", str, bytes)


@dataclass(frozen=True, slots=True)
class Reply:
    """A successful answer: its status, its headers (names in lower case), and its decoded JSON, None without a body."""

    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: Any = field(repr=False)


class Piece(NamedTuple):
    """Where a piece of something larger begins, and how many bytes it has."""

    offset: int
    length: int


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
            headers={"User-Agent": f"aif-share/{__version__}", "Accept": JSON, "Accept-Language": "en"},
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

    def write(
        self,
        method: str,
        path: str,
        body: Mapping[str, Any] | None = None,
        *,
        idempotency_key: str | None = None,
        version: int | None = None,
    ) -> Any:
        """Change something: its own Idempotency-Key unless one is given, `version` as If-Match; the decoded JSON."""
        return self.send(
            method,
            self._address(path),
            body=None if body is None else json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode(),
            idempotency_key=idempotency_key or uuid.uuid4().hex,
            version=version,
        ).body

    def send_piece(self, path: str, blocks: Callable[[], Iterable[bytes]], *, piece: Piece, content_type: str) -> Any:
        """PATCH one piece of something larger, once, block by block; the decoded JSON."""
        return self.send("PATCH", self._address(path), body=blocks, content_type=content_type, piece=piece).body

    def upload(
        self, path: str, file: IO[bytes], *, content_type: str, idempotency_key: str | None, method: str = "POST"
    ) -> Any:
        """POST or PUT a file from its beginning, the same bytes at every attempt; the decoded JSON."""

        def reopened() -> IO[bytes]:
            file.seek(0)
            return file

        return self.send(
            method, self._address(path), body=reopened, content_type=content_type, idempotency_key=idempotency_key
        ).body

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
        """Send until there is an answer or patience ends; the decoded JSON. Raises as `send`."""
        return self.send(method, url, server=server, body=body, params=params, idempotency_key=idempotency_key).body

    def send(
        self,
        method: str,
        url: str,
        *,
        server: str = PLATFORM,
        body: bytes | Callable[[], Iterable[bytes]] | None = None,
        content_type: str = JSON,
        params: Mapping[str, str] | None = None,
        idempotency_key: str | None = None,
        version: int | None = None,
        piece: Piece | None = None,
    ) -> Reply:
        """Send until there is an answer or patience ends. A `body` that is made anew is made for every attempt.

        Raise AuthenticationError, QuotaError or a RefusedError for a problem, NetworkError without an answer.
        """
        headers, request_id = self._headers(server)
        if body is not None:
            headers["Content-Type"] = content_type
        if idempotency_key is not None:
            headers["Idempotency-Key"] = idempotency_key
        if version is not None:
            headers["If-Match"] = f'"{version}"'
        if piece is not None:
            headers |= {"Upload-Offset": str(piece.offset), "Content-Length": str(piece.length)}

        def once() -> httpx.Response:
            content = body() if callable(body) else body
            return self._http.request(method, url, content=content, params=params, headers=headers)

        may_repeat = method == "GET" or idempotency_key is not None
        response = self._attempt(once, url, server, request_id, may_repeat=may_repeat)
        return Reply(response.status_code, dict(response.headers.items()), _decoded(response, request_id))

    @contextmanager
    def lines(self, path: str, *, accept: str) -> Iterator[Iterator[str]]:
        """GET a path as lines while they arrive; `with session.lines(…) as lines`. Raises as `send`, also midway."""
        with self._streamed(path, accept, None, httpx.Response.iter_lines) as lines:
            yield lines

    @contextmanager
    def chunks(
        self, path: str, *, accept: str, params: Mapping[str, str] | None = None, body: Mapping[str, Any] | None = None
    ) -> Iterator[Iterator[bytes]]:
        """GET a path as bytes while they arrive, like `lines`; POST it, once, if there is a `body`."""
        with self._streamed(path, accept, params, httpx.Response.iter_bytes, body) as chunks:
            yield chunks

    @contextmanager
    def _streamed(
        self,
        path: str,
        accept: str,
        params: Mapping[str, str] | None,
        cut: Callable[[httpx.Response], Iterator[_Piece]],
        body: Mapping[str, Any] | None = None,
    ) -> Iterator[Iterator[_Piece]]:
        url, (headers, request_id) = self._address(path), self._headers(PLATFORM)
        method, headers = "GET" if body is None else "POST", headers | {"Accept": accept}
        asked = self._http.build_request(method, url, params=params, json=body, headers=headers)

        def once() -> httpx.Response:
            response = self._http.send(asked, stream=True)
            if not response.is_success:
                response.read()
            return response

        response = self._attempt(once, url, PLATFORM, request_id, may_repeat=body is None)

        def read() -> Iterator[_Piece]:
            try:
                yield from cut(response)
            except httpx.HTTPError as error:
                raise _no_answer(url, error, request_id, "broke off; ask again") from None

        try:
            yield read()
        finally:
            response.close()

    def _headers(self, server: str) -> tuple[dict[str, str], str]:
        request_id = uuid.uuid4().hex
        return {"Authorization": f"Bearer {self._bearer(server)}", "X-Request-ID": request_id}, request_id

    def _attempt(
        self, once: Callable[[], httpx.Response], url: str, server: str, request_id: str, *, may_repeat: bool
    ) -> httpx.Response:
        """A successful response of `once`, called again where that is safe and patience lasts."""
        waited, attempt = 0.0, 0
        while True:
            failure: RequestError | NetworkError
            try:
                response = once()
            except (httpx.TransportError, httpx.InvalidURL) as error:
                failure = _no_answer(url, error, request_id, "check the address and the network")
                repeat, pause = may_repeat and isinstance(error, httpx.TransportError), _backoff(attempt)
            else:
                self._reached.add(origin(url))
                if response.is_success:
                    return response
                failure = problem_error(response, server, request_id)
                repeat = may_repeat and (response.status_code in RETRIED or failure.code == BUSY)
                asked = retry_after(response)
                pause = _backoff(attempt) if asked is None else asked
            patience = self._patience if origin(url) in self._reached else min(self._patience, FIRST_PATIENCE)
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
        if origin(path) != origin(self.url):
            raise NetworkError("the server's next page is on another server; this is not followed")
        return path


def _decoded(response: httpx.Response, request_id: str) -> Any:
    if response.status_code == 204 or not response.content:
        return None
    try:
        return json.loads(response.content)
    except ValueError:
        raise NetworkError(
            f"the answer of {origin(str(response.url))} is not JSON; is this the platform's address?",
            request_id=answered_id(response, request_id),
        ) from None


def _no_answer(url: str, error: Exception, request_id: str, advice: str) -> NetworkError:
    return NetworkError(f"no answer from {origin(url)} ({type(error).__name__}); {advice}", request_id=request_id)


def _backoff(attempt: int) -> float:
    return float(min(8.0, 0.2 * 2**attempt) * _RANDOM.uniform(0.5, 1.0))
