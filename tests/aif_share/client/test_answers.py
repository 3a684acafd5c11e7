"""Answers: typed, tolerant of what they do not know, strict about what they need; and references checked before use."""

from __future__ import annotations

from dataclasses import FrozenInstanceError
from datetime import UTC, datetime

import pytest

from aif_share.client.answers import reference
from aif_share.client.resources.clues import Clue
from aif_share.client.resources.events import Event
from aif_share.client.resources.matches import Match
from aif_share.client.resources.webhooks import Webhook
from aif_share.errors import InvalidInput, NetworkError

MATCH = {"match": "M-A", "type": "domain", "released_at": "2026-11-01T08:00:00.200Z"}
CLUE = {"clue": "C-A", "client_ref": "r", "category": "telecom-fraud", "grade": "B2", "state": "active", "version": 3}


def test_fields_become_python() -> None:
    match = Match.read(MATCH | {"mine": [{"client_ref": "r", "identifier": 1}], "sectors": ["bank"], "score": 55})
    assert match.released_at == datetime(2026, 11, 1, 8, 0, 0, 200_000, UTC)
    assert (match.mine[0].identifier, match.sectors, match.score) == (1, ("bank",), 55)
    with pytest.raises(FrozenInstanceError):
        match.score = 1  # type: ignore[misc]


def test_unknown_fields_are_kept_in_the_body_alone_and_missing_ones_are_the_default() -> None:
    match = Match.read(MATCH | {"color": "red"})
    assert match.band is None and match.terms == () and match.body["color"] == "red"
    assert Clue.read(CLUE | {"indicators": None}).indicators == ()


@pytest.mark.parametrize(
    "body",
    [
        None,
        [],
        {},
        CLUE | {"version": "3"},
        CLUE | {"version": True},
        CLUE | {"clue": None},
        CLUE | {"indicators": "x"},
    ],
)
def test_another_shape_is_a_network_error_without_its_content(body: object) -> None:
    with pytest.raises(NetworkError) as caught:
        Clue.read(body)
    assert "telecom" not in str(caught.value) and "Clue" in str(caught.value)


def test_a_webhooks_secret_is_not_in_its_repr() -> None:
    body = {"webhook": "H-A", "url": "https://a.example", "state": "enabled", "version": 1, "secret": "whsec_AAAA"}
    webhook = Webhook.read(body)
    assert webhook.secret == "whsec_AAAA" and "whsec" not in repr(webhook)


def test_an_event_names_its_subject() -> None:
    event = Event.read({"event": "E-A", "kind": "watch.hit", "at": "2026-11-01T08:00:00Z", "watch": "W-B"})
    assert (event.subject_kind, event.subject) == ("watch", "W-B")
    assert (
        Event.read({"event": "E-A", "kind": "new.kind", "at": "2026-11-01T08:00:00Z", "thing": "T-B"}).subject is None
    )


@pytest.mark.parametrize("text", ["13800138000", "M-ABC", "C-", "C-abc", "C-A/../me", "C-A?x=1", ""])
def test_what_is_no_reference_does_not_get_into_an_address(text: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        reference("C", text)
    assert len(text) < 3 or text not in str(caught.value)
    assert reference("C", "C-ABC234") == "C-ABC234"
