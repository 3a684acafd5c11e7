"""No unique index tells one institution what another has: each names the institution, or has a reason.

A conflict is an answer: "there is such a row", also of a row that row security hides. What the worker writes for an institution answers it later.
"""

from __future__ import annotations

import pytest
from django.db import connection

from tests.factories import acting_as

pytestmark = pytest.mark.django_db

ASKED = """
SELECT i.relname FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid JOIN pg_class t ON t.oid = x.indrelid
WHERE t.relnamespace = 'public'::regnamespace AND x.indisunique AND t.relrowsecurity
    AND (EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = t.oid AND a.attname = 'institution_id' AND NOT a.attisdropped)
        OR has_any_column_privilege('aif_web', t.oid, 'INSERT') OR EXISTS (
        SELECT FROM unnest(x.indkey::int2[]) key WHERE key > 0 AND has_column_privilege('aif_web', t.oid, key, 'UPDATE')))
    AND NOT EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = t.oid AND a.attname = 'institution_id'
        AND NOT a.attisdropped AND a.attnum = ANY (x.indkey::int2[]))
    AND NOT (x.indnkeyatts = 1 AND EXISTS (
        SELECT FROM pg_attribute a WHERE a.attrelid = t.oid AND a.attnum = x.indkey[0] AND a.attidentity <> ''))
ORDER BY 1
"""
"""Unique indexes of protected tables that are by institution or that web may write, without the institution, and not numbers that the database gives."""

_RANDOM = "a number that the platform draws at random"
_OWN_CHILD = "below a row of the own institution's alone, which row security asks for before anything is written"
_OWN_PERSON = "of a person, who writes own rows alone"
_OF_THE_CASE = "below a case that all its parties see, and this row of it as well"
REASONS = {
    "approval_one_open_about_a_thing": "the desk's; it names its thing, which is of one institution",
    "audit_leaf_event_id_key": "the sequencer's numbers",
    "audit_leaf_pkey": "the sequencer's numbers",
    "batch_chunk_batch_no": _OWN_CHILD,
    "case_charge_once": _OF_THE_CASE,
    "case_element_by_evidence_once": _OWN_CHILD,
    "case_element_by_facts_once": _OWN_CHILD,
    "case_party_pseudonym": "the platform draws it, within a case",
    "case_naming_once": _OF_THE_CASE,
    "clue_review_stands_once": _OWN_CHILD,
    "credential_key_id_key": "drawn at random by who makes a key; an id is no secret, and one that is taken tells nothing else",
    "custody_entry_once": "the platform counts the entries of an item",
    "disputed_clue_once": "the worker writes it, once for a dispute, which is of one institution",
    "django_session_pkey": _RANDOM,
    "event_seq_once": "the platform counts; web writes none",
    "evidence_demand_object_id_key": _RANDOM,
    "evidence_item_object_id_key": _RANDOM,
    "evidence_upload_item_id_key": _OWN_CHILD,
    "evidence_upload_object_id_key": _RANDOM,
    "feed_entry_once": "values in clear, given for everybody: who gives one again is told that it waits or stands, never by whom",
    "invitation_token_hash_key": _RANDOM,
    "lift_notice_once_a_fall": _OWN_CHILD,
    "match_read_once": _OWN_PERSON,
    "match_read_until_pkey": _OWN_PERSON,
    "notice_mark_once": _OWN_PERSON,
    "notice_read_once": _OWN_PERSON,
    "notification_preference_once": _OWN_PERSON,
    "notification_setting_pkey": _OWN_PERSON,
    "part_identifier_key_id_key": _RANDOM,
    "procedure_entry_number": _OF_THE_CASE,
    "procedure_entry_said_once": _OF_THE_CASE,
    "request_identifier_once": _OWN_CHILD,
    "saved_view_once": _OWN_PERSON,
    "unique_authenticator_type": _OWN_PERSON,
    "user_account_username_key": "one name space for all who log in: a name that is taken is told to who manages a team, not whose it is",
    "usersessions_usersession_session_key_key": _RANDOM,
}
"""Index -> why a conflict on it tells an institution nothing of another, or what little it tells."""


def asked() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(ASKED)
        return [name for (name,) in cursor.fetchall()]


def test_a_unique_index_names_the_institution_or_has_a_reason() -> None:
    found = asked()
    assert set(found) ^ set(REASONS) == set()


def test_one_that_names_nobody_is_seen() -> None:
    with acting_as("aif_owner"), connection.cursor() as cursor:
        cursor.execute("CREATE UNIQUE INDEX clue_ref_alone ON clue (client_ref)")
    assert "clue_ref_alone" in asked()
