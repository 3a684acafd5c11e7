"""Every page and form of the portal: whose object it opens, who of the owner may, and the form with which they succeed."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from tests.trust.matrix.world import World

Form = Callable[[World], Mapping[str, Any]] | Mapping[str, Any]


@dataclass(frozen=True)
class Page:
    """How somebody of the owner opens a page (`form` None) or sends its form; a form that is taken redirects, or answers 200."""

    form: Form | None = None
    role: str = "analyst"
    owner: str = "aster"
    objects: Mapping[str, str] = ()  # type: ignore[assignment]  # parameter -> name in the world, where they differ
    fixed: Mapping[str, str] = ()  # type: ignore[assignment]  # parameters that are codes
    query: str = ""
    first: str = ""  # what the owner does before, so that this step is open


CASE, BECAUSE = "portal/cases/<str:case>", {"reason": "moved to another desk"}
OWN, ADMIN = Page(), Page(role="member-admin")
TEAM, KEY, HOOK = "portal/team/<str:person>", "portal/keys/<str:credential>", "portal/webhooks/<str:webhook>"
CLUE, RQ, DI = "portal/clues/<str:clue>", {"ref": "request_ref"}, "portal/dispositions/<str:disposition>"
EVIDENCE, OFFICIAL = "portal/evidence/<str:evidence>", "portal/official/<str:ref>"
OR, SENT = {"ref": "official"}, "portal/requests/<str:ref>"


def rotation(world: World) -> dict[str, str]:
    return {"key_id": "efgh2345", "verifier": secrets.token_hex(32), "custodian_verifier": secrets.token_hex(32)}


PAGES: Mapping[str, Page] = {
    "POST portal/team/invitations/<str:invitation>/resend": Page({}, "member-admin"),
    "POST portal/team/invitations/<str:invitation>/revoke": Page({}, "member-admin"),
    f"GET {TEAM}": ADMIN,
    f"POST {TEAM}/role": Page({**BECAUSE, "role": "analyst"}, "member-admin"),
    f"POST {TEAM}/deactivate": Page(BECAUSE, "member-admin"),
    f"POST {TEAM}/reactivate": Page(BECAUSE, "member-admin", objects={"person": "shut"}),
    f"POST {TEAM}/new-password": Page(BECAUSE, "member-admin"),
    f"POST {TEAM}/reset-factors": Page(BECAUSE, "member-admin"),
    f"GET {KEY}": ADMIN,
    f"GET {KEY}/rotate": ADMIN,
    f"POST {KEY}/rotate": Page(rotation, "member-admin", objects={"credential": "bearing"}, first=f"POST {KEY}/revoke"),
    f"GET {KEY}/revoke": ADMIN,
    f"POST {KEY}/revoke": Page(BECAUSE, "member-admin"),
    f"GET {HOOK}": ADMIN,
    f"GET {HOOK}/edit": ADMIN,
    f"POST {HOOK}/edit": Page({"version": "1", "url": "https://hooks.aster.example/two", "description": "two"}, "member-admin"),
    f"POST {HOOK}/state": Page({"version": "1", "state": "disabled"}, "member-admin"),
    f"POST {HOOK}/test": Page({}, "member-admin"),
    f"GET {HOOK}/rotate": ADMIN,
    f"POST {HOOK}/rotate": Page({}, "member-admin"),
    f"GET {HOOK}/secret": ADMIN,
    f"GET {HOOK}/delete": ADMIN,
    f"POST {HOOK}/delete": Page({"version": "1"}, "member-admin"),
    f"GET {HOOK}/replay": ADMIN,
    f"POST {HOOK}/replay": Page(lambda w: {"since": w.more["today"] + "T00:00"}, "member-admin"),
    f"POST {HOOK}/deliveries/<str:delivery>/replay": Page({}, "member-admin"),
    "POST portal/notifications/<str:event>/read": Page({}),
    f"GET {CLUE}": OWN,
    f"GET {CLUE}/correct": OWN,
    f"POST {CLUE}/correct": Page({"version": "2", "category": "telecom-fraud", "grade": "B2", "channel": "", "region": "CN-31"}),
    f"GET {CLUE}/withdraw": OWN,
    f"POST {CLUE}/withdraw": Page({"version": "2", "reason": "mistake"}),
    f"GET {CLUE}/extend": OWN,
    f"POST {CLUE}/extend": Page({"version": "2", "reason": "new-activity"}),
    f"POST {CLUE}/review": Page({"version": "1", "decision": "confirmed"}, "approver", objects={"clue": "unreviewed"}),
    f"POST {CLUE}/review/withdraw": Page({"version": "2"}, "approver"),
    "GET portal/reviews/<str:batch>": Page(role="approver"),
    "POST portal/reviews/<str:batch>/selected": Page(lambda w: {"clue": [w.refs["unreviewed"]], "clues": [w.refs["unreviewed"]], "decision": "confirmed"}, "approver", objects={"batch": "unreviewed_batch"}),
    "GET portal/reviews/<str:batch>/all": Page(role="approver", objects={"batch": "unreviewed_batch"}),
    "POST portal/reviews/<str:batch>/all": Page(lambda w: {"decision": "confirmed", "count": "1", "confirm": "yes"}, "approver", objects={"batch": "unreviewed_batch"}),
    "GET portal/batches/<str:batch>": OWN,
    "GET portal/evidence-demands/<str:demand>": OWN,
    "POST portal/evidence-demands/<str:demand>": Page(lambda w: {"file": SimpleUploadedFile("a.txt", w.more["text"])}),
    "GET portal/matches/<str:match>": OWN,
    "POST portal/matches/<str:match>/work": Page({"version": "0", "action": "acknowledge"}),
    "POST portal/matches/<str:match>/read": Page({}),
    "POST portal/matches/<str:match>/feedback": Page({"verdict": "confirm", "reason": "same-actor"}),
    "GET portal/rings/<str:ring>": OWN,
    f"GET {CASE}": OWN,
    f"GET {CASE}/do/<slug:action>": Page(objects={"case": "led_case"}, fixed={"action": "hand-back"}),
    f"POST {CASE}/do/<slug:action>": Page({"version": "3", "note": "No time."}, objects={"case": "led_case"}, fixed={"action": "hand-back"}),
    f"GET {CASE}/part": OWN,
    f"POST {CASE}/part": Page({"version": "3", "facts": "Three callers.", "victims": "3", "action": "save"}),
    f"GET {CASE}/part/identifiers": OWN,
    f"POST {CASE}/part/identifiers": Page(lambda w: {"version": "3", "identifier": w.refs["identifier"], "action": "remove"}),
    f"POST {CASE}/part/decide": Page(lambda w: {"version": w.more["waiting_version"], "decision": "approve"}, "approver", objects={"case": "waiting_case"}),
    f"GET {CASE}/checklist": OWN,
    f"POST {CASE}/checklist": Page({"action": "add", "charge": "fraud"}),
    f"GET {CASE}/evidence": OWN,
    f"GET {CASE}/evidence/new": OWN,
    f"GET {EVIDENCE}": OWN,
    f"POST {EVIDENCE}/open": Page({"reason": "To read it."}),
    f"POST {EVIDENCE}/do/<slug:action>": Page({"version": "1"}, fixed={"action": "share"}),
    f"GET {CASE}/tasks/new": OWN,
    f"POST {CASE}/tasks/new": Page(lambda w: {"party": w.refs["party"], "kind": "confirm-amounts", "note": "", "due_on": ""}),
    f"GET {CASE}/tasks/<str:task>": OWN,
    f"POST {CASE}/tasks/<str:task>": Page({"version": "1", "action": "cancel", "reason": "Settled."}),
    f"GET {CASE}/names/<str:party>": OWN,
    f"POST {CASE}/names/<str:party>": Page({"action": "offer", "contact": "Desk 4"}, "approver"),
    f"GET {CASE}/entries/new": Page(objects={"case": "reported_case"}, query="?track=police-criminal&state=submitted"),
    f"POST {CASE}/entries/new": Page(lambda w: {**w.more["entry"], "once": secrets.token_urlsafe(18)}, objects={"case": "reported_case"}, query="?track=police-criminal&state=submitted"),
    "GET portal/statements/<str:statement>": OWN,
    "GET portal/statements/<str:statement>/<slug:form>": Page(fixed={"form": "csv"}),
    "POST portal/feeds/<str:entry>/withdraw": Page({}, objects={"entry": "feed"}),
    "GET portal/campaigns/<str:campaign>": OWN,
    f"GET {OFFICIAL}": Page(objects=OR),
    f"POST {OFFICIAL}/document": Page({"reason": "To answer it."}, objects=OR),
    f"POST {OFFICIAL}/reply/<slug:action>": Page({}, objects=OR, fixed={"action": "confirm"}),
    f"GET {SENT}": Page(objects=RQ),
    f"GET {SENT}/withdraw": Page(objects=RQ),
    f"POST {SENT}/withdraw": Page({}, objects=RQ),
    f"POST {SENT}/<str:action>": Page({"answer": "no-record"}, owner="birch", objects=RQ, fixed={"action": "answer"}),
    "GET portal/watches/<str:watch>": OWN,
    "POST portal/watches/<str:watch>/extend": Page(lambda w: {"version": "1", "last_day": w.more["soon"]}),
    "GET portal/watches/<str:watch>/cancel": OWN,
    "POST portal/watches/<str:watch>/cancel": Page({"version": "1"}),
    "GET portal/content/<str:content>": OWN,
    f"GET {DI}": OWN,
    f"POST {DI}/act": Page({"version": "1", "action": "review"}),
    f"POST {DI}/answer": Page({"answer": "kept", "reason": "own-evidence"}, objects={"disposition": "fallen"}),
    "GET portal/disputes/<str:dispute>": OWN,
    "GET portal/disputes/<str:dispute>/answer/<str:clue>": Page(owner="birch", objects={"dispute": "disputed", "clue": "disputed_clue"}),
    "POST portal/disputes/<str:dispute>/answer/<str:clue>": Page({"answer": "maintain", "reason-maintain": "evidence-held"}, owner="birch", objects={"dispute": "disputed", "clue": "disputed_clue"}),
    "GET portal/noise/<str:entry>/remove": Page(objects={"entry": "noise"}),
    "POST portal/noise/<str:entry>/remove": Page({}, objects={"entry": "noise"}),
}  # fmt: skip
"""Pages with an object in their address."""

LISTS = (
    "", "portal/audit", "portal/team", "portal/keys", "portal/webhooks", "portal/notifications",
    "portal/notifications/count", "portal/notifications/preferences", "portal/clues", "portal/reviews", "portal/imports",
    "portal/batches", "portal/matches", "portal/rings", "portal/cases", "portal/cases/work", "portal/statements",
    "portal/feeds", "portal/exports", "portal/campaigns", "portal/official", "portal/outcomes", "portal/outcomes.csv",
    "portal/guidance", "portal/screenings", "portal/screenings/history", "portal/requests", "portal/requests/sent",
    "portal/requests/new", "portal/watches", "portal/content", "portal/dispositions", "portal/disputes",
    "portal/disputes/received", "portal/evidence-demands", "portal/noise", "portal/account", "portal/matches/work", "portal/clues/new",
    "portal/dispositions/new", "portal/disputes/new", "portal/watches/new", "portal/content/new", "portal/feeds/new",
    "portal/team/invite", "portal/keys/new", "portal/keys/register", "portal/webhooks/new", "portal/imports/template.xlsx",
    "portal/imports/template.csv",
)  # fmt: skip
"""Pages without an object: nothing that is another's stands on them."""

NOT_ALONE: Mapping[str, str] = {
    "portal/matches/work": "takes a form only",
    "portal/dispositions/new": "asks for the match that it is about",
}
"""Those of LISTS that open for nobody as they stand, and why."""

ELSEWHERE: Mapping[str, str] = {
    "healthz": "for the container engine",
    "help": "for everybody", "help/problems": "for everybody", "help/<slug:topic>": "for everybody",
    "portal/login": "for whoever is not logged in", "portal/login/factor": "the second step",
    "portal/login/passkey": "asked by the script of the login page", "portal/logout": "ends the own session",
    "portal/confirm": "asks for the own factor", "portal/language": "a cookie",
    "portal/invitation/<str:token>": "opened by a secret of 256 bits, not by an object",
    "portal/enroll": "the own factors", "portal/enroll/app": "the own factors", "portal/enroll/passkey": "the own factors",
    "portal/password": "the own password", "portal/account/recovery-codes": "the own factors",
    "portal/account/recovery-codes.txt": "the own factors", "portal/account/recovery-codes/new": "the own factors",
    "portal/account/factors/<str:factor>/remove": "a person's own: tests/members/portal/test_own_factors.py",
    "portal/account/sessions/<str:session>/end": "a person's own: tests/members/portal/test_sessions.py",
    "portal/account/sessions/end-others": "the own sessions",
    "portal/notifications/read": "marks the own", "portal/clues/views": "the own views of a list",
    "portal/clues/withdraw": "takes a list of own clues: tests/clues/portal/test_clues.py",
    "portal/matches/read": "marks the own", "portal/exports/take": "what the lists show, once more",
    "portal/feeds/acknowledge": "takes entries of the own feed: tests/clues/portal/test_feeds.py",
    "portal/feeds/file/<slug:form>": "the own feed: tests/clues/portal/test_feeds.py",
    "portal/outcomes/<slug:counter>": "the own cases behind a figure: tests/clues/portal/test_outcomes.py",
}  # fmt: skip
"""Addresses in which no object of an institution stands, with why."""
