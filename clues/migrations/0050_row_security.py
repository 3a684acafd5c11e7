"""Row-level security of the tables of this app: own rows, and what a party may reach of a match, a case or a request."""

from django.db import migrations

from members.row_security.policies import ME, MINE, OF_VISIBLE_PERSON, OWN, child, expose, own_child, protect

# A policy may not ask its own table, nor two tables each other: these ask with their owner's rights.
PARTIES = """
CREATE FUNCTION aif_in_case(asked bigint) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT EXISTS (SELECT FROM public.case_party p WHERE p.case_id = asked
        AND p.institution_id = public.aif_institution() AND p.released_at <= clock_timestamp())
$$;
CREATE FUNCTION aif_sent(request bigint) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT EXISTS (SELECT FROM public.member_request r WHERE r.id = request AND r.sender_id = public.aif_institution())
$$;
CREATE FUNCTION aif_receives(request bigint) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT EXISTS (SELECT FROM public.request_party p
        WHERE p.request_id = request AND p.institution_id = public.aif_institution())
$$;
GRANT EXECUTE ON FUNCTION aif_in_case(bigint), aif_sent(bigint), aif_receives(bigint) TO aif_web;

CREATE FUNCTION aif_disputes(asked bigint) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT EXISTS (SELECT FROM public.disputed_clue d WHERE d.dispute_id = asked AND d.institution_id = public.aif_institution())
$$;
GRANT EXECUTE ON FUNCTION aif_disputes(bigint) TO aif_web;

-- Of its owner's rights and so without a policy: a function for each party of a match would cost many times as much.
CREATE VIEW own_match_party WITH (security_barrier) AS
    SELECT match_id FROM match_party WHERE institution_id = (SELECT aif_institution()) AND released_at <= clock_timestamp();
GRANT SELECT ON own_match_party TO aif_web;

-- Who else reported a link is nobody's to read, yet all of them are told when it is back.
CREATE FUNCTION aif_tell_reporters(reported bigint, told text, at timestamptz) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    INSERT INTO public.event (institution_id, kind, subject_kind, subject_id, created_at)
    SELECT institution_id, told, 'CT', reported, at FROM public.content_report
    WHERE content_id = reported ORDER BY institution_id
$$;
GRANT EXECUTE ON FUNCTION aif_tell_reporters(bigint, text, timestamptz) TO aif_web, aif_desk, aif_match;

-- Functions that screen and hold work with their owner's rights: for whom, is checked where they write what they did.
CREATE FUNCTION aif_written_for_whom() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NOT public.aif_acts_for(NEW.institution_id) THEN
        RAISE EXCEPTION 'written for somebody else' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER screening_for_whom BEFORE INSERT ON screening FOR EACH ROW EXECUTE FUNCTION aif_written_for_whom();
CREATE TRIGGER batch_hold_for_whom BEFORE INSERT ON batch_hold FOR EACH ROW EXECUTE FUNCTION aif_written_for_whom();
"""
DROP_PARTIES = """
DROP TRIGGER batch_hold_for_whom ON batch_hold;
DROP TRIGGER screening_for_whom ON screening;
DROP FUNCTION aif_written_for_whom();
DROP FUNCTION aif_tell_reporters(bigint, text, timestamptz);
DROP VIEW own_match_party;
DROP FUNCTION aif_disputes(bigint);
DROP FUNCTION aif_receives(bigint);
DROP FUNCTION aif_sent(bigint);
DROP FUNCTION aif_in_case(bigint);
"""

IN_CASE = "aif_in_case(case_id)"
OF_PARTIES = f"{OWN} OR {IN_CASE}"
OF_REQUEST = "aif_sent(request_id) OR aif_receives(request_id)"

TABLES: dict[str, tuple[str, str | None]] = {
    **dict.fromkeys(
        (
            "applied_standing", "batch", "batch_chunk", "batch_hold", "category_figure", "clue", "clue_change", "clue_review",
            "content_report", "daily_figure", "disposition", "event", "evidence_demand", "evidence_upload", "fishing_tally", "screening_suspension",
            "feed_receiver", "feedback", "institution_figure", "lift_notice", "match_work", "noise_entry",
            "official_disclosure", "official_party", "quota_use", "screening", "screening_answer", "sighting",
            "source_quality", "watch",
        ),
        (OWN, None),
    ),
    "event": (OWN, "true"),
    "match_party": (
        f"{OWN} OR released_at <= clock_timestamp() AND {child('own_match_party', 'match_party.match_id', 'match_id')}", OWN,
    ),
    "match": (own_child("match_party", "match.id", key="match_id"), None),
    "match_read": (OF_VISIBLE_PERSON, f"user_id = {ME}"),
    "match_read_until": (OF_VISIBLE_PERSON, f"user_id = {ME}"),
    "notice_mark": (OF_VISIBLE_PERSON, f"user_id = {ME}"),
    "notice_read": (OF_VISIBLE_PERSON, f"user_id = {ME}"),
    "saved_view": (OF_VISIBLE_PERSON, f"user_id = {ME}"),
    "watch_hit": (child("watch", "watch_id"), None),
    "ring": (f"{MINE} = ANY (institutions)", None),
    "ring_edge": (child("clue", "clue_id"), None),
    # A clue that is disputed, and who disputes it, belong to two institutions.
    "disputed_clue": (f"{OWN} OR {own_child('dispute', 'dispute_id')}", OWN),
    "dispute": (f"{OWN} OR aif_disputes(id)", OWN),
    "case_file": ("aif_in_case(id)", None),
    "case_party": (f"{OWN} OR released_at <= clock_timestamp() AND {IN_CASE}", OWN),
    "case_part": (f"{OWN} OR state = 'approved' AND {IN_CASE}", OWN),
    "case_part_excuse": (OF_PARTIES, OWN),
    "case_step": (OF_PARTIES, OF_PARTIES),
    "case_task": (f"{OWN} OR giver_id = {MINE} OR {IN_CASE}", OF_PARTIES),
    "case_charge": (OF_PARTIES, OWN),
    "case_element": (child("case_part", "part_id"), None),
    "case_naming": (IN_CASE, None),
    "case_unmasking": (IN_CASE, None),
    "part_identifier": (own_child("case_part", "part_id"), None),
    "evidence_item": (OF_PARTIES, OWN),
    "custody_entry": (f"{OWN} OR {child('evidence_item', 'item_id')}", OWN),
    "proceeding": (IN_CASE, None),
    "procedure_entry": (f"{OWN} OR {child('proceeding', 'proceeding_id')}", OWN),
    "package": (IN_CASE, None),
    "feed_acknowledgment": (
        f"{OWN} OR {own_child('feed_entry', 'entry_id')}", OWN,
    ),
    "disposition_step": (child("disposition", "disposition_id"), None),
    "feed_entry": (
        f"{OWN} OR released_at <= clock_timestamp() AND "
        + own_child("feed_receiver", MINE, "parent.opened_at IS NOT NULL", key="institution_id"),
        OWN,
    ),
    "member_request": (f"sender_id = {MINE} OR aif_receives(id)", None),
    "request_party": (f"{OWN} OR aif_sent(request_id)", None),
    "request_step": (
        f"{OWN} OR aif_sent(request_id) OR aif_receives(request_id) AND (party_id IS NULL OR "
        f"{own_child('request_party', 'party_id')})",
        OF_REQUEST,
    ),
    "request_identifier": (OF_REQUEST, "aif_sent(request_id)"),
    "official_request": (child("official_party", "official_request.id", "request_id"), None),
    "official_step": (f"{OWN} OR institution_id IS NULL AND {child('official_party', 'official_step.request_id', 'request_id')}", OWN),
    "official_officer": ("false", None),
    "campaign_case": (IN_CASE, None),
    "statement": (f"{OWN} OR edition = 'members'", OWN),
    "ring_cut": ("false", None),
    "ring_cut_edge": ("false", None),
    "ring_merge": ("false", None),
    "ring_relink": ("false", None),
    "ring_review": ("false", None),
    "honey_token": ("false", None),
    "identifier": ("false", None),
    "content_answers": ("false", None),
    "content_sheet": ("false", None),
    "ground_check": ("false", None),
}  # fmt: skip
PROTECT = "".join(protect(table, using, check) for table, (using, check) in TABLES.items())
EXPOSE = "".join(expose(table) for table in reversed(TABLES))


class Migration(migrations.Migration):
    """The questions policies ask, then the policies."""

    dependencies = [("clues", "0049_fishing"), ("members", "0019_row_security")]

    operations = [
        migrations.RunSQL(PARTIES, DROP_PARTIES),
        migrations.RunSQL(PROTECT, EXPOSE),
    ]
