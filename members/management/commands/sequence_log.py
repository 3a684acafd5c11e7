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
from django.db import DatabaseError, InterfaceError, connection

from aif_share.errors import Refusal
from members.audit import sequencing
from members.audit.notes import Signer

log = logging.getLogger(__name__)
PAUSE = 0.25
"""Seconds between two looks for events that wait."""
CHECKPOINT_SECONDS, CHECKPOINT_EVENTS = 2.0, 1_000
"""A checkpoint is signed when either is reached, and only if something was added."""


class Command(BaseCommand):
    """Sequence until told to stop."""

    help = "Give audit events their places in the transparency log, and sign checkpoints (its own process)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="do what waits, sign, and end")
        parser.add_argument("--ready-file", type=Path, help="made once the log was signed for the first time")

    def handle(self, *, once: bool, ready_file: Path | None, **_options: Any) -> None:
        if not settings.AIF_LOG_KEYS:
            raise CommandError("AIF_LOG_KEY is not set: the log cannot be signed")
        keys = (Ed25519PrivateKey.from_private_bytes(each) for each in settings.AIF_LOG_KEYS)
        signers = [Signer(settings.AIF_LOG_ORIGIN, key) for key in keys]
        if once:
            self._publish(signers)
            self._drain(signers)
            sequencing.sign_checkpoint(*signers)
            return
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        self._run(signers, stop, ready_file)

    def _run(self, signers: Sequence[Signer], stop: threading.Event, ready_file: Path | None) -> None:
        published, signed_at = False, 0.0
        while not stop.is_set():
            try:
                if not published:
                    self._publish(signers)
                    published = True
                self._drain(signers)
                if time.monotonic() - signed_at >= CHECKPOINT_SECONDS:
                    sequencing.sign_checkpoint(*signers)
                    signed_at = time.monotonic()
                    if ready_file is not None:
                        ready_file.touch()
            except (DatabaseError, InterfaceError):
                # What was not committed is found again; the next look connects anew.
                log.warning("the transparency log waits for the database")
                connection.close()
                stop.wait(1)
            stop.wait(PAUSE)

    @staticmethod
    def _publish(signers: Sequence[Signer]) -> None:
        try:
            sequencing.publish_keys(*signers)
        except Refusal as refusal:
            raise CommandError(f"AIF_LOG_KEY: {refusal.detail}") from None

    @staticmethod
    def _drain(signers: Sequence[Signer]) -> None:
        since = 0
        while added := sequencing.sequence():
            since += added
            if since >= CHECKPOINT_EVENTS:
                sequencing.sign_checkpoint(*signers)
                since = 0
