"""`manage.py load_noise --list L [FILE] --by NAME`: propose public identifiers for a noise list of the alliance.

The values are tokenized as any member's are, through the chain of custodians; raw values are neither stored nor printed.
What is proposed waits until a second person of the desk approves it.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from aif_share.errors import AifShareError, Refusal
from aif_share.vocabulary import noise_lists
from aif_share.wire.limits import MAX_NOISE_ENTRIES
from clues import noise
from clues.management.values import read_values, tokenize_values
from clues.noise import propose
from clues.submissions.tokens import read_tokens
from members.management.embedded import CustodianNotReady
from members.models import User

STARTER = Path(noise.__file__).parent / "starter"


class Command(BaseCommand):
    help = "Propose public identifiers for a noise list, as the named person of the desk."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the list, the values and the person."""
        parser.add_argument(
            "file", nargs="?", type=Path, metavar="FILE",
            help="one `type value` a line, # for comments; without it the values that come with the product",
        )  # fmt: skip
        parser.add_argument("--list", required=True, choices=sorted(noise_lists.BY_CODE))
        parser.add_argument("--mode", choices=(noise_lists.INFORM, noise_lists.BLOCK), help="by default the list's own")
        parser.add_argument("--by", required=True, metavar="USERNAME")
        parser.add_argument("--key-file", type=Path, help="a member key that every custodian knows")
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        """Read, tokenize and propose; a refusal is an error with its reason."""
        person = User.objects.filter(username=options["by"]).first()
        if person is None:
            raise CommandError("no such user")
        values = list(read_values(options["file"] or STARTER / f"{options['list']}.txt"))
        waiting = 0
        try:
            tokens = tokenize_values(values, options["key_file"])
            for first in range(0, len(tokens), MAX_NOISE_ENTRIES):
                part = read_tokens(tokens[first : first + MAX_NOISE_ENTRIES], most=MAX_NOISE_ENTRIES, name="entries")
                found = propose.propose_public(
                    list_code=options["list"], tokens=part, by=person, now=timezone.now(), mode=options["mode"]
                )
                waiting += sum(1 for each in found if each.state == "proposed")
        except Refusal as refusal:
            raise CommandError(f"{refusal.code}: {refusal.detail}") from None
        except (AifShareError, CustodianNotReady) as error:
            raise CommandError(str(error)) from None
        answer = {"list": options["list"], "values": len(values), "proposed": waiting}
        self.stdout.write(
            json.dumps(answer)
            if options["json"]
            else f"{options['list']}: {waiting} of {len(values)} wait for approval"
        )
