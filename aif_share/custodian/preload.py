"""Import now what would otherwise be imported at some later request, when this process may read no module any more."""

from __future__ import annotations

import importlib
from typing import Final

from aif_share.oprf import client, proof, server

MODULES: Final = (
    "encodings.ascii",
    "encodings.idna",
    "encodings.latin_1",
    "encodings.utf_8",
    "gunicorn.arbiter",
    "gunicorn.dirty.pidfile",
    "gunicorn.glogging",
    "gunicorn.http.body",
    "gunicorn.http.wsgi",
    "gunicorn.workers.gthread",
    "gunicorn.workers.workertmp",
    "linecache",
    "multiprocessing",
    "sqlite3",
    "tempfile",
)


def load_everything() -> None:
    """Import the server's late imports and walk the protocol once."""
    for name in MODULES:
        importlib.import_module(name)
    key = server.derive_key(bytes(32), b"preload")
    [blinded] = client.blind([b"preload"])
    answer = server.evaluate(key, [blinded.element])
    proof.verify(key.public, [blinded.element], answer.elements, answer.proof)
