"""`manage.py propose_matrix FILE --title T --by NAME`: propose a lawful-use matrix, as a person of the desk."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from aif_share.errors import Refusal
from clues.screening.lawful_use import signing
from members.models import User


class Command(BaseCommand):
    help = "Propose a lawful-use matrix, as the named person of the desk; another person signs it."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the rules, the title and the person."""
        parser.add_argument("file", metavar="FILE", help="the rules, one a line; - for standard input")
        parser.add_argument("--title", required=True)
        parser.add_argument("--by", required=True, metavar="USERNAME")
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        """Store the proposal and print its number."""
        person = User.objects.filter(username=options["by"]).first()
        if person is None:
            raise CommandError("no such user")
        try:
            text = sys.stdin.read() if options["file"] == "-" else Path(options["file"]).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError):
            raise CommandError("the file cannot be read as UTF-8") from None
        try:
            matrix = signing.propose(title=options["title"], rules=text, by=person, now=timezone.now())
        except Refusal as refusal:
            raise CommandError(f"{refusal.code}: {refusal.detail}") from None
        self.stdout.write(json.dumps({"matrix": matrix.pk}) if options["json"] else f"LM-{matrix.pk} proposed")
