"""`manage.py move_case --case CASE-… --action triage --by NAME`: one step of a case, as a person of the desk."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from aif_share.errors import Refusal
from clues.cases import refusals, transition
from clues.cases.workflow import TRANSITIONS
from members.models import User

ACTIONS = list(dict.fromkeys(row.action for row in TRANSITIONS if row.desk is not None))
GIVEN = tuple(dict.fromkeys(name for row in TRANSITIONS for name in row.asks))


class Command(BaseCommand):
    help = "Take one step of a case, as the named person of the desk."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the case, the step, the person, and what the step asks."""
        parser.add_argument("--case", required=True, metavar="CASE-…")
        parser.add_argument("--action", required=True, choices=ACTIONS)
        parser.add_argument("--by", required=True, metavar="USERNAME")
        parser.add_argument("--note", default="")
        for name in GIVEN:
            parser.add_argument(f"--{name.replace('_', '-')}", default="")
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        """Take it and print where the case stands; a refusal is an error with its reason, and on the trail."""
        person = User.objects.filter(username=options["by"]).first()
        if person is None:
            raise CommandError("no such user")
        case, action = options["case"], options["action"]
        given = {name: options[name] for name in GIVEN if options[name]}
        try:
            with refusals.recorded(case=case, action=action, by=person):
                moved = transition.perform(
                    case=case, action=action, by=person, now=timezone.now(), note=options["note"], **given
                )
        except Refusal as refusal:
            raise CommandError(f"{refusal.code}: {refusal.detail}") from None
        self.stdout.write(json.dumps({"case": moved.ref, "state": moved.state}) if options["json"] else moved.state)
