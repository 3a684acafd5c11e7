"""An official request for the tests: registered, verified, proposed and approved by the people who may."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from aif_share.errors import Refusal
from clues.models import Case, OfficialRequest
from clues.official_requests import deciding, registering, replying
from members.models import AuditEvent, Institution
from members.queries import Person
from tests.clues.scene import Scene, wait_for_tick
from tests.factories import PDF, acting_as

_numbers = itertools.count(1)
OFFICERS = ({"name": "王警官", "card_no": "031001"}, {"name": "李警官", "card_no": "031002"})


def fields(**given: Any) -> dict[str, Any]:
    """Return what the desk registers of a document of the police."""
    today = date.today()
    return {
        "kind": "evidence",
        "authority": "police-economic-crime",
        "unit": "某市公安局经侦支队",
        "document_no": f"经侦调证〔2026〕{next(_numbers)}号",
        "document_date": (today - timedelta(days=2)).isoformat(),
        "received_on": today.isoformat(),
        "basis": "police-notice",
        "items": ["case-facts", "evidence-items"],
        "question": "该团伙以代理退保名义骗取资金，请提供专案事实和证据材料。",
        "subjects": 3,
        "from_date": (today - timedelta(days=200)).isoformat(),
        "until_date": today.isoformat(),
        "officers": list(OFFICERS),
    } | given


def register(scene: Scene, *, document: bytes = PDF, **given: Any) -> OfficialRequest:
    """Let Olga register a document."""
    with acting_as("aif_desk"):
        return registering.register(
            request=fields(**given), document=document, file_name="通知书.pdf", by=scene.cast.olga, now=timezone.now()
        )


def verify(scene: Scene, request: OfficialRequest, *positions: int) -> None:
    """Let Olga verify officers, the two usual ones unless told otherwise."""
    with acting_as("aif_desk"):
        for position in positions or (1, 2):
            registering.verify_officer(
                request=request.ref, position=position, way="called-back", by=scene.cast.olga, now=timezone.now()
            )


def propose(scene: Scene, request: OfficialRequest, institutions: Sequence[Institution] = ()) -> OfficialRequest:
    """Let Olga propose that it goes to Aster and Birch, or to others."""
    chosen = institutions or (scene.cast.aster, scene.cast.birch)
    with acting_as("aif_desk"):
        return deciding.propose(
            request=request.ref, institutions=[each.ref for each in chosen], by=scene.cast.olga, now=timezone.now()
        )


def make_request(scene: Scene, *, at: str = "routed", case: Case | None = None, **given: Any) -> OfficialRequest:
    """Return a request that stands `registered` (with verified officers), `proposed` or `routed`."""
    request = register(scene, **given, **({} if case is None else {"case": case.ref}))
    verify(scene, request)
    if at != "registered":
        request = propose(scene, request)
    if at == "routed":
        with acting_as("aif_desk"):
            request = deciding.approve(request=request.ref, by=scene.cast.pavel, now=timezone.now())
    wait_for_tick()
    return request


def reply(request: OfficialRequest, action: str, *, by: Person, **body: Any) -> None:
    """Let a member say something, and wait until the tick has passed."""
    with acting_as("aif_web"):
        replying.reply(request=request.ref, action=action, body=body, by=by, now=timezone.now())
    wait_for_tick()


def refusal(call: Any, **given: Any) -> Refusal:
    """Return the refusal that a call ends with."""
    try:
        call(now=timezone.now(), **given)
    except Refusal as refused:
        return refused
    raise AssertionError("it was not refused")


def audited(request: OfficialRequest) -> list[str]:
    """Return the verbs of every audit event about a request, in order."""
    with acting_as("aif_desk"):
        return list(AuditEvent.objects.filter(subject_ref=request.ref).order_by("pk").values_list("verb", flat=True))
