"""Rows 4 to 8 of the controls: what holds web row by row."""

from __future__ import annotations

from tests.trust.controls.control import Control
from tests.trust.controls.kill import Code, Sql, Value

_TESTS = "tests/members/test_row_security.py"
_LOGINS = "tests/members/test_logins.py"
_READS_UNSIGNED = "nullif((string_to_array(current_setting('aif.context', true), '.'))[{}], '')"


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


def _replaced(name: str, returns: str, body: str) -> Sql:
    """Put another body in the place of one that policies hold on to; a name alone they would follow."""
    return Sql(
        f"CREATE TABLE body_before AS SELECT pg_get_functiondef('{name}'::regprocedure) AS body; CREATE OR REPLACE FUNCTION "
        f"{name} RETURNS {returns} LANGUAGE plpgsql STABLE AS $$ BEGIN RETURN {body}; END $$",
        "DO $$ BEGIN EXECUTE (SELECT body FROM body_before); DROP TABLE body_before; END $$",
    )


ROW_BY_ROW: tuple[Control, ...] = (
    Control(
        "4 web is held row by row",
        row_by_row("credential"),
        f"{_TESTS}::test_with_a_context_there_are_own_rows_and_no_others",
    ),
    Control(
        "4 web serves by its own login only",
        Code("members.row_security.logins", "check", "if not is_own:", "if False:"),
        f"{_LOGINS}::test_web_works_by_no_other",
    ),
    Control(
        "4 and only with the rights that it has",
        Code("members.row_security.logins", "check", "if may_more:", "if False:"),
        f"{_LOGINS}::test_web_does_not_work_with_more_rights_than_it_has",
    ),
    Control(
        "33 what is not production stays on an embedded database",
        Code("members.row_security.logins", "check", "if not is_production and not _is_marked(cursor):", "if False:"),
        f"{_LOGINS}::test_what_is_not_production_works_on_an_embedded_database_only",
    ),
    Control(
        "33 no environment of a command admits a member alone",
        Code("members.management.commands.create_institution", "Command.handle", "if not is_embedded():", "if False:"),
        "tests/members/management/test_create_institution.py::TestHere::test_where_no_embedded_stack_is_it_only_applies",
    ),
    Control(
        "24 no command prints a code of a real account",
        Code("members.management.commands.totp", "Command.handle", "if not is_embedded():", "if False:"),
        "tests/members/management/test_accounts.py::TestTotp::test_not_where_no_embedded_stack_is",
    ),
    Control(
        "5 the owner of the tables is held too",
        Sql("ALTER TABLE clue NO FORCE ROW LEVEL SECURITY", "ALTER TABLE clue FORCE ROW LEVEL SECURITY"),
        f"{_TESTS}::test_each_table_is_protected_for_its_owner_as_well_or_has_a_reason",
    ),
    Control(
        "6 the institution of a context is signed",
        _replaced("aif_institution()", "bigint", f"{_READS_UNSIGNED.format(4)}::bigint"),
        f"{_TESTS}::test_a_forged_context_is_an_error",
    ),
    Control(
        "6 so are the person and what is looked up",
        _instead("aif_context", "field integer", "text", _READS_UNSIGNED.format("field")),
        f"{_TESTS}::test_every_part_of_a_forged_context_is_an_error",
    ),
    Control(
        "6 functions with more rights ask whom they work for",
        _instead("aif_acts_for", "institution bigint", "boolean", "true"),
        f"{_TESTS}::test_functions_with_more_rights_ask_whom_they_work_for",
    ),
    Control(
        "7 a context ends with its transaction",
        Value("config.postgresql.base", "_SET", "SET aif.context = '{}'; "),
        "tests/members/test_row_security_kept.py::test_nothing_stays_on_a_connection_that_is_kept",
    ),
    Control(
        "7 a request acts for nobody before it is authenticated and after its answer",
        Code("members.apps", "_act_for_nobody", "leave()", "pass"),
        "tests/members/test_row_security_kept.py::test_requests_that_take_turns_on_kept_connections_meet_only_their_own",
    ),
)
