"""The doctor asks real custodians, and holds what they say against the directory that is published."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.utils import timezone

from aif_share.custodian.home import make_home
from aif_share.identifiers import types
from aif_share.oprf import SUITE, encoding
from aif_share.wire.directory import CustodianKey, Directory, DirectoryEntry, to_signed
from clues.blinding import directory as publishing
from clues.doctor import custodians
from clues.doctor.finding import Level
from clues.models import KeyDirectory, KeyEpoch
from members.permissions import Console
from tests.aif_share.client import alliance
from tests.factories import acting_as

SIGNING = Ed25519PrivateKey.generate()
START = datetime(2026, 1, 1, tzinfo=UTC)
Chain = list[alliance.CustodianProcess]


@pytest.fixture(scope="module")
def chain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chain]:
    """The platform's custodian, which has the seed of epoch 2 as well, and the partner's, which has not."""
    folder = tmp_path_factory.mktemp("custodians")
    make_home(folder / "platform", name="platform", epoch=2)
    with alliance.custodians(folder, "platform", "partner") as running:
        yield running


def hops(chain: Chain, type: str, epoch: int) -> tuple[CustodianKey, ...]:
    return tuple(CustodianKey(one.name, one.url, encoding.encode(one.key(type, epoch).public)) for one in chain)


def publish(chain: Chain, change: Callable[[DirectoryEntry], DirectoryEntry] = lambda entry: entry) -> None:
    entries = (
        DirectoryEntry(type, 1, hops(chain, type, 1), START, None, canary_input="x", canary_token="A" * 43, suite=SUITE)
        for type in types()
    )
    made = Directory(issued_at=START, entries=tuple(change(entry) for entry in entries))
    with acting_as("aif_owner"):
        publishing.publish(document=to_signed(made, SIGNING), by=Console("test"), now=timezone.now())


def add_epoch(number: int, state: str, opens_at: datetime) -> None:
    with acting_as("aif_owner"):
        KeyEpoch.objects.bulk_create(
            KeyEpoch(
                type=type, epoch=number, suite=SUITE, state=state, pepper_id="p1", not_before=opens_at,
                not_after=opens_at + timedelta(days=365),
            )
            for type in types()
        )  # fmt: skip


def found() -> dict[str, list[Level]]:
    levels: dict[str, list[Level]] = {}
    with acting_as("aif_desk"):
        for each in custodians.look():
            levels.setdefault(each.code, []).append(each.level)
    return levels


def said(code: str) -> str:
    with acting_as("aif_desk"):
        return " ".join(each.says for each in custodians.look() if each.code == code and each.level is not Level.GOOD)


@pytest.fixture
def published(fresh_database: str, chain: Chain) -> Chain:
    add_epoch(1, KeyEpoch.ACTIVE, START)
    publish(chain)
    return chain


def test_what_is_sound_is_said_to_be(published: Chain) -> None:
    assert found() == {"custodians.epochs": [Level.GOOD], "custodians.keys": [Level.GOOD] * 2}


def test_without_a_directory_nobody_is_asked(fresh_database: str) -> None:
    assert found() == {}


def test_one_that_does_not_answer(published: Chain, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(published[1], "port", alliance.free_port())
    publish(published)
    assert found()["custodians.answers"] == [Level.WRONG]
    assert said("custodians.answers").startswith("the custodian partner does not answer")


def test_another_one_at_its_address(published: Chain, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(published[1], "port", published[0].port)
    publish(published)
    assert said("custodians.answers") == "another custodian than partner answers at its address"


def test_another_key_than_the_directory_says(published: Chain) -> None:
    """As after a custodian was set up anew without its seed: one type is enough."""
    stranger = encoding.encode(published[0].key("domain", 2).public)

    def change(entry: DirectoryEntry) -> DirectoryEntry:
        first, second = entry.custodians
        return (
            replace(entry, custodians=(first, replace(second, public_key=stranger)))
            if entry.type == "domain"
            else entry
        )

    publish(published, change)
    assert found()["custodians.keys"] == [Level.WRONG, Level.GOOD]  # partner, platform
    assert said("custodians.keys") == "the custodian partner has other keys than the directory says for epoch 1"


@pytest.mark.parametrize(("days", "level"), [(20, Level.UNSURE), (3, Level.WRONG)])
def test_an_announced_epoch_that_is_missing(published: Chain, days: int, level: Level) -> None:
    """In the directory, and at the custodian that has no seed of it; the closer the day, the worse."""
    add_epoch(2, KeyEpoch.ANNOUNCED, timezone.now() + timedelta(days=days))
    assert found() == {"custodians.epochs": [level], "custodians.keys": [level, Level.GOOD]}
    assert said("custodians.keys") == "the custodian partner has no key for epoch 2"
    assert "epoch 2" in said("custodians.epochs")


def test_a_seed_that_is_gone(published: Chain) -> None:
    """The directory promises epoch 3, and nobody has its seed."""
    add_epoch(3, KeyEpoch.ANNOUNCED, timezone.now() + timedelta(days=300))
    publish(published, lambda entry: replace(entry, epoch=3))
    assert found()["custodians.keys"] == [Level.WRONG] * 2


def test_a_clock_that_is_wrong(published: Chain, monkeypatch: pytest.MonkeyPatch) -> None:
    class Ahead:
        now = staticmethod(lambda: timezone.now() + timedelta(hours=1))

    monkeypatch.setattr(custodians, "timezone", Ahead)
    assert found()["custodians.clock"] == [Level.WRONG] * 2
    assert "is 3" in said("custodians.clock")


def test_a_directory_whose_signature_does_not_hold(published: Chain) -> None:
    with acting_as("aif_owner"):
        newest = KeyDirectory.objects.latest("id")
        KeyDirectory.objects.create(
            published_at=newest.published_at, public_key=newest.public_key, signature=newest.signature,
            signed=newest.signed.replace('"epoch":1', '"epoch":2', 1),
        )  # fmt: skip
    assert found() == {"custodians.directory": [Level.WRONG]}
