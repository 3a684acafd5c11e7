"""The doctor: each fault of a deployment, made for real, is named; a sound one has nothing wrong."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as project
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from clues.doctor.examination import examine, is_sound
from clues.doctor.finding import Finding, Level, wrong
from clues.doctor.rights import unless_denied
from clues.models import KeyEpoch
from clues.packages.signing import YEARS, make_signer
from config.stack import Stack
from config.stack.postgres import connected
from tests.clues.screening.test_sealing import ask, seal
from tests.factories import acting_as, make_institution

Break = Callable[[Any], None]


def statement(*texts: str) -> Break:
    """Done by the administrator of the database, who may do anything."""

    def do(cursor: Any) -> None:
        for text in texts:
            cursor.execute(text)

    return do


FAULTS: dict[str, tuple[str, Break, Break]] = {
    "a role gives up durability": (
        "database.synchronous_commit",
        statement("ALTER ROLE aif_match SET synchronous_commit = off"),
        statement("ALTER ROLE aif_match RESET synchronous_commit"),
    ),
    "a superuser": (
        "database.role", statement("ALTER ROLE aif_desk SUPERUSER"), statement("ALTER ROLE aif_desk NOSUPERUSER"),
    ),
    "row security passed": (
        "database.role", statement("ALTER ROLE aif_web BYPASSRLS"), statement("ALTER ROLE aif_web NOBYPASSRLS"),
    ),
    "a table without row security": (
        "database.row-security", statement("ALTER TABLE clue NO FORCE ROW LEVEL SECURITY"), statement("SELECT 1"),
    ),
    "an owner who logs in": (
        "database.owner", statement("ALTER ROLE aif_owner LOGIN"), statement("ALTER ROLE aif_owner NOLOGIN"),
    ),
    "a login that may become the owner": (
        "database.owner", statement("GRANT aif_owner TO aif_match"), statement("REVOKE aif_owner FROM aif_match"),
    ),
    "a table that may be emptied": (
        "database.grants", statement("GRANT TRUNCATE ON audit_event TO aif_desk"), statement("SELECT 1"),
    ),
    "a table that anybody may empty": (
        "database.grants", statement("GRANT TRUNCATE ON clue TO PUBLIC"), statement("SELECT 1"),
    ),
    "a table that another login may empty": (
        "database.grants", statement("GRANT TRIGGER ON clue TO aif_web"), statement("SELECT 1"),
    ),
    "a login that may become the owner through another role": (
        "database.owner",
        statement("CREATE ROLE aif_between; GRANT aif_owner TO aif_between; GRANT aif_between TO aif_match"),
        statement("DROP ROLE aif_between"),
    ),
    "a trigger out of force": (
        "database.triggers", statement("ALTER TABLE audit_event DISABLE TRIGGER audit_event_append_only"), statement("SELECT 1"),
    ),
    "a restored database": (
        "log.home", statement("INSERT INTO audit_home (cluster, branch, kept, seen) VALUES ('', 0, 0, 0)"), statement("SELECT 1"),
    ),
    "a migration that was not applied": (
        "database.migrations",
        statement("DELETE FROM django_migrations WHERE id = (SELECT max(id) FROM django_migrations)"),
        statement("SELECT 1"),
    ),
}  # fmt: skip


@pytest.fixture
def administrator(fresh_database: str, database_server: Any) -> Iterator[Any]:
    with connected(database_server.superuser_url(connection.settings_dict["NAME"])) as cursor:
        yield cursor


def wrong_codes() -> set[str]:
    with acting_as("aif_desk"):
        return {finding.code for finding in examine() if finding.level is Level.WRONG}


def levels() -> dict[str, Level]:
    with acting_as("aif_desk"):
        return {finding.code: finding.level for finding in examine()}


@pytest.fixture
def usual(fresh_database: str) -> set[str]:
    """What is wrong with a database of tests: nobody sequences, and no directory is published."""
    return wrong_codes()


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_named(fault: str, administrator: Any, usual: set[str]) -> None:
    code, break_it, mend = FAULTS[fault]
    break_it(administrator)
    try:
        assert wrong_codes() - usual == {code}
    finally:
        mend(administrator)  # roles are shared by all databases of a server


def test_keys_that_are_gone(fresh_database: str, usual: set[str], settings: Any) -> None:
    now = timezone.now()
    with acting_as("aif_owner"):
        KeyEpoch.objects.create(
            type="domain", epoch=7, suite="x", pepper_id="p9", not_before=now, not_after=now + timedelta(days=365)
        )
        assert "keys.peppers" in wrong_codes()
        settings.AIF_PEPPERS = project.AIF_PEPPERS | {"p9": bytes(32)}
        assert "keys.peppers" not in wrong_codes()


def test_evidence_that_others_may_list(fresh_database: str, usual: set[str], settings: Any, tmp_path: Path) -> None:
    settings.AIF_EVIDENCE = tmp_path
    tmp_path.chmod(0o755)
    assert "keys.evidence" in wrong_codes()
    tmp_path.chmod(0o700)
    assert "keys.evidence" not in wrong_codes()


def test_a_seal_that_stands_still(fresh_database: str, usual: set[str]) -> None:
    """A screening that waits for longer than a minute; younger ones are the sealer's ordinary work."""
    aster = make_institution("Aster")
    ask(aster, at=timezone.now() - timedelta(seconds=20))
    assert "log.screenings" not in wrong_codes()
    ask(aster, at=timezone.now() - timedelta(seconds=70))
    assert wrong_codes() - usual == {"log.screenings"}
    seal()
    assert "log.screenings" not in wrong_codes()


@pytest.mark.parametrize(
    ("made", "level"),
    [
        (timedelta(0), Level.GOOD),
        (timedelta(days=365 * YEARS - 29), Level.UNSURE),
        (timedelta(days=365 * YEARS + 1), Level.WRONG),
    ],
)
def test_the_signer_of_packages_ends(fresh_database: str, settings: Any, made: timedelta, level: Level) -> None:
    settings.AIF_PACKAGE_SIGNER = make_signer(name="Test", now=timezone.now() - made)
    assert levels()["keys.signer"] is level


def test_a_signer_that_does_not_fit_its_certificate(fresh_database: str, settings: Any) -> None:
    assert levels()["keys.signer"] is Level.UNSURE  # not given to this process
    one, two = (make_signer(name="Test", now=timezone.now()) for _ in range(2))
    mark = "-----BEGIN CERTIFICATE-----"
    settings.AIF_PACKAGE_SIGNER = one.partition(mark)[0] + mark + two.partition(mark)[2]
    assert levels()["keys.signer"] is Level.WRONG


@pytest.mark.parametrize(("program", "level"), [("cat", Level.WRONG), ("false", Level.WRONG)])
def test_a_kek_whose_holder_fails(fresh_database: str, settings: Any, program: str, level: Level) -> None:
    """One does not wrap at all, it gives back what it is given; the other one does not answer."""
    settings.AIF_KEKS = {**project.AIF_KEKS, "k2": "command"}
    settings.AIF_KEK_HOLDER = f"sh -c {program}"
    assert levels()["keys.holder"] is level


def test_what_cannot_be_seen_is_said_and_the_rest_is_looked_at(fresh_database: str) -> None:
    with acting_as("aif_match"):  # may not read the log's checkpoints
        found = {finding.code: finding.level for finding in examine()}
    assert found["surroundings"] is Level.UNSURE and "database.roles" in found


@pytest.mark.stack
def test_a_running_stack_is_sound(stack: Stack) -> None:
    found = json.loads(Stack.manage(stack, "doctor", "--json"))  # as an operator runs it: a process of its own
    assert not [row for row in found if row["level"] == "wrong"]
    assert {
        "database.durable",
        "database.roles",
        "keys.peppers",
        "keys.seals",
        "keys.directory",
        "custodians.epochs",
        "custodians.keys",
        "log.sequencer",
        "log.screenings",
    } <= {row["code"] for row in found if row["level"] == "good"}


@pytest.mark.django_db
def test_it_ends_with_1_where_something_is_wrong(capsys: pytest.CaptureFixture[str]) -> None:
    with acting_as("aif_desk"), pytest.raises(SystemExit) as ended:
        call_command("doctor")
    out = capsys.readouterr().out
    assert ended.value.code == 1 and "WRONG" in out and "sequence_log" in out
    assert not is_sound(examine())


@pytest.mark.parametrize("login", ["aif_match", "aif_desk", "aif_audit"])
def test_every_login_looks_at_its_keys(fresh_database: str, login: str) -> None:
    """What one may not read costs one finding, not all that follow."""
    with acting_as(login):
        found = {finding.code: finding.level for finding in examine()}
    if login != "aif_audit":  # which reads no epochs at all
        assert {"keys.peppers", "keys.seals", "keys.signer", "keys.directory"} <= found.keys()
    assert found.get("keys.seals", Level.UNSURE) is (Level.GOOD if login == "aif_desk" else Level.UNSURE)
    assert "database.roles" in found and "login" not in found


def test_web_says_that_it_does_not_see_everything(fresh_database: str, as_role: Any) -> None:
    with as_role("aif_web", held=True):
        found = {finding.code: finding.level for finding in examine()}
    assert found["login"] is Level.UNSURE


def test_what_was_found_before_a_refusal_stays(db: None) -> None:
    def look() -> Iterator[Finding]:
        yield wrong("clocks", "they differ", "Set them.")
        with connection.cursor() as cursor:
            cursor.execute("SELECT * FROM context_key")

    assert [(found.code, found.level) for found in unless_denied("all", look)] == [
        ("clocks", "wrong"),
        ("all", "unsure"),
    ]
