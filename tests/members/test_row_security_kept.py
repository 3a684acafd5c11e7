"""Row security on a connection that one request after another uses."""

from __future__ import annotations

from django.db import connection, transaction

from members.row_security import act_for, leave
from tests.factories import make_institution, make_key


def rows(statement):
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchall()


def test_nothing_stays_on_a_connection_that_is_kept(fresh_database, as_role):
    ours = [make_institution(name) for name in ("Aster", "Birch")]
    for each in ours:
        make_key(each)
    with as_role("aif_web", held=True):
        for turn in range(200):
            each = ours[turn % 2]
            act_for(institution=each.pk)
            if turn % 3:
                assert rows("SELECT DISTINCT institution_id FROM credential") == [(each.pk,)]
            else:
                with transaction.atomic():
                    assert rows("SELECT DISTINCT institution_id FROM credential") == [(each.pk,)]
            leave()
            assert rows("SELECT count(*), coalesce(current_setting('aif.context', true), '') FROM credential") == [
                (0, "")
            ]
