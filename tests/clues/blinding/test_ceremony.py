"""The ceremony of an epoch: a custodian stands in the directory only with keys it holds; and what follows if one is lost."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from aif_share.client import Client, Defaults, Map, Resubmission, Source, Submission
from aif_share.client.session import Session
from aif_share.custodian.home import make_home
from aif_share.errors import ProofError
from aif_share.oprf import Key, encoding
from aif_share.wire.keys import MemberKey
from clues.blinding import directory
from clues.models import KeyEpoch
from tests.aif_share.client import alliance
from tests.factories import acting_as

KEY = MemberKey.new()


@pytest.fixture(scope="module")
def chain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[alliance.CustodianProcess]]:
    """Two custodians; the platform's has the seed of epoch 2 as well."""
    folder = tmp_path_factory.mktemp("ceremony")
    make_home(folder / "platform", name="platform", epoch=2)
    with alliance.custodians(folder, "platform", "partner", "successor") as running:
        for one in running:
            one.admit(KEY)
        yield running


def submit(client: Client, path: Path) -> None:
    with Map(client.map_path) as map:
        submission = Submission(client, map, Source.at(path), Defaults(type="domain", fields=FIELDS))
        submission.run()
        submission.journal.finish()


FIELDS = {"category": "telecom-fraud", "grade": "B2"}


def test_a_key_without_its_proof_of_possession_is_not_published(
    fresh_database: Any, chain: list[alliance.CustodianProcess]
) -> None:
    """Each canary walks the chain, and each hop proves its key (DLEQ): a claimed key that is not held stops all."""
    now = timezone.now()
    with acting_as("aif_desk"), Session("http://127.0.0.1:1", KEY) as session:
        KeyEpoch.objects.create(
            type="domain", epoch=1, suite="ristretto255-SHA512", pepper_id="p1", not_before=now, not_after=now
        )
        held = [directory.read_custodian(name=one.name, url=one.url, session=session, epochs=[1]) for one in chain[:2]]
        made = directory.build(custodians=held, session=session, now=now)
        assert [hop.name for hop in made.entries[0].custodians] == ["platform", "partner"]
        stranger = encoding.encode(Key.of((7).to_bytes(32, "little")).public)
        for claimed in (stranger, held[0].public_keys["domain", 1]):
            liar = directory.Custodian(held[1].name, held[1].url, {("domain", 1): claimed})
            with pytest.raises(ProofError):
                directory.build(custodians=[held[0], liar], session=session, now=now)


def test_a_lost_custodian_loses_nothing_that_stands(chain: list[alliance.CustodianProcess], tmp_path: Path) -> None:
    """The drill of docs/rotation.md: what stands stays, and a new epoch with a successor takes everything over."""
    platform, partner, successor = chain
    old, new = tmp_path / "old.txt", tmp_path / "new.txt"
    old.write_text("a.example\nb.example\n")
    new.write_text("c.example\n")
    with alliance.platform([platform, partner]) as served:

        def member() -> Client:
            return Client(served.url, KEY, data_home=tmp_path / "home", timeout=2)

        with member() as client:
            submit(client, old)
        published = served.directory()
        served.directory = lambda: published  # type: ignore[method-assign]
        partner.stop()
        shutil.rmtree(partner.home)
        with member() as client:
            submit(client, old)  # known tokens need no custodian
            assert len(served.rows) == 2
        del served.directory  # type: ignore[method-assign]
        make_home(successor.home, name="successor", epoch=2)
        successor.stop()
        successor.start()
        served.chain, served.epochs = [platform, successor], [2]
        with member() as client, Map(client.map_path, create=False) as map:
            found = Resubmission(client, map, epoch=2).run()
        assert (found.there, found.added, found.refused, found.unknown) == (0, 2, 0, [])
        with member() as client:
            submit(client, new)
        assert len(served.rows) == 3
