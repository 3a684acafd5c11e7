"""What a webhook says: which events there are, by reference, and nothing of them. Signed as Standard Webhooks asks.

https://github.com/standard-webhooks/standard-webhooks, version 1: headers webhook-id, webhook-timestamp (of the
attempt) and webhook-signature. While a secret is being rotated there are two signatures.
"""

from __future__ import annotations

import base64
import secrets
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

import orjson
from django.conf import settings
from django.utils.module_loading import import_string
from standardwebhooks.webhooks import Webhook

from members.models import reference, sealing

TEST = "webhook.test"
SECRET_BYTES = 32
_PURPOSE = "webhook-secret"


def new_secret() -> str:
    """Return a fresh secret in the form that receivers' libraries take: `whsec_` and base64."""
    return "whsec_" + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode("ascii")


def seal_secret(secret: str, *, institution_id: int) -> bytes:
    """Return the secret as it is stored."""
    return sealing.seal(secret.encode("ascii"), purpose=_PURPOSE, about=str(institution_id))


def unseal_secret(sealed: bytes, *, institution_id: int) -> str:
    """Return the secret that is stored."""
    return sealing.unseal(bytes(sealed), purpose=_PURPOSE, about=str(institution_id)).decode("ascii")


def make_body(*, kind: str, ids: Sequence[int], institution_id: int, created_at: datetime) -> bytes:
    """Return the body: the same bytes at every attempt.

    `timestamp` is the moment from which the events can be seen; of a test, when it was asked for.
    """
    rows = list(_describe()(ids=ids, institution_id=institution_id)) if ids else []
    at = rows[0][0] if rows else created_at
    return orjson.dumps(
        {
            "type": kind,
            "timestamp": at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "data": {"events": [named for _at, named in rows]},
        }
    )


def make_headers(*, delivery_id: int, body: bytes, signed_with: Iterable[str], now: datetime) -> dict[str, str]:
    """Return the headers of one attempt, signed with every secret in force, the newest first."""
    name = reference.encode("WD", delivery_id)
    text = body.decode("utf-8")
    return {
        "content-type": "application/json",
        "user-agent": "AIF-Share-Webhooks/1",
        "webhook-id": name,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": " ".join(Webhook(secret).sign(name, now.astimezone(UTC), text) for secret in signed_with),
    }


def _describe() -> Callable[..., Iterable[tuple[datetime, dict[str, Any]]]]:
    """Ask the function that AIF_WEBHOOK_EVENTS names: events are kept by a package above this one."""
    found: Callable[..., Iterable[tuple[datetime, dict[str, Any]]]] = import_string(settings.AIF_WEBHOOK_EVENTS)
    return found
