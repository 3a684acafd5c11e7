"""How long a disputed clue still answers screenings, from the dispute's POST to the first screening without it.

One institution reports, another screens and disputes, a third submits batches all the while if there is to be a load.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

from config.stack import Stack
from tests.prove.uploads import FIELDS, Sender, make_token, wait_released

GIVE_UP_S = 30.0
PAUSE_S = 0.02
LOAD_BATCH = 2_000
QUOTAS = {"submit_quota": 50_000_000, "screen_quota": 1_000_000, "evaluate_quota": 1_000}


def measure(stack: Stack, *, disputes: int, rate: int = 0) -> dict[str, Any]:
    """Open `disputes` one after the other, half by token and half by match, under a load of `rate` clues a second.

    Returns `seconds` of each, from the POST to the first screening that is no hit, and the clues the load submitted.
    """
    filer, opener, busy, witness = (
        Sender.of(stack.url, stack.create_institution(f"{name} {uuid4().hex[:8]}", "bank", **QUOTAS)["api_key"])
        for name in ("Filer", "Opener", "Busy", "Witness")
    )
    tokens = [make_token() for _ in range(disputes)]
    by_match = tokens[: disputes // 2]
    _report(filer, tokens)
    # Nobody reviews here: what answers does so because a second institution reported it, and the witness's grade never does.
    _report(witness, [token for token in tokens if token not in by_match], grade="C")
    if by_match:
        # A screening shows what others reported, so the opener's own clue is no hit for itself.
        _report(opener, by_match)
    matches = {row["mine"][0]["client_ref"]: row["match"] for row in _all_matches(opener)}
    with _load(busy, rate) as submitted:
        seconds = []
        for token in tokens:
            about = (
                {"match": matches[_ref(token)]}
                if token in by_match
                else {"identifier": _identifier(token), "purpose": "complaint-handling"}
            )
            seconds.append(_time(opener, token, about))
    return {"seconds": seconds, "load_clues": submitted[0]}


def _time(opener: Sender, token: str, about: dict[str, Any]) -> float:
    if not _is_hit(opener, token):
        raise RuntimeError("what is to be disputed is no hit")
    start = time.monotonic()
    status, _ = opener.ask("POST", "/disputes", {"reason": "other", **about}, Idempotency_Key=uuid4().hex)
    if status != 202:
        raise RuntimeError(f"the platform answered {status}")
    while _is_hit(opener, token):
        if time.monotonic() - start > GIVE_UP_S:
            raise TimeoutError(f"still a hit after {GIVE_UP_S:g} s")
        time.sleep(PAUSE_S)
    return round(time.monotonic() - start, 3)


def _identifier(token: str) -> dict[str, Any]:
    return {"type": "domain", "epoch": 1, "token": token}


def _ref(token: str) -> str:
    return f"d-{token[:20].replace('-', 'x').replace('_', 'y')}"


def _is_hit(opener: Sender, token: str) -> bool:
    body = {"purpose": "complaint-handling", "tokens": [_identifier(token)]}
    status, answer = opener.ask("POST", "/screenings", body)
    if status != 200:
        raise RuntimeError(f"the platform answered {status}")
    return bool(answer["results"][0]["hit"])


def _submit(sender: Sender, tokens: list[str], **fields: str) -> str:
    clues = [{"client_ref": _ref(token), **FIELDS, **fields, "identifiers": [_identifier(token)]} for token in tokens]
    status, taken = sender.ask("POST", "/batches", {"clues": clues}, Idempotency_Key=uuid4().hex)
    if status != 202:
        raise RuntimeError(f"the platform answered {status}")
    batch: str = taken["batch"]
    return batch


def _report(sender: Sender, tokens: list[str], **fields: str) -> None:
    wait_released(sender, _submit(sender, tokens, **fields), timeout=GIVE_UP_S, pause=0.1)


def _all_matches(sender: Sender) -> list[dict[str, Any]]:
    status, answer = sender.ask("GET", "/matches?limit=1000")
    if status != 200:
        raise RuntimeError(f"the platform answered {status}")
    rows: list[dict[str, Any]] = answer["results"]
    return rows


@contextlib.contextmanager
def _load(sender: Sender, rate: int) -> Iterator[list[int]]:
    """Submit `rate` clues a second until the end; yields a list with how many it has been."""
    submitted, over = [0], threading.Event()

    def submit() -> None:
        start = time.monotonic()
        while not over.is_set():
            _submit(sender, [make_token() for _ in range(LOAD_BATCH)])
            submitted[0] += LOAD_BATCH
            over.wait(max(0.0, start + submitted[0] / rate - time.monotonic()))

    thread = threading.Thread(target=submit, name="load", daemon=True)
    if rate:
        thread.start()
    try:
        yield submitted
    finally:
        over.set()
        if rate:
            thread.join(timeout=60)
