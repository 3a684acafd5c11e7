"""Rows of the ledger, written as the function that screens writes them, at any time of the past."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from django.db import connection

from tests.factories import acting_as


class Call(NamedTuple):
    """One screening: what the ledger keeps of it."""

    at: datetime
    purpose: str
    case_ref: str
    tokens: int
    hits: int
    asker: str = "key00001"


# One round trip: until the institution is suspended, or has asked enough.
PLAYER = """
CREATE OR REPLACE FUNCTION pg_temp.play(who bigint, most bigint, at timestamptz[], purpose text[], case_ref text[],
    tokens int[], hits int[], asker text[])
RETURNS TABLE (asked bigint, suspended boolean) LANGUAGE plpgsql AS $$
BEGIN
    asked := 0;
    suspended := false;
    FOR i IN 1 .. cardinality(at) LOOP
        INSERT INTO public.screening (institution_id, key_id, purpose, case_ref, basis, tokens, hits, screened_at)
        VALUES (who, asker[i], purpose[i], case_ref[i], 'test', tokens[i], hits[i], at[i]);
        asked := asked + tokens[i];
        suspended := public.aif_screening_suspended(who);
        EXIT WHEN suspended OR asked >= most;
    END LOOP;
    RETURN NEXT;
END $$
"""
PLAY = """
SELECT * FROM pg_temp.play(%s, %s, %s::timestamptz[], %s::text[], %s::text[], %s::int[], %s::int[], %s::text[])
"""


def play(institution: int, calls: Sequence[Call], *, most: int = 10**9) -> tuple[int, bool]:
    """Write calls until screening is suspended or `most` tokens are asked; return the tokens asked, and whether it is."""
    columns = [list(column) for column in zip(*calls, strict=True)]
    with acting_as("aif_owner"), connection.cursor() as cursor:
        cursor.execute(PLAYER)
        cursor.execute(PLAY, [institution, most, *columns])
        asked, suspended = cursor.fetchone()
    return int(asked), bool(suspended)
