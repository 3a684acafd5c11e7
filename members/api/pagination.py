"""Pages by cursor: `{"results": […], "next": "<url>" or null}`. No totals: they tell more than they help.

A cursor holds where the next page starts. It is sealed, so that row numbers stay ours and a cursor of one list,
or of one institution, does not open another.
"""

from __future__ import annotations

import base64
import binascii
import secrets
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from typing import Any

import orjson
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.utils.translation import gettext_noop
from rest_framework.request import Request

from aif_share.errors import Refusal

DEFAULT_SIZE = 100
MAX_SIZE = 1000
_NONCE = 12


@lru_cache(maxsize=2)
def _seal(key_hex: str) -> AESGCM:
    key = HKDF(algorithm=SHA256(), length=32, salt=b"", info=b"aif1|cursor").derive(bytes.fromhex(key_hex))
    return AESGCM(key)


def encode_cursor(position: Sequence[Any], *, scope: str) -> str:
    """Return a cursor for JSON-ready values; `scope` names the list and whose it is."""
    nonce = secrets.token_bytes(_NONCE)
    sealed = _seal(settings.AIF_REFERENCE_KEY).encrypt(nonce, orjson.dumps(list(position)), scope.encode())
    return base64.urlsafe_b64encode(nonce + sealed).decode("ascii").rstrip("=")


def decode_cursor(cursor: str, *, scope: str) -> list[Any]:
    """Return the values of a cursor of the same scope; refuse `cursor-invalid`."""
    try:
        raw = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        plain = _seal(settings.AIF_REFERENCE_KEY).decrypt(raw[:_NONCE], raw[_NONCE:], scope.encode())
    except (binascii.Error, ValueError, InvalidTag):
        raise Refusal("cursor-invalid", gettext_noop("Start again without a cursor.")) from None
    position: list[Any] = orjson.loads(plain)
    return position


def get_position(request: Request, *, scope: str) -> list[Any] | None:
    """Return where the asked-for page starts, None for the first page."""
    cursor = request.query_params.get("cursor")
    return None if cursor is None else decode_cursor(cursor, scope=scope)


def get_page_size(request: Request) -> int:
    """Return `limit` of the query string, 1 to `MAX_SIZE`, `DEFAULT_SIZE` without one."""
    text = request.query_params.get("limit")
    if text is None:
        return DEFAULT_SIZE
    if not (text.isascii() and text.isdigit() and len(text) <= 4 and 1 <= int(text) <= MAX_SIZE):
        raise Refusal("field-invalid", gettext_noop("limit is a number from 1 to 1000."), field="limit")
    return int(text)


def page(
    request: Request,
    rows: Iterable[Any],
    *,
    size: int,
    scope: str,
    position_of: Callable[[Any], Sequence[Any]],
    show: Callable[[Any], Any],
) -> dict[str, Any]:
    """Return one page of `rows`, which hold one row more than `size` if there is a next page."""
    found = list(rows)
    shown = found[:size]
    next_url = None
    if len(found) > size:
        next_url = _address_of(request, encode_cursor(position_of(shown[-1]), scope=scope))
    return {"results": [show(row) for row in shown], "next": next_url}


def onward(request: Request, results: list[Any], *, position: Sequence[Any], more: bool, scope: str) -> dict[str, Any]:
    """Return one page of a list that grows at its end. `cursor` is where to go on in any case, `next` None if there is no more now."""
    cursor = encode_cursor(position, scope=scope)
    return {"results": results, "next": _address_of(request, cursor) if more else None, "cursor": cursor}


def _address_of(request: Request, cursor: str) -> str:
    query = request.query_params.copy()
    query["cursor"] = cursor
    return request.build_absolute_uri(f"{request.path}?{query.urlencode()}")


def newest_first(
    request: Request,
    *,
    scope: str,
    fetch: Callable[[int | None, int], Iterable[Any]],
    show: Callable[[Any], Any],
) -> dict[str, Any]:
    """Return the asked-for page of a list that is kept by row number, newest first.

    `fetch(before, limit)` returns rows with an `id` below `before` (None: from the newest on).
    """
    size, position = get_page_size(request), get_position(request, scope=scope)
    rows = fetch(position[0] if position else None, size + 1)
    return page(request, rows, size=size, scope=scope, position_of=lambda row: [row.id], show=show)
