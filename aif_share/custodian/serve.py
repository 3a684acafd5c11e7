"""Run a custodian: read its secrets, become its own user, then serve with gunicorn's threads.

Everything is imported and every secret read before the user changes: the interpreter may lie where that user cannot
read, and the seed where it need not. The store is opened after, so that its files belong to that user.
"""

from __future__ import annotations

import logging
import os
import sqlite3
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Final

from gunicorn.app.base import BaseApplication

from aif_share.custodian import charging, preload
from aif_share.custodian.app import Custodian
from aif_share.custodian.home import Home
from aif_share.custodian.keyring import Keyring
from aif_share.custodian.origins import PortalOrigins
from aif_share.custodian.privilege import become_ids, ids_of
from aif_share.custodian.store import Store
from aif_share.custodian.worker import CustodianWorker
from aif_share.errors import Refusal
from aif_share.identifiers import types
from aif_share.oprf.threads import cores

THREADS: Final = 8
"""Requests a worker process answers at a time; the arithmetic releases the GIL."""


def prepare(home: Home, *, user: str | None, group: str | None = None, portal_origins: Sequence[str] = ()) -> Custodian:
    """Read the secrets, load everything, become the user, open the store; the ready application."""
    origins = PortalOrigins(portal_origins)
    name, tokens = home.name, home.operator_tokens()
    keyring = Keyring(home.seeds(), types())
    preload.load_everything()
    os.umask(0o077)
    if user is not None:
        uid, gid = ids_of(user, group)
        if os.geteuid() == 0:
            home.give_to(uid, gid)
        become_ids(uid, gid, user)
    elif os.geteuid() == 0:
        logging.getLogger(__name__).warning("running as root; give --user")
    store = Store(home.store)
    try:
        store.prepare()
        charging.forget_old_use(store, now=datetime.now(UTC))
    except (OSError, sqlite3.Error):
        raise Refusal(
            "home-invalid",
            "the store cannot be opened: does this user own the home, and can it enter every folder above it?",
        ) from None
    finally:
        store.close()
    return Custodian(name=name, keyring=keyring, store=store, operator_tokens=tokens, portal_origins=origins)


def serve(
    home: Home,
    *,
    bind: str,
    workers: int | None = None,
    user: str | None = None,
    group: str | None = None,
    portal_origins: Sequence[str] = (),
) -> None:
    """Serve until SIGTERM or SIGINT, which finish what is under way. Raise Refusal before the first request."""
    _log_to_stderr()
    application = prepare(home, user=user, group=group, portal_origins=portal_origins)
    Server(application, bind=bind, workers=workers or min(2, cores())).run()


class Server(BaseApplication):  # type: ignore[misc]
    """gunicorn, set up in code alone: no configuration file, no environment."""

    def __init__(self, application: Custodian, *, bind: str, workers: int) -> None:
        self._application = application
        self._options: dict[str, Any] = {
            "bind": bind,
            "workers": workers,
            "threads": THREADS,
            "worker_class": CustodianWorker,
            "preload_app": True,
            # gunicorn noted its defaults when it was imported, perhaps as another user.
            "user": os.geteuid(),
            "group": os.getegid(),
            "timeout": 60,
            "graceful_timeout": 10,
            "keepalive": 30,
            "http_parser": "python",  # no search for the optional C parser at the first request
            "worker_tmp_dir": "/dev/shm" if os.access("/dev/shm", os.W_OK) else None,  # noqa: S108 # nosec B108 - in memory
            "control_socket_disable": True,
            # Addresses and query strings stay out of the log.
            "accesslog": None,
            "errorlog": "-",
            "loglevel": "warning",
            "proc_name": f"custodian {application.name}",
            "when_ready": lambda _: logging.getLogger("aif_share.custodian").info("ready http://%s", bind),
        }
        super().__init__()

    def load_config(self) -> None:
        """Take the options; gunicorn calls this."""
        for name, value in self._options.items():
            self.cfg.set(name, value)

    def load(self) -> Custodian:
        """The application; gunicorn calls this."""
        return self._application


def _log_to_stderr() -> None:
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    logger = logging.getLogger("aif_share")
    logger.handlers[:] = [handler]
    logger.setLevel(logging.INFO)
    logger.propagate = False
