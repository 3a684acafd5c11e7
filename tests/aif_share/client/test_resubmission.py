"""Reporting again in another epoch: from the map, once each, whatever breaks."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from aif_share.client import Client, Defaults, Map, Resubmission, Resubmitted, Source, Submission
from aif_share.custodian.home import make_home
from aif_share.errors import InvalidInput, NetworkError
from aif_share.wire.keys import MemberKey

from . import alliance

FIELDS = {"category": "telecom-fraud", "grade": "B2", "indicators": [], "amount_cny": "10.00"}


@pytest.fixture(scope="module")
def chain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[alliance.CustodianProcess]]:
    """One custodian with the seeds of two epochs."""
    folder = tmp_path_factory.mktemp("two-epochs")
    make_home(folder / "platform", name="platform")
    make_home(folder / "platform", name="platform", epoch=2)
    one = alliance.CustodianProcess("platform", folder / "platform", alliance.free_port())
    one.start()
    yield [one]
    one.stop()


@pytest.fixture
def reported(client: Client, platform: alliance.Platform, tmp_path: Path) -> list[str]:
    """Three clues of epoch 1; then epoch 2 opens."""
    path = tmp_path / "hosts.txt"
    path.write_text("a.example\nb.example\nc.example\n")
    with Map(client.map_path) as map:
        submission = Submission(client, map, Source.at(path), Defaults(type="domain", fields=FIELDS))
        submission.run()
        submission.journal.finish()
    platform.epochs.append(2)
    return list(platform.rows)


def fresh(platform: alliance.Platform, key: MemberKey, home: Path) -> Client:
    return Client(platform.url, key, data_home=home)


def run(client: Client, chunk: int = 10_000) -> Resubmitted:
    with Map(client.map_path, create=False) as map:
        resubmission = Resubmission(client, map, epoch=2, chunk=chunk)
        found = resubmission.run()
        resubmission.journal.finish()
    return found


def test_every_clue_gains_its_token_of_the_new_epoch(
    client: Client,
    reported: list[str],
    platform: alliance.Platform,
    key: MemberKey,
    chain: list[alliance.CustodianProcess],
) -> None:
    with fresh(platform, key, client.data_home) as other:
        found = run(other, chunk=2)
        assert (found.clues, found.there, found.sent, found.added, found.refused) == (3, 0, 3, 3, 0)
        assert len(found.batches) == 2
        made = {clue["tokens"][0, 2] for clue in platform.clues.values()}
        assert made == {alliance.token_by_hand("domain", f"{each}.example", chain, epoch=2) for each in "abc"}
        used = chain[0].used(key)
        again = run(other)
        assert (again.clues, again.there, again.sent, again.batches) == (3, 3, 0, [])
        assert chain[0].used(key) == used


def test_a_run_that_broke_goes_on(
    client: Client, reported: list[str], platform: alliance.Platform, key: MemberKey
) -> None:
    """The answer to the second batch is lost: it goes out again under its key, and nothing is sent twice."""
    stored = platform.posts
    with fresh(platform, key, client.data_home) as other:
        answered = other.post_batch

        def lose(body: bytes, *, idempotency_key: str) -> dict[str, Any]:
            answer = answered(body, idempotency_key=idempotency_key)
            if platform.posts - stored > 1:
                raise NetworkError("the answer is lost")
            return answer

        other.post_batch = lose  # type: ignore[method-assign]
        with pytest.raises(NetworkError):
            run(other, chunk=1)
    with fresh(platform, key, client.data_home) as other:
        found = run(other, chunk=1)
    assert platform.posts - stored == 3
    assert (found.added, found.refused, len(found.batches)) == (3, 0, 3)
    assert all((0, 2) in clue["tokens"] for clue in platform.clues.values())


def test_what_the_map_does_not_know_or_was_corrected_is_told(
    client: Client, reported: list[str], platform: alliance.Platform, key: MemberKey
) -> None:
    """Red if a corrected clue were reported under the value it had before."""
    platform.clues["elsewhere"] = {**FIELDS, "identifiers": [{"type": "domain", "epoch": 1}], "tokens": {(0, 1): "x"}}
    platform.corrected.add(reported[0])
    with fresh(platform, key, client.data_home) as other:
        found = run(other)
    assert (found.sent, sorted(found.unknown)) == (2, sorted(["elsewhere", reported[0]]))


def test_an_epoch_that_is_not_in_force_is_refused_before_anything_is_sent(
    client: Client, platform: alliance.Platform
) -> None:
    with Map(client.map_path) as map, pytest.raises(InvalidInput, match="does not name it"):
        Resubmission(client, map, epoch=7)
    assert platform.posts == 0
