"""`/log`: the transparency log for whoever checks it: what was signed, own leaves, and proofs."""

from __future__ import annotations

import base64
import binascii
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_noop
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers as s
from rest_framework.request import Request
from rest_framework.response import Response

from aif_share.errors import Refusal
from members.api.base import PAGED, ApiView, caller_of
from members.api.body import read_json_object
from members.api.pagination import get_page_size, get_position, onward
from members.api.problem_shapes import FRAMING, OPEN_READING, PAGING, READING, REPEATING, answer, problems
from members.api.query_shapes import IDEMPOTENCY_KEY
from members.api.repeat import once
from members.audit import log_queries, receipts, witnesses


class LogHead(s.Serializer[Any]):
    """The newest signed checkpoint, and the key that it is signed with."""

    verifier = s.CharField(help_text="name+key id+key, as c2sp.org/signed-note has it. Pin it at the first use.")
    receipts = s.CharField(help_text="The key that receipts are signed with, in the same form.")
    checkpoint = s.CharField(help_text="A signed note, as c2sp.org/tlog-checkpoint has it: name, size, root.")
    successions = s.ListField(
        child=s.CharField(),
        help_text="Signed notes, oldest first, by which a key of the log names the next one: name, `successor`, its line. "
        "Whoever pinned an older key follows them to `verifier`. After a restore that lost something: name, `restored`, size that "
        "was kept, its root, largest size a witness had seen, and the line of the key under the log's next name.",
    )


class LogEntry(s.Serializer[Any]):
    """One leaf: SHA-256 of a zero byte and the bytes of `leaf` is what the tree holds at `seq`."""

    seq = s.IntegerField(help_text="Place in the log, from 0.")
    leaf = s.CharField(help_text="The event as canonical JSON, exactly as it was hashed.")


class LogEntryPage(s.Serializer[Any]):
    """Leaves of the own institution in their order. Keep `cursor` and ask from there next time."""

    results = LogEntry(many=True)
    next = s.URLField(allow_null=True)
    cursor = s.CharField(allow_null=True)


class InclusionProof(s.Serializer[Any]):
    """The path from a leaf to the root (RFC 9162, section 2.1.3), lowest first, in base64."""

    event = s.CharField()
    seq = s.IntegerField()
    leaf = s.CharField(help_text="The event as canonical JSON, exactly as it was hashed.")
    size = s.IntegerField()
    path = s.ListField(child=s.CharField())


class ConsistencyProof(s.Serializer[Any]):
    """The proof that an older log is the beginning of a newer one (RFC 9162, section 2.1.4), in base64."""

    old = s.IntegerField()
    size = s.IntegerField()
    path = s.ListField(child=s.CharField())


class Seen(s.Serializer[Any]):
    """A checkpoint that was checked: its size, and its root in base64."""

    size = s.IntegerField()

    def get_fields(self) -> dict[str, Any]:
        """Return the fields; one is named as a property of every serializer is."""
        return {**super().get_fields(), "root": s.CharField()}


def _number(name: str, description: str) -> OpenApiParameter:
    return OpenApiParameter(name, OpenApiTypes.INT64, OpenApiParameter.QUERY, required=True, description=description)


SIZE = _number("size", "Of how many leaves: the size of a checkpoint.")
OLD = _number("from", "The size of the older log.")


class LogView(ApiView):
    """What the log says of itself."""

    required_scope = None

    @extend_schema(
        operation_id="log",
        summary="The newest checkpoint of the transparency log",
        responses={200: LogHead, **problems(*OPEN_READING, "not-found")},
    )
    def get(self, request: Request) -> Response:
        """Return the note and the key."""
        head = log_queries.get_checkpoint()
        return Response(
            {
                "verifier": log_queries.get_verifier(head.note),
                "receipts": receipts.get_verifier(),
                "checkpoint": head.note,
                "successions": log_queries.list_successions(),
            }
        )


class LogEntriesView(ApiView):
    """The own institution's leaves."""

    required_scope = "audit"
    query_parameters = PAGED

    @extend_schema(
        operation_id="log_entries",
        summary="Your institution's events in the log, oldest first",
        parameters=[
            OpenApiParameter("cursor", OpenApiTypes.STR, OpenApiParameter.QUERY, description="Of an earlier page."),
            OpenApiParameter(
                "limit", OpenApiTypes.INT, OpenApiParameter.QUERY, description="1 to 1000; 100 if absent."
            ),
        ],
        responses={200: answer(LogEntryPage, "Leaves behind the cursor."), **problems(*READING, *PAGING)},
    )
    def get(self, request: Request) -> Response:
        """Return one page. `next` is null when there is nothing more now; `cursor` is always where to go on."""
        caller = caller_of(request)
        scope = f"log:{caller.institution_id}"
        position = get_position(request, scope=scope)
        after, limit = position[0] if position else -1, get_page_size(request)
        rows = log_queries.list_entries(viewer=caller, after=after, limit=limit)
        results = [{"seq": row.seq, "leaf": row.leaf} for row in rows]
        last = rows[-1].seq if rows else after
        return Response(onward(request, results, position=[last], more=len(rows) == limit, scope=scope))


class LogInclusionView(ApiView):
    """Where an own event stands."""

    required_scope = "audit"
    query_parameters = frozenset({"size", "event"})

    @extend_schema(
        operation_id="log_inclusion",
        summary="Proof that an event of yours stands in the log",
        parameters=[
            OpenApiParameter("event", OpenApiTypes.STR, OpenApiParameter.QUERY, required=True, description="AE-…"),
            SIZE,
        ],
        responses={200: InclusionProof, **problems(*READING, "field-invalid", "not-found")},
    )
    def get(self, request: Request) -> Response:
        """Return place and path."""
        event, size = request.query_params.get("event", ""), _read(request, "size")
        entry, path = log_queries.prove_inclusion(event=event, size=size, viewer=caller_of(request))
        return Response({"event": event, "seq": entry.seq, "leaf": entry.leaf, "size": size, "path": _encoded(path)})


class LogConsistencyView(ApiView):
    """That nothing signed was taken back."""

    required_scope = None
    query_parameters = frozenset({"size", "from"})

    @extend_schema(
        operation_id="log_consistency",
        summary="Proof that an older checkpoint is the beginning of a newer one",
        parameters=[OLD, SIZE],
        responses={200: ConsistencyProof, **problems(*OPEN_READING, "field-invalid")},
    )
    def get(self, request: Request) -> Response:
        """Return the path."""
        old, size = _read(request, "from"), _read(request, "size")
        return Response({"old": old, "size": size, "path": _encoded(log_queries.prove_consistency(old=old, size=size))})


class LogWitnessView(ApiView):
    """That somebody looks."""

    required_scope = None

    @extend_schema(
        operation_id="log_witness",
        summary="Say that you checked a checkpoint and keep it",
        parameters=[IDEMPOTENCY_KEY],
        request=Seen,
        responses={
            200: Seen,
            **problems(*FRAMING, "unknown-field", "field-missing", "field-invalid", "log-differs", *REPEATING),
        },
    )
    def put(self, request: Request) -> Response:
        """Note it; the largest counts. 409 `log-differs`: what was signed here with this size has another root."""
        body, caller = read_json_object(request._request), caller_of(request)
        size, root = _seen(body)

        def make() -> tuple[int, dict[str, Any]]:
            witnesses.witness(size=size, root=root, by=caller, now=timezone.now())
            return 200, {"size": size, "root": body["root"]}

        try:
            return once(request, route="log-witness", make=make)
        except witnesses.LogDiffers:
            witnesses.alarm(size=size, by=caller)
            raise


def _seen(body: dict[str, Any]) -> tuple[int, bytes]:
    if body.keys() - {"size", "root"}:
        raise Refusal("unknown-field", known=["root", "size"])
    for name in ("size", "root"):
        if name not in body:
            raise Refusal("field-missing", field=name)
    size, root = body["size"], body["root"]
    if not isinstance(size, int) or isinstance(size, bool) or not 0 < size < 2**63:
        raise Refusal("field-invalid", gettext_noop("This is the size of a log: a number."), field="size")
    try:
        raw = base64.b64decode(root, validate=True) if isinstance(root, str) else b""
    except (binascii.Error, ValueError):
        raw = b""
    if len(raw) != 32:
        raise Refusal("field-invalid", gettext_noop("This is the root of a log: 32 bytes in base64."), field="root")
    return size, raw


def _read(request: Request, name: str) -> int:
    text = request.query_params.get(name, "")
    if not (text.isascii() and text.isdigit() and len(text) <= 18):
        raise Refusal("field-invalid", gettext_noop("This is the size of a log: a number."), field=name)
    return int(text)


def _encoded(path: list[bytes]) -> list[str]:
    return [base64.b64encode(each).decode("ascii") for each in path]
