"""`manage.py review_ring --ring R-… --action propose --by NAME`: a step of a ring's review, as a person of the desk."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from aif_share.errors import Refusal
from clues.rings import review
from members.models import User


class Command(BaseCommand):
    help = "Propose, confirm, return or set aside a ring, as the named person of the desk."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the ring, the step and the person."""
        parser.add_argument("--ring", required=True, metavar="R-…")
        parser.add_argument("--action", required=True, choices=list(review.BY_ACTION))
        parser.add_argument("--by", required=True, metavar="USERNAME")
        parser.add_argument("--note", default="")
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        """Do it and print where the review stands; a refusal is an error with its reason."""
        person = User.objects.filter(username=options["by"]).first()
        if person is None:
            raise CommandError("no such user")
        try:
            made = review.move(
                ring=options["ring"], action=options["action"], by=person, now=timezone.now(), note=options["note"]
            )
        except Refusal as refusal:
            raise CommandError(f"{refusal.code}: {refusal.detail}") from None
        self.stdout.write(
            json.dumps({"ring": options["ring"], "review": made.state}) if options["json"] else made.state
        )
