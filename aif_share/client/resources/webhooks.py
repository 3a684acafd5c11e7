"""Webhook endpoints and their deliveries. Checking a message that arrived: `aif_share.client.webhooks.verify`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from aif_share.client.answers import Answer
from aif_share.client.resources.base import Resource, body_of, edited, named
from aif_share.client.resources.watches import time_text


@dataclass(frozen=True, slots=True, kw_only=True)
class Webhook(Answer):
    """One endpoint. `kinds` empty means every kind. `secret` is given when it is made and rotated, and never again."""

    webhook: str
    url: str
    state: str
    version: int
    kinds: tuple[str, ...] = ()
    description: str = ""
    created_at: datetime | None = None
    failures: int = 0
    paused_until: datetime | None = None
    last_success_at: datetime | None = None
    last_failure_at: datetime | None = None
    old_secret_until: datetime | None = None
    secret: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery(Answer):
    """One message to one endpoint. `state`: pending, delivered, dead or blocked."""

    delivery: str
    state: str | None = None
    kind: str | None = None
    attempts: int | None = None
    status: int | None = None
    error: str | None = None
    events: tuple[str, ...] = ()
    created_at: datetime | None = None
    last_attempt_at: datetime | None = None
    next_attempt_at: datetime | None = None
    gives_up_at: datetime | None = None
    delivered_at: datetime | None = None


class Webhooks(Resource):
    """`client.webhooks`."""

    def add(
        self, url: str, *, kinds: Sequence[str] = (), description: str = "", idempotency_key: str | None = None
    ) -> Webhook:
        """Register an endpoint. Keep the `secret` of the answer: it is not shown again."""
        body = {"url": url, "kinds": list(kinds), "description": description}
        return Webhook.read(self._session.write("POST", "webhooks", body, idempotency_key=idempotency_key))

    def list(self, *, limit: int | None = None) -> Iterator[Webhook]:
        """Every endpoint of this institution."""
        return self._pages(Webhook, "webhooks", limit=limit)

    def get(self, webhook: Webhook | str) -> Webhook:
        """One endpoint."""
        return Webhook.read(self._session.get(f"webhooks/{named('H', 'webhook', webhook)}"))

    def update(
        self,
        webhook: Webhook | str,
        *,
        url: str | None = None,
        kinds: Sequence[str] | None = None,
        description: str | None = None,
        state: str | None = None,
        version: int | None = None,
        idempotency_key: str | None = None,
    ) -> Webhook:
        """Change an endpoint; `state`: enabled or disabled."""
        reference, known = edited("H", "webhook", webhook, version)
        body = body_of(url=url, kinds=None if kinds is None else [*kinds], description=description, state=state)
        return Webhook.read(
            self._session.write("PATCH", f"webhooks/{reference}", body, idempotency_key=idempotency_key, version=known)
        )

    def remove(self, webhook: Webhook | str, *, version: int | None = None, idempotency_key: str | None = None) -> None:
        """Remove an endpoint."""
        reference, known = edited("H", "webhook", webhook, version)
        self._session.write("DELETE", f"webhooks/{reference}", idempotency_key=idempotency_key, version=known)

    def test(self, webhook: Webhook | str, *, idempotency_key: str | None = None) -> Delivery:
        """Have a `webhook.test` message sent."""
        return self._deliver(webhook, "test", {}, idempotency_key)

    def rotate_secret(self, webhook: Webhook | str, *, idempotency_key: str | None = None) -> Webhook:
        """A new secret, in the answer. For 24 hours messages are signed with the old one too."""
        path = f"webhooks/{named('H', 'webhook', webhook)}/rotate-secret"
        return Webhook.read(self._session.write("POST", path, {}, idempotency_key=idempotency_key))

    def deliveries(
        self, webhook: Webhook | str, *, state: str | None = None, limit: int | None = None
    ) -> Iterator[Delivery]:
        """What was, or will be, sent to an endpoint."""
        path = f"webhooks/{named('H', 'webhook', webhook)}/deliveries"
        return self._pages(Delivery, path, state=state, limit=limit)

    def replay_delivery(
        self, webhook: Webhook | str, delivery: Delivery | str, *, idempotency_key: str | None = None
    ) -> Delivery:
        """Send one message again, under the same webhook-id."""
        step = f"deliveries/{named('WD', 'delivery', delivery)}/replay"
        return self._deliver(webhook, step, {}, idempotency_key)

    def replay(self, webhook: Webhook | str, *, since: datetime, idempotency_key: str | None = None) -> Answer:
        """Send everything since a moment again."""
        path = f"webhooks/{named('H', 'webhook', webhook)}/replay"
        body = {"since": time_text(since)}
        return Answer.read(self._session.write("POST", path, body, idempotency_key=idempotency_key) or {})

    def _deliver(self, webhook: Webhook | str, step: str, body: dict[str, str], key: str | None) -> Delivery:
        path = f"webhooks/{named('H', 'webhook', webhook)}/{step}"
        return Delivery.read(self._session.write("POST", path, body, idempotency_key=key))
