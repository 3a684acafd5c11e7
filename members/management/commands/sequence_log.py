"""`manage.py sequence_log`: the process that gives audit events their places in the transparency log and signs it.

It runs for good, under the login aif_audit and with AIF_LOG_KEY; a second one waits its turn and does nothing.
"""

from __future__ import annotations

import logging
import signal
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError, InterfaceError, connection, transaction

from aif_share.errors import Refusal
from members.audit import homes, sequencing
from members.audit.notes import Signer
from members.row_security import logins

log = logging.getLogger(__name__)
PAUSE = 0.25
"""Seconds between two looks for events that wait."""
CHECKPOINT_SECONDS, CHECKPOINT_EVENTS = 2.0, 1_000
"""A checkpoint is signed when either is reached, and only if something was added."""

SAY_AGAIN = 60.0
"""Seconds after which it says again that it stands still."""


class Command(BaseCommand):
    """Sequence until told to stop."""

    help = "Give audit events their places in the transparency log, and sign checkpoints (its own process)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="do what waits, sign, and end")
        parser.add_argument("--ready-file", type=Path, help="made once the log was signed for the first time")

    def handle(self, *, once: bool, ready_file: Path | None, **_options: Any) -> None:
        if not settings.AIF_LOG_KEYS:
            raise CommandError("AIF_LOG_KEY is not set: the log cannot be signed")
        if once:
            try:
                self._sign(self._start())
            except (homes.Moved, homes.Renamed) as why:
                raise CommandError(str(why)) from None
            return
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        self._run(stop, ready_file)

    @staticmethod
    def _sign(signers: Sequence[Signer]) -> None:
        Command._drain(signers)
        sequencing.sign_checkpoint(*signers)

    def _start(self) -> list[Signer]:
        """Publish the keys under the name that the log has now, and return them. Raise Moved."""
        keys = [Ed25519PrivateKey.from_private_bytes(each) for each in settings.AIF_LOG_KEYS]
        try:
            with transaction.atomic():
                homes.hold()
                homes.check_home()
                signers = [Signer(homes.get_origin(), key) for key in keys]
                sequencing.follow_restore(*signers)
                sequencing.publish_keys(*signers)
        except Refusal as refusal:
            raise CommandError(f"AIF_LOG_KEY: {refusal.detail}") from None
        return signers

    def _run(self, stop: threading.Event, ready_file: Path | None) -> None:
        signers: list[Signer] = []
        signed_at, said_at = 0.0, -SAY_AGAIN
        while not stop.is_set():
            try:
                if not signers or signers[0].name != homes.get_origin():
                    signers = self._start()
                self._drain(signers)
                if time.monotonic() - signed_at >= CHECKPOINT_SECONDS:
                    sequencing.sign_checkpoint(*signers)
                    signed_at = time.monotonic()
                    if ready_file is not None:
                        ready_file.touch()
            except homes.Renamed:
                signers = []
            except homes.Moved as why:
                # It runs, and does what it should: nothing, until somebody decides.
                if time.monotonic() - said_at >= SAY_AGAIN:
                    log.error("the transparency log stands still: %s", why)
                    said_at = time.monotonic()
                if ready_file is not None:
                    ready_file.touch()
                stop.wait(1)
            except (DatabaseError, InterfaceError) as why:
                # What was not committed is found again; the next look connects anew.
                log.warning("the transparency log waits for the database: %s", logins.told(why))
                connection.close()
                stop.wait(1)
            stop.wait(PAUSE)

    @staticmethod
    def _drain(signers: Sequence[Signer]) -> None:
        since = 0
        while added := sequencing.sequence():
            since += added
            if since >= CHECKPOINT_EVENTS:
                sequencing.sign_checkpoint(*signers)
                since = 0
