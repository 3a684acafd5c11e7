"""`manage.py sign_matrix NUMBER --by NAME`: put a proposed lawful-use matrix in force, as the second person."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from aif_share.errors import Refusal
from clues.screening.lawful_use import signing
from members.models import User


class Command(BaseCommand):
    help = "Sign a proposed lawful-use matrix, as a person of the desk other than its proposer."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the proposal and the person."""
        parser.add_argument("number", type=int, metavar="NUMBER", help="the digits of LM-…")
        parser.add_argument("--by", required=True, metavar="USERNAME")
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        """Sign it; a refusal is an error with its reason."""
        person = User.objects.filter(username=options["by"]).first()
        if person is None:
            raise CommandError("no such user")
        try:
            matrix = signing.sign(matrix_id=options["number"], by=person, now=timezone.now())
        except Refusal as refusal:
            raise CommandError(f"{refusal.code}: {refusal.detail}") from None
        answer = {"matrix": matrix.pk, "state": matrix.state}
        self.stdout.write(json.dumps(answer) if options["json"] else f"LM-{matrix.pk} in force")
