"""`manage.py plant_honey FILE --by NAME`: plant tokens of made-up identities that nobody has cause to ask about.

Make them up so that they belong to nobody: numbers of ranges that are not given out, domains never registered. The values
are tokenized through the chain of custodians, and neither stored nor printed.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from aif_share.errors import AifShareError, Refusal
from aif_share.wire.limits import MAX_NOISE_ENTRIES
from clues.fishing import honey
from clues.management.values import read_values, tokenize_values
from clues.submissions.tokens import read_tokens
from members.management.embedded import CustodianNotReady
from members.models import User


class Command(BaseCommand):
    help = "Plant honey tokens, as the named person of the desk."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the values and the person."""
        parser.add_argument("file", type=Path, metavar="FILE", help="one `type value` a line, # for comments")
        parser.add_argument("--by", required=True, metavar="USERNAME")
        parser.add_argument("--key-file", type=Path, help="a member key that every custodian knows")
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        """Read, tokenize and plant; a refusal is an error with its reason."""
        person = User.objects.filter(username=options["by"]).first()
        if person is None:
            raise CommandError("no such user")
        values = list(read_values(options["file"]))
        planted = 0
        try:
            tokens = tokenize_values(values, options["key_file"])
            for first in range(0, len(tokens), MAX_NOISE_ENTRIES):
                part = read_tokens(tokens[first : first + MAX_NOISE_ENTRIES], most=MAX_NOISE_ENTRIES)
                planted += honey.plant(tokens=part, by=person, now=timezone.now())
        except Refusal as refusal:
            raise CommandError(f"{refusal.code}: {refusal.detail}") from None
        except (AifShareError, CustodianNotReady) as error:
            raise CommandError(str(error)) from None
        answer = {"values": len(values), "planted": planted}
        self.stdout.write(json.dumps(answer) if options["json"] else f"{planted} of {len(values)} are planted")
