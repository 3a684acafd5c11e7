"""Errors of the API as RFC 9457 problems; the code decides the status, in `aif_share.wire.problems`."""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.db import Error, OperationalError
from django.http import Http404, HttpRequest, HttpResponse, UnreadablePostError
from django.utils.translation import get_language_from_request, gettext, override
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import set_rollback

from aif_share.errors import AifShareError, Refusal
from aif_share.wire import problems as wire
from members.audit import known_reference, refused_calls
from members.queries import KeyRefused, Member

logger = logging.getLogger(__name__)

# What the framework raises, as our codes.
_FRAMEWORK_CODES: tuple[tuple[type[Exception], str], ...] = (
    (Http404, "not-found"),
    (exceptions.NotFound, "not-found"),
    (exceptions.NotAuthenticated, "unauthenticated"),
    (exceptions.AuthenticationFailed, "unauthenticated"),
    (PermissionDenied, "permission-missing"),
    (exceptions.PermissionDenied, "permission-missing"),
    (exceptions.MethodNotAllowed, "method-not-allowed"),
    (exceptions.NotAcceptable, "not-acceptable"),
    (exceptions.UnsupportedMediaType, "media-type"),
    (exceptions.Throttled, "too-many-requests"),
    (RequestDataTooBig, "too-large"),
    (exceptions.ParseError, "malformed"),
    (exceptions.ValidationError, "malformed"),
    (UnreadablePostError, "malformed"),
    (SuspiciousOperation, "malformed"),
    (OperationalError, "unavailable"),
)


def problem_document(code: str, detail: str = "", *, language: str, **extra: Any) -> dict[str, Any]:
    """Return the members of one problem, its title and detail in the reader's language."""
    with override(language):
        body = wire.document(code, gettext(detail) if detail else "", **extra)
    if language.startswith("zh"):
        body["title"] = wire.PROBLEMS[code].title_zh
    return body


def problem_headers(code: str, extra: dict[str, Any]) -> dict[str, str]:
    """Return the headers that HTTP asks for with this code."""
    status = wire.PROBLEMS[code].status
    headers = {"Vary": "Accept-Language"}
    if status == 401:
        headers["WWW-Authenticate"] = 'Bearer realm="aif-share"'
    if code == "quota-exhausted" or extra.get("retry_after"):
        headers["Retry-After"] = str(extra.get("retry_after") or _seconds_to_midnight())
    elif status == 503:
        headers["Retry-After"] = "5"
    return headers


def problem(request: HttpRequest, code: str, detail: str = "", **extra: Any) -> Response:
    """Return a problem as an answer of a REST view."""
    body = problem_document(code, detail, language=get_language_from_request(request), **extra)
    _log(request, code, body["status"])
    return Response(body, status=body["status"], headers=problem_headers(code, extra), content_type=wire.CONTENT_TYPE)


def plain_problem(request: HttpRequest, code: str, detail: str = "", **extra: Any) -> HttpResponse:
    """Return a problem where no REST view is at hand: unknown addresses, errors outside of views."""
    body = problem_document(code, detail, language=get_language_from_request(request), **extra)
    _log(request, code, body["status"])
    return HttpResponse(
        orjson.dumps(body),
        status=body["status"],
        headers=problem_headers(code, extra),
        content_type=wire.CONTENT_TYPE,
    )


def exception_handler(error: Exception, context: dict[str, Any]) -> Response:
    """Answer any exception of a REST view. One that nobody expected is logged and says nothing about itself."""
    set_rollback()
    request = context["request"]
    if isinstance(error, AifShareError) and error.code in wire.PROBLEMS:
        detail = error.detail if isinstance(error, Refusal) else ""
        _tell(request, error, error.code)
        return problem(request, error.code, detail, **error.extra)
    for kind, code in _FRAMEWORK_CODES:
        if isinstance(error, kind):
            if code == "unavailable":
                logger.error("the database did not answer in time", exc_info=error)
            _tell(request, error, code)
            response = problem(request, code)
            if isinstance(error, exceptions.MethodNotAllowed):
                response["Allow"] = ", ".join(context["view"].allowed_methods)
            return response
    logger.error("unexpected error in a REST view", exc_info=error)
    return problem(request, "internal")


def _tell(request: HttpRequest, error: Exception, code: str) -> None:
    """Add to the trail of the caller's institution what a key, or a script of the portal, tried and may not.

    It asks nothing of what is named, so a thing of somebody else's costs what one costs that never was. A name that we
    never gave is a slip of the pen.
    """
    caller = error.caller if isinstance(error, KeyRefused) else getattr(request, "_user", None)
    if not isinstance(caller, Member) or code not in refused_calls.TOLD or getattr(error, "on_trail", False):
        return
    match = getattr(request, "resolver_match", None)
    named = tuple(match.kwargs.values()) if match else ()
    subject = known_reference(named)
    if code == "not-found" and named and not subject:
        return
    try:
        refused_calls.note(by=caller, institution_id=caller.institution_id, code=code, subject_ref=subject)
    except Error:  # one of a connection that is closed is no DatabaseError
        # Refused it is all the same; the line of the log below tells of it.
        logger.exception("a refused call could not be recorded")


def _log(request: HttpRequest, code: str, status: int) -> None:
    """Write the line by which a call is found again; the request's id is in every line.

    Of the address only the pattern: what stands in its places, in the method or in the query the client wrote.
    """
    match = getattr(request, "resolver_match", None)
    # Not `user`: it would authenticate, which is perhaps what has just failed.
    caller = getattr(request, "_user", None)
    who = f" by {caller.institution_ref} {caller.audit_kind} {caller.audit_ref}" if isinstance(caller, Member) else ""
    logger.info("problem %s %s at %s%s", status, code, match.route if match else "-", who)


def _seconds_to_midnight() -> int:
    now = datetime.now(tz=UTC)
    midnight = (now + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
    return max(1, int((midnight - now).total_seconds()) + 1)
