"""When a party may know of a clue in a ring stands twice: for statements of the domain, and frozen in functions of the database."""

from __future__ import annotations

from django.db import connection

from clues.rings.visible import TOLD

FUNCTIONS = ("aif_party_rings", "aif_party_graph")


def test_the_functions_in_force_say_the_same(db: None) -> None:
    """Whoever changes one half, and not the other by a migration, shows a clue on one page and hides it on another."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT proname, prosrc FROM pg_proc WHERE proname = ANY(%s)", [list(FUNCTIONS)])
        found = dict(cursor.fetchall())
    assert sorted(found) == sorted(FUNCTIONS)
    for source in found.values():
        text = " ".join(source.split())
        assert text.count(" ".join(TOLD.split())) == text.count("c.state = 'active'") >= 2
