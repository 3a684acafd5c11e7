"""`manage.py open_case --ring R-… --by NAME`: open a case as a person of the desk."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from aif_share.errors import Refusal
from clues.cases.opening import open_case
from members.models import User


class Command(BaseCommand):
    help = "Open a case from a match or a ring, as the named person of the desk."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the origin and the person."""
        origin = parser.add_mutually_exclusive_group(required=True)
        origin.add_argument("--match", metavar="M-…")
        origin.add_argument("--ring", metavar="R-…")
        parser.add_argument("--by", required=True, metavar="USERNAME")
        parser.add_argument("--note", default="")
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        """Open it and print its reference; a refusal is an error with its reason."""
        person = User.objects.filter(username=options["by"]).first()
        if person is None:
            raise CommandError("no such user")
        try:
            case = open_case(
                match=options["match"],
                ring=options["ring"],
                by=person,
                now=timezone.now(),
                note=options["note"],
            )
        except Refusal as refusal:
            raise CommandError(f"{refusal.code}: {refusal.detail}") from None
        self.stdout.write(json.dumps({"case": case.ref, "state": case.state}) if options["json"] else case.ref)
