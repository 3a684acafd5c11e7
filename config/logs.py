"""Log lines: one JSON object each, with the request's id, and never a body, a header or a query string."""

import json
import logging
import time
import traceback
from types import TracebackType


class JsonFormatter(logging.Formatter):
    """Write time (UTC), level, logger, message, request_id and, for an error, its type and frames.

    The text of an exception is left out: database drivers quote values in it ("Key (token)=(…) already exists").
    """

    def format(self, record: logging.LogRecord) -> str:
        """Return the record as one line."""
        line = {
            "at": time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created)) + f".{int(record.msecs):03d}Z",
            "level": record.levelname.lower(),
            "logger": record.name,
            # Django ends this message with the path, which a client writes.
            "message": _reason(record) if record.name == "django.request" else record.getMessage(),
        }
        request_id = getattr(record, "request_id", None) or _current_request_id()
        if request_id:
            line["request_id"] = request_id
        if record.exc_info and record.exc_info[0] is not None:
            line["error"] = record.exc_info[0].__qualname__
            line["frames"] = _frames(record.exc_info[2])
        return json.dumps(line, ensure_ascii=False, default=str)


def _reason(record: logging.LogRecord) -> str:
    return str(record.args[0]) if isinstance(record.args, tuple) and record.args else record.levelname


def _frames(trace: TracebackType | None) -> str:
    return " > ".join(f"{frame.name} ({frame.filename}:{frame.lineno})" for frame in traceback.extract_tb(trace))


def _current_request_id() -> str | None:
    # Imported late: logging is set up before the applications are.
    try:
        from members.api.middleware import current_request_id
    except ImportError:
        return None
    return current_request_id()
