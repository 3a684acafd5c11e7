"""The doctor on what guards in the database: each thing taken away, changed or added by hand is named."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection

from clues.doctor import guards
from clues.doctor.finding import Finding, Level
from config.stack.postgres import connected
from tests.factories import acting_as

LESS = "CREATE OR REPLACE FUNCTION aif_institution() RETURNS bigint LANGUAGE sql STABLE AS 'SELECT 1::bigint'"
BY_HAND: dict[str, tuple[str, str, str]] = {
    "a trigger out of force": ("ALTER TABLE screening DISABLE TRIGGER screening_is_weighed", "triggers", "screening.screening_is_weighed"),
    "a trigger gone": ("DROP TRIGGER clue_review_four_eyes ON clue_review", "triggers", "clue_review.clue_review_four_eyes"),
    "a trigger for replicas alone": (
        "ALTER TABLE case_part ENABLE REPLICA TRIGGER case_part_four_eyes", "triggers", "case_part.case_part_four_eyes",
    ),
    "a trigger more": (
        "CREATE TRIGGER nothing BEFORE INSERT ON audit_event FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger()",
        "triggers", "of no migration: audit_event.nothing",
    ),
    "a policy for everybody": ("ALTER POLICY web ON clue USING (true)", "policies", "clue.web"),
    "a policy with another role": ("ALTER POLICY others ON clue TO aif_owner, aif_web", "policies", "clue.others"),
    "a policy more": ("CREATE POLICY more ON clue TO aif_web USING (true)", "policies", "of no migration: clue.more"),
    "a policy gone": ("DROP POLICY web ON clue", "policies", "gone: clue.web"),
    "a view without its barrier": ("ALTER VIEW own_match_party SET (security_barrier = false)", "views", "own_match_party"),
    "a view with another owner": ("ALTER VIEW own_match_party OWNER TO postgres", "views", "own_match_party"),
    "a function for everybody": ("GRANT EXECUTE ON FUNCTION aif_lookup() TO PUBLIC", "functions", "aif_lookup()"),
    "a function for one more": ("GRANT EXECUTE ON FUNCTION aif_depart(bigint) TO aif_web", "functions", "aif_depart"),
    "a function of another owner": ("ALTER FUNCTION aif_lookup() OWNER TO postgres", "functions", "aif_lookup()"),
    "a function that says something else": (LESS, "functions", "aif_institution()"),
    "a function with its owner's rights": ("ALTER FUNCTION aif_lookup() SECURITY DEFINER", "functions", "aif_lookup()"),
    "foreign keys": ("ALTER TABLE case_part DISABLE TRIGGER ALL", "keys", "case_part"),
}  # fmt: skip


@pytest.fixture
def administrator(fresh_database: str, database_server: Any) -> Iterator[Any]:
    with connected(database_server.superuser_url(connection.settings_dict["NAME"])) as cursor:
        yield cursor


def look(*levels: Level) -> dict[str, Finding]:
    with acting_as("aif_desk"):
        return {found.code: found for found in guards.look() if found.level in levels}


@pytest.mark.django_db
def test_the_file_is_what_the_migrations_make() -> None:
    with connection.cursor() as cursor:
        cursor.execute(guards.GUARDS)
        found = {guards.Guard(*row) for row in cursor.fetchall()}
        cursor.execute(guards.VERSION)
        (version,) = cursor.fetchone()
    rendered_by, made = guards.read()
    assert (rendered_by, found ^ set(made)) == (version, set()), "a migration changed it: run .ci/guards.py"
    assert {each.kind for each in made} == set(guards.GOOD) and len(made) > 250


def test_as_the_migrations_made_it_all_is_good(fresh_database: str) -> None:
    assert set(look(Level.GOOD)) == {f"database.{word}" for word in guards.PLURAL.values()}
    assert not look(Level.UNSURE, Level.WRONG)


@pytest.mark.parametrize("what", BY_HAND)
def test_what_was_done_by_hand_is_named(administrator: Any, what: str) -> None:
    statement, word, name = BY_HAND[what]
    administrator.execute(statement)
    wrong = look(Level.WRONG)
    assert name in wrong[f"database.{word}"].says
    assert set(wrong) - {"database.triggers"} == {f"database.{word}"} - {"database.triggers"}


def test_on_another_version_what_reads_otherwise_is_named_as_unsure(
    administrator: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    version, made = guards.read()
    monkeypatch.setattr(guards, "read", lambda: (version - 1, made))
    assert not look(Level.UNSURE, Level.WRONG), "it reads the same there"
    administrator.execute("ALTER POLICY web ON clue USING (true)")
    assert look(Level.UNSURE)["database.texts"].says.endswith(": clue.web") and not look(Level.WRONG)
    administrator.execute("DROP POLICY web ON batch; ALTER POLICY others ON clue TO aif_web")
    said = look(Level.WRONG)["database.policies"].says
    assert "gone: batch.web" in said and "clue.others" in said
    administrator.execute(LESS)
    assert "aif_institution()" in look(Level.WRONG)["database.functions"].says


def test_many_are_counted(administrator: Any) -> None:
    administrator.execute("ALTER TABLE clue DISABLE ROW LEVEL SECURITY")  # which takes no policy away
    assert not look(Level.WRONG)
    made = guards.read()[1]
    tables = sorted({each.name.partition(".")[0] for each in made if each.kind == "policy"})[:20]
    for table in tables:
        administrator.execute(f"DROP POLICY web ON {table}")
    assert "and 12 more" in look(Level.WRONG)["database.policies"].says
