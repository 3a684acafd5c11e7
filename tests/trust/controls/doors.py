"""More of the controls of rows 1 and 19 to 40: what comes in, what goes out, and who may do what."""

from __future__ import annotations

from typing import Any

from tests.trust.controls.control import Control
from tests.trust.controls.kill import Added, Code, Sql, Text

_NO = "if False:"
_LINES = "tests/clues/submissions/test_lines.py"
_BODIES = "tests/clues/api/test_batch_lines.py"
_FILES = "tests/clues/evidence/test_bad_input.py::test_what_arrives_and_is_not_what_it_should_be_leaves_nothing"
_FOLLOWED = (
    "    if 300 <= status < 400:\n"
    "        from members.delivery.webhook_address import parse\n"
    "        return _send(parse(dict(answer.headers)[b'Location'].decode()), addresses, body, headers, deadline)\n"
    "    if 200 <= status < 300:"
)


def one_more_address() -> Any:
    """A page that no table of the matrix has."""
    from django.urls import path
    from django.views.generic import View

    return path("portal/forgotten", View.as_view())


DOORS: tuple[Control, ...] = (
    Control(
        "1 no address is left out of the matrix",
        Added("config.urls", "urlpatterns", one_more_address),
        "tests/trust/test_isolation_matrix.py::test_every_address_is_listed",
    ),
    Control(
        "19 a key ends",
        Code("members.queries", "authenticate", "if not not_before <= now < expires_at:", _NO),
        "tests/members/test_authenticate.py::test_an_expired_key",
    ),
    Control(
        "24 a session begins anew with the login",
        Code("django.contrib.auth", "login", "request.session.cycle_key()", "pass"),
        "tests/members/portal/test_login.py::test_the_session_is_a_new_one",
    ),
    Control(
        "24 a password alone opens nothing",
        Code(
            "config.second_factor", "FactorRequired.process_view", "if get_proof(request) is not None:",
            "if get_proof(request) is None:\n            return None\n        if get_proof(request) is not None:",
        ),
        "tests/members/portal/test_enroll.py::test_every_address_of_the_portal_is_closed_without_a_factor",
    ),
    Control(
        "27 what others typed is text",
        Code("django.template.base", "render_value_in_context", "if context.autoescape:", _NO),
        "tests/clues/portal/test_content.py::test_what_is_typed_is_escaped",
    ),
    Control(
        "28 a body is counted while it comes",
        Code("clues.api.upload", "blocks_of", "if taken > MAX_STREAM_BODY:", _NO),
        f"{_BODIES}::test_too_large_without_a_word",
    ),
    Control(
        "28 so are its rows",
        Code("clues.submissions.receive", "receive_stream", "most=MAX_STREAM_CLUES)", "most=10**9)"),
        f"{_BODIES}::test_too_large_without_a_word",
    ),
    Control(
        "28 and its lines, blank ones too",
        Code("clues.submissions.lines", "lines_of", "if lines > 2 * MAX_STREAM_CLUES:", _NO),
        f"{_LINES}::test_blank_lines_without_an_end",
    ),
    Control(
        "28 of a line that is too long nothing is kept",
        Code("clues.submissions.lines", "lines_of", "line if len(line) <= MAX_LINE else None", "line"),
        f"{_LINES}::test_long_lines_leave_nothing",
    ),
    Control(
        "28 no body is unpacked",
        Code("members.api.body", "check_encoding", 'not in ("identity", ""):', "is None:"),
        f"{_BODIES}::test_packed_bodies_are_not_unpacked",
    ),
    Control(
        "28 an archive unpacks to no more than it may",
        Code("clues.evidence.media", "_check_archive", " or sum(entry.file_size for entry in entries) > _most(entries):", ":"),
        _FILES,
    ),
    Control(
        "29 a file is what it is called",
        Code("clues.evidence.media", "check_start", "if not seen & {*row.extensions, *row.seen_as}:", _NO),
        _FILES,
    ),
    Control(
        "31 webhooks follow no redirect",
        Code("members.delivery.webhook_request", "_send", "    if 200 <= status < 300:", _FOLLOWED),
        "tests/members/delivery/test_webhooks.py::test_a_bad_endpoint_holds_up_nobody[/redirect]",
    ),
    Control(
        "31 what was checked is what is connected to",
        Code("members.delivery.webhook_request", "_Pinned.connect_tcp", "connect_tcp(address, port", "connect_tcp(host, port"),
        "tests/members/delivery/test_webhook_address.py::test_a_name_that_changes_its_mind",
    ),
    Control(
        "33 the desk's role deletes no key",
        Sql("GRANT DELETE ON credential TO aif_desk", "REVOKE DELETE ON credential FROM aif_desk"),
        "tests/members/test_grants.py::test_the_rights_are_these_and_no_others[credential]",
    ),
    Control(
        "33 nor does it change the trail",
        Sql("GRANT UPDATE ON audit_event TO aif_desk", "REVOKE UPDATE ON audit_event FROM aif_desk"),
        "tests/members/test_grants.py::test_the_rights_are_these_and_no_others[audit_event]",
    ),
    Control(
        "36 a witness who was shown another log is heard",
        Code("members.audit.witnesses", "witness", "if not hmac.compare_digest(bytes(known), root):", _NO),
        "tests/members/api/test_log.py::test_who_was_shown_another_log_raises_the_alarm",
    ),
    Control(
        "40 a statement that takes too long is ended",
        Text("django.conf", "settings.DATABASES.default.OPTIONS.options", "statement_timeout=", "statement_timeout=0 -c aif.was="),
        "tests/config/test_session_limits.py::test_no_session_asks_without_end",
    ),
)  # fmt: skip
