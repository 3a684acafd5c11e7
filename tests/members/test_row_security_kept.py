"""Row security on a connection that one request after another uses."""

from __future__ import annotations

import threading

from django.db import connection, transaction
from django.test import Client

from members.row_security import act_for, context, leave
from tests.factories import bearer, make_institution, make_key


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


def test_a_value_is_signed_for_one_key_institution_and_connection_and_only_for_seconds(settings):
    """What is kept is given again for the same question alone: a wrong key of this memory would be another's rows."""
    settings.AIF_CONTEXT_KEYS = {"c1": b"a" * 32}
    asked = []

    def ask(institution=7, backend=40, at=1_000.0):
        act_for(institution=institution)
        asked.append(context.signed(backend, lambda: at))
        leave()
        return asked[-1]

    first = ask()
    assert ask() == ask(at=1_014.0) == first, "kept"
    assert ask(institution=8).split(".")[3] == "8" and ask(backend=41).split(".")[1] == "41" and ask() == first
    assert ask(at=1_015.0).split(".")[2] == str(1_015 + context.LIVES_S), "anew"
    assert ask(at=900.0).split(".")[2] == str(900 + context.LIVES_S), "a clock set back"
    settings.AIF_CONTEXT_KEYS = {"c1": b"b" * 32}
    assert ask(at=900.0) != asked[-2], "another key under the same name"
    settings.AIF_CONTEXT_KEYS = {"c1": b"b" * 32, "c2": b"b" * 31}
    assert ask(at=900.0).startswith("c2."), "the newest key signs"


def test_requests_that_take_turns_on_kept_connections_meet_only_their_own(fresh_database, as_role, scale):
    """Eight threads, as web has them: one institution's key, no key, the other's, again and again, each thread on its connection."""
    both = [make_institution(name) for name in ("Aster", "Birch")]
    askers = [(each, bearer(make_key(each))) for each in both]
    turns, wrong, asked = scale(12, full=500), [], []

    def work(first: int) -> None:
        client = Client(raise_request_exception=False)
        with as_role("aif_web", held=True):
            for turn in range(turns):
                for institution, headers in (askers[(first + turn) % 2], (None, {}), askers[(first + turn + 1) % 2]):
                    answer = client.get("/api/v1/me", **headers)
                    told = answer.json().get("institution") if answer.status_code == 200 else answer.status_code
                    left = rows("SELECT coalesce(current_setting('aif.context', true), ''), count(*) FROM credential")
                    asked.append(told)
                    if told != (institution.ref if institution else 401) or left != [("", 0)]:
                        wrong.append((told, left))

    def guarded(first: int) -> None:
        try:
            work(first)
        except Exception as error:  # a thread's own would be lost
            wrong.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=guarded, args=(number,)) for number in range(8)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert wrong == [] and len(asked) == 8 * turns * 3
