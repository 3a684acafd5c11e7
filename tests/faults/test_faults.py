"""A short run of the faults that each change must stand; `make faults` makes all of them, as often as the plan asks."""

from __future__ import annotations

import signal
from collections.abc import Iterator

import pytest

from tests.faults import invariants
from tests.faults.load import Load
from tests.faults.table import Fault, list_faults, make
from tests.faults.world import World

SEED = 20261129
WAITING = 6
"""Chunks that may wait: there is always one to interrupt, and no backlog to be worked off after each fault."""
SHORT = [fault for fault in list_faults() if fault.short]

pytestmark = pytest.mark.stack


@pytest.fixture(scope="module")
def load() -> Iterator[Load]:
    with World(seed=SEED) as world:
        members = Load(world, waiting=WAITING)
        yield members
        members.ledger.close()


@pytest.mark.parametrize("fault", SHORT, ids=[f"{fault.number}: {fault.title}" for fault in SHORT])
def test_all_holds_after(load: Load, fault: Fault) -> None:
    result = make(fault, load, fault.short)
    assert result["holds"], result


def test_the_whole_log_verifies_and_the_vault_opens_in_the_end(load: Load) -> None:
    assert load.ledger.clues, "nothing was acknowledged: nothing was tested"
    assert load.witness and load.witness.looks > len(SHORT)
    assert not invariants.check_in_full(load.world)


def test_a_checkpoint_that_was_seen_and_is_gone_is_found(load: Load) -> None:
    """The harness must be able to see what it says is not there. Last, for nobody signs any more afterwards."""
    assert load.witness
    load.witness.insist()
    assert load.witness.take_findings() == []
    load.world.stack.kill("sequencer", signal.SIGSTOP, group=True)
    try:
        with load.world.database() as cursor:
            cursor.execute("SET session_replication_role = replica; DELETE FROM audit_checkpoint WHERE size > 1")
        load.witness.insist()
    finally:
        load.world.stack.kill("sequencer", signal.SIGCONT, group=True)
    (found,) = load.witness.take_findings()
    assert "the witness was told another log" in found
