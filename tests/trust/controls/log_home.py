"""Controls of row 36: what shows that the log was rewritten, and what keeps a restored database from signing as before."""

from __future__ import annotations

from tests.trust.controls.control import Control
from tests.trust.controls.kill import Code

_NO = "if False:"

LOG_HOME: tuple[Control, ...] = (
    Control(
        "36 a log only grows",
        Code("aif_share.audit.merkle", "check_consistency", "if last or before != old_root or after != root:", _NO),
        "tests/aif_share/audit/test_merkle.py::test_growth_is_proven_and_rewriting_is_not",
    ),
    Control(
        "36 a restored database signs nothing before somebody says so",
        Code("members.audit.homes", "check_home", "if not is_home():", _NO),
        "tests/members/test_log_home.py::test_a_restored_database_signs_nothing_and_loses_no_event",
    ),
    Control(
        "36 the doctor names a restored database",
        Code("clues.doctor.surroundings", "_log", "if not homes.is_home():", _NO),
        "tests/clues/doctor/test_doctor.py::test_a_fault_is_named[a restored database]",
    ),
    Control(
        "36 no two restores give the same name",
        Code("members.operations.restores", "declare", "secrets.token_hex(8)", "'0' * 16"),
        "tests/members/test_log_name.py::test_a_restore_done_over_gives_another_name",
    ),
    Control(
        "36 nothing is signed under a former name",
        Code("members.audit.homes", "check_name", "if name != get_origin():", _NO),
        "tests/members/test_log_name.py::test_nothing_is_signed_under_a_name_that_the_log_has_no_more",
    ),
)  # fmt: skip
