"""`manage.py declare_restore`: after a restore, say so, with the checkpoints that witnesses keep (docs/backup.md).

As the owner, like migrations: AIF_DB_OWNER=1.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from aif_share.errors import Refusal
from members.operations import restores
from members.permissions import Console


class Command(BaseCommand):
    """Let the transparency log go on after a restore."""

    help = "After a restore: record it, and let the transparency log be signed again. Run with AIF_DB_OWNER=1."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--checkpoint",
            type=Path,
            action="append",
            default=[],
            help="a file with a signed note that a witness keeps",
        )
        parser.add_argument(
            "--complete",
            action="store_true",
            help="the write-ahead log was replayed to its very end: nothing is missing",
        )

    def handle(self, *, checkpoint: list[Path], complete: bool, **_options: Any) -> None:
        """Refusals end with exit code 2, and nothing is changed then."""
        try:
            notes = [path.read_text(encoding="utf-8") for path in checkpoint]
        except (OSError, UnicodeDecodeError):
            raise CommandError("a file of --checkpoint cannot be read", returncode=2) from None
        try:
            done = restores.declare(checkpoints=notes, complete=complete, by=Console("declare_restore"))
        except Refusal as refusal:
            raise CommandError(refusal.detail or refusal.code, returncode=2) from None
        self.stdout.write(f"{done.kept} events are kept; the log is called {done.origin} from now on")
        if done.lost:
            self.stdout.write(f"{done.lost} events that a witness saw signed are gone, all after {done.lost_since}")
        elif not complete:
            self.stdout.write("no checkpoint shows that anything is gone; that is no proof: ask more witnesses")
