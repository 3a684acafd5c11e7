"""Sealing anew: what lies under an older key of AIF_SEALS, or under AIF_REFERENCE_KEY as before, goes under the newest.

Second factors and the secrets of webhooks. Invitations on their way are sealed as well; they end by themselves within days.
"""

from __future__ import annotations

import base64
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any, Final

from allauth.mfa.models import Authenticator
from django.db import transaction

from members import audit
from members.delivery import webhook_message
from members.models import WebhookEndpoint, sealing
from members.operations import factors
from members.permissions import Actor

SLICE: Final = 200


def rotate(*, by: Actor) -> int:
    """Seal everything under the newest key; return how many rows that changed. May be killed and run again.

    Each slice is a transaction of its own, with one audit event. Raise cryptography.exceptions.InvalidTag if a key is not
    installed any more, or something was altered; the slices before stay.
    """
    total = 0
    for model, fields in _SEALED.items():
        after = 0
        while True:
            with transaction.atomic():
                rows = list(model.objects.select_for_update().filter(pk__gt=after).order_by("pk")[:SLICE])
                changed = sum(_seal_anew(row, fields) for row in rows)
                if changed:
                    audit.record("seal.rotate", actor=by, detail={"rows": changed, "key": sealing.newest()})
            if not rows:
                break
            total, after = total + changed, rows[-1].pk
    return total


def count_by_key() -> dict[str, int]:
    """Return how many sealed values lie under each key, by its id; "" is the key of before."""
    return dict(
        Counter(sealing.key_of(value) for model in _SEALED for row in model.objects.all() for value in _of(row))
    )


def _of(row: Any) -> Iterator[bytes]:
    if isinstance(row, WebhookEndpoint):
        yield from (bytes(value) for value in (row.secret, row.old_secret) if value is not None)
    else:
        yield from (base64.b64decode(text) for text in _texts(row.data))


def _texts(data: dict[str, Any]) -> list[str]:
    """Return the sealed texts of a factor: of TOTP its secret, of recovery codes their seed or the codes brought along."""
    return [data[name] for name in ("secret", "seed") if name in data] + list(data.get("migrated_codes", ()))


def _seal_anew(row: Any, fields: Callable[[Any], list[str]]) -> bool:
    if all(sealing.key_of(value) == sealing.newest() for value in _of(row)):
        return False
    row.save(update_fields=fields(row))
    return True


def _factor(row: Authenticator) -> list[str]:
    def anew(text: str) -> str:
        return factors.seal_secret(factors.open_secret(text))

    for name in ("secret", "seed"):
        if name in row.data:
            row.data[name] = anew(row.data[name])
    if "migrated_codes" in row.data:
        row.data["migrated_codes"] = [anew(text) for text in row.data["migrated_codes"]]
    return ["data"]


def _webhook(row: WebhookEndpoint) -> list[str]:
    for name in ("secret", "old_secret"):
        if (value := getattr(row, name)) is not None:
            plain = webhook_message.unseal_secret(value, institution_id=row.institution_id)
            setattr(row, name, webhook_message.seal_secret(plain, institution_id=row.institution_id))
    return ["secret", "old_secret"]


_SEALED: Final[dict[Any, Callable[[Any], list[str]]]] = {Authenticator: _factor, WebhookEndpoint: _webhook}
