"""Every error of aif_share, in one tree.

No message, repr or attribute ever holds an identifier, token, secret or blind; lists are spoken of by index.

    AifShareError
    ├── InvalidIdentifier (ValueError)   identifier-invalid    a raw value is not of its type
    ├── UnknownType (ValueError)         type-unknown          no such identifier type
    ├── MalformedToken (ValueError)      token-malformed | raw-identifier | unkeyed-hash
    ├── InvalidElement (ValueError)      element-invalid       bytes that are not a usable group element, with index
    ├── InvalidScalar (ValueError)       scalar-invalid        a scalar that is zero or not canonical
    ├── InvalidInput (ValueError)        input-invalid         empty or unequal lists, an input of a wrong length
    ├── MalformedKey (ValueError)        key-malformed         text that is not a member's key
    ├── ProofError                       proof-invalid         a proof or signature does not hold
    │   └── InvalidWebhook               webhook-invalid       a webhook's signature, time or form is not right
    ├── PinError                         pin-mismatch          signed by another key than the pinned one
    │   └── LogRestored                  log-restored          the platform's log lost something to a restore, and says so
    ├── NothingKept                      nothing-kept          no checkpoint of the log is kept here yet
    ├── NetworkError                     network               no answer, or none that can be read
    ├── RequestError                     (the server's code)   an RFC 9457 answer
    │   ├── AuthenticationError          401, 403              the key is unknown, expired, suspended or lacks a scope
    │   ├── QuotaError                   429                   quota-exhausted, with retry_after
    │   │   └── RateLimited              429                   too-many-requests: slow down, then go on
    │   └── RefusedError                 every other status
    │       ├── NotFound                 404                   not there, or not yours
    │       ├── Conflict                 409                   what stands there says otherwise
    │       ├── VersionChanged           412, 428              somebody changed it meanwhile: read it again
    │       ├── InvalidRequest           400, 413, 415, 422    a field, a token or the framing is wrong
    │       └── ServerError              5xx                   the other side failed; repeat with the same key
    └── Refusal                          (its own code)        a server's expected refusal, before it becomes an answer

Not here: HTTP statuses of codes, which stand in `aif_share.wire.problems`.
"""

from __future__ import annotations

from typing import Any


class AifShareError(Exception):
    """Base of all errors here: a stable `code`, and `extra`, the public members of a problem document."""

    code: str = "error"

    def __init__(self, message: str = "", **extra: Any) -> None:
        super().__init__(message or self.code)
        self.extra: dict[str, Any] = extra


class InvalidIdentifier(AifShareError, ValueError):
    """A raw value does not fit its type. The message names the rule, never the value."""

    code = "identifier-invalid"

    def __init__(self, message: str = "", *, suggested_type: str | None = None, **extra: Any) -> None:
        if suggested_type is not None:
            extra["suggested_type"] = suggested_type
        super().__init__(message, **extra)
        self.suggested_type = suggested_type


class UnknownType(AifShareError, ValueError):
    """No identifier type has this code."""

    code = "type-unknown"


class MalformedToken(AifShareError, ValueError):
    """A text is not a token; `code` says whether it looks like a raw identifier or an unkeyed hash instead."""

    code = "token-malformed"

    def __init__(self, message: str = "", *, code: str = "token-malformed", **extra: Any) -> None:
        self.code = code
        super().__init__(message, **extra)


class InvalidElement(AifShareError, ValueError):
    """Not a usable element of the group (RFC 9496 encoding, bit 255 clear, not the identity); `index` in its list."""

    code = "element-invalid"

    def __init__(self, message: str = "", *, index: int | None = None, **extra: Any) -> None:
        if index is not None:
            extra["index"] = index
        super().__init__(message, **extra)
        self.index = index


class InvalidScalar(AifShareError, ValueError):
    """A scalar that is zero, not below the group order, or not 32 bytes long."""

    code = "scalar-invalid"


class InvalidInput(AifShareError, ValueError):
    """A list that is empty, too long or of another length than its partner, or an input of a wrong length."""

    code = "input-invalid"


class MalformedKey(AifShareError, ValueError):
    """A text is not a member's key of the form `aif_live_<id>_<secret>`."""

    code = "key-malformed"


class ProofError(AifShareError):
    """A proof or a signature does not hold: what was received must not be used."""

    code = "proof-invalid"


class InvalidWebhook(ProofError):
    """A message that is not from the platform, too old, or not of the form: answer it with 400 and use nothing of it."""

    code = "webhook-invalid"


class PinError(AifShareError):
    """A directory is signed by another key than the one pinned at first use."""

    code = "pin-mismatch"


class LogRestored(PinError):
    """The platform says that its database was restored, and its log goes on under another name: a person has to accept it."""

    code = "log-restored"


class NothingKept(AifShareError):
    """This key keeps no checkpoint of the platform's log yet: a first use, and no mismatch."""

    code = "nothing-kept"


class NetworkError(AifShareError):
    """No answer, or none that can be read."""

    code = "network"


class RequestError(AifShareError):
    """A server's RFC 9457 answer: `status`, `code`, `title`, `detail`, and its further members in `extra`."""

    code = "request-refused"

    def __init__(
        self, *, status: int, code: str, title: str = "", detail: str = "", extra: dict[str, Any] | None = None
    ) -> None:
        self.status = status
        self.code = code
        self.title = title
        self.detail = detail
        super().__init__(": ".join(part for part in (f"{status} {code}", detail or title) if part), **(extra or {}))


class AuthenticationError(RequestError):
    """The key was not accepted (401) or may not do this (403)."""


class QuotaError(RequestError):
    """The day's quota is used up (429); `retry_after` is in seconds, None if the server did not say."""

    def __init__(
        self,
        *,
        status: int = 429,
        code: str = "quota-exhausted",
        title: str = "",
        detail: str = "",
        extra: dict[str, Any] | None = None,
        retry_after: int | None = None,
    ) -> None:
        super().__init__(status=status, code=code, title=title, detail=detail, extra=extra)
        self.retry_after = retry_after


class RateLimited(QuotaError):
    """Too many requests in a short time (429 too-many-requests): nothing is used up; `retry_after` seconds later it goes on."""


class RefusedError(RequestError):
    """Any other refusal; one of the classes below where its status has one."""


class NotFound(RefusedError):
    """Not there, or another institution's: the two cannot be told apart (404)."""


class Conflict(RefusedError):
    """What stands there says otherwise: a state, a limit, a key used for other content (409)."""


class VersionChanged(RefusedError):
    """Somebody changed it since you read it (412), or you did not say which version you mean (428). Read it again."""


class InvalidRequest(RefusedError):
    """A field, a token or the framing is wrong (400, 413, 415, 422); `extra` may hold an `index` or a `field`."""


class ServerError(RefusedError):
    """The other side failed or is busy (5xx). The same call under the same Idempotency-Key is safe to repeat."""


class Refusal(AifShareError):
    """An expected refusal on a server: a stable code, a sentence fit for the screen, and public extra members.

    The HTTP status of a code is in one table, `aif_share.wire.problems`.
    """

    on_trail = False  # whether the audit trail of the server tells of it already

    def __init__(self, code: str, detail: str = "", **extra: Any) -> None:
        self.code = code
        self.detail = detail
        super().__init__(detail or code, **extra)
