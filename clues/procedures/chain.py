"""The order of a proceeding's states: which may follow what was recorded, by the table of its track."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.utils.translation import gettext_noop

from aif_share.errors import Refusal
from aif_share.vocabulary.tracks import State, Track


class OutOfOrder(Refusal):
    """The state does not follow where the proceeding stands; `next` lists the codes that do."""

    def __init__(self, track: Track, states: Sequence[str]) -> None:
        super().__init__(
            "transition-refused",
            gettext_noop("This does not follow where the proceeding stands; `next` lists what does."),
            next=[state.code for state in next_states(track, states)],
        )


def open_ends(track: Track, states: Iterable[str]) -> frozenset[str] | None:
    """Return the states from which the proceeding can go on after these, in their order; None if they are in none.

    A state takes the place of those it follows, unless it stands beside them: of several persons each goes its own way.
    """
    ends: frozenset[str] = frozenset()
    for turn, code in enumerate(states):
        state = track.state(code)
        if not (ends & set(state.after) if turn else state.opens):
            return None
        kept = frozenset() if state.ends else ends if state.beside else ends - set(state.after)
        ends = kept | {code}
    return ends


def next_states(track: Track, states: Sequence[str]) -> list[State]:
    """Return what may be recorded after these states, in the track's order; what may open it if there are none."""
    return [state for state in track.states if open_ends(track, [*states, state.code]) is not None]


def check_order(track: Track, states: Sequence[str], *, adding: str) -> None:
    """Raise OutOfOrder unless `adding` may follow these states."""
    if open_ends(track, [*states, adding]) is None:
        raise OutOfOrder(track, states)


def is_in_order(track: Track, states: Sequence[str]) -> bool:
    """Whether these states can stand one behind another; none can, too."""
    return open_ends(track, states) is not None
