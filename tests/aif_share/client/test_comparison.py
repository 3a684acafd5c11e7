"""Checkpoints of two members: of one log, or of two that one key signed and shows to each of them alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from aif_share.client.comparison import compare, get_kept
from aif_share.client.resources.log import LogProof
from aif_share.client.witness import WitnessStore
from aif_share.errors import InvalidInput, InvalidRequest, NothingKept, ProofError
from tests.aif_share.client.test_witness import OTHER, URL, Platform, event, look


def keep(tmp_path: Path, platform: Platform, name: str) -> WitnessStore:
    """A member that looked once."""
    store = WitnessStore(tmp_path, name)
    look(platform, store)
    return store


def held(platform: Platform, mine: WitnessStore, other: str) -> int:
    verifier, kept = get_kept(mine, URL)
    return compare(platform, verifier=verifier, kept=kept, other=other).size  # type: ignore[arg-type]


def test_one_log(tmp_path: Path) -> None:
    """Whoever looked later, and whoever asks."""
    platform = Platform(*map(event, range(5)))
    early = keep(tmp_path, platform, "early001")
    platform.leaves += map(event, range(5, 12))
    platform.signed = 12
    late = keep(tmp_path, platform, "late0001")
    (_key, first), (_same, second) = get_kept(early, URL), get_kept(late, URL)
    assert (held(platform, early, second), held(platform, late, first), held(platform, late, second)) == (12, 5, 12)


@pytest.mark.parametrize("size", [5, 8])
def test_each_is_shown_a_log_of_its_own(tmp_path: Path, size: int) -> None:
    """Both are sound for themselves; only together do they tell. The platform proves what it can of either."""
    honest = Platform(*map(event, range(5)))
    mine = keep(tmp_path, honest, "mine0001")
    forked = Platform(event(0), event(99), *map(event, range(2, size)))
    _key, other = get_kept(keep(tmp_path, forked, "other001"), URL)
    for platform in (honest, forked):
        platform.leaves += map(event, range(len(platform.leaves), 10))
        with pytest.raises(ProofError):
            held(platform, mine, other)


def test_a_note_that_the_log_did_not_sign_is_no_evidence(tmp_path: Path) -> None:
    platform = Platform(*map(event, range(5)))
    mine = keep(tmp_path, platform, "mine0001")
    _key, other = get_kept(keep(tmp_path, Platform(*map(event, range(5)), key=OTHER), "other001"), URL)
    with pytest.raises(InvalidInput, match="audit verify"):
        held(platform, mine, other)


def test_a_log_that_lost_its_end_cannot_prove_what_another_keeps(tmp_path: Path) -> None:
    """What was taken off lies behind what is kept here: only the other's checkpoint tells."""

    class Shorter(Platform):
        def consistency(self, *, old: int, size: int) -> LogProof:
            raise InvalidRequest(status=422, code="field-invalid", detail="The log never had this size.")

    mine = keep(tmp_path, Platform(*map(event, range(5))), "mine0001")
    _key, other = get_kept(keep(tmp_path, Platform(*map(event, range(9))), "other001"), URL)
    with pytest.raises(ProofError, match="keep both"):
        held(Shorter(*map(event, range(6))), mine, other)


def test_who_never_looked_has_nothing_to_compare(tmp_path: Path) -> None:
    with pytest.raises(NothingKept, match="audit verify"):
        get_kept(WitnessStore(tmp_path, "new00001"), URL)
