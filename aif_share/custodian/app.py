"""The custodian over HTTP: a small WSGI application.

    POST /evaluate                  a member's elements, multiplied and proved
    GET  /me                        a member's own quota
    GET  /keys[?epoch=N]            public keys, public
    GET  /healthz                   whether it answers
    PUT  /operator/members/<REF>    one member's full state, from the platform that keeps the list

Pages of the configured portal origins may ask the first two from a browser. Refusals are RFC 9457 documents. Logged
are the institution, type, epoch and number of elements; nothing that came in.
"""

from __future__ import annotations

import json
import logging
import re
import time
import traceback
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from hashlib import sha256
from hmac import compare_digest
from typing import Any, Final
from urllib.parse import parse_qs

from aif_share import __version__
from aif_share.custodian import charging
from aif_share.custodian.keyring import Keyring
from aif_share.custodian.operator import read_member
from aif_share.custodian.origins import PortalOrigins
from aif_share.custodian.request import array, read_object, text, whole_number
from aif_share.custodian.store import Store
from aif_share.errors import InvalidElement, Refusal
from aif_share.oprf import encoding
from aif_share.oprf.server import evaluate_checked
from aif_share.oprf.threads import spread
from aif_share.wire import keys, limits, problems

log: Final = logging.getLogger("aif_share.custodian")

StartResponse = Callable[[str, list[tuple[str, str]]], object]
Environ = Mapping[str, Any]
Answer = tuple[int, dict[str, Any]]

_MEMBER: Final = re.compile(r"/operator/members/([A-Za-z0-9][A-Za-z0-9._-]{0,63})")
_IDEMPOTENCY_KEY: Final = re.compile(rf"[\x21-\x7e]{{1,{limits.MAX_IDEMPOTENCY_KEY}}}")
_REASONS: Final = {200: "OK", 204: "No Content", **{row.status: row.title_en for row in problems.PROBLEMS.values()}}


class Custodian:
    """One custodian's WSGI application. `clock` gives the time with its zone."""

    def __init__(
        self,
        *,
        name: str,
        keyring: Keyring,
        store: Store,
        operator_tokens: Sequence[str] = (),
        portal_origins: PortalOrigins | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.name = name
        self._keyring = keyring
        self._store = store
        self._operator_digests = tuple(sha256(token.encode()).digest() for token in operator_tokens)
        self._origins = portal_origins or PortalOrigins()
        self._clock = clock
        self._routes: dict[str, dict[str, Callable[[Environ], Answer]]] = {
            "/evaluate": {"POST": self._evaluate},
            "/me": {"GET": self._me},
            "/keys": {"GET": self._keys},
            "/healthz": {"GET": self._health},
        }

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request."""
        headers = [("Cache-Control", "no-store"), ("X-Content-Type-Options", "nosniff")]
        headers += self._origins.headers(environ)
        preflight = self._origins.preflight(environ, self._routes.get(str(environ.get("PATH_INFO")), {}))
        if preflight is not None:
            start_response(f"204 {_REASONS[204]}", headers + preflight)
            return []
        content_type = "application/json"
        try:
            status, body = self._answer(environ)
        except Refusal as refusal:
            status, body = self._refuse(refusal, headers)
            content_type = problems.CONTENT_TYPE
        except Exception as error:
            # The process edge. An exception's own text may hold what came in, so only its place is logged.
            log.error("failed: %s at %s", type(error).__name__, _place(error))
            status, body = self._refuse(Refusal("internal"), headers)
            content_type = problems.CONTENT_TYPE
        data = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
        headers += [("Content-Type", content_type), ("Content-Length", str(len(data)))]
        start_response(f"{status} {_REASONS.get(status, 'Refused')}", headers)
        return [] if environ["REQUEST_METHOD"] == "HEAD" else [data]

    def _answer(self, environ: Environ) -> Answer:
        path, method = str(environ.get("PATH_INFO") or ""), str(environ["REQUEST_METHOD"])
        member = _MEMBER.fullmatch(path)
        if member and self._operator_digests:
            methods: Mapping[str, Callable[[Environ], Answer]] = {"PUT": lambda _: self._put_member(environ, member[1])}
        elif path in self._routes:
            methods = self._routes[path]
        else:
            raise Refusal("not-found", "there is nothing at this address")
        if method not in methods:
            raise Refusal("method-not-allowed", f"allowed here: {', '.join(methods)}", allow=list(methods))
        return methods[method](environ)

    def _refuse(self, refusal: Refusal, headers: list[tuple[str, str]]) -> Answer:
        body = problems.document(refusal.code, refusal.detail, **refusal.extra)
        if "retry_after" in body:
            headers.append(("Retry-After", str(body["retry_after"])))
        if "allow" in body:
            headers.append(("Allow", ", ".join(body.pop("allow"))))
        if body["status"] == 401:
            headers.append(("WWW-Authenticate", 'Bearer realm="aif-share"'))
        log.info("refused code=%s", refusal.code)
        return body["status"], body

    def _verifier(self, environ: Environ) -> str:
        bearer = _bearer(environ)
        if keys.bearer_id(bearer) is None:
            raise Refusal("unauthenticated", "send Authorization: Bearer with this custodian's bearer of your key")
        return keys.verifier(bearer)

    def _evaluate(self, environ: Environ) -> Answer:
        begun = time.monotonic()
        verifier, now = self._verifier(environ), self._clock()
        member = charging.authenticate(self._store, verifier, now=now)
        body = read_object(environ, limit=limits.MAX_EVALUATE_BODY, fields=("type", "epoch", "elements"))
        type, epoch, texts = text(body, "type"), whole_number(body, "epoch"), array(body, "elements")
        key = self._keyring.key(type, epoch)
        if not texts:
            raise Refusal("empty", "there are no elements")
        if len(texts) > limits.MAX_ELEMENTS:
            raise Refusal("too-large", f"more than {limits.MAX_ELEMENTS} elements", limit=limits.MAX_ELEMENTS)
        elements = _decode(texts)
        repeat_key = environ.get("HTTP_IDEMPOTENCY_KEY")
        repeat = None
        if repeat_key is not None:
            if not _IDEMPOTENCY_KEY.fullmatch(repeat_key):
                raise Refusal("idempotency-key-invalid", "an Idempotency-Key has 1 to 255 printable ASCII characters")
            repeat = charging.Repeat.of(repeat_key, type, epoch, elements)
        charged = charging.charge(self._store, verifier, len(elements), now=now, repeat=repeat)
        evaluation = evaluate_checked(key, elements)
        log.info(
            "evaluated institution=%s type=%s epoch=%d elements=%d charged=%d ms=%d",
            member.ref,
            type,
            epoch,
            len(elements),
            charged,
            (time.monotonic() - begun) * 1000,
        )
        return 200, {
            "type": type,
            "epoch": epoch,
            "custodian": self.name,
            "elements": [encoding.encode(element) for element in evaluation.elements],
            "proof": encoding.encode(evaluation.proof),
        }

    def _me(self, environ: Environ) -> Answer:
        now = self._clock()
        member = charging.authenticate(self._store, self._verifier(environ), now=now)
        day = charging.day_of(now)
        used = self._store.get_used(member.ref, day)
        return 200, {
            "custodian": self.name,
            "institution": member.ref,
            "quota": {"evaluate": {"limit": member.evaluate_quota, "used": used, "day": day}},
        }

    def _keys(self, environ: Environ) -> Answer:
        query = parse_qs(str(environ.get("QUERY_STRING") or ""), keep_blank_values=True, max_num_fields=10)
        if set(query) - {"epoch"}:
            raise Refusal("unknown-field", "only epoch is asked for here")
        epoch = query.get("epoch", [None])[-1]
        if epoch is not None and not re.fullmatch(r"[0-9]{1,9}", epoch):
            raise Refusal("epoch-unknown", "an epoch is a number from 1")
        return 200, {"custodian": self.name, **self._keyring.public(None if epoch is None else int(epoch))}

    def _health(self, environ: Environ) -> Answer:
        self._store.get_used("", "")
        return 200, {"status": "ok", "custodian": self.name, "version": __version__}

    def _put_member(self, environ: Environ, ref: str) -> Answer:
        given = sha256(_bearer(environ).encode()).digest()
        # Each is compared, whichever it is: how long this takes says nothing.
        if not sum(compare_digest(given, each) for each in self._operator_digests):
            raise Refusal("unauthenticated", "this is not the operator's token")
        member = read_member(environ, ref)
        applied = self._store.put_member(member)
        log.info("member institution=%s version=%d state=%s applied=%s", ref, member.version, member.state, applied)
        return 200, {"institution": ref, "version": member.version, "applied": applied}


def _bearer(environ: Environ) -> str:
    scheme, _, bearer = str(environ.get("HTTP_AUTHORIZATION") or "").partition(" ")
    return bearer.strip() if scheme.lower() == "bearer" else ""


def _decode(texts: list[Any]) -> list[bytes]:
    try:
        parts = spread(
            len(texts),
            lambda start, stop: [encoding.decode_element(each) for each in texts[start:stop]],
        )
        return [element for part in parts for element in part]
    except InvalidElement:
        # Which piece failed first is chance; the answer names the first bad element.
        for index, each in enumerate(texts):
            try:
                encoding.decode_element(each)
            except InvalidElement:
                raise Refusal("element-invalid", "an element is not valid; nothing was charged", index=index) from None
        raise


def _place(error: BaseException) -> str:
    frames = traceback.extract_tb(error.__traceback__, limit=-3)
    return " < ".join(f"{frame.filename.rpartition('/')[2]}:{frame.lineno}" for frame in reversed(frames))
