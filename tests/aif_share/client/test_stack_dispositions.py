"""Dispositions and content through the client, against the whole running stack: the worker raises what has to be lifted."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from aif_share.client import Client
from aif_share.client.resources.matches import Match
from aif_share.errors import InvalidRequest, NotFound, VersionChanged
from config.stack import Stack

from .members import host, member, report

pytestmark = pytest.mark.stack
SECONDS = 60.0


@pytest.fixture(scope="module")
def bank(stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    """One of two institutions."""
    with member(stack, tmp_path_factory.mktemp("measures-bank")) as client:
        yield client


@pytest.fixture(scope="module")
def insurer(stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    """The other one."""
    with member(stack, tmp_path_factory.mktemp("measures-insurer")) as client:
        yield client


@pytest.fixture
def match(bank: Client, insurer: Client) -> Match:
    """A new match of both."""
    shared = host()
    report(bank, [shared])
    report(insurer, [shared])
    return [*bank.matches.list()][-1]


def eventually(ask: Callable[[], Any], holds: Callable[[Any], Any]) -> Any:
    """Ask until it holds; return the answer."""
    until = time.monotonic() + SECONDS
    while not holds(answer := ask()):
        assert time.monotonic() < until, "it never came"
        time.sleep(0.1)
    return answer


def test_dispositions(bank: Client, insurer: Client, match: Match) -> None:
    """Recorded on a match; the other takes its clue back; the worker tells to lift."""
    made = bank.dispositions.record("internal-tag", match=match, note="In the engine.", persons_warned=2)
    assert (made.state, made.match, made.to_lift) == ("done", match.match, False)
    reviewed = bank.dispositions.act(made, "review")
    with pytest.raises(VersionChanged):
        bank.dispositions.act(made, "confirm")
    assert bank.dispositions.act(reviewed, "confirm").state == "confirmed"
    with pytest.raises(NotFound):
        insurer.dispositions.get(made)
    with pytest.raises(InvalidRequest):
        bank.dispositions.record("call-blocked", match=match)
    clue = next(iter(insurer.clues.list(limit=1)))
    insurer.clues.withdraw(clue, reason="mistake")
    fallen = eventually(lambda: bank.dispositions.get(made), lambda found: found.to_lift)
    assert fallen.lift is not None and fallen.lift.cause == "undone" and fallen.lift.due_at > datetime.now(UTC)
    assert [each.disposition for each in bank.dispositions.list(show="lift")] == [made.disposition]
    assert bank.dispositions.answer_lift(fallen, "lifted").state == "lifted"


def test_content(bank: Client, insurer: Client) -> None:
    link = f"https://{host()}/recruit"
    done = bank.content.report(
        [{"link": link, "category": "gray-advertising"}, {"link": "ftp://x", "category": "malware"}]
    )
    assert [(each.outcome, each.code) for each in done.results] == [("reported", None), ("refused", "link-refused")]
    (mine,) = [each for each in bank.content.list(state="reported") if each.link == link]
    assert bank.content.get(mine).platform == "other-web"
    with pytest.raises(NotFound):
        insurer.content.get(mine)
