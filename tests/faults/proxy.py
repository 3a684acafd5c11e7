"""A TCP proxy that makes trouble on purpose; what troubles there are, and their names, is toxiproxy's vocabulary.

It listens on the loopback and connects each client to one server, behind a unix socket or a port. Troubles hold for all
connections, those that are open included, from the moment they are set until `heal()`. Whatever is drawn comes from one
seeded generator.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
import socket
import struct
import threading
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, replace
from typing import Any

BLOCK = 64 * 1024
GREETING = 1024
"""So many bytes of a client are the beginning of its session: libpq asks for TLS before it says what it wants."""
RESET = struct.pack("ii", 1, 0)  # SO_LINGER with no time: closing sends a reset


@dataclass(frozen=True)
class Trouble:
    """What is done to what passes, in both directions unless a name says otherwise. Times in seconds."""

    latency: float = 0.0
    jitter: float = 0.0
    bandwidth: float = 0.0
    """Bytes a second; 0 is no bound."""
    slice: int = 0
    """Pass on pieces of about so many bytes, each after `latency`."""
    timeout: bool = False
    """Nothing passes, and nothing is closed: a half-open connection."""
    slow_close: float = 0.0
    limit_data: int = 0
    """Reset a connection once so many bytes of the client have passed; 0 is no bound."""


HEALTHY = Trouble()
Rewrite = Callable[[bytes], bytes]


def forget_durability(block: bytes) -> bytes:
    """Let a session acknowledge before PostgreSQL has written: what the negative control takes away.

    The product's sessions ask for `on` themselves, so that no setting of a server can take it away.
    """
    return block.replace(b"synchronous_commit=on", b"synchronous_commit=0 ")


class Proxy:
    """One proxy. `target` is the path of a unix socket or a (host, port) pair."""

    def __init__(self, target: str | tuple[str, int], *, seed: int, rewrite: Rewrite | None = None) -> None:
        self._target = target
        self._random = random.Random(seed)
        self._rewrite = rewrite
        """What the first blocks of each client become, of the same length."""
        self._trouble = HEALTHY
        self._open: set[asyncio.StreamWriter] = set()
        self._refusing = False
        self._loop = asyncio.new_event_loop()
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=256)
        self.port: int = self._listener.getsockname()[1]
        self._thread = threading.Thread(target=self._run, name=f"proxy-{self.port}", daemon=True)

    def start(self) -> None:
        """Begin to accept."""
        self._thread.start()

    def stop(self) -> None:
        """Close everything."""
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join()
        self._listener.close()

    # ---- troubles ----

    def trouble(self, **what: Any) -> None:
        """Set troubles beside those that hold already."""
        self._trouble = replace(self._trouble, **what)

    def heal(self) -> None:
        """End all troubles."""
        self._trouble, self._refusing = HEALTHY, False

    def reset_peer(self) -> int:
        """Reset every open connection, on both sides; return how many sides there were."""
        return self._call(self._reset_all())

    def down(self) -> None:
        """Reset every connection and every new one, until heal()."""
        self._refusing = True
        self.reset_peer()

    # ---- how ----

    def _call(self, work: Coroutine[Any, Any, int]) -> int:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(timeout=10)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(asyncio.start_server(self._serve, sock=self._listener))
        self._loop.run_forever()
        for task in asyncio.all_tasks(self._loop):
            task.cancel()
        self._loop.run_until_complete(asyncio.sleep(0))
        self._loop.close()

    async def _reset_all(self) -> int:
        found = list(self._open)
        for writer in found:
            _reset(writer)
        return len(found)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._refusing:
            _reset(writer)
            return
        try:
            if isinstance(self._target, str):
                there, beyond = await asyncio.open_unix_connection(self._target)
            else:
                there, beyond = await asyncio.open_connection(*self._target)
        except OSError:
            _reset(writer)
            return
        ends = {writer, beyond}
        self._open |= ends
        try:
            await asyncio.gather(
                self._pass_on(reader, beyond, back=writer, asks=True),
                self._pass_on(there, writer, back=beyond, asks=False),
            )
        finally:
            self._open -= ends
            for end in ends:
                end.close()

    async def _pass_on(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, back: asyncio.StreamWriter, asks: bool
    ) -> None:
        passed = 0
        try:
            while block := await reader.read(BLOCK):
                if asks and passed < GREETING and self._rewrite is not None:
                    block = self._rewrite(block)
                limit = self._trouble.limit_data if asks else 0
                if limit and passed + len(block) > limit:
                    block = block[: max(0, limit - passed)]
                passed += len(block)
                await self._write(writer, block)
                if limit and passed >= limit:
                    for end in (writer, back):
                        _reset(end)
                    return
            await asyncio.sleep(self._trouble.slow_close)
            if writer.can_write_eof():
                writer.write_eof()
        except OSError:
            # One side is gone without a word, as when its process was killed: the other must not wait for ever.
            for end in (writer, back):
                _reset(end)

    async def _write(self, writer: asyncio.StreamWriter, block: bytes) -> None:
        while self._trouble.timeout:
            await asyncio.sleep(0.05)
        size = self._trouble.slice or len(block)
        for start in range(0, len(block), max(1, size)):
            now, piece = self._trouble, block[start : start + size]
            wait = now.latency + self._random.random() * now.jitter
            wait += len(piece) / now.bandwidth if now.bandwidth else 0.0
            if wait:
                await asyncio.sleep(wait)
            writer.write(piece)
            await writer.drain()


def _reset(writer: asyncio.StreamWriter) -> None:
    """Close at once, with a reset where the transport knows one."""
    connection = writer.get_extra_info("socket")
    if connection is not None and connection.family != socket.AF_UNIX:
        with contextlib.suppress(OSError):
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
    writer.transport.abort()
