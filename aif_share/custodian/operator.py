"""What the platform that keeps the members of this custodian sends: one member's full state, with a version."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from aif_share.custodian.request import array, read_object, text, whole_number
from aif_share.custodian.store import Member, Verifier, check_member
from aif_share.errors import Refusal
from aif_share.wire import keys, limits

FIELDS = ("version", "state", "evaluate_quota", "verifiers")


def read_member(environ: Mapping[str, Any], ref: str) -> Member:
    """The state in the body; raise Refusal."""
    body = read_object(environ, limit=limits.MAX_OPERATOR_BODY, fields=FIELDS)
    member = Member(
        ref=ref,
        state=text(body, "state"),
        evaluate_quota=whole_number(body, "evaluate_quota"),
        version=whole_number(body, "version"),
        verifiers=tuple(_verifier(each, index) for index, each in enumerate(array(body, "verifiers"))),
    )
    check_member(member)
    return member


def _verifier(each: Any, index: int) -> Verifier:
    if not isinstance(each, dict) or set(each) - {"verifier", "expires_at"} or "verifier" not in each:
        raise Refusal("field-invalid", "a verifier is {verifier, expires_at}", field="verifiers", index=index)
    digest, expires_at = each["verifier"], each.get("expires_at")
    if not isinstance(digest, str) or not keys.is_verifier(digest):
        raise Refusal("verifier-malformed", "a verifier has 64 lower-case hex digits", field="verifiers", index=index)
    return Verifier(digest, None if expires_at is None else read_time(expires_at, index))


def read_time(value: object, index: int | None = None) -> datetime:
    """An ISO 8601 time with its zone; raise Refusal."""
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise Refusal("field-invalid", "a time is ISO 8601 with its zone", field="expires_at", index=index)
    return moment.astimezone(UTC)
