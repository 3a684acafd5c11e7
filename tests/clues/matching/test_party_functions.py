"""What is computed with more rights than web's answers nobody but the institution of the context."""

from __future__ import annotations

from datetime import UTC

from django.db import connection

from clues.matching.queries import END
from members.row_security import act_for
from tests.clues.scene import Scene
from tests.factories import acting_as


def ask(sql, *values):
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall()


def test_each_answers_its_own_institution_alone(scene: Scene):
    aster, cedar = scene.cast.aster, scene.cast.cedar
    clues = [number for (number,) in ask("SELECT id FROM clue WHERE institution_id = %s", aster.pk)]
    page = ("before", END[0].replace(tzinfo=UTC), END[1], [], 10)
    with acting_as("aif_match"):
        ask("UPDATE batch_chunk SET state = 'received', done_at = NULL WHERE institution_id = %s RETURNING 1", aster.pk)
    asked = {
        "matches": (
            "SELECT match_id FROM aif_party_matches(%s, %s, %s, %s, %s, %s, %s)",
            aster.pk,
            aster.group_id,
            *page,
        ),
        "answering": ("SELECT clue_id FROM aif_own_answering(%s, %s)", aster.pk, clues),
        "queue": ("SELECT 1 WHERE aif_queue_age(%s) IS NOT NULL", aster.pk),
    }
    with acting_as("aif_web", held=True):
        act_for(institution=aster.pk)
        assert {name: len(ask(*each)) for name, each in asked.items()} == {"matches": 1, "answering": 1, "queue": 1}
        act_for(institution=cedar.pk)
        assert {name: len(ask(*each)) for name, each in asked.items()} == {"matches": 0, "answering": 0, "queue": 0}
