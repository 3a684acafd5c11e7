"""Checking a webhook that arrived: is it from the platform, is it fresh, and what does it tell?

    message = webhooks.verify(request.headers, request.body, secret)
    for event in message.events: …

A message nudges and names events; the feed (`Client.events`) is the truth. The same message may come twice, under the
same id. Not here: the endpoints, which are `Client.webhooks`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from standardwebhooks import Webhook, WebhookVerificationError

from aif_share.client.resources.events import SUBJECTS
from aif_share.errors import InvalidInput, InvalidWebhook

HEADERS: Final = ("webhook-id", "webhook-timestamp", "webhook-signature")


@dataclass(frozen=True, slots=True)
class Noted:
    """One event a message names: its reference, and what it is about."""

    event: str
    subject_kind: str | None
    subject: str | None


@dataclass(frozen=True, slots=True)
class Message:
    """A message whose signature holds. `id` is the same over retries and replays; `type` is the kind of its events.

    `body` is all of it as it came.
    """

    id: str
    type: str
    timestamp: datetime
    events: tuple[Noted, ...]
    body: Mapping[str, Any] = field(repr=False)


def verify(headers: Mapping[str, str], body: bytes | str, secret: str | Sequence[str]) -> Message:
    """Check signature and age (5 minutes) of a message; `body` is the request's exact bytes, not parsed JSON.

    `secret`: the endpoint's `whsec_…`, or several while one is being replaced. Raise InvalidWebhook for a message that
    must not be used, InvalidInput for a secret that is none.
    """
    found = {name.lower(): value for name, value in headers.items() if name.lower() in HEADERS}
    secrets = [secret] if isinstance(secret, str) else list(secret)
    if not any(_holds(found, body, _opened(each)) for each in secrets):
        raise InvalidWebhook("the signature does not hold, or the message is too old; answer 400 and use nothing of it")
    try:
        document = json.loads(body)
        return Message(
            id=found["webhook-id"],  # covered by the signature like the body
            type=str(document["type"]),
            timestamp=datetime.fromisoformat(document["timestamp"]),
            events=tuple(_noted(row) for row in document["data"].get("events", ())),
            body=document,
        )
    except (ValueError, KeyError, TypeError, AttributeError):
        raise InvalidWebhook("the signature holds, but the message is of another form; update aif-share") from None


def _holds(headers: dict[str, str], body: bytes | str, webhook: Webhook) -> bool:
    try:
        webhook.verify(body, headers, json_parse=False)
    except (WebhookVerificationError, ValueError):  # ValueError: base64, UTF-8 or a list that is not well formed
        return False
    return True


def _opened(secret: str) -> Webhook:
    try:
        if not secret.startswith("whsec_"):
            raise ValueError
        return Webhook(secret.strip())
    except Exception:
        raise InvalidInput("a webhook's secret looks like whsec_…; check that it is complete") from None


def _noted(row: Any) -> Noted:
    name = next((each for each in SUBJECTS if each in row), None)
    return Noted(str(row["event"]), name, None if name is None else str(row[name]))
