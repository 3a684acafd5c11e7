"""What each login role may do with each table of `members`, asked of PostgreSQL itself."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, ProgrammingError, connection, transaction
from django.utils import timezone

from members.models import AuditEvent, Credential
from members.operations.credentials import revoke
from members.row_security import act_for
from tests.factories import CONSOLE, acting_as, make_institution, make_key, make_user

ROLES = ("aif_web", "aif_match", "aif_desk", "aif_audit")

# Written by hand: S select, s select of some columns, I insert, U update, u update of some columns, D delete.
EXPECTED = {
    "institution": {"aif_web": "Su", "aif_match": "Su", "aif_desk": "SIu", "aif_audit": "S"},
    "approval": {"aif_web": "", "aif_match": "Su", "aif_desk": "SIu", "aif_audit": ""},
    "institution_agreement": {"aif_web": "", "aif_match": "", "aif_desk": "SI", "aif_audit": ""},
    "institution_group": {"aif_web": "S", "aif_match": "S", "aif_desk": "SI", "aif_audit": "S"},
    "user_account": {"aif_web": "SIu", "aif_match": "s", "aif_desk": "SIu", "aif_audit": ""},
    "credential": {"aif_web": "SIu", "aif_match": "Su", "aif_desk": "SIu", "aif_audit": ""},
    "stored_answer": {"aif_web": "SIU", "aif_match": "SD", "aif_desk": "", "aif_audit": ""},
    "webhook_endpoint": {"aif_web": "SIU", "aif_match": "Su", "aif_desk": "S", "aif_audit": ""},
    "webhook_delivery": {"aif_web": "SIu", "aif_match": "SIUD", "aif_desk": "Su", "aif_audit": ""},
    "audit_event": {"aif_web": "sI", "aif_match": "sI", "aif_desk": "SI", "aif_audit": "S"},
    "audit_pending": {"aif_web": "", "aif_match": "", "aif_desk": "S", "aif_audit": "SD"},
    "audit_leaf": {"aif_web": "S", "aif_match": "", "aif_desk": "S", "aif_audit": "SI"},
    "audit_tile": {"aif_web": "S", "aif_match": "", "aif_desk": "S", "aif_audit": "SI"},
    "audit_checkpoint": {"aif_web": "S", "aif_match": "s", "aif_desk": "S", "aif_audit": "SI"},
    "audit_log_key": {"aif_web": "S", "aif_match": "", "aif_desk": "S", "aif_audit": "SI"},
    "audit_home": {"aif_web": "", "aif_match": "", "aif_desk": "S", "aif_audit": "S"},
    "audit_witness": {"aif_web": "SIu", "aif_match": "", "aif_desk": "S", "aif_audit": ""},
    "outbox_message": {"aif_web": "sI", "aif_match": "SIuD", "aif_desk": "SI", "aif_audit": ""},
    "notification_setting": {"aif_web": "SIU", "aif_match": "S", "aif_desk": "", "aif_audit": ""},
    "notification_preference": {"aif_web": "SIU", "aif_match": "S", "aif_desk": "", "aif_audit": ""},
    "waiting_mail": {"aif_web": "", "aif_match": "SIU", "aif_desk": "", "aif_audit": ""},
    "django_session": {"aif_web": "SIUD", "aif_match": "", "aif_desk": "SIUD", "aif_audit": ""},
    "django_admin_log": {"aif_web": "", "aif_match": "", "aif_desk": "SI", "aif_audit": ""},
    "django_migrations": {"aif_web": "S", "aif_match": "S", "aif_desk": "S", "aif_audit": "S"},
    "auth_permission": {"aif_web": "", "aif_match": "", "aif_desk": "S", "aif_audit": ""},
    "invitation": {"aif_web": "SIu", "aif_match": "", "aif_desk": "SIu", "aif_audit": ""},
    "mfa_authenticator": {"aif_web": "SIUD", "aif_match": "", "aif_desk": "SIUD", "aif_audit": ""},
    "usersessions_usersession": {"aif_web": "SIUD", "aif_match": "", "aif_desk": "SID", "aif_audit": ""},
    "axes_accessattempt": {"aif_web": "SIUD", "aif_match": "", "aif_desk": "SIUD", "aif_audit": ""},
    "axes_accessattemptexpiration": {"aif_web": "SD", "aif_match": "", "aif_desk": "SD", "aif_audit": ""},
    "axes_accesslog": {"aif_web": "", "aif_match": "", "aif_desk": "", "aif_audit": ""},
    "axes_accessfailurelog": {"aif_web": "", "aif_match": "", "aif_desk": "", "aif_audit": ""},
    "account_emailaddress": {"aif_web": "", "aif_match": "", "aif_desk": "", "aif_audit": ""},
    "account_emailconfirmation": {"aif_web": "", "aif_match": "", "aif_desk": "", "aif_audit": ""},
    "auth_group": {"aif_web": "", "aif_match": "", "aif_desk": "", "aif_audit": ""},
}


def ask(sql: str, *values: object) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall()


def rights(role: str, table: str) -> str:
    found = ""
    for letter, privilege in (("S", "SELECT"), ("I", "INSERT"), ("U", "UPDATE"), ("D", "DELETE")):
        ((whole,),) = ask("SELECT has_table_privilege(%s, %s, %s)", role, table, privilege)
        if whole:
            found += letter
        elif letter in "SU":
            ((some,),) = ask("SELECT has_any_column_privilege(%s, %s, %s)", role, table, privilege)
            found += letter.lower() if some else ""
    return found


@pytest.mark.django_db
@pytest.mark.parametrize("table", EXPECTED)
def test_the_rights_are_these_and_no_others(table):
    assert {role: set(rights(role, table)) for role in ROLES} == {
        role: set(expected) for role, expected in EXPECTED[table].items()
    }


@pytest.mark.django_db
def test_the_login_roles_are_plain():
    rows = ask(
        "SELECT rolname, rolsuper, rolbypassrls, rolcreaterole, rolcanlogin FROM pg_roles WHERE rolname LIKE 'aif%%'"
    )
    found = {row[0]: row[1:] for row in rows}
    for role in ROLES:
        assert found[role] == (False, False, False, True)
    assert found["aif_owner"] == (False, False, False, False)


@pytest.mark.django_db
def test_the_owner_owns_everything_and_nobody_truncates():
    rows = ask(
        "SELECT relname, pg_get_userbyid(relowner) FROM pg_class"
        " WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v', 'm')"
    )
    assert {owner for _table, owner in rows} == {"aif_owner"}
    assert len(rows) > 10
    for table, _owner in rows:
        for role in ROLES:
            assert ask("SELECT has_table_privilege(%s, %s, 'TRUNCATE')", role, table) == [(False,)], (role, table)
            assert ask("SELECT has_table_privilege(%s, %s, 'TRIGGER')", role, table) == [(False,)], (role, table)


@pytest.mark.django_db
@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("statement", ["UPDATE audit_event SET verb = 'x'", "DELETE FROM audit_event"])
def test_no_login_rewrites_the_trail(role, statement):
    make_institution()
    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        with acting_as(role), connection.cursor() as cursor:
            cursor.execute(statement)


@pytest.mark.django_db
@pytest.mark.parametrize("statement", ["UPDATE audit_event SET verb = 'x'", "DELETE FROM audit_event"])
def test_the_trail_resists_its_owner_too(statement):
    make_institution()
    with pytest.raises(DatabaseError, match="only ever added"), transaction.atomic():
        with acting_as("aif_owner"), connection.cursor() as cursor:
            cursor.execute(statement)
    with acting_as("aif_audit"):
        assert AuditEvent.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE institution SET state = 'live'",
        "UPDATE institution SET screen_quota = 1000000",
        "UPDATE credential SET scopes = '{screen}'",
        "UPDATE credential SET last_used_at = NULL, warned_at = NULL",
        "DELETE FROM credential",
        "UPDATE credential SET verifier = repeat('0', 64)",
        "INSERT INTO user_account (username, password, role, full_name, email, is_active, created_at)"
        " VALUES ('mallory', '', 'alliance-approver', '', '', true, now())",
        "UPDATE user_account SET institution_id = NULL",
        "UPDATE user_account SET username = 'x'",
        "INSERT INTO institution_group (name) VALUES ('x')",
        "SELECT payload FROM outbox_message",
        "SELECT verb FROM audit_event",
        "CREATE TABLE mine (x int)",
    ],
)
def test_the_web_process_cannot(statement, as_role):
    with (
        as_role("aif_web", held=True),
        pytest.raises(ProgrammingError, match="permission denied"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)


@pytest.mark.django_db
def test_the_web_process_leaves_the_alliances_people_alone(as_role):
    olga = make_user("alliance-operator", name="olga")
    act_for(person=olga.pk)
    for change in ("role = 'alliance-approver'", "is_active = false", "email = 'x@example.org'", "full_name = 'x'"):
        with (
            as_role("aif_web", held=True),
            pytest.raises(ProgrammingError, match="permission denied"),
            transaction.atomic(),
        ):
            with connection.cursor() as cursor:
                cursor.execute(f"UPDATE user_account SET {change} WHERE username = 'olga'")


@pytest.mark.django_db
@pytest.mark.parametrize("role", ["aif_web", "aif_desk", "aif_match", "aif_owner"])
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE credential SET revoked_at = NULL, revoked_reason = ''",
        "UPDATE credential SET revoked_at = revoked_at + interval '1 day'",
        "UPDATE credential SET revoked_reason = 'nothing'",
        "UPDATE credential SET expires_at = expires_at + interval '1 second'",
        "UPDATE credential SET verifier = repeat('0', 64)",
        "UPDATE credential SET scopes = '{keys}'",
        "UPDATE credential SET cidrs = '{0.0.0.0/0}'",
    ],
)
def test_a_key_is_only_ever_taken_back(role, statement):
    """Whatever the role may write otherwise: a key is never revived, prolonged or made to be another."""
    key = make_key(make_institution())
    with acting_as("aif_desk"):
        row = Credential.objects.get(key_id=key.id)
        revoke(credential_id=row.pk, reason="lost", by=CONSOLE, now=timezone.now())
    with pytest.raises(DatabaseError, match=r"stays revoked|only becomes shorter|stays what it is|permission denied"):
        with transaction.atomic(), acting_as(role), connection.cursor() as cursor:
            cursor.execute(statement)


@pytest.mark.django_db
def test_nobody_reads_the_names_of_people_in_the_worker():
    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        with acting_as("aif_match"), connection.cursor() as cursor:
            cursor.execute("SELECT username FROM user_account")
