"""The platform's own custodian: PUT the whole state of one member with the operator's bearer."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import httpx
from django.conf import settings

from members.delivery.failure import DeliveryFailed

# A suspension has to arrive soon after the custodian is back, so the pauses stay short.
LONGEST_WAIT = timedelta(seconds=30)
TIMEOUT = httpx.Timeout(3.0, connect=1.0)


def deliver(destination: str, payload: Mapping[str, Any]) -> None:
    """PUT /operator/members/<REF>; an older version than the custodian has is ignored there."""
    if not settings.AIF_CUSTODIAN_URL or not settings.AIF_CUSTODIAN_OPERATOR_TOKEN:
        raise DeliveryFailed("AIF_CUSTODIAN_URL or AIF_CUSTODIAN_OPERATOR_TOKEN is not set")
    body = {name: value for name, value in payload.items() if name != "ref"}
    try:
        answer = httpx.put(
            f"{settings.AIF_CUSTODIAN_URL.rstrip('/')}/operator/members/{payload['ref']}",
            json=body,
            headers={"Authorization": f"Bearer {settings.AIF_CUSTODIAN_OPERATOR_TOKEN}"},
            timeout=TIMEOUT,
            trust_env=False,
        )
    except httpx.HTTPError as error:
        raise DeliveryFailed(type(error).__name__) from None
    if not answer.is_success:
        raise DeliveryFailed(f"status {answer.status_code}")
