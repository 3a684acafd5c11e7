"""Members of a running stack for the client's tests: a key, a client, and values nobody else uses."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from aif_share.client import Client
from aif_share.client.resources.batches import Batch
from aif_share.client.tokenize import Token
from aif_share.wire.keys import MemberKey
from config.stack import Stack
from tests.browser.people import order

FIELDS = {"category": "counterfeit-site-app", "grade": "B2"}


def admit(stack: Stack, sector: str = "bank", **quotas: int) -> MemberKey:
    """A new institution's key."""
    name = f"client {secrets.token_hex(6)}"
    made = order(stack, institution={"name": name, "sector": sector, "browser_key": False, **quotas})
    return MemberKey.parse(made["key"])


@contextmanager
def member(stack: Stack, folder: Path, **quotas: int) -> Iterator[Client]:
    """A new institution's client."""
    with Client(stack.url, admit(stack, **quotas), data_home=folder) as client:
        yield client


def host() -> str:
    """A host nobody reported yet."""
    return f"{secrets.token_hex(8)}.example"


def clue_of(token: Token, **fields: Any) -> dict[str, Any]:
    """A clue with one identifier."""
    return {**FIELDS, "client_ref": secrets.token_hex(8), "identifiers": [token.identifier("actor")]} | fields


def report(client: Client, hosts: Sequence[str], **fields: Any) -> Batch:
    """Submit a clue for each host and wait until it is released."""
    tokens = client.tokenize("domain", hosts)
    receipt = client.batches.submit([clue_of(token, **fields) for token in tokens])
    client.wait([receipt.batch], timeout=60)
    return client.batches.get(receipt)
