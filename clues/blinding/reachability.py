"""Whether the custodians of the directory in force answer: asked by a job, so that the desk's page asks nobody."""

from __future__ import annotations

import time
from typing import Any

import httpx
from django.conf import settings

from aif_share.wire.directory import Directory, open_signed
from clues.models import KeyDirectory
from members.operations.custodian_state import PLATFORM_CUSTODIAN

JOB = "custodians"
TIMEOUT = httpx.Timeout(3.0, connect=1.0)


def probe() -> dict[str, dict[str, Any]]:
    """Return {name: {"answers": …, "version": …, "ms": …, "error": …}} of every custodian; no URL, for it is kept."""
    directory = read_directory()
    return {} if directory is None else {name: _ask(name, url) for name, url in sorted(addresses(directory).items())}


def read_directory() -> Directory | None:
    """Return the newest directory, None if there is none. Raise ProofError when its signature does not hold."""
    newest = KeyDirectory.objects.order_by("-id").first()
    if newest is None:
        return None
    document = {"signed": newest.signed, "public_key": newest.public_key, "signature": newest.signature}
    return open_signed(document, newest.public_key)


def addresses(directory: Directory) -> dict[str, str]:
    """Return {name: URL} of the custodians of a directory, as they are reached from here."""
    urls = {hop.name: hop.url for entry in directory.entries for hop in entry.custodians}
    if settings.AIF_CUSTODIAN_URL and PLATFORM_CUSTODIAN in urls:
        urls[PLATFORM_CUSTODIAN] = settings.AIF_CUSTODIAN_URL  # the worker's own way there
    return {name: url.rstrip("/") for name, url in urls.items()}


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
