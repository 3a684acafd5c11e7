"""The fixtures other tests stand on: roles, clones, threads."""

import threading

import psycopg2
import pytest
from django.db import ProgrammingError, connection, connections, transaction


def current_user() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        return cursor.fetchone()[0]


@pytest.mark.django_db
def test_tests_have_the_grants_of_web():
    assert current_user() == "aif_tests"
    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("TRUNCATE institution CASCADE")


@pytest.mark.django_db
def test_a_role_lasts_for_its_block(as_role):
    with as_role("aif_match"):
        assert current_user() == "aif_match"
        with as_role("aif_desk"):
            assert current_user() == "aif_desk"
        assert current_user() == "aif_match"
    assert current_user() == "aif_tests"


@pytest.mark.django_db
def test_a_role_ends_even_when_its_transaction_fails(as_role):
    with pytest.raises(ProgrammingError):
        with transaction.atomic(), as_role("aif_match"), connection.cursor() as cursor:
            cursor.execute("SELECT no_such_column FROM institution")
    assert current_user() == "aif_tests"


def test_a_fresh_database_sees_commits_of_threads(fresh_database, as_role):
    seen = []

    def work() -> None:
        try:
            seen.append(current_user())
            with as_role("aif_desk"), connection.cursor() as cursor:
                connections["default"].close()
                cursor_user = current_user()  # a new connection keeps the role
                seen.append(cursor_user)
            with as_role("aif_owner"), connection.cursor() as cursor:
                cursor.execute("CREATE TABLE left_behind (x int); GRANT SELECT ON left_behind TO aif_web")
        finally:
            connections.close_all()

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert seen == ["aif_tests", "aif_desk"]
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*), current_database() FROM left_behind")
        assert cursor.fetchone() == (0, fresh_database)


def test_the_next_fresh_database_is_empty_again(fresh_database):
    with connection.cursor() as cursor, pytest.raises(ProgrammingError, match="left_behind"):
        cursor.execute("SELECT 1 FROM left_behind")


@pytest.mark.django_db
def test_bare_sessions_reach_the_same_database(connect):
    with connect("aif_match").cursor() as cursor:
        cursor.execute("SELECT current_user, current_database()")
        assert cursor.fetchone() == ("aif_match", connection.settings_dict["NAME"])


@pytest.mark.django_db
def test_the_test_login_has_no_right_of_its_own(connect):
    with connect("aif_test").cursor() as cursor, pytest.raises(psycopg2.Error, match=r"denied|does not exist"):
        cursor.execute("SELECT 1 FROM institution")
