"""Log lines: one JSON object each, and none that repeats what a client or the database said."""

import json
import logging
import sys

from config.logs import JsonFormatter

CANARY = "13800138000"


def line(name: str, message: str, *args: object, error: BaseException | None = None) -> str:
    found = None
    if error is not None:
        try:
            raise error
        except type(error):
            found = sys.exc_info()
    record = logging.LogRecord(name, logging.ERROR, __file__, 1, message, args, found)
    return JsonFormatter().format(record)


def test_a_line_is_one_json_object():
    written = line("clues.matching", "chunk %s done\nin %d ms", 7, 12)
    assert "\n" not in written
    assert json.loads(written)["message"] == "chunk 7 done\nin 12 ms"
    assert json.loads(written)["level"] == "error"


def test_an_error_gives_its_type_and_frames_and_not_its_text():
    written = line("clues.tasks", "failed", error=ValueError(f"Key (token)=({CANARY}) already exists"))
    assert CANARY not in written
    assert json.loads(written)["error"] == "ValueError"
    assert "test_logs.py" in json.loads(written)["frames"]


def test_a_failed_request_is_logged_without_its_path():
    written = line("django.request", "%s: %s", "Internal Server Error", f"/api/v1/{CANARY}")
    assert CANARY not in written
    assert json.loads(written)["message"] == "Internal Server Error"
