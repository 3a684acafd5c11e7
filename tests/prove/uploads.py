"""Large uploads as a member's program makes them: a file of clues, sent as a stream, cut off where a Show wants it.

Tokens are random bytes in the form of tokens: the platform sees hash outputs and cannot tell.
"""

from __future__ import annotations

import http.client
import json
import os
import time
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import urlsplit

from aif_share.wire.keys import PLATFORM, MemberKey

BLOCK = 64 * 1024
TIMEOUT = 600.0
TYPES = ("cn-mobile", "domain", "wechat", "bank-card")
FIELDS = {"category": "telecom-fraud", "grade": "B2", "channel": "inbound-call", "region": "CN-31"}

# Lines that are refused alone, and the code with which; `%s` is a good token.
BAD: Mapping[str, tuple[bytes, str]] = {
    "no JSON": (b"{", "row-malformed"),
    "a name twice": (b'{"client_ref":"a","client_ref":"b","category":"telecom-fraud","grade":"C",'
                     b'"identifiers":[{"type":"domain","epoch":1,"token":"%s"}]}', "row-malformed"),
    "NaN": (b'{"client_ref":"n","category":"telecom-fraud","grade":"C","amount_cny":NaN,"identifiers":[]}', "row-malformed"),
    "deep": (b'{"client_ref":' + b"[" * 2000 + b"]" * 2000 + b"}", "row-malformed"),
    "deep enough to be read": (b'{"client_ref":' + b"[" * 500 + b"]" * 500 + b"}", "row-malformed"),
    "a lone surrogate": (b'{"client_ref":"\\ud800","category":"telecom-fraud","grade":"C","identifiers":[]}', "row-malformed"),
    "a NUL": (b'{"client_ref":"a\x00b","category":"telecom-fraud","grade":"C","identifiers":[]}', "row-malformed"),
    "an escaped NUL": (b'{"client_ref":"a\\u0000b","category":"telecom-fraud","grade":"C",'
                       b'"identifiers":[{"type":"domain","epoch":1,"token":"%s"}]}', "client-ref-invalid"),
    "GB18030": (b'{"client_ref":"' + "案件".encode("gb18030") + b'"}', "charset"),
    "a byte order mark": (b'\xef\xbb\xbf{"client_ref":"a"}', "charset"),
    "too long": (b'{"client_ref":"' + b"a" * 70_000 + b'"}', "too-large"),
    "no object": (b'["client_ref"]', "row-malformed"),
    "nothing in it": (b"{}", "field-missing"),
    "a raw phone": (b'{"client_ref":"p","category":"telecom-fraud","grade":"C",'
                    b'"identifiers":[{"type":"cn-mobile","epoch":1,"token":"13800138000"}]}', "raw-identifier"),
    "no indicator": (b'{"client_ref":"i","category":"malicious-complaint","grade":"B2",'
                     b'"identifiers":[{"type":"domain","epoch":1,"token":"%s"}]}', "indicator-missing"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Sender:
    """An institution of a running stack: where it submits, and its bearer."""

    url: str
    bearer: str

    @classmethod
    def of(cls, url: str, api_key: str) -> Sender:
        return cls(url, MemberKey.parse(api_key).bearer_for(PLATFORM))

    def connect(self) -> http.client.HTTPConnection:
        parts = urlsplit(self.url)
        return http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=TIMEOUT)

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> tuple[int, Any]:
        """Send one request with a JSON body, or none, and return status and document."""
        connection = self.connect()
        try:
            content = None if body is None else json.dumps(body).encode()
            typed = {"Content-Type": "application/json"} if body is not None else {}
            named = {name.replace("_", "-"): value for name, value in headers.items()}
            connection.request(method, f"/api/v1{path}", content, {**self._headers, **typed, **named})
            answer = connection.getresponse()
            return answer.status, json.loads(answer.read() or b"null")
        finally:
            connection.close()

    @property
    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.bearer}"}

    def upload(
        self,
        path: Path,
        *,
        key: str,
        media: str = "application/x-ndjson",
        sent: Callable[[int], bool] = lambda _bytes: True,
    ) -> tuple[int, dict[str, Any]] | None:
        """POST a file as a batch; return status and document.

        `sent` is told how many bytes are out; once it says False the connection is closed there and None returned. None
        too when the other side is gone.
        """
        connection = self.connect()
        try:
            connection.putrequest("POST", "/api/v1/batches")
            fixed = {"Content-Type": media, "Idempotency-Key": key, "Content-Length": str(path.stat().st_size)}
            for name, value in {**self._headers, **fixed}.items():
                connection.putheader(name, value)
            connection.endheaders()
            total = 0
            with path.open("rb") as file:
                while block := file.read(BLOCK):
                    connection.send(block)
                    total += len(block)
                    if not sent(total):
                        return None
            answer = connection.getresponse()
            return answer.status, json.loads(answer.read())
        except (ConnectionError, http.client.HTTPException):
            return None
        finally:
            connection.close()

    def download(self, batch: str, media: str) -> Iterator[bytes]:
        """Yield the lines of a batch's results."""
        connection = self.connect()
        try:
            connection.request("GET", f"/api/v1/batches/{batch}/results", headers={**self._headers, "Accept": media})
            answer = connection.getresponse()
            if answer.status != 200:
                raise RuntimeError(f"the platform answered {answer.status}")
            yield from answer
        finally:
            connection.close()


def make_token() -> str:
    """32 random bytes in the form of a token."""
    return urlsafe_b64encode(os.urandom(32)).rstrip(b"=").decode()


def write_clues(
    path: Path, rows: int, *, shared: list[str] | None = None, bad: int = 0, start: int = 0
) -> dict[int, str]:
    """Write NDJSON of `rows` lines and return the code of each bad line by its row.

    The first identifiers are the tokens of `shared`, of type domain; `bad` lines stand evenly in between.
    """
    random, kinds = Random(rows), list(BAD.values())
    places = {start + (number * 2 + 1) * rows // (bad * 2): kinds[number % len(kinds)] for number in range(bad)}
    waiting = list(shared or ())
    with path.open("wb", buffering=1024 * 1024) as file:
        for row in range(rows):
            if row in places:
                line = places[row][0]
                file.write((line % make_token().encode() if b"%s" in line else line) + b"\n")
                continue
            kind, token = ("domain", waiting.pop()) if waiting else (random.choice(TYPES), make_token())
            clue = {
                "client_ref": f"r-{row:07d}-{os.urandom(4).hex()}",
                **FIELDS,
                "identifiers": [{"type": kind, "epoch": 1, "token": token}],
            }
            file.write(json.dumps(clue, separators=(",", ":")).encode() + b"\n")
    return {row: code for row, (_line, code) in places.items()}


def wait_released(sender: Sender, batch: str, *, timeout: float = 3600, pause: float = 0.5) -> list[dict[str, Any]]:
    """Follow a batch until it is released; return what it said of itself each time, with the seconds since the start."""
    clock = time.monotonic()
    said: list[dict[str, Any]] = []
    while time.monotonic() - clock < timeout:
        status, view = sender.ask("GET", f"/batches/{batch}")
        if status != 200:
            raise RuntimeError(f"the platform answered {status}")
        said.append({"seconds": round(time.monotonic() - clock, 1), **view})
        if view["released"] or view["state"] in ("held", "rejected"):
            return said
        time.sleep(pause)
    raise TimeoutError(f"the batch is not released after {timeout:g} s")
