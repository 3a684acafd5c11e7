"""The controls of design/trust.md, section 2, row by row: how each is taken away, and the test that must turn red."""

from __future__ import annotations

from collections.abc import Mapping

from tests.trust.controls.control import Control
from tests.trust.controls.doors import DOORS
from tests.trust.controls.kill import Both, Code, Sql, Value, trigger
from tests.trust.controls.log_home import LOG_HOME
from tests.trust.controls.row_security import ROW_BY_ROW, row_by_row
from tests.trust.controls.sharing import SHARING
from tests.trust.controls.work import WORK

_API = "tests/clues/api/test_every_address.py"
_CHARGE = "aif_charge(bigint, text, bigint, bigint)"
_NO = "if False:"

ROWS = range(1, 41)
"""Those of the threat model. Each has a control here, or a reason why it can have none."""
APART: Mapping[int, str] = {}
"""Row -> why no control of it can be taken away; printed beside the score."""
REMARKS: Mapping[int, str] = {
    21: "requests are not signed one by one: TLS carries them, and an Idempotency-Key makes a repeated one harmless",
    25: "there is no single sign-on, so there is nothing to bind; what is tested is that there is no such door",
    29: "no XML is parsed, so no entity is ever looked up: an Office file is judged by its list of entries",
}
"""Row -> how its control differs from what the threat model proposed; printed beside the score."""

CONTROLS: tuple[Control, ...] = (
    *ROW_BY_ROW,
    *SHARING,
    *DOORS,
    *WORK,
    *LOG_HOME,
    Control(
        "1 objects are looked for among the own ones",
        Both(
            Code("clues.submissions.queries", "_with_release", "filter(institution_id=viewer.institution_id)", "filter()"),
            row_by_row("batch"),
        ),
        "tests/clues/api/test_batches.py::test_a_stranger_learns_nothing",
    ),
    Control(
        "2 a party of the case is not the holder of its evidence",
        Code("clues.evidence.queries", "is_readable", "row.institution_id == viewer.institution_id or row.shared_with_parties", "True"),
        "tests/clues/evidence/test_reading.py::test_the_content_is_open_to_others_only_if_it_is_shared",
    ),
    Control(
        "3 an address opens one kind of reference",
        Code("members.models.reference", "decode", "if block[0] != KINDS[kind] or block[1:8] != _CHECK:", "if block[1:8] != _CHECK:"),
        "tests/members/test_reference.py::test_another_kind_opens_nothing",
    ),
    Control(
        "9 nothing shows before the tick",
        Code("clues.cases.queries", "_known", ", released_at__lte=Now()", ""),
        "tests/clues/cases/test_queries.py::test_nothing_before_the_tick",
    ),
    Control(
        "9 both sides learn at a fixed tick",
        Code("clues.matching.release", "release_pending", '"tick": settings.AIF_DISCLOSURE_TICK', '"tick": 0.001'),
        "tests/clues/matching/test_disclosure.py::test_the_tick_is_a_multiple_after_the_commit",
    ),
    Control(
        "11 quotas are refused",
        Code("clues.quotas", "charge", "if not charged:", _NO),
        "tests/clues/submissions/test_receive.py::test_the_quota_covers_all_rows_or_none",
    ),
    Control(
        "11 they are counted in the database",
        Sql(
            f"ALTER FUNCTION {_CHARGE} RENAME TO aif_charge_off; CREATE FUNCTION {_CHARGE} RETURNS boolean LANGUAGE sql "
            f"AS 'SELECT true'; GRANT EXECUTE ON FUNCTION {_CHARGE} TO PUBLIC",
            f"DROP FUNCTION {_CHARGE}; ALTER FUNCTION aif_charge_off(bigint, text, bigint, bigint) RENAME TO aif_charge",
        ),
        "tests/clues/api/test_batch_submit.py::test_quota",
    ),
    Control(
        "12 every screening is weighed",
        trigger("screening", "screening_is_weighed"),
        "tests/clues/fishing/test_detector.py::test_a_customer_list_is_stopped_and_everybody_concerned_knows",
    ),
    Control(
        "12 purposes and askers in turns are judged together",
        Sql(
            "CREATE FUNCTION uncounted() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'; CREATE TRIGGER uncounted "
            "BEFORE UPDATE ON fishing_tally FOR EACH ROW WHEN (NEW.purpose = '') EXECUTE FUNCTION uncounted()",
            "DROP FUNCTION uncounted() CASCADE",
        ),
        "tests/clues/fishing/test_detector.py::test_who_asks_in_turns_for_all_purposes_is_stopped",
    ),
    Control(
        "12 who is suspended asks no more",
        Sql(
            "ALTER FUNCTION aif_screening_suspended(bigint) RENAME TO aif_screening_suspended_off; CREATE FUNCTION "
            "aif_screening_suspended(p_institution bigint) RETURNS boolean LANGUAGE sql AS 'SELECT false'; "
            "GRANT EXECUTE ON FUNCTION aif_screening_suspended(bigint) TO PUBLIC",
            "DROP FUNCTION aif_screening_suspended(bigint); "
            "ALTER FUNCTION aif_screening_suspended_off(bigint) RENAME TO aif_screening_suspended",
        ),
        "tests/clues/fishing/test_detector.py::test_a_suspended_institution_screens_and_watches_nothing_more",
    ),
    Control(
        "13 whoever submitted it does not review it",
        trigger("clue_review", "clue_review_four_eyes"),
        "tests/clues/submissions/test_reviews.py::test_the_database_refuses_it_too",
    ),
    Control(
        "13 what is shown is what was committed",
        Code("clues.demands.opening", "open_evidence", 'if row.committed not in ("", said.hexdigest()):', _NO),
        "tests/clues/demands/test_demands.py::test_another_file_is_refused_and_the_third_is_the_last",
    ),
    Control(
        "13 a draw is by a root that nobody steers",
        Code("clues.demands.asking", "number_of", "SEED + root + clue.encode()", "SEED + clue.encode()"),
        "tests/clues/demands/test_draw.py::test_another_root_draws_others",
    ),
    Control(
        "13 a demand goes one way, for the database too",
        trigger("evidence_demand", "evidence_demand_guard"),
        "tests/clues/demands/test_demands.py::test_the_database_takes_nothing_but_the_committed_file",
    ),
    Control(
        "14 a flood is held",
        Code("clues.submissions.holds", "hold_over_volume", "(held,) = cursor.fetchone()", "held = False"),
        "tests/clues/submissions/test_holds.py::test_a_flood_is_held_and_matches_nothing",
    ),
    Control(
        "14 nothing held goes on without a decision",
        trigger("batch_chunk", "batch_chunk_let_go"),
        "tests/clues/submissions/test_holds.py::test_the_database_lets_nothing_go_without_a_decision",
    ),
    Control(
        "15 fields that there are not are refused",
        Code("clues.submissions.rows", "check", "if not clue.keys() <= ALL_FIELDS:", _NO),
        "tests/clues/submissions/test_rows.py::test_codes",
    ),
    Control(
        "16 a case names nobody before both agreed",
        Code("clues.cases.queries", "_by", "OURS if institution == viewer.institution_id else THEIRS", "str(institution)"),
        "tests/clues/api/test_cases.py::test_list_and_one",
    ),
    Control(
        "17 who is no party sees no case",
        Code("clues.cases.queries", "_known", "institution_id=viewer.institution_id, ", ""),
        "tests/clues/cases/test_queries.py::test_a_stranger_sees_nothing",
    ),
    Control(
        "18 keys are stored as verifiers",
        Code("aif_share.wire.keys", "verifier", "hashlib.sha256(bearer.encode()).hexdigest()", "bearer"),
        "tests/members/test_authenticate.py::test_the_secret_itself_opens_nothing",
    ),
    Control(
        "19 a key has scopes",
        Code("members.api.permissions", "HasScope.has_permission", "if scope is not None and scope not in caller.scopes:", _NO),
        f"{_API}::test_with_every_scope_but_the_right_one",
    ),
    Control(
        "19 a key is bound to networks",
        Code("members.queries", "authenticate", "if not _is_allowed_from(ip, cidrs):", _NO),
        "tests/members/api/test_me.py::test_the_address_counts_and_its_claims_do_not",
    ),
    Control(
        "19 what a client says of its address counts for nothing",
        Code("members.api.authentication", "get_client_ip", 'if getattr(settings, "AIF_TRUST_PROXY", False):', 'if "HTTP_X_FORWARDED_FOR" in meta:'),
        "tests/members/api/test_me.py::test_the_address_counts_and_its_claims_do_not",
    ),
    Control(
        "20 a key gives no scope that it lacks",
        Code("members.operations.credentials", "_check_gives_no_more", "if scope not in by.scopes:", _NO),
        "tests/members/api/test_credentials.py::TestRegister::test_no_scope_that_it_lacks",
    ),
    Control(
        "21 a request repeated has one effect",
        Code("clues.submissions.receive", "_find", ".first()", ".none().first()"),
        "tests/clues/submissions/test_receive.py::test_a_repeated_request_gets_the_first_answer",
    ),
    Control(
        "22 a revoked key ends at once",
        Code("members.queries", "authenticate", "if revoked_at is not None:", _NO),
        "tests/members/test_authenticate.py::test_a_revoked_key_ends_at_once",
    ),
    Control(
        "23 a wrong secret reads like an unknown key",
        Code(
            "members.queries", "authenticate", "if not hmac.compare_digest(verifier(bearer), stored) or row is None:",
            "if row is not None and verifier(bearer) != stored:\n        raise Refusal('key-revoked')\n    if row is None:",
        ),
        "tests/members/test_authenticate.py::test_wrong_ones_read_the_same_as_unknown_ones",
    ),
    Control(
        "24 wrong codes lock",
        Code("axes.handlers.base", "AxesBaseHandler.is_locked", "if settings.AXES_LOCK_OUT_AT_FAILURE:", _NO),
        "tests/members/portal/test_second_factor.py::test_ten_wrong_codes_lock_and_the_right_one_is_refused",
    ),
    Control(
        "26 query parameters that there are not are refused",
        Code("members.api.base", "ApiView.initial", "if request.query_params.keys() - self.query_parameters:", _NO),
        f"{_API}::test_parameters_there_are_not",
    ),
    Control(
        "27 the API answers in JSON alone",
        Code("members.api.base", "JsonNegotiation.select_renderer", "in _JSON_ACCEPTED:", "is not None:"),
        f"{_API}::test_no_pages",
    ),
    Control(
        "27 pages have a strict policy",
        Code("config.middleware", "PagePolicy.get_policy_parts", """["'self'"]}""", """["*"]}"""),
        "tests/config/test_page_policy.py::test_pages_and_scripts_speak_to_the_platform_and_the_custodians",
    ),
    Control(
        "28 a body that says it is too large is not read",
        Code("clues.api.upload", "_open", "if length > MAX_STREAM_BODY:", _NO),
        "tests/clues/api/test_batch_lines.py::test_too_large_by_its_own_word",
    ),
    Control(
        "29 a file has a plain name",
        Code("clues.evidence.announcing", "_file_name", "if not is_plain:", _NO),
        "tests/clues/evidence/test_bad_input.py::test_what_is_announced_wrongly_changes_nothing",
    ),
    Control(
        "30 no cell is a formula",
        Code("aif_share.wire.csv_cells", "quoted_cell", "not FORMULA.isdisjoint((text[0], text.strip()[:1]))", "False"),
        "tests/clues/exports/test_exports.py::test_no_cell_is_a_formula",
    ),
    Control(
        "31 webhooks go to public addresses",
        Code("members.delivery.webhook_address", "is_public", "return address.is_global and not any(", "return True or any("),
        "tests/members/delivery/test_webhook_address.py::test_one_answer_that_is_not_public_blocks_all",
    ),
    Control(
        "31 by every name an address has",
        Code("members.delivery.webhook_address", "is_public", "and address not in GLOBAL_UNICAST", "and False"),
        "tests/members/delivery/test_webhook_address.py::test_one_answer_that_is_not_public_blocks_all",
    ),
    Control(
        "33 the desk adds no rows",
        Both(
            Code("members.admin.base", "ReadOnlyAdmin.has_add_permission", "return False", "return True"),
            Code("members.admin.base", "ReadOnlyAdmin._turn_away", 'if request.method == "POST":', _NO),
        ),
        "tests/clues/admin/test_pages.py::test_forged_posts_change_nothing",
    ),
    Control(
        "33 two people, for the database too",
        trigger("case_part", "case_part_four_eyes"),
        "tests/clues/cases/test_parts.py::test_the_database_wants_a_second_person_too",
    ),
    Control(
        "34 evidence is opened for a reason",
        Code("clues.evidence.opening", "open_evidence", "reason = checked_note(reason, required=True)", "reason = 'x'"),
        "tests/clues/evidence/test_reading.py::test_opening_takes_a_reason_and_is_on_record",
    ),
    Control(
        "34 without its event nothing changes",
        Code("members.audit.log", "record", "AuditEvent.objects.bulk_create(", "(lambda *_, **__: None)("),
        "tests/members/test_audit.py::test_without_its_event_nothing_changes",
    ),
    Control(
        "35 what was signed is what is there",
        Code("aif_share.audit.verify", "verify_log", "if root != head.root:", _NO),
        "tests/members/test_log_tampering.py::test_every_tampering_is_found",
    ),
    Control(
        "37 a frame belongs to its place",
        Code("clues.vault.frames", "Sealer._bound", "|{index}|{int(last)}|", "|"),
        "tests/clues/vault/test_attacks.py::test_a_cut_or_longer_file_and_frames_in_another_order_are_noticed",
    ),
    Control(
        "37 a record opens only where it was sealed",
        Code("clues.vault.records", "_bound", "|{about}", ""),
        "tests/clues/vault/test_attacks.py::test_a_record_opens_only_where_it_was_sealed",
    ),
    Control(
        "39 workers take nothing but JSON",
        Value("config.celery", "app.conf.accept_content", ["json", "pickle"]),
        "tests/config/test_broker_content.py::test_a_pickled_message_is_not_opened",
    ),
    Control(
        "38 what is sealed cannot be read",
        Code("clues.vault.records", "seal", "AESGCM(keys.unwrap(key)).encrypt(nonce, plain, _bound(key, about))", "plain"),
        "tests/clues/cases/test_part_identifiers.py::test_nothing_stored_holds_it",
    ),
)  # fmt: skip
