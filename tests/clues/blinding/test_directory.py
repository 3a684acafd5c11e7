"""The published directory: signed by the alliance, canaries that hold, and the same bytes to everyone."""

import json
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from aif_share.errors import PinError, ProofError
from aif_share.identifiers import types
from aif_share.wire.directory import open_signed
from aif_share.wire.keys import PLATFORM, MemberKey


def fetch(stack: Any, key: str) -> dict[str, Any]:
    """Fetch the directory as any client does."""
    request = urllib.request.Request(
        f"{stack.url}/api/v1/oprf/directory",
        headers={"Authorization": f"Bearer {MemberKey.parse(key).bearer_for(PLATFORM)}"},
    )
    with urllib.request.urlopen(request, timeout=20) as answer:
        return dict(json.load(answer))


@pytest.fixture(scope="module")
def key(stack: Any) -> str:
    return str(stack.create_institution("Directory Reader", "bank")["api_key"])


def test_every_type_has_a_chain_of_two_custodians(stack: Any, key: str) -> None:
    document = fetch(stack, key)
    directory = open_signed(document, document["public_key"])
    assert {entry.type for entry in directory.entries} == set(types())
    for entry in directory.entries:
        assert [hop.name for hop in entry.custodians] == ["platform", "partner"]
        assert len({hop.public_key for hop in entry.custodians}) == 2
    keys = [hop.public_key for entry in directory.entries for hop in entry.custodians]
    assert len(set(keys)) == len(keys), "a key of its own for each type at each custodian"


def test_a_changed_directory_does_not_open(stack: Any, key: str) -> None:
    document = fetch(stack, key)
    changed = document | {"signed": document["signed"].replace('"epoch":1', '"epoch":2', 1)}
    with pytest.raises(ProofError):
        open_signed(changed, document["public_key"])
    with pytest.raises(PinError):
        open_signed(document, "A" * 43)


def test_the_signing_key_is_not_where_web_could_read_it(stack: Any) -> None:
    """It is a file of the owner; no process of the stack has it in its environment."""
    path = stack.data / "alliance" / "signing.key"
    assert path.stat().st_mode & 0o077 == 0
    secret = path.read_text(encoding="ascii").splitlines()[1]
    for name in ("web", "desk", "worker", "beat"):
        environment = Path(f"/proc/{stack.pid(name)}/environ").read_bytes()
        assert secret.encode() not in environment
