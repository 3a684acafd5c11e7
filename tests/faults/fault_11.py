"""Clients that send slowly, half, or nothing."""

from __future__ import annotations

import contextlib
import socket
import time
from typing import Any

from tests.faults.load import Load
from tests.faults.proxy import Proxy
from tests.faults.table import Fault
from tests.prove.uploads import Sender

IDLE, HALF = 64, 3
"""Connections that send nothing and stay, many times the threads of web; and with half a request line, fewer than one process has.

More of the latter hold a process for 20 s: they are for the proxy in front of web, which reads requests before it passes them on.
"""
SECONDS = 3.0
SLOWEST_S = 10.0
STORED = "SELECT count(*) FROM batch WHERE idempotency_key LIKE %s"


def run(load: Load, times: int) -> dict[str, Any]:
    """`times` times: idle connections, and uploads cut at each tenth of their length, while members submit.

    An upload that broke off leaves no batch, and nobody else waits long.
    """
    world = load.world
    port = int(world.stack.url.rpartition(":")[2])
    proxy = Proxy(("127.0.0.1", port), seed=world.seed)
    proxy.start()
    through = Sender(f"http://127.0.0.1:{proxy.port}", load.senders[0].bearer)
    body, load.slowest, cut, answered = load.body(0, load.next[0] + 1000), 0.0, 0, 0
    key = f"cut-{world.seed}"
    try:
        with contextlib.ExitStack() as held, load.running():
            for turn in range(times):
                for number in range(IDLE):
                    idle = held.enter_context(socket.create_connection(("127.0.0.1", port), timeout=5))
                    idle.sendall(b"POST /api/v1/bat" if number < HALF else b"")
                for tenth in range(10):
                    proxy.trouble(limit_data=max(1, len(body) * tenth // 10), slice=16_384, latency=0.002)
                    answered += _cut_off(through, body, f"{key}-{turn}-{tenth}")
                    cut += 1
                proxy.heal()
            time.sleep(SECONDS)
    finally:
        proxy.stop()
    (stored,) = world.select(STORED, [f"{key}%"])[0]
    return {
        "cut": cut,
        "answered": answered,
        "batches": stored,
        "slowest_answer_s": round(load.slowest, 2),
        "holds": not stored and not answered and load.slowest <= SLOWEST_S,
    }


def _cut_off(sender: Sender, body: bytes, key: str) -> int:
    connection = sender.connect()
    headers = {"Authorization": f"Bearer {sender.bearer}", "Content-Type": "application/json", "Idempotency-Key": key}
    try:
        connection.request("POST", "/api/v1/batches", body, headers)
        return int(connection.getresponse().status == 202)
    except (OSError, ValueError):
        return 0
    except Exception as why:  # http.client's own kinds, such as an answer cut short
        assert "http" in type(why).__module__, why
        return 0
    finally:
        connection.close()


FAULT = Fault(11, "clients slow, half, silent", run, times=3)
