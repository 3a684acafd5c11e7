"""`manage.py list_keys`: every key by its id, how much stands under it, and which may go (docs/secrets.md)."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from clues.doctor.key_ids import list_keys


class Command(BaseCommand):
    """List ids, never values; changes nothing."""

    help = "List the ids of all keys given to this process, how much stands under each, and which may go."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", dest="as_json")

    def handle(self, *, as_json: bool, **_options: Any) -> None:
        """Print them."""
        rows = list(list_keys())
        if as_json:
            self.stdout.write(json.dumps([asdict(row) for row in rows], indent=1))
            return
        for row in rows:
            under = "" if row.under is None else f"{row.under:>8}"
            self.stdout.write(f"{row.secret:<20} {row.id:<24} {under:>8}  {row.says}")
