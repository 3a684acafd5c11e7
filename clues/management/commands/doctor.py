"""`manage.py doctor`: look at this deployment, name what is wrong and what to do. Exit 1 if anything is."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from clues.doctor.examination import examine, is_sound
from clues.doctor.finding import Level

MARKS = {Level.GOOD: "ok    ", Level.UNSURE: "unsure", Level.WRONG: "WRONG "}


class Command(BaseCommand):
    """Look, and change nothing."""

    help = "Look at this deployment: database, roles, keys, clocks, log, backup. Exit 1 if something is wrong."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", dest="as_json")

    def handle(self, *, as_json: bool, **_options: Any) -> None:
        findings = list(examine())
        if as_json:
            self.stdout.write(json.dumps([asdict(finding) for finding in findings], indent=1))
        else:
            for finding in findings:
                self.stdout.write(f"{MARKS[finding.level]}  {finding.says}")
                if finding.do:
                    self.stdout.write(f"        {finding.do}")
        if not is_sound(findings):
            sys.exit(1)
