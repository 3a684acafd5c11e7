"""Read a request's body: bounded while reading, UTF-8, one JSON object, no field that is not expected."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping
from typing import Any, Final, NoReturn

from aif_share.errors import Refusal

_NAMEABLE: Final = re.compile(r"[A-Za-z_]{1,40}")
_CHARSET: Final = re.compile(r'charset\s*=\s*"?([^\s;"]*)', re.IGNORECASE)


def read_object(environ: Mapping[str, Any], *, limit: int, fields: Collection[str]) -> dict[str, Any]:
    """The JSON object in the body, with exactly `fields`; raise Refusal."""
    _check_content_type(str(environ.get("CONTENT_TYPE") or ""))
    try:
        text = _read_bytes(environ, limit).decode("utf-8")
    except UnicodeDecodeError:
        raise Refusal("charset", "the body is not UTF-8") from None
    if text.startswith("\ufeff"):
        raise Refusal("charset", "the body begins with a byte order mark; send plain UTF-8")
    try:
        body = json.loads(text, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        raise Refusal("malformed", "the body is not JSON") from None
    if not isinstance(body, dict):
        raise Refusal("malformed", "the body is not a JSON object")
    unknown = sorted(set(body) - set(fields))
    if unknown:
        # A raw value may stand where a name belongs: only what looks like a name is repeated.
        raise Refusal(
            "unknown-field",
            "a field is not known here",
            fields=[name if _NAMEABLE.fullmatch(name) else "?" for name in unknown[:20]],
        )
    for field in fields:
        if field not in body:
            raise Refusal("field-missing", f"the field {field} is missing", field=field)
    return body


def whole_number(body: Mapping[str, Any], field: str) -> int:
    """A field that is a whole number (true is none)."""
    value = body[field]
    if type(value) is not int or abs(value) >= 2**62:
        raise Refusal("field-invalid", f"the field {field} is not a whole number", field=field)
    return value


def text(body: Mapping[str, Any], field: str) -> str:
    """A field that is a string."""
    value = body[field]
    if not isinstance(value, str):
        raise Refusal("field-invalid", f"the field {field} is not a string", field=field)
    return value


def array(body: Mapping[str, Any], field: str) -> list[Any]:
    """A field that is an array."""
    value = body[field]
    if not isinstance(value, list):
        raise Refusal("field-invalid", f"the field {field} is not an array", field=field)
    return value


def _check_content_type(value: str) -> None:
    if value.split(";")[0].strip().lower() != "application/json":
        raise Refusal("media-type", "send application/json")
    charset = _CHARSET.search(value)
    if charset and charset[1].lower() not in ("utf-8", "utf8"):
        raise Refusal("charset", "send UTF-8")


def _read_bytes(environ: Mapping[str, Any], limit: int) -> bytes:
    length = str(environ.get("CONTENT_LENGTH") or "")
    if length.isdigit() and int(length) > limit:
        raise Refusal("too-large", f"the body is larger than {limit} bytes", limit=limit)
    try:
        data: bytes = environ["wsgi.input"].read(limit + 1)
    except Exception:
        # The server's own error for a broken framing quotes it.
        raise Refusal("malformed", "the body ends early or is framed wrongly") from None
    if len(data) > limit:
        raise Refusal("too-large", f"the body is larger than {limit} bytes", limit=limit)
    return data


def _no_constant(name: str) -> NoReturn:
    raise ValueError("not JSON")
