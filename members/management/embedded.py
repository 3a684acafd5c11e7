"""The embedded stack's custodians: register a member at those the platform does not tell, wait for all of them.

On the embedded stack all parties are one machine, so the command may do what their operators do elsewhere.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import httpx
from django.conf import settings

from aif_share.wire.keys import MemberKey, custodian_server, verifier
from members.operations.custodian_state import PLATFORM_CUSTODIAN

WAIT_SECONDS = 60.0
POLL_SECONDS = 0.1


class CustodianNotReady(Exception):
    """A custodian refused the registration, or did not know the member in time. The text names the custodian."""


def register(ref: str, key: MemberKey, *, evaluate_quota: int) -> None:
    """Register the member at every embedded custodian but the platform's, with that one's own command."""
    for custodian in settings.AIF_EMBEDDED_CUSTODIANS:
        if custodian["name"] != PLATFORM_CUSTODIAN:
            _register_at(custodian, ref, key, evaluate_quota)


@contextmanager
def ceremony_key(ref: str, *, evaluate_quota: int) -> Iterator[MemberKey]:
    """Lend a key that every embedded custodian knows, for as long as the block runs."""
    key = MemberKey.new()
    for custodian in settings.AIF_EMBEDDED_CUSTODIANS:
        _register_at(custodian, ref, key, evaluate_quota)
    try:
        yield key
    finally:
        for custodian in settings.AIF_EMBEDDED_CUSTODIANS:
            bearer = key.bearer_for(custodian_server(custodian["name"]))
            _run_operator(custodian, "revoke", ref, "--verifier", verifier(bearer))


def _register_at(custodian: dict[str, str], ref: str, key: MemberKey, evaluate_quota: int) -> None:
    bearer = key.bearer_for(custodian_server(custodian["name"]))
    _run_operator(custodian, "add", ref, "--verifier", verifier(bearer), "--evaluate-quota", str(evaluate_quota))


def wait_until_known(key: MemberKey, *, seconds: float = WAIT_SECONDS) -> None:
    """Return once every embedded custodian answers the member's own question who it is."""
    deadline = time.monotonic() + seconds
    for custodian in settings.AIF_EMBEDDED_CUSTODIANS:
        bearer = key.bearer_for(custodian_server(custodian["name"]))
        while (answer := _ask(custodian["url"], bearer)) != "200":
            if time.monotonic() >= deadline:
                raise CustodianNotReady(
                    f"custodian {custodian['name']} does not know the member after {seconds:.0f} s ({answer});"
                    " look at its log and at the worker's"
                )
            time.sleep(POLL_SECONDS)


def _ask(url: str, bearer: str) -> str:
    try:
        answer = httpx.get(
            f"{url.rstrip('/')}/me", headers={"Authorization": f"Bearer {bearer}"}, timeout=2.0, trust_env=False
        )
    except httpx.HTTPError as error:
        return type(error).__name__
    return str(answer.status_code)


def _run_operator(custodian: dict[str, str], *arguments: str) -> None:
    # Started as root, the command becomes the owner of the home by itself, so that the files stay that user's.
    command: Sequence[str] = [
        *(sys.executable, "-m", "aif_share.cli", "custodian", "members", "--home", custodian["home"]),
        *arguments,
    ]
    done = subprocess.run(
        command,
        cwd=settings.BASE_DIR,
        env={"PATH": os.environ.get("PATH", ""), "LANG": "C.UTF-8", "PYTHONPATH": str(settings.BASE_DIR)},
        capture_output=True,
        text=True,
        timeout=WAIT_SECONDS,
        check=False,
    )
    if done.returncode != 0:
        last_line = (done.stderr.strip().splitlines() or ["no message"])[-1]
        raise CustodianNotReady(f"custodian {custodian['name']} refused the member: {last_line}")
