"""Rows 4 to 8 of the controls: what holds web row by row."""

from __future__ import annotations

from tests.trust.controls.control import Control
from tests.trust.controls.kill import Sql, Value

_TESTS = "tests/members/test_row_security.py"
_READS_UNSIGNED = "nullif((string_to_array(current_setting('aif.context', true), '.'))[field], '')"


def row_by_row(table: str) -> Sql:
    """Show web all rows of a table."""
    return Sql(f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY", f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")


def _instead(name: str, arguments: str, returns: str, body: str) -> Sql:
    kind = arguments.split()[1]
    return Sql(
        f"ALTER FUNCTION {name}({kind}) RENAME TO {name}_off; CREATE FUNCTION {name}({arguments}) RETURNS {returns} "
        f"LANGUAGE sql AS $$SELECT {body}$$; GRANT EXECUTE ON FUNCTION {name}({kind}) TO PUBLIC",
        f"DROP FUNCTION {name}({kind}); ALTER FUNCTION {name}_off({kind}) RENAME TO {name}",
    )


ROW_BY_ROW: tuple[Control, ...] = (
    Control(
        "4 web is held row by row",
        row_by_row("credential"),
        f"{_TESTS}::test_with_a_context_there_are_own_rows_and_no_others",
    ),
    Control(
        "5 the owner of the tables is held too",
        Sql("ALTER TABLE clue NO FORCE ROW LEVEL SECURITY", "ALTER TABLE clue FORCE ROW LEVEL SECURITY"),
        f"{_TESTS}::test_each_table_is_protected_for_its_owner_as_well_or_has_a_reason",
    ),
    Control(
        "6 a context is signed",
        _instead("aif_context", "field integer", "text", _READS_UNSIGNED),
        f"{_TESTS}::test_a_forged_context_is_an_error",
    ),
    Control(
        "6 functions with more rights ask whom they work for",
        _instead("aif_acts_for", "institution bigint", "boolean", "true"),
        f"{_TESTS}::test_functions_with_more_rights_ask_whom_they_work_for",
    ),
    Control(
        "7 a context ends with its transaction",
        Value("config.postgresql.base", "_SET", "SELECT set_config('aif.context', '{}', false); "),
        "tests/members/test_row_security_kept.py::test_nothing_stays_on_a_connection_that_is_kept",
    ),
)
