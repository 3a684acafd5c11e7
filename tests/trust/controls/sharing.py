"""More of the controls of rows 5 to 17: what an institution sees of others, and what their reports weigh."""

from __future__ import annotations

from tests.trust.controls.control import Control
from tests.trust.controls.kill import Code, Sql, Text, in_function

_CATALOG = "tests/members/test_row_security.py::test_no_role_of_a_process_is_above_it_and_no_view_goes_around_it"
_DISCLOSURE = "tests/clues/matching/test_disclosure.py"
_SCORE = "tests/clues/matching/test_score.py::test_each_term_points_the_right_way"
_FEEDBACK = "tests/clues/feedback/test_feedback.py"

SHARING: tuple[Control, ...] = (
    Control(
        "5 no role of a process is above row security",
        Sql("ALTER ROLE aif_web BYPASSRLS", "ALTER ROLE aif_web NOBYPASSRLS"),
        _CATALOG,
    ),
    Control(
        "5 no view goes around it",
        Sql("CREATE VIEW every_clue AS SELECT * FROM clue", "DROP VIEW every_clue"),
        _CATALOG,
    ),
    Control(
        "5 no unique index answers for others' rows",
        Sql("CREATE UNIQUE INDEX clue_ref_alone ON clue (client_ref)", "DROP INDEX clue_ref_alone"),
        "tests/members/test_unique_indexes.py::test_a_unique_index_names_the_institution_or_has_a_reason",
    ),
    Control(
        "9 a match shows from its tick on",
        in_function("aif_party_matches", "released_at <= clock_timestamp()", "released_at IS NOT NULL"),
        f"{_DISCLOSURE}::test_nothing_is_seen_before_the_tick",
    ),
    Control(
        "13 what is disputed neither answers nor counts",
        Text("clues.disputes.sql", "SUSPEND", "WHERE c.id IN (SELECT clue_id FROM disputed)", "WHERE false"),
        "tests/clues/disputes/test_disputes.py::test_by_token_it_stops_answering_and_counting",
    ),
    Control("13 a dispute weighs", Code("clues.matching.score", "score", "DISPUTE_POINTS if disputes else 0", "0"), _SCORE),
    Control("13 a report fades", Code("clues.matching.score", "score", "0.5 ** (age / HALF_LIFE[link])", "1"), _SCORE),
    Control(
        "13 a report ends",
        in_function("aif_screen", "AND c.expires_at > asked_at", ""),
        "tests/clues/screening/test_lawful_use.py::TestWhatScreeningIgnores::test_clues_that_do_not_stand",
    ),
    Control(
        "13 what was refuted counts against who reported it",
        Text("clues.feedback.quality", "RECKON", "coalesce(sum(n) FILTER (WHERE NOT confirms), 0)::int", "0"),
        f"{_FEEDBACK}::test_disputes_weigh_in",
    ),
    Control(
        "13 nobody praises its own group",
        Text("clues.feedback.quality", "RECKON", "AND p.group_id <> giver.group_id", ""),
        f"{_FEEDBACK}::test_quality_counts_independent_voices_once",
    ),
    Control(
        "13 one group is one voice",
        in_function(
            "aif_party_matches",
            "count(DISTINCT p.group_id) FILTER (WHERE p.group_id <> p_group)",
            "count(DISTINCT p.institution_id) FILTER (WHERE p.institution_id <> p_institution)",
        ),
        f"{_DISCLOSURE}::test_one_group_counts_once",
    ),
    Control(
        "13 one's own group is no hit",
        in_function("aif_screen", "AND i.group_id <> p_group", ""),
        "tests/clues/screening/test_screen.py::test_ones_own_group_is_no_hit",
    ),
    Control(
        "16 a match has these fields and no more",
        Code("clues.api.matches", "_show", "    return {", '    return {\n        "groups": match.band,'),
        "tests/clues/api/test_matches.py::TestMatches::test_small_alliance",
    ),
    Control(
        "16 a case has these fields and no more",
        Code("clues.api.cases", "_show", "    return {", '    return {\n        "opened_by": row.lead,'),
        "tests/clues/api/test_cases.py::test_list_and_one",
    ),
    Control(
        "16 a number of groups is told as a band",
        Code("clues.matching.visibility", "Alliance.band", "return next(", "return str(groups) or next("),
        f"{_DISCLOSURE}::test_bands_count_the_groups_without_ones_own",
    ),
    Control(
        "17 who is no party sees no match",
        in_function("aif_party_matches", "WHERE p.institution_id = p_institution AND", "WHERE"),
        f"{_DISCLOSURE}::test_two_independent_institutions_match_and_nobody_else_knows",
    ),
)  # fmt: skip
