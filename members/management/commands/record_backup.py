"""`manage.py record_backup`: note that a backup was taken, so that `manage.py doctor` can see its age.

`python -m config.backup` runs it by itself; run it after a backup that another tool took.
"""

from __future__ import annotations

import re
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from members.operations import backups
from members.permissions import Console


class Command(BaseCommand):
    """Note one backup."""

    help = "Note that a base backup was taken and checked; the doctor looks at the age of the newest."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--name", required=True, help="what the backup is called: letters, digits, . _ : -")
        parser.add_argument("--bytes", type=int, required=True)
        parser.add_argument("--files", type=int, default=0)
        parser.add_argument("--seconds", type=float, default=0.0)

    def handle(self, *, name: str, files: int, seconds: float, **options: Any) -> None:
        """Refusals end with exit code 2, and nothing is recorded then."""
        size = options["bytes"]
        if not re.fullmatch(r"[A-Za-z0-9._:-]{1,64}", name):
            raise CommandError("--name takes up to 64 letters, digits and . _ : -", returncode=2)
        if size <= 0 or files < 0 or seconds < 0:
            raise CommandError("a backup has bytes, and neither files nor seconds below zero", returncode=2)
        backups.record_backup(name=name, size=size, files=files, seconds=seconds, by=Console("record_backup"))
        if options["verbosity"]:
            self.stdout.write(f"backup {name} is recorded")
