"""Who the statements of this thread are made for, and the signed form in which the database is told.

The setting `aif.context` is `key id.backend.expiry.institution.person.lookup.MAC`: the number of the server process it
is for, seconds since 1970, the two row numbers (or nothing), what is looked up before anybody is known (`kind-digest`),
and HMAC-SHA256 (RFC 2104) in hexadecimal over all before it. `config.postgresql` puts it before the first statement of a
transaction, for that transaction only.
"""

from __future__ import annotations

import contextlib
import hashlib
import hmac
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from dataclasses import dataclass, replace
from typing import Final

from django.conf import settings

SETTING: Final = "aif.context"
LIVES_S: Final = 60
"""A transaction must begin within so many seconds of its context; the database's clock counts."""
_SIGNED_ANEW_S: Final = 15


@dataclass(frozen=True, slots=True)
class Context:
    """Whom statements are made for, by row number; `lookup` names the one thing that may be found before."""

    institution: int | None = None
    person: int | None = None
    lookup: str = ""


NOBODY: Final = Context()
_current: ContextVar[Context] = ContextVar("row_security", default=NOBODY)
_signed: dict[tuple[bytes, Context, int], tuple[float, str]] = {}
"""By key, context and server process: when the value was signed, and the value. A request goes between two, the next asks again."""
_SIGNED_KEPT: Final = 1_000


def act_for(*, institution: int | None = None, person: int | None = None) -> None:
    """Say whom the rest of this request is for, once it is authenticated; `leave` ends it."""
    _current.set(replace(_current.get(), institution=institution, person=person))


def leave() -> None:
    """Act for nobody: at the beginning and at the end of a request."""
    _current.set(NOBODY)


@contextlib.contextmanager
def looking_up(kind: str, value: str) -> Iterator[None]:
    """Let the rows of one credential, user name, invitation or session be found by whoever can name it.

    `kind` is a word of letters. The database learns a digest: the value itself may be a secret.
    """
    before = _current.get().lookup
    _current.set(replace(_current.get(), lookup=f"{kind}-{hashlib.sha256(value.encode()).hexdigest()}"))
    try:
        yield
    finally:
        # Only the lookup ends: a login that succeeded inside acts for its person from then on.
        _current.set(replace(_current.get(), lookup=before))


def is_kept() -> bool:
    """Whether this process signs contexts at all: web does, and nobody else holds the keys."""
    return bool(settings.AIF_CONTEXT_KEYS)


def signed(backend: int, clock: Callable[[], float]) -> str:
    """Return the value of the setting for a server process, or "" for nobody; made anew every few seconds.

    `clock` tells the seconds since 1970 by that server: a machine whose own clock is wrong signs the right ones.
    """
    context = _current.get()
    if context == NOBODY:
        return ""
    key_id, key = next(reversed(settings.AIF_CONTEXT_KEYS.items()))
    now, kept = clock(), _signed.get((key, context, backend))
    if kept is not None and 0 <= now - kept[0] < _SIGNED_ANEW_S:
        return kept[1]
    said = (
        f"{key_id}.{backend}.{int(now) + LIVES_S}.{context.institution or ''}.{context.person or ''}.{context.lookup}"
    )
    value = f"{said}.{hmac.digest(key, said.encode(), 'sha256').hex()}"
    if len(_signed) >= _SIGNED_KEPT:
        _signed.clear()
    _signed[key, context, backend] = (now, value)
    return value
