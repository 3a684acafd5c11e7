"""What the platform answers, as typed Python: frozen dataclasses that overlook fields they do not know, and errors.

A later platform may say more than this client knows, and an earlier one less: unknown members are dropped, missing
ones and nulls are the field's default. `body` keeps the whole answer as it came.
"""

from __future__ import annotations

import email.utils
import re
import time
import types
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, field, fields
from datetime import datetime
from typing import Any, Final, Self, Union, get_args, get_origin, get_type_hints

import httpx

from aif_share.errors import (
    AuthenticationError,
    Conflict,
    InvalidInput,
    InvalidRequest,
    NetworkError,
    NotFound,
    QuotaError,
    RateLimited,
    RefusedError,
    RequestError,
    ServerError,
    VersionChanged,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """Base of all answers. A subclass is a table of fields: str, int, bool, datetime, another answer, or tuples of these."""

    body: Mapping[str, Any] = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def read(cls, body: Any) -> Self:
        """Read decoded JSON. Raise NetworkError, without its content, for something of another shape."""
        if not isinstance(body, dict):
            raise _unreadable(cls)
        values: dict[str, Any] = {"body": body}
        for name, (kind, required) in _shape(cls).items():
            if body.get(name) is not None or (required and name in body):
                try:
                    values[name] = _value(kind, body[name])
                except ValueError:
                    raise _unreadable(cls, name) from None
            elif required:
                raise _unreadable(cls, name)
        return cls(**values)


_SHAPES: dict[str, dict[str, tuple[Any, bool]]] = {}


def _shape(cls: type[Answer]) -> dict[str, tuple[Any, bool]]:
    """The type of each field, and whether an answer has to have it."""
    name = f"{cls.__module__}.{cls.__qualname__}"
    if name not in _SHAPES:
        hints = get_type_hints(cls)
        _SHAPES[name] = {
            each.name: (hints[each.name], each.default is MISSING and each.default_factory is MISSING)
            for each in fields(cls)
            if each.name != "body"
        }
    return _SHAPES[name]


def _value(kind: Any, value: Any) -> Any:
    """The value as its field has it. Raise ValueError, whose text is not shown, for one of another kind."""
    origin = get_origin(kind)
    if origin in (Union, types.UnionType):
        (inner,) = (each for each in get_args(kind) if each is not type(None))
        return None if value is None else _value(inner, value)
    if origin is tuple and isinstance(value, list):
        return tuple(_value(get_args(kind)[0], each) for each in value)
    if origin in (dict, Mapping) and isinstance(value, dict):
        return value
    if isinstance(kind, type):
        if issubclass(kind, Answer):
            return kind.read(value)
        if kind is datetime and isinstance(value, str):
            return datetime.fromisoformat(value)
        if isinstance(value, kind) and (kind is bool or not isinstance(value, bool)):
            return value
    raise ValueError


def _unreadable(cls: type[Answer], name: str = "") -> NetworkError:
    where = f" (its field {name})" if name else ""
    return NetworkError(f"the platform's answer is no {cls.__name__}{where}; is aif-share older than the platform?")


_NUMBER: Final = re.compile(r"[A-Z0-9]{1,40}")


def reference(kind: str, text: str) -> str:
    """Check that `text` is a reference `<kind>-…` before it goes into an address, which is logged on the way.

    Raise InvalidInput, which does not repeat it: what stands there by mistake may be an identifier.
    """
    if not text.startswith(f"{kind}-") or _NUMBER.fullmatch(text, len(kind) + 1) is None:
        raise InvalidInput(f"a reference of the form {kind}-… is needed here")
    return text


_STANDARD: Final = frozenset({"type", "title", "status", "detail", "instance", "code"})
_KINDS: Final[Mapping[int, type[RefusedError]]] = {
    400: InvalidRequest,
    404: NotFound,
    409: Conflict,
    412: VersionChanged,
    413: InvalidRequest,
    415: InvalidRequest,
    422: InvalidRequest,
    428: VersionChanged,
}


def answered_id(response: httpx.Response, sent: str) -> str:
    """The id under which the other side knows the request: the platform ignores `sent` and makes its own."""
    named = response.headers.get("X-Request-ID", "")
    return named if re.fullmatch("[A-Za-z0-9_-]{1,64}", named) else sent


def problem_error(response: httpx.Response, server: str, request_id: str) -> RequestError:
    """The typed error of an answer that is not a success. Unreadable bodies are dropped, never repeated.

    Its `extra` names the `server` and the `request_id`, beside the problem's own further members: the id that the answer
    names, for the other side's log knows it; ours only where it names none.
    """
    try:
        body = response.json()
    except ValueError:
        body = None
    problem: dict[str, Any] = body if isinstance(body, dict) else {}
    status = response.status_code
    extra = {name: value for name, value in problem.items() if name not in _STANDARD}
    extra |= {"server": server, "request_id": answered_id(response, request_id)}
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
        pause = retry_after(response)
        kind = RateLimited if known["code"] == "too-many-requests" else QuotaError
        return kind(**known, retry_after=None if pause is None else round(pause))
    return _KINDS.get(status, ServerError if status >= 500 else RefusedError)(**known)


def retry_after(response: httpx.Response) -> float | None:
    """Seconds of a Retry-After header in either of its forms (RFC 9110 section 10.2.3)."""
    text = response.headers.get("Retry-After", "").strip()
    if text.isdigit():
        return float(text)
    try:
        return max(0.0, email.utils.parsedate_to_datetime(text).timestamp() - time.time())
    except (TypeError, ValueError):
        return None
