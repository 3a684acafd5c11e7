"""Key epochs: opened once for every type, retired for good, and never without their pepper."""

from typing import Any

import pytest
from django.utils import timezone

from aif_share.errors import Refusal
from aif_share.identifiers import types
from clues.blinding import epochs
from clues.matching.run import match_pending
from clues.submissions import queries
from clues.submissions import results as row_results
from members.permissions import Console
from tests.clues.alliance import clue, join, open_epoch, submit, token

BY = Console("tests")


@pytest.fixture
def member(fresh_database: Any, as_role: Any) -> Any:
    with as_role("aif_desk"):
        open_epoch()
        return join("Aster Bank")


def test_opening_twice_changes_nothing(member: Any, as_role: Any) -> None:
    with as_role("aif_desk"):
        assert epochs.open_epoch(epoch=1, by=BY, now=timezone.now()) == 0
        assert epochs.open_epoch(epoch=2, by=BY, now=timezone.now()) == len(types())
    assert len(epochs.read_epochs()) == 2 * len(types())


def test_a_retired_epoch_is_refused_at_the_door(member: Any, as_role: Any) -> None:
    with as_role("aif_desk"):
        assert epochs.retire_epoch(epoch=1, by=BY, now=timezone.now()) == len(types())
    assert not epochs.read_epochs()


def test_rows_that_waited_while_their_epoch_was_retired_are_refused(member: Any, as_role: Any) -> None:
    """The matcher checks once more: the web process may have looked two seconds ago."""
    received = submit(member, [clue(token(1)), clue(token(2))])
    with as_role("aif_desk"):
        epochs.retire_epoch(epoch=1, by=BY, now=timezone.now())
    with as_role("aif_match"):
        match_pending(limit=10)
    results, _ = row_results.list_results(batch=received.batch, viewer=member)
    assert [(r.outcome, r.code) for r in results] == [("refused", "epoch-retired")] * 2
    batch = queries.get_batch(batch=received.batch, viewer=member)
    assert (batch.state, batch.accepted, batch.refused) == ("done", 0, 2)


def test_an_epoch_without_its_pepper_stops_everything(member: Any, settings: Any) -> None:
    """Storing under another pepper would lose every match of the epoch without an error."""
    settings.AIF_PEPPERS = {"other": b"x" * 32}
    with pytest.raises(Refusal) as refusal:
        epochs.read_epochs()
    assert refusal.value.code == "pepper-missing"
