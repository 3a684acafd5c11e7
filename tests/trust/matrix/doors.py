"""Every address and method of the API: whose object it opens, and the body with which its owner succeeds.

A parameter without a table entry is looked up in the world under its own name.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.utils import timezone

from tests.trust.matrix.world import World

Body = Callable[[World], Any]


@dataclass(frozen=True)
class Door:
    """How the owner opens an address: who it is, with what body, after reading which version where."""

    body: Body | Any = None
    owner: str = "aster"
    version_at: str = ""  # the address whose ETag goes into If-Match; parameters as in the route
    objects: Mapping[str, str] = ()  # type: ignore[assignment]  # parameter -> name in the world, where they differ
    headers: Mapping[str, str] = ()  # type: ignore[assignment]
    content_type: str = "application/json"
    first: str = ""  # what the owner does before, so that this step is open


def soon() -> str:
    return (timezone.now() + timedelta(days=20)).isoformat()


CASE, PART = "/cases/<str:case>", "/cases/<str:case>/part"
TASK = f"{CASE}/tasks/<str:task>"
READ = Door()

DOORS: Mapping[str, Door] = {
    "GET batches/<str:batch>": READ,
    "GET batches/<str:batch>/results": READ,
    "GET batches/<str:batch>/hold": Door(objects={"batch": "unreviewed_batch"}),
    "GET evidence-demands/<str:demand>": READ,
    "PUT evidence-demands/<str:demand>/file": Door(lambda w: w.more["text"], content_type="application/octet-stream"),
    "GET clues/<str:clue>": READ,
    "PATCH clues/<str:clue>": Door({"region": "CN-31"}, version_at="/clues/<str:clue>"),
    "GET clues/<str:clue>/history": READ,
    "POST clues/<str:clue>/withdraw": Door({"reason": "wrong-person"}, version_at="/clues/<str:clue>"),
    "POST clues/<str:clue>/extend": Door({"reason": "new-activity"}, version_at="/clues/<str:clue>"),
    "GET matches/<str:match>": READ,
    "PUT matches/<str:match>/feedback": Door({"verdict": "confirm", "reason": "same-actor"}),
    "GET events/<str:event>": READ,
    "GET rings/<str:ring>": READ,
    "GET cases/<str:case>": READ,
    "POST cases/<str:case>/actions": Door({"action": "hand-back", "note": "No time."}, version_at=CASE, objects={"case": "led_case"}),
    "GET campaigns/<str:campaign>": READ,
    "GET official-requests/<str:official>": READ,
    "POST official-requests/<str:official>/reply": Door({"reply": "confirm"}),
    "GET content/<str:content>": READ,
    "GET dispositions/<str:disposition>": READ,
    "POST dispositions/<str:disposition>/act": Door({"action": "review", "note": "Looked again."}, version_at="/dispositions/<str:disposition>"),
    "POST dispositions/<str:disposition>/lift": Door({"answer": "kept", "reason": "own-evidence"}, objects={"disposition": "fallen"}),
    "GET cases/<str:case>/tasks": READ,
    "POST cases/<str:case>/tasks": Door(lambda w: {"party": w.refs["party"], "kind": "confirm-amounts"}),
    "GET cases/<str:case>/tasks/<str:task>": READ,
    "POST cases/<str:case>/tasks/<str:task>/answer": Door({"answer": "done", "note": "Three."}, owner="birch", version_at=TASK),
    "POST cases/<str:case>/tasks/<str:task>/cancel": Door({"reason": "Settled."}, version_at=TASK),
    "GET cases/<str:case>/evidence": READ,
    "POST cases/<str:case>/evidence": Door(lambda w: w.more["announced"]),
    "GET evidence/<str:evidence>": READ,
    "PATCH evidence/<str:evidence>": Door({"shared_with_parties": True}, version_at="/evidence/<str:evidence>"),
    "GET evidence/<str:evidence>/custody": READ,
    "POST evidence/<str:evidence>/open": Door({"reason": "To read it."}),
    "GET evidence-uploads/<str:upload>": READ,
    "PATCH evidence-uploads/<str:upload>": Door(lambda w: w.more["text"], content_type="application/octet-stream", headers={"HTTP_UPLOAD_OFFSET": "0"}),
    "DELETE evidence-uploads/<str:upload>": READ,
    "POST evidence-uploads/<str:upload>/finish": Door(first="PATCH evidence-uploads/<str:upload>"),
    "GET cases/<str:case>/checklist": READ,
    "POST cases/<str:case>/charges": Door({"charge": "fraud"}),
    "DELETE cases/<str:case>/charges/<str:charge>": READ,
    "PUT cases/<str:case>/charges/<str:charge>/elements": Door({"elements": [{"element": "threat", "facts": True}]}, version_at=PART),
    "GET cases/<str:case>/part": READ,
    "PATCH cases/<str:case>/part": Door({"facts": "Three callers.", "victims": 3}, version_at=PART),
    "GET cases/<str:case>/packages": READ,
    "GET cases/<str:case>/part/identifiers": READ,
    "POST cases/<str:case>/part/identifiers": Door({"type": "domain", "role": "tool", "value": "refund-agency.example", "confirm": True}, version_at=PART),
    "DELETE cases/<str:case>/part/identifiers/<str:identifier>": Door(version_at=PART),
    "POST cases/<str:case>/part/ready": Door(version_at=PART, first="PATCH cases/<str:case>/part"),
    "GET cases/<str:case>/parts": READ,
    "GET cases/<str:case>/names": READ,
    "GET cases/<str:case>/entries": READ,
    "POST cases/<str:case>/entries": Door(lambda w: w.more["entry"], objects={"case": "reported_case"}),
    "GET disputes/<str:dispute>": READ,
    "POST disputes/<str:dispute>/answer": Door(lambda w: {"clue": w.more["disputed_clue"], "answer": "maintain", "reason": "evidence-held"}, owner="birch", objects={"dispute": "disputed"}),
    "GET requests/<str:request_ref>": READ,
    "POST requests/<str:request_ref>/take-up": Door({}, owner="birch"),
    "POST requests/<str:request_ref>/answer": Door({"answer": "no-record"}, owner="birch"),
    "POST requests/<str:request_ref>/decline": Door({"reason": "no-legal-basis"}, owner="birch"),
    "POST requests/<str:request_ref>/withdraw": Door({}),
    "POST requests/<str:request_ref>/close": Door({}, first="POST requests/<str:request_ref>/answer"),
    "GET watches/<str:watch>": READ,
    "PATCH watches/<str:watch>": Door(lambda w: {"expires_at": soon()}, version_at="/watches/<str:watch>"),
    "POST watches/<str:watch>/cancel": READ,
    "POST noise/<str:entry>/remove": Door(objects={"entry": "noise"}),
    "GET feeds/values/<str:entry>": Door(objects={"entry": "feed"}),
    "POST feeds/values/<str:entry>/withdraw": Door(objects={"entry": "feed"}),
    "GET statements/<str:statement>": READ,
    "GET webhooks/<str:webhook>": READ,
    "PATCH webhooks/<str:webhook>": Door({"state": "disabled"}, version_at="/webhooks/<str:webhook>"),
    "DELETE webhooks/<str:webhook>": Door(version_at="/webhooks/<str:webhook>"),
    "POST webhooks/<str:webhook>/test": READ,
    "POST webhooks/<str:webhook>/rotate-secret": READ,
    "POST webhooks/<str:webhook>/replay": Door(lambda w: {"since": (timezone.now() - timedelta(hours=1)).isoformat()}),
    "GET webhooks/<str:webhook>/deliveries": READ,
    "POST webhooks/<str:webhook>/deliveries/<str:delivery>/replay": READ,
    "GET credentials/<str:credential>": READ,
    "POST credentials/<str:credential>/rotate": Door(lambda w: {"key_id": "efgh2345", "verifier": secrets.token_hex(32), "custodian_verifier": secrets.token_hex(32)}, objects={"credential": "bearing"}, first="POST credentials/<str:credential>/revoke"),
    "POST credentials/<str:credential>/revoke": Door({"reason": "Lost."}),
}  # fmt: skip
"""Addresses with an object in them."""

LISTS: Mapping[str, str] = {
    name: ""
    for name in (
        "batches clues matches events rings cases campaigns official-requests content dispositions disputes "
        "disputes/received requests requests/received requests/addressees watches noise feeds/entries feeds/values "
        "statements outcomes guidance me quota webhooks credentials oprf/directory vocabulary log log/entries log/screenings"
    ).split()
} | {
    "evidence-demands": "",
    "reputation": "",
    "exports/<slug:what>": "/exports/clues",
    "log/inclusion": "/log/inclusion?event=AE-NONE&size=1",
    "log/consistency": "/log/consistency?from=0&size=1",
}
"""Addresses that are read and name no object: nothing that is another's stands in them."""

NOT_YET: Mapping[str, str] = {
    "feeds/entries": "nobody opened the feed for Aster",
    "oprf/directory": "no directory is published in this world",
    "log": "no checkpoint is signed yet",
    "log/inclusion": "the log has no such length yet",
    "log/consistency": "the log has no such length yet",
}
"""Those of LISTS that the owner is refused as well, in this world, and why."""

WRITES = ("screenings", "log/witness", "feeds/acknowledgments")
"""Addresses that are only written and name no object. Their bodies name none of an institution's own things."""

OPEN = ("schema", "problems", "docs")
"""For everybody, and the same for everybody."""

SESSION = (
    "batches/<str:batch>", "batches/<str:batch>/results", "clues/<str:clue>", "cases/<str:case>/evidence",
    "evidence-uploads/<str:upload>", "evidence-uploads/<str:upload>/finish",
)  # fmt: skip
"""The same views below /portal/api, by a person's session."""

KINDS: Mapping[str, str] = {
    "batch": "B", "clue": "C", "match": "M", "ring": "R", "case": "CASE", "credential": "K", "event": "E", "dispute": "D", "fallen": "DI", "bearing": "K", "led_case": "CASE", "reported_case": "CASE",
    "disputed": "D", "watch": "W", "webhook": "H", "delivery": "WD", "noise": "Q", "disposition": "DI", "content": "CT",
    "request_ref": "RQ", "task": "T", "identifier": "PI", "statement": "ST", "feed": "FE", "evidence": "EV",
    "shut": "U", "unreviewed": "C", "unreviewed_batch": "B", "waiting_case": "CASE", "disputed_clue": "C",
    "demand": "ED", "upload": "EU", "official": "OR", "campaign": "CP", "person": "U", "invitation": "V",
}  # fmt: skip
"""The kind of reference behind each name of the world."""
