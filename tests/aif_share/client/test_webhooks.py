"""Checking a webhook: only what was signed with the endpoint's secret, a moment ago, in the known form."""

from __future__ import annotations

import base64
import json
import secrets
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from standardwebhooks import Webhook

from aif_share.client import webhooks
from aif_share.errors import InvalidInput, InvalidWebhook, ProofError

SECRET = "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()
BODY = {
    "type": "match.released",
    "timestamp": "2026-11-01T08:00:01.200Z",
    "data": {"events": [{"event": "E-A", "match": "M-B"}, {"event": "E-C", "unheard-of": "X-D"}]},
}


def signed(
    body: Any = BODY, *, secret: str = SECRET, at: datetime | None = None, id: str = "WD-A"
) -> tuple[dict[str, str], bytes]:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    moment = at or datetime.now(UTC)
    signature = Webhook(secret).sign(id, moment, data.decode())
    stamp = str(int(moment.timestamp()))
    return {"Webhook-Id": id, "Webhook-Timestamp": stamp, "Webhook-Signature": signature, "Host": "x"}, data


def test_a_message_is_read() -> None:
    message = webhooks.verify(*signed(), SECRET)
    assert (message.id, message.type, message.timestamp.tzinfo is not None) == ("WD-A", "match.released", True)
    assert [(each.event, each.subject_kind, each.subject) for each in message.events] == [
        ("E-A", "match", "M-B"),
        ("E-C", None, None),
    ]


def test_while_a_secret_is_replaced_either_holds() -> None:
    other = "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()
    headers, body = signed()
    headers["Webhook-Signature"] += " " + signed(secret=other)[0]["Webhook-Signature"]
    for secret in (SECRET, other, [other], ["whsec_" + "A" * 43 + "=", SECRET]):
        assert webhooks.verify(headers, body, secret).id == "WD-A"


@pytest.mark.parametrize("name", ["Webhook-Id", "Webhook-Timestamp", "Webhook-Signature"])
@pytest.mark.parametrize("value", [None, "", "1", "v1,", "v1,!!!", "x", "v1,\u00fc"])
def test_a_wrong_or_missing_header_is_refused(name: str, value: str | None) -> None:
    headers, body = signed()
    if value is None:
        del headers[name]
    else:
        headers[name] = value
    with pytest.raises(InvalidWebhook):
        webhooks.verify(headers, body, SECRET)


@pytest.mark.parametrize("minutes", [-6, 6])
def test_an_old_or_future_message_is_refused(minutes: int) -> None:
    headers, body = signed(at=datetime.now(UTC) + timedelta(minutes=minutes))
    with pytest.raises(InvalidWebhook):
        webhooks.verify(headers, body, SECRET)


def test_a_changed_body_and_another_secret_are_refused() -> None:
    headers, body = signed()
    other = "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()
    for changed, secret in ((body + b" ", SECRET), (body, other), (b"\xff" + body, SECRET)):
        with pytest.raises(ProofError):
            webhooks.verify(headers, changed, secret)


@pytest.mark.parametrize(
    "body", [[], {}, {"type": "x"}, b"not json", BODY | {"data": []}, BODY | {"timestamp": "soon"}]
)
def test_a_signed_message_of_another_form_is_refused(body: Any) -> None:
    with pytest.raises(InvalidWebhook):
        webhooks.verify(*signed(body), SECRET)


@pytest.mark.parametrize("secret", ["", "whsec_", "AAAA", "whsec_\u00fc", []])
def test_a_secret_that_is_none_is_said_without_repeating_it(secret: Any) -> None:
    with pytest.raises((InvalidInput, InvalidWebhook)) as caught:
        webhooks.verify(*signed(), secret)
    assert not secret or str(secret) not in str(caught.value) or secret == "whsec_"
