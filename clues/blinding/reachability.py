"""Whether the custodians of the directory in force answer: asked by a job, so that the desk's page asks nobody."""

from __future__ import annotations

import time
from typing import Any

import httpx
from django.conf import settings

from aif_share.wire.directory import open_signed
from clues.models import KeyDirectory
from members.operations.custodian_state import PLATFORM_CUSTODIAN

JOB = "custodians"
TIMEOUT = httpx.Timeout(3.0, connect=1.0)


def probe() -> dict[str, dict[str, Any]]:
    """Return {name: {"answers": …, "version": …, "ms": …, "error": …}} of every custodian; no URL, for it is kept."""
    newest = KeyDirectory.objects.order_by("-id").first()
    if newest is None:
        return {}
    document = {"signed": newest.signed, "public_key": newest.public_key, "signature": newest.signature}
    entries = open_signed(document, newest.public_key).entries
    urls = {hop.name: hop.url for entry in entries for hop in entry.custodians}
    if settings.AIF_CUSTODIAN_URL and PLATFORM_CUSTODIAN in urls:
        urls[PLATFORM_CUSTODIAN] = settings.AIF_CUSTODIAN_URL  # the worker's own way there
    return {name: _ask(name, url.rstrip("/")) for name, url in sorted(urls.items())}


def _ask(name: str, url: str) -> dict[str, Any]:
    begun = time.monotonic()
    seen: dict[str, Any] = {"answers": False, "version": "", "ms": 0, "error": ""}
    try:
        answer = httpx.get(f"{url}/healthz", timeout=TIMEOUT, trust_env=False)
        said = answer.json() if answer.is_success else {}
    except (httpx.HTTPError, ValueError) as error:
        return seen | {"error": type(error).__name__}
    seen["ms"] = round((time.monotonic() - begun) * 1000)
    if not isinstance(said, dict) or said.get("custodian") != name:
        return seen | {"error": f"status {answer.status_code}" if not answer.is_success else "another name"}
    return seen | {"answers": True, "version": str(said.get("version", ""))[:40]}
