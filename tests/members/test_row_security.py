"""Row-level security: what the role of web reaches without a context, with a forged, a stale and a borrowed one."""

from __future__ import annotations

import time

import psycopg2
import pytest
from django.db import ProgrammingError, connection, transaction

from members.row_security import act_for, context, leave, looking_up
from tests.factories import acting_as, make_institution, make_key, make_user
from tests.members.raw_sql import FORGED, as_institution, count_everywhere, list_open, rows

pytestmark = pytest.mark.django_db

UNPROTECTED = {
    "alliance_week": "sums of the whole alliance, without institutions",
    "audit_checkpoint": "signed roots, for everybody",
    "audit_log_key": "public keys",
    "audit_tile": "hashes of salted leaves, for everybody",
    "campaign": "members read of all that run",
    "campaign_target": "of a campaign",
    "campaign_unit": "of a campaign",
    "content": "links that stand open on the network; who reported one is in content_report",
    "content_step": "what became of such a link",
    "data_key": "wrapped keys under random numbers; the key that opens them is not in the database",
    "django_content_type": "names of models",
    "django_migrations": "names of migrations",
    "funnel_figure": "sums of the whole alliance",
    "guidance_row": "the alliance's guidance",
    "guidance_version": "the alliance's guidance",
    "institution": "the alliance's list of members; names are shown by the rules of naming",
    "institution_group": "the groups of that list",
    "job": "when periodic jobs ran",
    "key_directory": "signed, for everybody",
    "key_epoch": "epochs, for everybody",
    "lawful_use_cell": "the alliance's matrix",
    "lawful_use_matrix": "the alliance's matrix",
    "outcome_figure": "sums of the whole alliance",
    "stored_object": "sizes and digests under random numbers; what they belong to is protected",
}
"""What web reads without row security, and why: nothing in it is one institution's."""
OWN_ROWS_OF_WHO_ASKS = [("own_match_party",)]
"""Views with their owner's rights, which a policy asks: each shows whoever asks the numbers of its own rows."""
LOCKOUTS = {"axes_accessattempt", "axes_accessattemptexpiration"}
"""Counted before anybody is known."""


@pytest.fixture
def aster():
    made = make_institution("Aster")
    make_key(made)
    make_user("member-admin", name="ada", institution=made)
    return made


@pytest.fixture
def birch():
    made = make_institution("Birch")
    make_key(made)
    return made


def test_each_table_is_protected_for_its_owner_as_well_or_has_a_reason():
    found = rows(
        "SELECT relname, relrowsecurity, relforcerowsecurity FROM pg_class c WHERE relnamespace = 'public'::regnamespace"
        " AND relkind IN ('r', 'p') AND (has_any_column_privilege('aif_web', c.oid, 'SELECT') OR EXISTS (SELECT FROM"
        " pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'institution_id' AND NOT a.attisdropped))"
    )
    open_ones = {name for name, enabled, forced in found if not (enabled and forced)}
    assert open_ones == set(UNPROTECTED) | LOCKOUTS
    with_institution = {name for (name,) in rows(
        "SELECT relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'institution_id'"
        " AND NOT a.attisdropped WHERE c.relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace")}  # fmt: skip
    assert not open_ones & with_institution


def test_no_role_of_a_process_is_above_it_and_no_view_goes_around_it():
    roles = rows(
        "SELECT rolname FROM pg_roles WHERE rolname LIKE 'aif\\_%%' AND rolname NOT LIKE 'aif_test%%' AND (rolsuper OR rolbypassrls)"
    )
    assert roles == []
    assert rows("SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('v', 'm')"
                " AND NOT coalesce(reloptions, '{}') @> '{security_invoker=true}'") == OWN_ROWS_OF_WHO_ASKS  # fmt: skip
    assert (
        rows(
            "SELECT relname FROM pg_class c JOIN pg_roles r ON r.oid = c.relowner WHERE relrowsecurity AND r.rolcanlogin"
        )
        == []
    )


CHECKED_WHERE_THEY_WRITE = {"aif_hold_over_volume", "aif_screen"}
"""Functions with more rights that a trigger asks whom they work for, on the row that says what they did."""


def test_without_a_context_there_is_no_row_anywhere(aster, birch, held):
    seen = count_everywhere()
    assert len(seen) > 80 and list_open(seen) == []
    assert count_everywhere(as_institution(aster))["credential"] == 1, "the same question, by whoever may"


def test_a_forged_context_is_an_error(aster, birch, held):
    for change in FORGED:
        seen = count_everywhere(change(as_institution(aster)))
        assert list_open(seen) == [] and seen["credential"] == "forged context"


@pytest.mark.parametrize("asked", ["aif_institution()", "aif_person()", "aif_lookup()"])
def test_every_part_of_a_forged_context_is_an_error(aster, held, asked):
    for change in FORGED:
        with (
            connection.connection.cursor() as cursor,
            pytest.raises(psycopg2.ProgrammingError, match="forged context"),
        ):
            cursor.execute("SAVEPOINT each")
            try:
                cursor.execute("SELECT set_config(%s, %s, true)", [context.SETTING, change(as_institution(aster))])
                cursor.execute(f"SELECT {asked}")
            finally:
                cursor.execute("ROLLBACK TO SAVEPOINT each")


def test_an_expired_context_is_an_error(aster, held):
    seen = count_everywhere(as_institution(aster, age=context.LIVES_S + 5))
    assert list_open(seen) == [] and seen["credential"] == "stale context"


def test_the_context_of_another_connection_is_an_error(aster, held):
    act_for(institution=aster.pk)
    value = context.signed(connection.connection.info.backend_pid + 1, time.time)
    leave()
    seen = count_everywhere(value)
    assert list_open(seen) == [] and seen["credential"] == "stale context"


def test_a_key_that_the_database_does_not_know_signs_nothing(aster, held, settings):
    settings.AIF_CONTEXT_KEYS = {"c1": b"x" * 32}
    seen = count_everywhere(as_institution(aster))
    assert list_open(seen) == [] and seen["credential"] == "forged context"


def test_nobody_reads_the_key(held):
    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        rows("SELECT * FROM context_key")


def test_with_a_context_there_are_own_rows_and_no_others(aster, birch, held):
    for each in (aster, birch):
        act_for(institution=each.pk)
        assert rows("SELECT DISTINCT institution_id FROM credential") == [(each.pk,)]
    assert rows("SELECT count(*) FROM user_account") == [(0,)], "of Birch, which has nobody"


def test_nothing_is_written_for_another(aster, birch, held):
    act_for(institution=aster.pk)
    assert rows(
        "WITH done AS (UPDATE credential SET last_used_at = now() RETURNING institution_id) SELECT * FROM done"
    ) == [(aster.pk,)]
    with (
        pytest.raises(ProgrammingError, match="row-level security"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(
            "INSERT INTO quota_use (institution_id, kind, day, used) VALUES (%s, 'screen', current_date, 1)", [birch.pk]
        )


def test_a_lookup_finds_what_it_names_and_nothing_beside(aster, birch, held):
    with acting_as("aif_desk"):
        (mine,) = rows("SELECT key_id FROM credential WHERE institution_id = %s", aster.pk)
    with looking_up("credential", mine[0]):
        assert rows("SELECT key_id FROM credential") == [mine]
        assert rows("SELECT count(*) FROM user_account") == [(0,)]
    with looking_up("credential", "nobodys0"):
        assert rows("SELECT key_id FROM credential") == []
    assert rows("SELECT key_id FROM credential") == []


def test_functions_with_more_rights_ask_whom_they_work_for(aster, birch, held):
    act_for(institution=aster.pk)
    assert rows("SELECT aif_acts_for(%s), aif_acts_for(%s), aif_acts_for(NULL)", aster.pk, birch.pk) == [
        (True, False, False)
    ]
    assert rows("SELECT count(*) FROM audit_event_of(%s, 'institution.create', %s)", birch.pk, birch.ref) == [(0,)]
    act_for(institution=birch.pk)
    assert rows("SELECT count(*) FROM audit_event_of(%s, 'institution.create', %s)", birch.pk, birch.ref)[0][0] == 1


def test_each_function_with_more_rights_that_is_told_whom_it_works_for_asks():
    told = rows(
        "SELECT proname, prosrc ~ 'aif_acts_for' FROM pg_proc p WHERE prosecdef AND has_function_privilege('aif_web', p.oid, 'EXECUTE')"
        " AND pronamespace = 'public'::regnamespace AND array_to_string(proargnames, ' ') ~ 'institution'"
    )
    assert len(told) > 5
    assert {name for name, asks in told if not asks} == CHECKED_WHERE_THEY_WRITE | {"aif_acts_for"}


def test_a_savepoint_that_is_rolled_back_leaves_no_context_behind(aster, birch, held):
    act_for(institution=aster.pk)
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        assert rows("SELECT DISTINCT institution_id FROM credential") == [(aster.pk,)]
        raise ZeroDivisionError
    act_for(institution=birch.pk)
    assert rows("SELECT DISTINCT institution_id FROM credential") == [(birch.pk,)]
    leave()
    assert rows("SELECT DISTINCT institution_id FROM credential") == []
