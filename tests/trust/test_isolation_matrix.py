"""Every address × method × asker × object: what is another's answers like what is not there, byte for byte, and nothing moves.

Show 3 of issue 7. A new address belongs into tests/trust/matrix/doors.py (API) or pages.py (portal); the desk lists itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

# Whatever touches models is imported inside: this file is read before Django is set up.
if TYPE_CHECKING:
    from tests.trust.matrix.world import World


def test_every_address_is_listed() -> None:
    """A new address is not tested until it has its row, so this fails first."""
    from tests.trust.matrix.desk import unlisted

    assert unlisted() == []


def test_the_matrix(world: World, settings: Any) -> None:
    from tests.factories import acting_as
    from tests.trust.matrix import api, desk, portal
    from tests.trust.matrix.cells import Score
    from tests.trust.matrix.doors import DOORS, LISTS, SESSION

    score, people = Score(), portal.People(world)
    for name, door in DOORS.items():
        api.ask_row(name, door, world, score)
        api.ask_methods(name, world, score)
    for name, path in LISTS.items():
        api.ask_list(name, path, world, score, portal.own_references(world))
    for route in SESSION:
        portal.ask_session(route, world, people, score)
    for name, page in portal.PAGES.items():
        portal.ask_row(name, page, world, people, score)
    for route in portal.LISTS:
        portal.ask_list(route, world, people, score)
    settings.ROOT_URLCONF = "config.urls_desk"
    with acting_as("aif_desk"):
        desk.ask_desk(world, score)
    print(*score.leaks[:20], sep="\n")
    print(f"matrix_cells={score.cells} matrix_leaks={len(score.leaks)}")
    assert score.unreached == [], "the owner has to succeed, or the row proves nothing"
    assert score.leaks == []
    assert score.cells >= 1_500


def test_it_sees_a_leak() -> None:
    """The matrix itself: one byte, one header, one status or an answer that succeeds are each found."""
    from django.http import HttpResponse

    from tests.trust.matrix.cells import Score

    gone = HttpResponse(b"not found", status=404)
    for foreign in (
        HttpResponse(b"Not found", status=404),
        HttpResponse(b"not found", status=403),
        HttpResponse(b"not found", status=404, headers={"ETag": '"1"'}),
    ):
        score = Score()
        score.same("one", foreign, gone)
        assert len(score.leaks) == 1
    score = Score()
    score.same("one", HttpResponse(b"not found", status=404), gone)
    assert score.leaks == [] and score.cells == 2
    score.same("two", HttpResponse(b"{}"), HttpResponse(b"{}"))
    score.same("three", HttpResponse(b"", status=500), HttpResponse(b"", status=500))
    score.nothing("four", HttpResponse(b"a C-SECRET"), [b"C-SECRET"])
    assert len(score.leaks) == 3
