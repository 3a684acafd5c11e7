"""`manage.py export_screenings FILE`: the sealed ledger of screenings, for whoever checks it against an exported log."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import transaction

from clues.screening.ledger import read_sealed
from members import audit
from members.permissions import Console


class Command(BaseCommand):
    """Write FILE with one row a line: the event that commits to it, and the row as it was hashed."""

    help = "Export the ledger of screenings (after export_log), as aif-share audit verify-file --screenings reads it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *, file: Path, **_options: Any) -> None:
        with transaction.atomic():
            audit.record("screening.export", actor=Console("export_screenings"))
        beside, rows = file.with_name(file.name + ".new"), 0
        try:
            with beside.open("w", encoding="utf-8") as out:
                for row in read_sealed():
                    out.write(json.dumps({"event": row.event, "leaf": row.leaf}, ensure_ascii=False) + "\n")
                    rows += 1
            beside.replace(file)
        finally:
            beside.unlink(missing_ok=True)
        self.stdout.write(f"{rows} screenings in {file}; check them with aif-share audit verify-file --screenings")
