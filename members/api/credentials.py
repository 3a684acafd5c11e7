"""`/credentials`: the keys of the caller's institution. The platform gets verifiers; secrets stay with the member."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from members import queries, tasks
from members.api import credential_shapes as shapes
from members.api import fields
from members.api.base import PAGED, ApiView, caller_of
from members.api.body import read_json_object
from members.api.pagination import newest_first
from members.api.problem_shapes import FRAMING, PAGING, READING, REPEATING, answer, problems
from members.api.query_shapes import IDEMPOTENCY_KEY, PAGE_PARAMETERS
from members.api.repeat import Made, once
from members.operations import credentials

_VERIFIERS = {"key_id": fields.text, "verifier": fields.text}
_WRITING = (*FRAMING, *REPEATING, "unknown-field", "field-missing", "field-invalid")
_KEY = ("key-malformed", "verifier-malformed", "key-limit", "key-id-taken")


class CredentialsView(ApiView):
    """The keys of the caller's institution."""

    required_scope = "keys"
    query_parameters = PAGED

    @extend_schema(
        operation_id="credentials",
        summary="List keys, newest first",
        parameters=PAGE_PARAMETERS,
        responses={200: shapes.CredentialPage, **problems(*READING, *PAGING)},
    )
    def get(self, request: Request) -> Response:
        """Return one page of keys, ended ones too."""
        caller, now = caller_of(request), timezone.now()
        return Response(
            newest_first(
                request,
                scope=f"credentials:{caller.institution_id}",
                fetch=lambda before, limit: queries.list_credentials(viewer=caller, before=before, limit=limit),
                show=lambda row: _show(row, now=now),
            )
        )

    @extend_schema(
        operation_id="credential_register",
        summary="Register a key",
        parameters=[IDEMPOTENCY_KEY],
        request=shapes.Registration,
        responses={
            201: answer(shapes.Credential, "Registered. A key gives no scope and no network that it lacks itself."),
            **problems(*_WRITING, *_KEY, "basis-invalid", "raw-identifier", "unkeyed-hash"),
        },
        examples=[shapes.REGISTRATION_EXAMPLE, shapes.CREDENTIAL_EXAMPLE],
    )
    def post(self, request: Request) -> Response:
        """Register a key that the member has made; two live ones of a kind at most.

        Keys of scope `evaluate` alone, for browsers, are one kind; all others, for systems, the other.
        """
        sent = fields.read_fields(
            read_json_object(request._request),
            required={**_VERIFIERS, "scopes": fields.texts},
            optional={
                "custodian_verifier": fields.text,
                "cidrs": fields.texts,
                "expires_at": fields.moment,
                "default_basis": fields.text,
            },
        )
        caller, now = caller_of(request), timezone.now()
        # A key that may be used from some networks only gives those on, unless it names fewer.
        sent.setdefault("cidrs", caller.cidrs)

        def make() -> Made:
            made = credentials.register(institution_id=caller.institution_id, by=caller, now=now, **sent)
            return 201, _show(made, now=now)

        return _nudged(once(request, route="credential.register", make=make))


class CredentialView(ApiView):
    """One key."""

    required_scope = "keys"

    @extend_schema(
        operation_id="credential",
        summary="One key",
        responses={200: shapes.Credential, **problems(*READING, "not-found")},
        examples=[shapes.CREDENTIAL_EXAMPLE],
    )
    def get(self, request: Request, credential: str) -> Response:
        """Return the key."""
        row = queries.get_credential(credential=credential, viewer=caller_of(request))
        return Response(_show(row, now=timezone.now()))


class CredentialRotateView(ApiView):
    """The successor of a key."""

    required_scope = "keys"

    @extend_schema(
        operation_id="credential_rotate",
        summary="Register the successor of a key",
        parameters=[IDEMPOTENCY_KEY],
        request=shapes.Rotation,
        responses={
            201: answer(shapes.Credential, "The new key, with the same rights. The old one ends within seven days."),
            **problems(*_WRITING, *_KEY, "not-found", "transition-refused"),
        },
        examples=[shapes.CREDENTIAL_EXAMPLE],
    )
    def post(self, request: Request, credential: str) -> Response:
        """Register a successor with the same scopes, networks and basis."""
        sent = fields.read_fields(
            read_json_object(request._request), required=_VERIFIERS, optional={"custodian_verifier": fields.text}
        )
        caller, now = caller_of(request), timezone.now()
        row = queries.get_credential(credential=credential, viewer=caller)

        def make() -> Made:
            return 201, _show(credentials.rotate(credential_id=row.pk, by=caller, now=now, **sent), now=now)

        return _nudged(once(request, route="credential.rotate", make=make))


class CredentialRevokeView(ApiView):
    """The end of a key."""

    required_scope = "keys"

    @extend_schema(
        operation_id="credential_revoke",
        summary="Revoke a key",
        parameters=[IDEMPOTENCY_KEY],
        request=shapes.Revocation,
        responses={
            200: answer(shapes.Credential, "Ended; its next request is refused, on open connections too."),
            **problems(*_WRITING, "not-found", "transition-refused", "raw-identifier", "unkeyed-hash"),
        },
        examples=[shapes.CREDENTIAL_EXAMPLE],
    )
    def post(self, request: Request, credential: str) -> Response:
        """End a key at once, for good; the one that calls only with `confirm_self`."""
        sent = fields.read_fields(
            read_json_object(request._request), required={"reason": fields.text}, optional={"confirm_self": fields.flag}
        )
        caller, now = caller_of(request), timezone.now()
        row = queries.get_credential(credential=credential, viewer=caller)

        def make() -> Made:
            return 200, _show(credentials.revoke(credential_id=row.pk, by=caller, now=now, **sent), now=now)

        return _nudged(once(request, route="credential.revoke", make=make))


def _nudged(response: Response) -> Response:
    tasks.nudge()  # the custodian hears of it at once
    return response


def _show(row: Any, *, now: datetime) -> dict[str, Any]:
    return {
        "credential": row.ref,
        "key_id": row.key_id,
        "state": "revoked" if row.revoked_at else "expired" if row.expires_at <= now else "live",
        "scopes": row.scopes,
        "cidrs": row.cidrs,
        "default_basis": row.default_basis,
        "evaluates": bool(row.custodian_verifier) and "evaluate" in row.scopes,
        "created_at": row.created_at,
        "not_before": row.not_before,
        "expires_at": row.expires_at,
        "last_used_at": row.last_used_at,
        "revoked_at": row.revoked_at,
        "revoked_reason": row.revoked_reason or None,
    }
