"""`manage.py export_log FILE`: the whole transparency log, for whoever checks it elsewhere (`aif-share audit verify-file`)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from aif_share.errors import Refusal
from members import audit
from members.audit import log_queries, reading
from members.permissions import Console


class Command(BaseCommand):
    """Write FILE with one event a line, FILE.checkpoint with the signed note, and FILE.key with the key's line."""

    help = "Export the transparency log with its newest checkpoint."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *, file: Path, **_options: Any) -> None:
        try:
            head = log_queries.get_checkpoint()
        except Refusal:
            raise CommandError("nothing was signed yet: is the sequencer running?") from None
        with transaction.atomic():
            audit.record("log.export", actor=Console("export_log"), detail={"size": head.size})
        beside = file.with_name(file.name + ".new")
        try:
            with beside.open("w", encoding="utf-8") as out:
                for entry in reading.read_log():
                    if entry.seq >= head.size:
                        break
                    out.write(entry.leaf + "\n")
            beside.replace(file)
        except reading.LogAltered as why:
            raise CommandError(f"{why}: nothing was exported") from None
        finally:
            beside.unlink(missing_ok=True)
        file.with_name(file.name + ".checkpoint").write_text(head.note, encoding="utf-8")
        file.with_name(file.name + ".key").write_text(log_queries.get_verifier(head.note) + "\n", encoding="utf-8")
        self.stdout.write(f"{head.size} events in {file}; check them with aif-share audit verify-file")
