"""More of the controls: streams, timing, other ways to log in, expressions, roles at the desk, turns in the queue."""

from __future__ import annotations

import re

from tests.trust.controls.control import Control
from tests.trust.controls.kill import Both, Code, Value
from tests.trust.controls.row_security import row_by_row

_OWN = "institution_id=by.institution_id, "
_EXPORT = "tests/clues/api/test_exports.py::test_ten_thousand_rows_are_all_there_and_all_own"
_PARENTS = "tests/trust/test_parents.py::test_a_child_inside_of_another_own_parent_is_not_there"
_FAIR = "tests/clues/matching/test_fairness.py"
_FORGET = "from members.row_security import leave\n    leave()\n    for start in range("

WORK: tuple[Control, ...] = (
    Control(
        "2 a task is looked for inside of its case",
        Code("clues.cases.tasks", "_lock", "filter(case_id=found.id, **whose)", "filter(**whose)"),
        "tests/trust/test_parents.py::test_the_domain_looks_for_a_task_in_its_case_too",
    ),
    Control(
        "2 a delivery is looked for inside of its webhook",
        Code("members.operations.webhooks", "replay", "filter(endpoint=row, pk=", "filter(pk="),
        _PARENTS,
    ),
    Control("8 a stream is read as whom it was asked for", Code("clues.exports.making", "_read", "for start in range(", _FORGET), _EXPORT),
    Control(
        "8 a stream holds own rows alone",
        Both(
            Both(
                Code("clues.exports.making", "_choose_clues", _OWN, ""),
                Code("clues.exports.making", "_read_clues", _OWN, ""),
            ),
            row_by_row("clue"),
        ),
        _EXPORT,
    ),
    Control(
        "10 a submission looks at nothing that others reported",
        Code("clues.submissions.receive", "_store", "for no, chunk in enumerate(chunks):", "cursor.execute('SELECT count(*) FROM match')\n        for no, chunk in enumerate(chunks):"),
        "tests/clues/api/test_hit_or_miss.py::test_no_submission_looks_at_what_others_reported",
    ),
    Control(
        "15 no name of a column is taken",
        Code("members.api.fields", "read_fields", "if unknown:", "if False:"),
        "tests/trust/test_mass_assignment.py::test_no_name_of_a_column_is_taken",
    ),
    Control(
        "20 a key renews no key that may more",
        Code("members.operations.credentials", "rotate", "_check_gives_no_more(by, scopes=old.scopes, cidrs=old.cidrs)", "pass"),
        "tests/members/api/test_key_escalation.py::test_a_key_renews_no_key_that_may_more",
    ),
    Control(
        "25 nobody else says who a person is",
        Value("django.conf", "settings.AUTHENTICATION_BACKENDS", ["django.contrib.auth.backends.RemoteUserBackend"]),
        "tests/members/test_one_way_in.py::test_people_prove_here_who_they_are",
    ),
    Control(
        "25 a token of another issuer is no key",
        Code("members.queries", "authenticate", "if not hmac.compare_digest(verifier(bearer), stored) or row is None:", "if row is None:"),
        "tests/members/test_one_way_in.py::test_the_word_of_another_issuer_opens_nothing",
    ),
    Control(
        "32 no expression goes back over what it read",
        Value("aif_share.identifiers.raw", "_HOST", re.compile(r"(?:[\w-]+\.?)+!")),
        "tests/architecture/test_regexes.py::test_none_is_slow",
    ),
    Control(
        "32 a text is bounded before it is asked",
        Value("aif_share.identifiers.text", "MAX_RAW", 10**9),
        "tests/architecture/test_regexes.py::test_a_text_is_bounded_before_it_is_asked",
    ),
    Control(
        "33 an operation of the desk is for the roles that may",
        Code("members.admin.base", "ReadOnlyAdmin.operate", "if not can(request.user, operation.permission):", "if False:"),
        "tests/trust/test_desk_roles.py::test_each_role_does_what_it_may_and_nothing_else",
    ),
    Control(
        "40 institutions take turns",
        Code("clues.matching.claiming", "claim", '"served": _served', '"served": 0'),
        f"{_FAIR}::test_a_small_batch_is_not_behind_a_backlog",
    ),
    Control(
        "40 only who floods is turned away",
        Value("clues.submissions.queue_age", "OLDEST", "SELECT 10^9 WHERE %s IS NOT NULL"),
        f"{_FAIR}::test_only_who_floods_is_turned_away",
    ),
)  # fmt: skip
